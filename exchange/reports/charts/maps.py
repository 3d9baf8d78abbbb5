"""
Maps in five classes: the provinces as tiles of equal size, or regions by their boundaries.

Each class is told by its shade, and by a figure for those who see no shades: the value on each tile. A map by boundaries writes the number
of the class on each region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from exchange.reports.charts.svg import INK, NOTHING, PAPER, QUIET, SHADES, Picture, box, element, text_of, words
from exchange.store.boundaries import Outline
from schemas.codes.tiles import EAST, Tile, tiles

CLASSES = 5
_SIZE, _GAP = 68, 4
_NARROW, _ACROSS, _HIGH, _HEAD = 320, 6, 48, 20  # the narrow drawing: its width and columns, the height of a tile and of a part's name
_LEAST = 11.0  # of letters on a telephone, which shows the narrow drawing a little smaller
_BROAD = 0.62  # of a letter's size it is wide, in the broadest of the fonts that are asked for
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


def tile_map(
    title: str, desc: str, shown: Mapping[str, Shown], upper: Sequence[Decimal], legend: Sequence[str], home: str, parts: tuple[str, str]
) -> Picture:
    """
    All 38 provinces; on a telephone the east below the west, each tile a finger wide.

    shown: by code; legend: what each class tells, none first; home: the own province, which has a double frame; parts: west and east.
    """
    columns, rows = max(tile.column for tile in tiles()) + 1, max(tile.row for tile in tiles()) + 1
    drawn = "".join(
        _tile(tile, shown[tile.code], upper, tile.code == home, (tile.column * _SIZE + 2, tile.row * _SIZE + 2), (_SIZE - _GAP,) * 2)
        for tile in tiles()
    )
    width, top = columns * _SIZE, rows * _SIZE
    narrow = _narrow_tiles(title, desc, shown, upper, legend, home, parts)
    return Picture(width, top + 30, title, desc, drawn + _legend(legend, len(upper), top, width), links=True, narrow=narrow)


def _narrow_tiles(
    title: str, desc: str, shown: Mapping[str, Shown], upper: Sequence[Decimal], legend: Sequence[str], home: str, parts: tuple[str, str]
) -> Picture:
    wide, found = _NARROW / _ACROSS, []
    for tile in tiles():
        top = _HEAD * (2 if tile.narrow_row >= EAST else 1) + tile.narrow_row * _HIGH
        place, size = (tile.narrow_column * wide + 1, top + 1.0), (wide - 3, _HIGH - 3.0)
        found.append(_tile(tile, shown[tile.code], upper, tile.code == home, place, size))
    for name, y in zip(parts, (0, _HEAD + EAST * _HIGH), strict=True):
        found.append(words(2, y + 14, name, font_size=13, font_weight=600, fill=QUIET))
    top = 2 * _HEAD + (max(tile.narrow_row for tile in tiles()) + 1) * _HIGH
    for number in range(0, len(legend), 2):
        moved = _legend(legend[number : number + 2], len(upper), top + 24 * (number // 2), _NARROW, first=number, least=12.0)
        found.append(moved)
    return Picture(_NARROW, top + 24 * -(-len(legend) // 2) + 6, title, desc, "".join(found), links=True)


def _tile(tile: Tile, its: Shown, upper: Sequence[Decimal], own: bool, place: tuple[float, float], size: tuple[float, float]) -> str:
    """One province with its name and value. place: left and top; size: width and height."""
    (x, y), (width, height) = place, size
    colour = shade(class_of(its.value, upper), len(upper))
    ink, middle = _ink(colour), x + width / 2
    inner = [
        element("title", text_of(its.said)),
        box(x, y, width, height, colour, rx=5, stroke=INK if own else "#6b8087", stroke_width=3 if own else 1),
        words(middle, y + height * 0.41, tile.short, text_anchor="middle", fill=ink, class_="tile-name",
              **_fitting(tile.short, 13.5, width)),
        words(middle, y + height * 0.74, its.short, text_anchor="middle", fill=ink, class_="tile-value", font_weight=600,
              **_fitting(its.short, 14.5, width)),
    ]  # fmt: skip
    return _linked(its, "".join(inner))


def _fitting(text: str, size: float, width: float) -> dict[str, object]:
    """The size of letters at which a text fits on a tile; one that would be too small to read is pressed together instead."""
    room = width - 6
    fits = min(size, room / (max(1, len(text)) * _BROAD))
    if fits >= _LEAST:
        return {"font_size": round(fits, 1)}
    return {"font_size": _LEAST, "textLength": round(room, 1), "lengthAdjust": "spacingAndGlyphs"}


def _linked(its: Shown, inner: str) -> str:
    return element("a", inner, href=its.href, aria_label=its.said) if its.href else element("g", inner)


def _legend(legend: Sequence[str], classes: int, top: float, width: int, *, first: int = 0, least: float = 0) -> str:
    """A line of the legend. first: the class that it begins with; least: the size of letters that its words have at least."""
    parts, wide = [], width / max(1, 2 if least else len(legend))
    for at, said in enumerate(legend):
        colour = shade(first + at, classes)
        parts += [
            box(at * wide + 1, top + 4, 20, 20, colour, stroke="#6b8087"),
            words(at * wide + 11, top + 19, str(first + at), text_anchor="middle", font_size=13, fill=_ink(colour)),
            words(at * wide + 27, top + 19, said, font_size=max(least, _leg(said, wide)), fill=INK),
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
