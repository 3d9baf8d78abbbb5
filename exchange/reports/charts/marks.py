"""Bars, stacked bars by month, and ribbons from one side to another; each value with the words that tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from exchange.reports.charts.svg import INK, QUIET, SERIES, SHADES, Picture, box, element, line, text_of, titled, words

WIDTH = 760
_LETTER = 7.3  # the mean width of a letter of 14 units


class Bar(NamedTuple):
    """One bar: what it is of, its value, and the value in words."""

    title: str
    value: Decimal
    said: str


def bars(title: str, desc: str, given: Sequence[Bar]) -> Picture:
    """A bar under each name, the value at its end."""
    most = max((bar.value for bar in given), default=Decimal(0)) or Decimal(1)
    room = WIDTH - 20 - 1.25 * _widest([bar.said for bar in given])
    parts = []
    for at, bar in enumerate(given):
        top, length = at * 44, float(max(bar.value, Decimal(0)) / most) * room
        parts.append(
            titled(f"{bar.title}: {bar.said}", (
                words(0, top + 15, bar.title), box(0, top + 21, room, 14, "#edf1f2"),
                box(0, top + 21, max(length, 1) if bar.value > 0 else 0, 14, SHADES[4]),
                words(room + 8, top + 33, bar.said),
            ))
        )  # fmt: skip
    return Picture(WIDTH, max(44, len(given) * 44), title, desc, "".join(parts))


class Stack(NamedTuple):
    """One column: its name and its values by series."""

    title: str
    values: Mapping[str, Decimal]
    said: str


def stacks(title: str, desc: str, given: Sequence[Stack], series: Mapping[str, str], axis: Sequence[tuple[Decimal, str]]) -> Picture:
    """Columns of stacked parts. series: names by key, in the order from below; axis: what is told at its lines, from 0 up."""
    left, top, height = 16 + _widest([said for _at, said in axis]), 30 + 22 * ((len(series) + 3) // 4), 250
    most = max([axis[-1][0], *(sum(each.values.values(), Decimal(0)) for each in given)], default=Decimal(1)) or Decimal(1)
    step = (WIDTH - left) / max(1, len(given))
    wide = min(step * 0.72, 60)
    parts = [_legend(series)]
    for at, said in axis:
        y = top + height - float(at / most) * height
        parts += [line(left, y, WIDTH, y, "#d4dcdf"), words(left - 8, y + 5, said, text_anchor="end", fill=QUIET, font_size=13)]
    every = max(1, -(-len(given) * 58 // (WIDTH - int(left))))
    for place, column in enumerate(given):
        x, y = left + place * step + (step - wide) / 2, float(top + height)
        boxes = []
        for number, key in enumerate(series):
            tall = float(column.values.get(key, Decimal(0)) / most) * height
            if tall > 0:
                y -= tall
                boxes.append(box(x, y, wide, tall, SERIES[number % len(SERIES)], stroke="#ffffff", stroke_width=0.8))
        if place % every == 0:
            boxes.append(words(x + wide / 2, top + height + 18, column.title, text_anchor="middle", font_size=12, fill=QUIET))
        parts.append(titled(column.said, boxes))
    parts.append(line(left, top + height, WIDTH, top + height, INK))
    return Picture(WIDTH, top + height + 28, title, desc, "".join(parts))


def _legend(series: Mapping[str, str]) -> str:
    parts, x, y = [], 0.0, 4
    for number, name in enumerate(series.values()):
        wide = 26 + len(name) * _LETTER + 14
        if x + wide > WIDTH and x:
            x, y = 0.0, y + 22
        parts += [box(x, y, 14, 14, SERIES[number % len(SERIES)]), words(x + 20, y + 12, name)]
        x += wide
    return "".join(parts)


class Flow(NamedTuple):
    """How much goes from one to another, by their keys, with the words that tell it."""

    start: str
    end: str
    value: Decimal
    said: str


def ribbons(
    title: str, desc: str, flows: Sequence[Flow], starts: Mapping[str, tuple[str, str]], ends: Mapping[str, tuple[str, str]]
) -> Picture:
    """
    Ribbons as wide as what flows, from the names at the left to those at the right.

    starts, ends: by key, in order from above, the name and the sum in words.
    """
    whole = sum((flow.value for flow in flows), Decimal(0)) or Decimal(1)
    rows = max(len(starts), len(ends))
    height = max(240, rows * 40)
    left, right = 14.0 + _side_width(starts), WIDTH - 14.0 - _side_width(ends)
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
        parts.append(titled(flow.said, [element("path", d=path, fill=colour[flow.start], fill_opacity=0.55)]))
    for key, (name, sum_) in starts.items():
        parts += _node(left, at_left[key], name, sum_, colour[key], "end", left - 6)
    for key, (name, sum_) in ends.items():
        parts += _node(right - 12, at_right[key], name, sum_, INK, "start", right + 6)
    return Picture(WIDTH, height + 8, title, desc, "".join(parts))


def _side_width(names: Mapping[str, tuple[str, str]]) -> float:
    return min(250.0, max(_widest([name for name, _sum in names.values()]), _widest([said for _name, said in names.values()])))


def _side(
    names: Mapping[str, object], flows: Sequence[tuple[str, Decimal]], whole: Decimal, height: int
) -> tuple[dict[str, list[float]], float]:
    """Where each node lies: [top, length, where its next ribbon begins]; and units for the whole. Small ones keep room for their words."""
    gap, least = 8.0, 30.0
    sums = {key: sum((value for its, value in flows if its == key), Decimal(0)) for key in names}
    room = height - gap * max(0, len(names) - 1)
    scale = room
    for _again in range(8):  # those that are widened to `least` take their room from the rest
        short = sum(max(0.0, least - float(value / whole) * scale) for value in sums.values())
        scale = max(room - short, room * 0.2)
    at, found = 4.0, {}
    for key, value in sums.items():
        length = float(value / whole) * scale
        tall = max(length, least)
        found[key] = [at, tall, at + (tall - length) / 2]
        at += tall + gap * (1 if at + tall + gap < height else 0.2)
    return found, scale


def _node(x: float, place: list[float], name: str, said: str, colour: str, anchor: str, at: float) -> list[str]:
    top, tall, _next = place
    middle = top + tall / 2
    return [
        box(x, top + 3, 12, max(2.0, tall - 6), colour),
        element("text", text_of(name), x=f"{at:.1f}", y=f"{middle - 1:.1f}", text_anchor=anchor, font_size=14, fill=INK),
        element("text", text_of(said), x=f"{at:.1f}", y=f"{middle + 14:.1f}", text_anchor=anchor, font_size=12, fill=QUIET),
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
