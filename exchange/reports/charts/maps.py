"""
Maps in five classes: the provinces as tiles of equal size, or regions by their boundaries.

Each class is told by its shade, and by a figure for those who see no shades: the value on each tile, the number of the class on a narrow
screen. A map by boundaries writes the number of the class on each region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from exchange.reports.charts.svg import INK, NOTHING, PAPER, SHADES, Picture, box, element, text_of, words
from exchange.store.boundaries import Outline
from schemas.codes.tiles import tiles

CLASSES = 5
_SIZE, _GAP = 68, 4
_ON_DARK = "#ffffff"


class Shown(NamedTuple):
    """What is shown of a region: its value, that in few letters, the whole sentence, and where a press leads."""

    value: Decimal
    short: str
    said: str
    href: str | None = None


def bounds(values: Sequence[Decimal]) -> list[Decimal]:
    """
    The upper bounds of at most five classes of values above zero, each a round number, the last one at least the largest value.

    Classes hold about equally many regions, since one large buyer would otherwise leave all others pale.
    """
    above = sorted(value for value in values if value > 0)
    if not above:
        return []
    found: list[Decimal] = []
    for number in range(1, CLASSES + 1):
        at = above[min(len(above) - 1, -(-len(above) * number // CLASSES) - 1)]
        bound = _round_up(at)
        if not found or bound > found[-1]:
            found.append(bound)
    return found


def _round_up(value: Decimal) -> Decimal:
    power = Decimal(10) ** (value.adjusted() - 1)
    return (value / power).to_integral_value("ROUND_CEILING") * power


def class_of(value: Decimal, upper: Sequence[Decimal]) -> int:
    """The class of a value: 1 to 5, 0 for nothing."""
    return 0 if value <= 0 else next((at for at, bound in enumerate(upper, start=1) if value <= bound), len(upper))


def shade(number: int, of: int) -> str:
    """The shade of a class among so many; fewer classes take the darker ones apart."""
    return NOTHING if number == 0 else SHADES[CLASSES - 1 if of <= 1 else round((number - 1) * (CLASSES - 1) / (of - 1))]


def _ink(colour: str) -> str:
    return _ON_DARK if colour in SHADES[3:] else INK


def tile_map(title: str, desc: str, shown: Mapping[str, Shown], upper: Sequence[Decimal], legend: Sequence[str], home: str) -> Picture:
    """All 38 provinces. shown: by code; legend: what each class tells, none first; home: the own province, which has a double frame."""
    parts = []
    columns, rows = max(tile.column for tile in tiles()) + 1, max(tile.row for tile in tiles()) + 1
    for tile in tiles():
        its = shown[tile.code]
        number = class_of(its.value, upper)
        colour = shade(number, len(upper))
        x, y, ink = tile.column * _SIZE + 2, tile.row * _SIZE + 2, _ink(colour)
        size = _SIZE - _GAP
        inner = [
            element("title", text_of(its.said)),
            box(x, y, size, size, colour, rx=5, stroke=INK if tile.code == home else "#6b8087", stroke_width=3 if tile.code == home else 1),
            words(x + size / 2, y + 26, tile.short, text_anchor="middle", font_size=_fitting(tile.short, 13.5), fill=ink,
                  class_="tile-name"),
            words(x + size / 2, y + 47, its.short, text_anchor="middle", font_size=_fitting(its.short, 14.5), fill=ink, class_="tile-value",
                  font_weight=600),
            words(x + size / 2, y + 44, str(number), text_anchor="middle", font_size=36, fill=ink, class_="tile-class", display="none"),
        ]  # fmt: skip
        parts.append(_linked(its, "".join(inner)))
    width, top = columns * _SIZE, rows * _SIZE
    return Picture(width, top + 30, title, desc, "".join(parts) + _legend(legend, len(upper), top, width), links=True)


def _fitting(text: str, size: float) -> float:
    """The size of letters at which a text fits on a tile."""
    return round(min(size, (_SIZE - _GAP - 4) / (max(1, len(text)) * 0.56)), 1)


def _linked(its: Shown, inner: str) -> str:
    return element("a", inner, href=its.href, aria_label=its.said) if its.href else element("g", inner)


def _legend(legend: Sequence[str], classes: int, top: float, width: int) -> str:
    parts, wide = [], width / max(1, len(legend))
    for number, said in enumerate(legend):
        colour = shade(number, classes)
        parts += [
            box(number * wide, top + 4, 20, 20, colour, stroke="#6b8087"),
            words(number * wide + 10, top + 19, str(number), text_anchor="middle", font_size=13, fill=_ink(colour)),
            words(number * wide + 26, top + 19, said, font_size=_leg(said, wide), fill=INK),
        ]
    return element("g", "".join(parts), class_="map-legend")


def _leg(said: str, wide: float) -> float:
    return round(min(14.0, (wide - 30) / (max(1, len(said)) * 0.55)), 1)


def border_map(
    title: str, desc: str, outlines: Sequence[Outline], shown: Mapping[str, Shown], upper: Sequence[Decimal], legend: Sequence[str],
    view: tuple[int, int, int, int],
) -> Picture:  # fmt: skip
    """Regions by their boundaries. view: left, top, width, height of what is shown, in the units of the outlines."""
    left, top, width, height = view
    scale = 1000 / width
    shapes, marks = [], []
    for outline in outlines:
        its = shown.get(outline.code)
        if its is None:
            continue
        number = class_of(its.value, upper)
        colour = shade(number, len(upper))
        path = element("path", d=outline.path, fill=colour, stroke="#6b8087", stroke_width=round(0.8 / scale, 2), fill_rule="evenodd")
        shapes.append(_linked(its, element("title", text_of(its.said)) + path))
        marks.append(
            words((outline.x - left) * scale, (outline.y - top) * scale + 5, str(number), text_anchor="middle", font_size=13, fill=INK,
                  stroke=PAPER, stroke_width=3, paint_order="stroke", font_weight=600)
        )  # fmt: skip
    moved = element("g", "".join(shapes), transform=f"scale({scale:.4f}) translate({-left} {-top})")
    deep = round(height * scale)
    numbers = element("g", "".join(marks), pointer_events="none", aria_hidden="true")
    return Picture(1000, deep + 36, title, desc, moved + numbers + _legend(legend, len(upper), deep + 6, 1000), links=True)


def view_of(outlines: Sequence[Outline]) -> tuple[int, int, int, int]:
    """What holds all outlines, with a little room around: left, top, width, height."""
    xs: list[float] = []
    ys: list[float] = []
    for outline in outlines:
        numbers = [float(each) for each in outline.path.replace("M", " ").replace("L", " ").replace("Z", " ").replace(",", " ").split()]
        xs += numbers[::2]
        ys += numbers[1::2]
    left, top, right, low = min(xs), min(ys), max(xs), max(ys)
    room = max(2.0, (right - left) * 0.02)
    return round(left - room), round(top - room), max(1, round(right - left + 2 * room)), max(1, round(low - top + 2 * room))
