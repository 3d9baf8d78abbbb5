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
_SIDE = r"LS|LU|BT|BB|[NSEWUB]"
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")
_SIDED = re.compile(rf"(\d{{1,3}}(?:[.,]\d+)?)\s*°?\s*({_SIDE})[\s,;/]+(\d{{1,3}}(?:[.,]\d+)?)\s*°?\s*({_SIDE})", re.I)
_PAIR = re.compile(r"([+-]?\d{1,3}(?:[.,]\d+)?)\s*(?:[,;/|]\s*|\s+)([+-]?\d{1,3}(?:[.,]\d+)?)")
_DMS = re.compile(
    r"(?P<minus>-)?(?P<d>\d{1,3})\s*°\s*(?:(?P<m>\d{1,2}(?:[.,]\d+)?)\s*')?"
    r"\s*(?:(?P<s>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|''))?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Position:
    """Decimal degrees, WGS 84."""

    latitude: float
    longitude: float


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _signed(text: str, side: str) -> float:
    return -_float(text) if side.upper() in {"S", "LS", "W", "BB"} else _float(text)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _placed(first: float, second: float, warnings: tuple[str, ...], said: str) -> Reading[Position]:
    if _within(first, LATITUDES) and _within(second, LONGITUDES):
        return Reading(Position(first, second), warnings)
    if _within(second, LATITUDES) and _within(first, LONGITUDES):
        return Reading(Position(second, first), (*warnings, SWAPPED))
    return Reading(None, (*warnings, f"koordinat “{said}” di luar wilayah Indonesia, dikosongkan"))


def _side_of(found: re.Match[str], text: str, ahead: bool) -> str:
    """The hemisphere that stands before or behind these degrees, as the whole text does it; empty where none."""
    near = (
        re.search(rf"({_SIDE})\s*$", text[: found.start()], re.I)
        if ahead
        else re.match(rf"\s*({_SIDE})(?![a-z])", text[found.end() :], re.I)
    )
    return near[1].upper() if near else ""


def _degrees(found: re.Match[str], side: str) -> float | None:
    """Decimal degrees; None where the hemisphere is not said, for it cannot be told from the digits."""
    if not side and not found["minus"] and int(found["d"]) <= LATITUDES[1]:
        return None
    minutes, seconds = _float(found["m"] or "0"), _float(found["s"] or "0")
    if minutes >= 60 or seconds >= 60:
        return None
    value = round(int(found["d"]) + minutes / 60 + seconds / 3600, 5)  # a hundredth of a second is a third of a metre
    return -value if found["minus"] or side in {"S", "LS", "W", "BB"} else value


def read_position(value: Any) -> Reading[Position]:
    """Both in one cell: `-6.01, 106.02`, `106,02; -6,01`, `6°01'05"S 106°04'08"E`."""
    if is_nothing(value):
        return Reading()
    text = line(value).replace("º", "°").replace("˚", "°")
    if "°" in text:
        return _dms_pair(text)
    if sided := _SIDED.fullmatch(text):
        first, second = (_signed(sided[at], sided[at + 1]) for at in (1, 3))
        return _placed(first, second, (), text)
    found = _PAIR.fullmatch(re.sub(r"\b(?:lat(?:itude)?|lon(?:g|gitude)?|lintang|bujur)\b\s*[:=]?\s*", "", text, flags=re.I).strip("()[] "))
    if not found:
        return Reading(None, (f"koordinat “{text}” tidak terbaca",))
    return _placed(_float(found[1]), _float(found[2]), (), text)


def _dms_pair(text: str) -> Reading[Position]:
    parts = list(_DMS.finditer(text))
    ahead = re.match(rf"(?:{_SIDE})\b", text, re.I) is not None
    values = [_degrees(part, _side_of(part, text, ahead)) for part in parts]
    if len(values) != 2 or values[0] is None or values[1] is None:
        return Reading(None, (f"koordinat “{text}” tidak terbaca",))
    return _placed(values[0], values[1], (CONVERTED,), text)


def _alone(value: Any) -> float | None:
    text = line(value).strip("' ").replace("º", "°").replace("˚", "°")
    if _DECIMAL.fullmatch(text):
        return _float(text)
    found = _DMS.search(text) if "°" in text else None
    if found:
        return _degrees(found, _side_of(found, text, ahead=found.start() > 0))
    return None


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
