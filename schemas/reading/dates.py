"""Dates as offices write them, day before month: `12/08/25`, `12 Agustus 2025`, Excel's serial numbers, `Agt 2025`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from schemas.reading.numbers import of_cell
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line
from schemas.values import Precision

_MONTHS = {
    "jan januari january": 1,
    "feb peb februari pebruari february": 2,
    "mar mrt maret march": 3,
    "apr april": 4,
    "mei may": 5,
    "jun juni june": 6,
    "jul juli july": 7,
    "agu ags agt agst agust agustus augustus aug august": 8,
    "sep sept september": 9,
    "okt oct oktober october": 10,
    "nov nop november nopember": 11,
    "des dec desember december": 12,
}
MONTHS = {word: number for words, number in _MONTHS.items() for word in words.split()}
_WEEKDAY = re.compile(r"^(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu)\s*[,/]?\s*", re.I)
_TIME = re.compile(
    r"[T ,]+(?:(?:pukul|pkl|jam)\.?\s*)?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:wib|wita|wit|z|[+-]\d\d:?\d\d)?$", re.I
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DMY = re.compile(r"(\d{1,2})\s*[-–/., ]\s*(\d{1,2})\s*[-–/., ]\s*(\d{4}|\d{2})")
_WORDY = re.compile(r"(?:tgl\.?|tanggal)?\s*(\d{1,2})[\s./–-]*([a-z]+)[\s.,/–-]*'?(\d{4}|\d{2})", re.I)
_MONTH_FIRST = re.compile(r"([a-z]+)\s*(\d{1,2})\s*,\s*(\d{4})", re.I)
_MONTH_YEAR = re.compile(r"([a-z]+)[\s.,/-]*'?(\d{4}|\d{2})", re.I)
_MY = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})|(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(?:sejak\s*)?(?:th\.?|thn\.?|tahun)?\s*(\d{4})", re.I)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EPOCH = date(1899, 12, 30)  # Excel's day 0, with its believed 29 February 1900 counted
EARLIEST, LATEST = 1900, 2200


def two_digit_year(year: int, today: date) -> int:
    """The century nearest to the present: years up to ten ahead belong to this one."""
    return 2000 + year if year <= (today.year + 10) % 100 else 1900 + year


def read_date(value: Any, today: date, *, serial: bool = True) -> Reading[date]:
    """
    A day. Month and year without a day give none: a day is not invented.

    today: what two-digit years lean on. serial: a bare number may be Excel's count of days.
    """
    day, precision, warnings = read_period(value, today, serial=serial)
    if day is not None and precision is not Precision.DAY:
        unit = "bulan dan tahun" if precision is Precision.MONTH else "tahun"
        return Reading(None, (*warnings, f"“{line(value)}” hanya menyebut {unit}, hari tidak diisi"))
    return Reading(day, warnings)


def read_period(value: Any, today: date, *, serial: bool = True) -> tuple[date | None, Precision, tuple[str, ...]]:
    """The day a date begins with, how exactly it was said, and warnings."""
    if isinstance(value, datetime):
        return value.date(), Precision.DAY, ()
    if isinstance(value, date):
        return value, Precision.DAY, ()
    text = line(value).strip("' .")
    if is_nothing(text):
        return None, Precision.DAY, ()
    number = of_cell(value)
    if number is not None or re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _serial(text) if serial else (None, Precision.DAY, (f"“{text}” bukan tanggal",))
    text = _TIME.sub("", _WEEKDAY.sub("", re.sub(r"\s*\([^()]*\)$", "", text)))
    return _written(text, today)


def _serial(text: str) -> tuple[date | None, Precision, tuple[str, ...]]:
    if re.fullmatch(r"\d{4}", text) and EARLIEST <= int(text) <= LATEST:
        return date(int(text), 1, 1), Precision.YEAR, ()
    if found := _COMPACT.fullmatch(text):
        return _day(text, *map(int, found.groups()))
    days = int(text.split(".")[0]) if re.fullmatch(r"\d+(\.\d+)?", text) else 0
    if not 20_000 <= days <= 80_000:  # 1954 to 2119: smaller numbers are counts of something else
        return None, Precision.DAY, (f"“{text}” bukan tanggal",)
    day = _EPOCH + timedelta(days=days)
    return day, Precision.DAY, (f"{text} dibaca sebagai nomor seri Excel: {day.isoformat()}",)


def _written(text: str, today: date) -> tuple[date | None, Precision, tuple[str, ...]]:
    if found := _ISO.fullmatch(text):
        return _day(text, *map(int, found.groups()))
    if found := _COMPACT.fullmatch(text):
        return _day(text, *map(int, found.groups()))
    if found := _DMY.fullmatch(text):
        return _numeric(text, int(found[1]), int(found[2]), found[3], today)
    if (found := _MONTH_FIRST.fullmatch(text)) and (month := MONTHS.get(found[1].lower())):
        return _short(text, int(found[2]), month, found[3], today)
    if (found := _WORDY.fullmatch(text)) and (month := MONTHS.get(found[2].lower())):
        return _short(text, int(found[1]), month, found[3], today)
    if (found := _MONTH_YEAR.fullmatch(text)) and (month := MONTHS.get(found[1].lower())):
        year = int(found[2]) if len(found[2]) == 4 else two_digit_year(int(found[2]), today)
        return date(year, month, 1) if EARLIEST <= year <= LATEST else None, Precision.MONTH, ()
    if (found := _MY.fullmatch(text)) and 1 <= int(found[1] or found[4]) <= 12:
        year = int(found[2] or found[3])
        return (date(year, int(found[1] or found[4]), 1), Precision.MONTH, ()) if EARLIEST <= year <= LATEST else _no(text)
    if (found := _YEAR.fullmatch(text)) and EARLIEST <= int(found[1]) <= LATEST:
        return date(int(found[1]), 1, 1), Precision.YEAR, ()
    return _no(text)


def _numeric(text: str, first: int, second: int, year: str, today: date) -> tuple[date | None, Precision, tuple[str, ...]]:
    """Day before month; where only month before day is possible, that, with a warning."""
    if not (1 <= first <= 12 < second):
        return _short(text, first, second, year, today)
    day, precision, warnings = _short(text, second, first, year, today)
    return day, precision, warnings if day is None else (f"“{text}” dibaca bulan/hari/tahun: {day.isoformat()}",)


def _no(text: str) -> tuple[None, Precision, tuple[str, ...]]:
    return None, Precision.DAY, (f"“{text}” tidak terbaca sebagai tanggal",)


def _short(text: str, day: int, month: int, year: str, today: date) -> tuple[date | None, Precision, tuple[str, ...]]:
    if len(year) == 4:
        return _day(text, int(year), month, day)
    found, precision, warnings = _day(text, two_digit_year(int(year), today), month, day)
    if found is None:
        return found, precision, warnings
    return found, precision, (f"“{text}” dibaca hari/bulan/tahun: {found.isoformat()}",)


def _day(text: str, year: int, month: int, day: int) -> tuple[date | None, Precision, tuple[str, ...]]:
    try:
        found = date(year, month, day)
    except ValueError:
        return None, Precision.DAY, (f"tanggal “{text}” tidak ada dalam penanggalan",)
    if not EARLIEST <= year <= LATEST:
        return None, Precision.DAY, (f"tahun pada “{text}” tidak mungkin",)
    return found, Precision.DAY, ()


def read_past_date(value: Any, today: date) -> Reading[date]:
    """A day that must lie behind: one after `today` is not taken."""
    found = read_date(value, today)
    if found.value is not None and found.value > today:
        return Reading(None, (*found.warnings, f"tanggal {found.value.isoformat()} di masa depan, tidak diterima"))
    return found


def read_year(value: Any, today: date) -> Reading[int]:
    """A year such as a firm's founding; two digits are not completed, and the future is refused."""
    if isinstance(value, datetime | date):
        return Reading(value.year)
    text = line(value).strip("' .")
    if is_nothing(text):
        return Reading()
    found = _YEAR.fullmatch(text)
    if not found and of_cell(value) is None:
        rough = re.fullmatch(r"(?:±|sekitar|kurang lebih|kira-kira|~)?\s*(\d{4})\s*(?:-?an)?", text, re.I)
        day = None if rough else read_period(text, today, serial=False)[0]
        year = int(rough[1]) if rough else day.year if day else 0
        if 1800 <= year <= today.year:
            return Reading(year, (f"tahun “{text}” dibaca {year}",))
    if not found or not 1800 <= int(found[1]) <= today.year:
        return Reading(None, (f"tahun “{text}” tidak sah, dikosongkan",))
    return Reading(int(found[1]))
