"""
Where each province stands in a map of equal tiles: the project's own drawing, which keeps neighbours beside each other and no scale.

Columns count from the west, rows from the north, both from 0. On a telephone the east stands below the west, six columns wide: from row
`EAST` on of the narrow rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from schemas.codes import rows

EAST = 7


@dataclass(frozen=True, slots=True)
class Tile:
    """A province (Kemendagri code) with the short name that fits on its tile."""

    code: str
    short: str
    column: int
    row: int
    narrow_column: int
    narrow_row: int


@cache
def tiles() -> tuple[Tile, ...]:
    """All 38, by code."""
    places = ("column", "row", "narrow_column", "narrow_row")
    return tuple(Tile(each["code"], each["short"], *(int(each[name]) for name in places)) for each in rows("province_tiles.csv"))
