"""Where regions lie: names, centre points, and which are known to touch."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt

_EARTH_KM = 6371.0088
# Only what is verified; other adjacency is unknown and measured by distance instead.
_NEIGHBOURS = frozenset({frozenset({"36.72", "36.04"})})


@cache
def _regions() -> dict[str, tuple[str, float, float]]:
    table = files("schemas.codes").joinpath("regions.csv")
    if not table.is_file():
        return {}
    found = {}
    for row in csv.DictReader(table.read_text("utf-8").splitlines()):
        if row["latitude"] and row["longitude"]:
            found[row["code"]] = (row["name"], float(row["latitude"]), float(row["longitude"]))
    return found


def place_name(code: str | None) -> str | None:
    """A region's name with its code; the code alone where no table names it."""
    if code is None:
        return None
    known = _regions().get(code)
    return f"{known[0]} ({code})" if known else code


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
    places = _regions()
    if one not in places or other not in places:
        return None
    (_, lat1, lon1), (_, lat2, lon2) = places[one], places[other]
    half = sin(radians(lat2 - lat1) / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))
