"""Where regions lie: names, centre points, and which are known to touch."""

from __future__ import annotations

from functools import cache
from math import asin, cos, radians, sin, sqrt

from schemas.codes import region

_EARTH_KM = 6371.0088
# Only what is verified; other adjacency is unknown and measured by distance instead.
_NEIGHBOURS = frozenset({frozenset({"36.72", "36.04"})})


def place_name(code: str | None) -> str | None:
    """A region's name with its code; the code alone where no table names it."""
    if code is None:
        return None
    known = region(code)
    return f"{known.name} ({code})" if known else code


def neighbours(one: str, other: str) -> bool:
    """Whether two regions are known to touch."""
    return frozenset({one, other}) in _NEIGHBOURS


@cache
def distance_km(one: str, other: str) -> float | None:
    """
    Kilometres along the great circle between two regions' centre points; None where a point is not in the table.

    Source:
        Haversine formula, mean earth radius 6371.0088 km (IUGG).
    """
    here, there = region(one), region(other)
    if here is None or there is None:
        return None
    high, wide = radians(there.latitude - here.latitude), radians(there.longitude - here.longitude)
    half = sin(high / 2) ** 2 + cos(radians(here.latitude)) * cos(radians(there.latitude)) * sin(wide / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))
