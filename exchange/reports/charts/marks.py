"""Bars, stacked bars by month, and ribbons from one side to another; each value with the words that tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from textwrap import wrap
from typing import NamedTuple

from exchange.reports.charts.svg import INK, QUIET, SERIES, SHADES, Picture, box, element, line, titled, words

WIDTH, NARROW = 760, 300  # of a page or a paper, and of a telephone: there one unit is about one pixel
_LETTER = 7.3  # the mean width of a letter of 14 units
_LINE = 16


class Bar(NamedTuple):
    """One bar: what it is of, its value, the value in words, and where a press leads."""

    title: str
    value: Decimal
    said: str
    href: str | None = None


def bars(title: str, desc: str, given: Sequence[Bar]) -> Picture:
    """A bar under each name, the value at its end."""
    return _twice(lambda width: _bars(title, desc, given, width))


def _twice(draw: Callable[[int], Picture]) -> Picture:
    return draw(WIDTH)._replace(narrow=draw(NARROW))


def _bars(title: str, desc: str, given: Sequence[Bar], width: int) -> Picture:
    most = max((bar.value for bar in given), default=Decimal(0)) or Decimal(1)
    room = max(40.0, width - 20 - 1.25 * _widest([bar.said for bar in given]))
    parts, top = [], 0
    for bar in given:
        lines, length = _wrapped(bar.title, width), float(max(bar.value, Decimal(0)) / most) * room
        base = top + 15 + _LINE * (len(lines) - 1)
        parts.append(
            titled(f"{bar.title}: {bar.said}", (
                *(words(0, top + 15 + _LINE * at, each) for at, each in enumerate(lines)), box(0, base + 6, room, 14, "#edf1f2"),
                box(0, base + 6, max(length, 1) if bar.value > 0 else 0, 14, SHADES[4]),
                words(room + 8, base + 18, bar.said),
            ), bar.href)
        )  # fmt: skip
        top = base + 29
    return Picture(width, max(44, top), title, desc, "".join(parts), links=any(bar.href for bar in given))


class Stack(NamedTuple):
    """One column: its name, its values by series, all of them in words, and where a press leads."""

    title: str
    values: Mapping[str, Decimal]
    said: str
    href: str | None = None


def stacks(title: str, desc: str, given: Sequence[Stack], series: Mapping[str, str], axis: Sequence[tuple[Decimal, str]]) -> Picture:
    """Columns of stacked parts. series: names by key, in the order from below; axis: what is told at its lines, from 0 up."""
    return _twice(lambda width: _stacks(title, desc, given, series, axis, width))


def _stacks(
    title: str, desc: str, given: Sequence[Stack], series: Mapping[str, str], axis: Sequence[tuple[Decimal, str]], width: int
) -> Picture:
    legend, lines = _legend(series, width)
    left, top, height = 12 + _widest([said for _at, said in axis]) * 13 / 14, 30 + 22 * lines, 250
    most = max([axis[-1][0], *(sum(each.values.values(), Decimal(0)) for each in given)], default=Decimal(1)) or Decimal(1)
    step = (width - left) / max(1, len(given))
    wide = min(step * 0.72, 60)
    parts = [legend]
    for at, said in axis:
        y = top + height - float(at / most) * height
        parts += [line(left, y, width, y, "#d4dcdf"), words(left - 8, y + 5, said, text_anchor="end", fill=QUIET, font_size=13)]
    every = max(1, -(-len(given) * 58 // max(58, width - int(left))))
    for place, column in enumerate(given):
        x, y = left + place * step + (step - wide) / 2, float(top + height)
        boxes = []
        for number, key in enumerate(series):
            tall = float(column.values.get(key, Decimal(0)) / most) * height
            if tall > 0:
                y -= tall
                boxes.append(box(x, y, wide, tall, SERIES[number % len(SERIES)], stroke="#ffffff", stroke_width=0.8))
        if place % every == 0:  # the last name keeps within the drawing
            middle = min(x + wide / 2, width - len(column.title) * 3.3)
            boxes.append(words(middle, top + height + 18, column.title, text_anchor="middle", font_size=12, fill=QUIET))
        parts.append(titled(column.said, boxes, column.href))
    parts.append(line(left, top + height, width, top + height, INK))
    return Picture(width, top + height + 28, title, desc, "".join(parts), links=any(column.href for column in given))


def _legend(series: Mapping[str, str], width: int) -> tuple[str, int]:
    """What the colours tell, and in how many lines."""
    parts, x, lines = [], 0.0, 1
    for number, name in enumerate(series.values()):
        wide = 26 + len(name) * _LETTER + 14
        if x + wide > width and x:
            x, lines = 0.0, lines + 1
        y = 22 * lines - 18
        parts += [box(x, y, 14, 14, SERIES[number % len(SERIES)]), words(x + 20, y + 12, name)]
        x += wide
    return "".join(parts), lines


class Flow(NamedTuple):
    """How much goes from one to another, by their keys, with the words that tell it, and where a press leads."""

    start: str
    end: str
    value: Decimal
    said: str
    href: str | None = None


def ribbons(
    title: str, desc: str, flows: Sequence[Flow], starts: Mapping[str, tuple[str, str]], ends: Mapping[str, tuple[str, str]]
) -> Picture:
    """
    Ribbons as wide as what flows, from the names at the left to those at the right.

    starts, ends: by key, in order from above, the name and the sum in words.
    """
    return _twice(lambda width: _ribbons(title, desc, flows, _written(starts, width), _written(ends, width), width))


class _Node(NamedTuple):
    """The name in lines and the sum, beside a node."""

    lines: list[str]
    said: str

    @property
    def tall(self) -> float:
        return 14.0 + _LINE * len(self.lines)


def _written(names: Mapping[str, tuple[str, str]], width: int) -> dict[str, _Node]:
    """Names and sums by key, a third of the drawing wide at most: between them the ribbons are seen."""
    return {key: _Node(_wrapped(name, width / 3), said) for key, (name, said) in names.items()}


def _ribbons(
    title: str, desc: str, flows: Sequence[Flow], starts: Mapping[str, _Node], ends: Mapping[str, _Node], width: int
) -> Picture:  # fmt: skip
    whole = sum((flow.value for flow in flows), Decimal(0)) or Decimal(1)
    height = max(240.0, *(sum(one.tall + 10 for one in side.values()) for side in (starts, ends)))
    left, right = 12 + _side_width(starts), width - 12 - _side_width(ends)
    at_left, parts_left = _side(starts, [(flow.start, flow.value) for flow in flows], whole, height)
    at_right, parts_right = _side(ends, [(flow.end, flow.value) for flow in flows], whole, height)
    colour = {key: SERIES[number % len(SERIES)] for number, key in enumerate(starts)}
    order = {key: number for number, key in enumerate(ends)}
    parts, scale = [], parts_left
    for flow in sorted(flows, key=lambda one: (list(starts).index(one.start), order[one.end])):
        thick_left, thick_right = float(flow.value / whole) * scale, float(flow.value / whole) * parts_right
        y1, y2 = at_left[flow.start][2], at_right[flow.end][2]
        at_left[flow.start][2] += thick_left
        at_right[flow.end][2] += thick_right
        middle = (left + right) / 2
        path = (
            f"M{left + 12:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {right - 12:.1f} {y2:.1f}V{y2 + thick_right:.1f}"
            f"C{middle:.1f} {y2 + thick_right:.1f} {middle:.1f} {y1 + thick_left:.1f} {left + 12:.1f} {y1 + thick_left:.1f}Z"
        )
        parts.append(titled(flow.said, [element("path", d=path, fill=colour[flow.start], fill_opacity=0.55)], flow.href))
    for key, node in starts.items():
        parts += _node(left, at_left[key], node, colour[key], "end", left - 6)
    for key, node in ends.items():
        parts += _node(right - 12, at_right[key], node, INK, "start", right + 6)
    return Picture(width, round(height) + 8, title, desc, "".join(parts), links=any(flow.href for flow in flows))


def _side_width(nodes: Mapping[str, _Node]) -> float:
    names, sums = [line for node in nodes.values() for line in node.lines], [node.said for node in nodes.values()]
    return 1.1 * max(_widest(names), _widest(sums) * 12 / 14)  # one name alone may be wider than the mean


def _side(
    nodes: Mapping[str, _Node], flows: Sequence[tuple[str, Decimal]], whole: Decimal, height: float
) -> tuple[dict[str, list[float]], float]:
    """Where each node lies: [top, length, where its next ribbon begins]; and units for the whole. Small ones keep room for their words."""
    gap = 8.0
    sums = {key: sum((value for its, value in flows if its == key), Decimal(0)) for key in nodes}
    room = height - gap * max(0, len(nodes) - 1)
    scale = room
    for _again in range(8):  # those that are widened for their words take their room from the rest
        short = sum(max(0.0, nodes[key].tall - float(value / whole) * scale) for key, value in sums.items())
        scale = max(room - short, room * 0.2)
    at, found = 4.0, {}
    for key, value in sums.items():
        length = float(value / whole) * scale
        tall = max(length, nodes[key].tall)
        found[key] = [at, tall, at + (tall - length) / 2]
        at += tall + gap * (1 if at + tall + gap < height else 0.2)
    return found, scale


def _node(x: float, place: list[float], node: _Node, colour: str, anchor: str, at: float) -> list[str]:
    top, tall, _next = place
    first = top + tall / 2 - 1 - (len(node.lines) - 1) * _LINE / 2
    return [
        box(x, top + 3, 12, max(2.0, tall - 6), colour),
        *(words(at, first + _LINE * number, each, text_anchor=anchor) for number, each in enumerate(node.lines)),
        words(at, first + _LINE * len(node.lines) - 1, node.said, text_anchor=anchor, font_size=12, fill=QUIET),
    ]


def axis_of(most: Decimal) -> list[Decimal]:
    """Round values from 0 to at least `most`, four to six of them."""
    if most <= 0:
        return [Decimal(0), Decimal(1)]
    power = Decimal(10) ** (most.adjusted())
    step = next(power * part for part in (Decimal("0.2"), Decimal("0.25"), Decimal("0.5"), 1, 2) if power * part * 5 >= most)
    return [step * number for number in range(int((most / step).to_integral_value(ROUND_CEILING)) + 1)]


def _widest(texts: Sequence[str]) -> float:
    return max((len(each) * _LETTER for each in texts), default=0.0)


def _wrapped(text: str, room: float) -> list[str]:
    """The lines in which a text stands in so much room."""
    return wrap(text, max(8, int(room / _LETTER))) or [""]
