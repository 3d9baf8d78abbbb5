"""
Boundaries out of a GeoJSON file (RFC 7946): checked, matched with the code list, made simple, and put on the map's plane.

The plane is equirectangular, which bends nothing much so near the equator: `SCALE` units a degree, from 95° east and 6.5° north.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from exchange.errors import BadRequest
from exchange.store.boundaries import Outline
from schemas.codes import Region, regions

SCALE = 100
MOST_BYTES = 64 << 20
MOST_POINTS = 4_000_000
# how often each point of a line is looked at while it is made simple; the most winding regency of the country needs 10
_LOOKS = 60
# from so many points on they are looked at all at once
_MANY = 48
_WEST, _NORTH = 95.0, 6.5
# no part of Indonesia lies outside of these degrees: west, south, east, north
_WITHIN = (94.0, -12.5, 142.5, 7.5)
# units: what deviates less is left out; what is smaller in both ways is left out where a larger part remains
_SIMPLE = {"province": 2.0, "region": 0.8}
_SMALL = {"province": 5.0, "region": 1.5}
_CODES = ("code", "kode", "kode_prov", "kode_kab", "kdppum", "kdpkab", "kode_kk", "kd_prov", "kd_kab", "id", "kode_wilayah", "bps_kode")
_NAMES = ("name", "nama", "provinsi", "wadmpr", "kabupaten", "kab_kota", "wadmkk", "namobj", "province", "regency")
Point = tuple[float, float]


class Read(NamedTuple):
    """
    What a file has. level: `province` or `region`; outlines: by code; unmatched: what names no region of the list; missing: regions of the
    list that the file does not have, by name; points: how many were read, and kept.
    """

    level: str
    outlines: list[Outline]
    unmatched: list[str]
    missing: list[str]
    points: tuple[int, int]


def read_boundaries(body: bytes) -> Read:
    """
    The boundaries of a GeoJSON file.

    Raises:
        BadRequest: it is too large, is no FeatureCollection of polygons in degrees within Indonesia, or names no region.
    """
    if len(body) > MOST_BYTES:
        raise _wrong(f"Berkas lebih besar dari {MOST_BYTES >> 20} MiB.")
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _wrong("Berkas ini bukan JSON.") from error
    if not isinstance(told, dict) or told.get("type") != "FeatureCollection" or not isinstance(told.get("features"), list):
        raise _wrong("Berkas ini bukan FeatureCollection GeoJSON.")
    shapes, unmatched, read = dict[str, list[list[Point]]](), list[str](), 0
    by_code, by_name = _listed()
    for number, feature in enumerate(told["features"], start=1):
        if not isinstance(feature, dict):
            raise _wrong(f"Bagian ke-{number} bukan Feature.")
        its = {str(key).lower(): value for key, value in (feature.get("properties") or {}).items()} if _is_map(feature) else {}
        found = _region(its, by_code, by_name)
        rings = list(_rings(feature.get("geometry"), number))
        read += sum(len(ring) for ring in rings)
        if read > MOST_POINTS:
            raise _wrong(f"Berkas ini memuat lebih dari {MOST_POINTS} titik.")
        if found is None:
            unmatched.append(_called(its, number))
        elif rings:
            shapes.setdefault(found.code, []).extend(rings)
    if not shapes:
        raise _wrong("Tidak satu pun bagiannya dikenali sebagai provinsi atau kabupaten/kota.")
    level = "province" if sum(len(code) == 2 for code in shapes) * 2 > len(shapes) else "region"
    unmatched += [by_code[code].name for code in shapes if (len(code) == 2) is not (level == "province")]
    outlines = [_outline(code, shapes[code], level) for code in sorted(shapes) if (len(code) == 2) is (level == "province")]
    missing = [each.name for each in regions() if (each.level == "provinsi") is (level == "province") and each.code not in shapes]
    return Read(level, outlines, unmatched, missing, (read, sum(one.path.count("L") + one.path.count("M") for one in outlines)))


def _wrong(what: str) -> BadRequest:
    return BadRequest(
        what, mend="Pakai GeoJSON batas provinsi atau kabupaten/kota, koordinat derajat WGS 84, dengan kode atau nama Kemendagri."
    )


def _is_map(feature: Mapping[str, Any]) -> bool:
    return isinstance(feature.get("properties"), dict)


def _listed() -> tuple[dict[str, Region], dict[str, Region]]:
    """The code list by code, and by name as far as names are one region's alone."""
    by_name: dict[str, Region | None] = {}
    for each in regions():
        for name in {_plain(each.name), _plain(re.sub(r"^(Kabupaten|Provinsi) ", "", each.name))}:
            by_name[name] = None if name in by_name and by_name[name] != each else each
    return {each.code: each for each in regions()}, {name: each for name, each in by_name.items() if each is not None}


def _plain(name: str) -> str:
    text = re.sub(r"\b(kab|kabupaten)\.? ", "kabupaten ", f"{name.lower()} ")
    text = re.sub(r"\b(daerah istimewa|di|d\.i\.) (yogyakarta|aceh)", r"\2", text)
    text = re.sub(r"\b(provinsi|daerah khusus ibukota|daerah khusus|dki) ", "", text)
    text = re.sub(r"\bkep(\.|ulauan)? ", "kepulauan ", text)
    return re.sub(r"[^a-z]", "", text)


def _region(its: Mapping[str, Any], by_code: Mapping[str, Region], by_name: Mapping[str, Region]) -> Region | None:
    for name in _CODES:
        digits = re.sub(r"\D", "", str(its.get(name) or "").removesuffix(".0"))
        code = digits if len(digits) == 2 else f"{digits[:2]}.{digits[2:]}" if len(digits) == 4 else ""
        if code in by_code and _agrees(its, by_code[code]):
            return by_code[code]
    return next((by_name[plain] for name in _NAMES if (plain := _plain(str(its.get(name) or ""))) in by_name), None)


def _agrees(its: Mapping[str, Any], found: Region) -> bool:
    """Whether a name beside a code, where the list knows it, is that of the code: other offices number regions in other ways."""
    said = {_plain(str(its[name])) for name in _NAMES if its.get(name)}
    own = {_plain(found.name), _plain(re.sub(r"^(Kabupaten|Kota|Provinsi) ", "", found.name))}
    return not said & _known() or bool(said & own)


@cache
def _known() -> frozenset[str]:
    return frozenset(_plain(each.name) for each in regions())


def _called(its: Mapping[str, Any], number: int) -> str:
    named = next((str(its[name])[:80] for name in (*_NAMES, *_CODES) if its.get(name)), None)
    return named or f"bagian ke-{number}"


def _rings(geometry: Any, number: int) -> Iterator[list[Point]]:
    kind, given = (geometry.get("type"), geometry.get("coordinates")) if isinstance(geometry, dict) else (None, None)
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(given, list):
        raise _wrong(f"Bagian ke-{number} bukan Polygon atau MultiPolygon.")
    for polygon in [given] if kind == "Polygon" else given:
        if not isinstance(polygon, list):
            raise _wrong(f"Bagian ke-{number} rusak.")
        for ring in polygon:
            yield _ring(ring, number)


def _ring(ring: Any, number: int) -> list[Point]:
    west, south, east, north = _WITHIN
    try:
        points = [(float(each[0]), float(each[1])) for each in ring]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise _wrong(f"Bagian ke-{number} memuat titik yang rusak.") from error
    if len(points) < 4 or points[0] != points[-1]:
        raise _wrong(f"Bagian ke-{number} memuat garis yang tidak tertutup.")
    if not all(isfinite(x) and isfinite(y) and west <= x <= east and south <= y <= north for x, y in points):
        raise _wrong(f"Bagian ke-{number} memuat titik di luar Indonesia; koordinatnya harus derajat WGS 84, bujur lebih dahulu.")
    return [((x - _WEST) * SCALE, (_NORTH - y) * SCALE) for x, y in points]


def _outline(code: str, rings: Sequence[list[Point]], level: str) -> Outline:
    """The simple path, and a point within the largest part."""
    largest = max(rings, key=_area)
    kept = [ring for ring in rings if ring is largest or _extent(ring) >= _SMALL[level]]
    path = "".join(_drawn(simplified(ring, _SIMPLE[level])) for ring in kept)
    x, y = _middle(largest)
    return Outline(code, path, round(x), round(y))


def _drawn(ring: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring[:-1]) + "Z"


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))) / 2


def _extent(ring: Sequence[Point]) -> float:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return max(max(xs) - min(xs), max(ys) - min(ys))


def _middle(ring: Sequence[Point]) -> Point:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    twice = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))
    if abs(twice) < 1e-9:
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    pairs = list(itertools.pairwise(ring))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (3 * twice)
    return x, sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (3 * twice)


def simplified(ring: Sequence[Point], tolerance: float) -> list[Point]:
    """
    A closed line without the points that deviate less than `tolerance` (Douglas and Peucker 1973); at least three stay.

    Raises:
        BadRequest: the line winds so that this would take more than `_LOOKS` looks at each point.
    """
    far = max(range(len(ring)), key=lambda at: (ring[at][0] - ring[0][0]) ** 2 + (ring[at][1] - ring[0][1]) ** 2)
    if far in (0, len(ring) - 1):
        return list(ring)
    kept = {0, far, len(ring) - 1}
    waiting = [(0, far), (far, len(ring) - 1)]
    looks, plane = 0, np.array(ring)
    while waiting:
        first, last = waiting.pop()
        looks += last - first
        if looks > _LOOKS * len(ring):
            raise BadRequest("Satu garis batasnya terlalu berliku.", mend="Sederhanakan garisnya dahulu, lalu unggah lagi.")
        at, away = _furthest(ring, first, last) if last - first < _MANY else _furthest_of_many(plane, first, last)
        if away > tolerance:
            kept.add(at)
            waiting += [(first, at), (at, last)]
    if len(kept) < 4:
        kept.add(max((at for at in range(len(ring)) if at not in kept), key=lambda at: _away(ring[at], ring[0], ring[far]), default=far))
    return [ring[at] for at in sorted(kept)]


def _furthest(ring: Sequence[Point], first: int, last: int) -> tuple[int, float]:
    start, end = ring[first], ring[last]
    return max(((at, _away(ring[at], start, end)) for at in range(first + 1, last)), key=lambda one: one[1], default=(first, 0.0))


def _furthest_of_many(plane: NDArray[np.float64], first: int, last: int) -> tuple[int, float]:
    """As `_furthest`; plane: the N x 2 points."""
    (x1, y1), (x2, y2) = plane[first], plane[last]
    x, y = plane[first + 1 : last].T
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    away = ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5 if length == 0 else abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
    at = int(np.argmax(away))
    return first + 1 + at, float(away[at])


def _away(point: Point, start: Point, end: Point) -> float:
    """How far a point is from the line through two others; from the first where these are one."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = float(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
    if length == 0:
        return float(((x - x1) ** 2 + (y - y1) ** 2) ** 0.5)
    return float(abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length)
