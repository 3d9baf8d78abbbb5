"""Positions: decimal degrees, degrees with minutes and seconds, latitude and longitude in either order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line

LATITUDES, LONGITUDES = (-11.5, 6.5), (94.5, 141.5)  # Indonesia with its islands
SWAPPED = "lintang dan bujur tertukar, dikenali dari rentang nilai"
CONVERTED = "koordinat derajat-menit-detik dikonversi ke desimal"
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")
_PAIR = re.compile(r"([+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:[,;/|]\s*|\s+)([+-]?\d{1,3}(?:[.,]\d+)?)")
_DMS = re.compile(
    r"(?P<ahead>LS|LU|BT|BB|[NSEWU])?\s*(?P<minus>-)?(?P<d>\d{1,3})\s*°\s*(?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*')?"
    r"\s*(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|''))?\s*(?P<side>LS|LU|BT|BB|[NSEWUB](?![a-z]))?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Position:
    """Decimal degrees, WGS 84."""

    latitude: float
    longitude: float


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _placed(first: float, second: float, warnings: tuple[str, ...], said: str) -> Reading[Position]:
    if _within(first, LATITUDES) and _within(second, LONGITUDES):
        return Reading(Position(first, second), warnings)
    if _within(second, LATITUDES) and _within(first, LONGITUDES):
        return Reading(Position(second, first), (*warnings, SWAPPED))
    return Reading(None, (*warnings, f"koordinat “{said}” di luar wilayah Indonesia, dikosongkan"))


def _degrees(found: re.Match[str]) -> float | None:
    minutes, seconds = _float(found["m"] or "0"), _float(found["s"] or "0")
    if minutes >= 60 or seconds >= 60:
        return None
    value = round(int(found["d"]) + minutes / 60 + seconds / 3600, 5)  # a hundredth of a second is a third of a metre
    side = (found["side"] or found["ahead"] or "").upper()
    return -value if found["minus"] or side in {"S", "LS", "W", "BB"} else value


def read_position(value: Any) -> Reading[Position]:
    """Both in one cell: `-6.01, 106.02`, `106,02; -6,01`, `6°01'05"S 106°04'08"E`."""
    if is_nothing(value):
        return Reading()
    text = line(value).replace("º", "°").replace("˚", "°")
    if "°" in text:
        return _dms_pair(text)
    found = _PAIR.fullmatch(text.strip("()[] "))
    if not found:
        return Reading(None, (f"koordinat “{text}” tidak terbaca",))
    return _placed(_float(found[1]), _float(found[2]), (), text)


def _dms_pair(text: str) -> Reading[Position]:
    parts = list(_DMS.finditer(text))
    values = [_degrees(part) for part in parts]
    if len(values) != 2 or values[0] is None or values[1] is None:
        return Reading(None, (f"koordinat “{text}” tidak terbaca",))
    return _placed(values[0], values[1], (CONVERTED,), text)


def _alone(value: Any) -> float | None:
    text = line(value).strip("' ").replace("º", "°").replace("˚", "°")
    if _DECIMAL.fullmatch(text):
        return _float(text)
    found = _DMS.fullmatch(text) if "°" in text else None
    return _degrees(found) if found else None


def read_two(latitude: Any, longitude: Any) -> Reading[Position]:
    """Latitude and longitude in a column each; one without the other is no position."""
    blank = is_nothing(latitude), is_nothing(longitude)
    if all(blank):
        return Reading()
    said = f"{line(latitude)}, {line(longitude)}"
    first, second = _alone(latitude), _alone(longitude)
    if any(blank) or first is None or second is None:
        return Reading(None, (f"koordinat “{said}” tidak lengkap atau tidak terbaca",))
    return _placed(first, second, (CONVERTED,) if "°" in said else (), said)
