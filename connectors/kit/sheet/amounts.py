"""Amounts, sums and times of a row's cells, as the heads of their columns mean them; what cannot be read is not guessed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from connectors.kit.dates import WIB, instant
from connectors.kit.errors import Refused
from connectors.kit.numbers import digits, is_writable
from connectors.kit.quantities import goods_unit, read_quantity, wire
from connectors.kit.text import cut, line
from schemas.reading.dates import MONTHS, read_period
from schemas.reading.heading import said_by, scaled
from schemas.reading.money import read_price
from schemas.reading.numbers import read_number
from schemas.reading.text import as_text, is_nothing
from schemas.reading.units import read_unit
from schemas.units import doubtful, unit_of
from schemas.values import Precision

_REPEATED = 200
_LONGEST = 120
"""Of a text that can be an amount, a sum or a time; a longer one is prose."""
LEANS_ON = date(2030, 1, 1)
"""What years of two digits lean on; a fixed day, since a row must mean tomorrow what it means today."""
_RANGE = re.compile(
    r"\s*(?:\bs\s?[./]?\s?d\b\.?|\bsampai(?: dengan)?\b|\bhingga\b|–|—|\bto\b| - |(?<=[a-z])-(?=[a-z])|(?<=\d{4})-(?=\d{1,2}[/.]))\s*",
    re.I,
)
_QUARTER = re.compile(r"(?:triwulan|tw|kuartal|q)\s?\.?\s?(iv|iii|ii|i|[1-4])\b\.?,?\s*(?:tahun |ta |th\.? ?)?(\d{4})?", re.I)
_HALF = re.compile(r"(?:semester|smt)\s?\.?\s?(ii|i|[12])\b\.?,?\s*(?:tahun |ta |th\.? ?)?(\d{4})?", re.I)
_DAY_MONTH = re.compile(r"\d{1,2} ?[a-z]{3,9}\.?", re.I)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_WRITTEN = re.compile(r"[a-z]", re.I)

Said = tuple[dict[str, Any] | None, str | None]
"""A quantity in the wire form, and the words of an amount that is none of goods."""


def text_of(value: Any) -> str:
    """A cell as one line; empty where it says nothing or holds no single value."""
    if value is None or not isinstance(value, str | int | float):
        return ""
    return _text_of(value) if isinstance(value, str) and len(value) <= _REPEATED else _text_of.__wrapped__(value)


@lru_cache(8192)  # columns repeat their words, and a cell is asked for by several questions
def _text_of(value: str | int | float) -> str:
    said = line(as_text(value))
    return "" if is_nothing(said) else said


def quantity(value: Any, unit: Any) -> Said:
    """
    How much of a thing is asked for.

    `1 Paket` and its like say how a budget line is counted: words, no quantity. A unit on no list stays open, its word is kept. An
    amount that can be read in two ways stays open. Nought is not said.
    """
    said, word = text_of(value)[:_LONGEST], text_of(unit)[:_LONGEST]
    if not said:
        return None, None
    told = cut(f"{said} {word}".strip(), 400)
    if not word and isinstance(value, str) and _WRITTEN.search(said):
        found = read_quantity(said)
        return (wire(found), None) if found else (None, told)
    amount = read_number(value if isinstance(value, int | float) else said).value
    if amount is None and not any(map(str.isdigit, said)):
        return None, told
    if amount is not None and (amount <= 0 or not is_writable(amount)):
        return None, told
    code, is_of_goods = _unit(word)
    if not is_of_goods:
        return None, told
    return {"amount": None if amount is None else digits(amount), "unit": code, "said": told}, None


def _unit(word: str) -> tuple[str | None, bool]:
    """The code of a unit's word, and whether goods can be counted in it."""
    if not word or word.lower().rstrip(".") in doubtful():
        return None, True
    known = unit_of(word)
    if known is None:
        read = read_unit(word).value
        known = read.unit if read else None
    if known is None:
        return None, True
    goods = goods_unit(known.id) or goods_unit(known.name)
    return (goods.code, True) if goods else (None, False)


def rupiah(value: Any, title: str) -> Decimal | None:
    """
    A sum above 0 in rupiah, multiplied as the heading says (`Pagu (ribu Rp)`); None where none is said, or a range.

    Raises:
        Refused: `budget_unreadable`, for a number that cannot be read, is below nought, of another currency, or may be a thousandfold.
    """
    said = text_of(value)
    if not said or not any(map(str.isdigit, said)):
        return None
    known = value if isinstance(value, int | float) else said
    price = scaled(read_price(known), said, said_by(title)).value if len(said) <= _LONGEST else None
    if price is None or price.low < 0:
        raise Refused("budget_unreadable", f"Kolom {title[:60]!r}: {said[:40]!r} tidak terbaca sebagai jumlah rupiah 0 atau lebih.")
    return price.low if price.low == price.high and price.low else None


def day(value: Any, title: str) -> tuple[date, Precision] | None:
    """
    A day, month or year; None where none is said. A bare number is a spreadsheet's count of days.

    Raises:
        Refused: `date_unreadable`, for something with digits that is no date.
    """
    said = text_of(value)
    if not said or not any(map(str.isdigit, said)):
        return None
    found, precision = _read(value, said)
    if found is None:
        raise Refused("date_unreadable", f"Kolom {title[:60]!r}: {said[:40]!r} tidak terbaca sebagai tanggal.")
    return found, precision


def _read(value: Any, said: str) -> tuple[date | None, Precision]:
    if len(said) > _LONGEST:
        return None, Precision.DAY
    found, precision, _ = read_period(value if isinstance(value, int | float) else said, LEANS_ON)
    return found, precision


def moment(value: Any, title: str) -> str | None:
    """An instant with its offset, Western Indonesian time; None where no day is said."""
    found = day(value, title)
    return instant(found[0].isoformat(), WIB) if found and found[1] is Precision.DAY else None


def span(value: Any, year: int | None) -> dict[str, Any] | None:
    """
    A time in the wire form: `Maret 2026`, `Jan s.d. Jun 2026`, `Triwulan II`, `12/03/2026 - 30/06/2026`; None where it is none of these.

    year: what a month without one belongs to; without it such a month says no time.
    """
    said = text_of(value)
    if not said or len(said) > _LONGEST:
        return None
    found = _span(value if isinstance(value, int | float) else said, said, year)
    return dict(found) if found else None


@lru_cache(4096, typed=True)
def _span(value: Any, said: str, year: int | None) -> dict[str, Any] | None:
    part = _part_of_year(said, year)
    if part is not None:
        return part
    whole = _end(value, said, year)
    if whole is not None:
        return period(whole, whole if whole[1] is not Precision.DAY else None)
    ends = _RANGE.split(said)
    if len(ends) != 2:
        return None
    last = _end(ends[1], ends[1], year)
    first = _end(ends[0], ends[0], last[0].year if last else year)
    # `Desember - Maret 2026` does not say of which year its December is
    return period(first, last) if first and last and first[0] <= last[0] else None


def _part_of_year(said: str, year: int | None) -> dict[str, Any] | None:
    for pattern, months in ((_QUARTER, 3), (_HALF, 6)):
        found = pattern.fullmatch(said)
        told = int(found[2]) if found and found[2] else year
        if found and told and 1900 <= told <= 2200:
            number = _ROMAN.get(found[1].lower()) or int(found[1])
            first = date(told, (number - 1) * months + 1, 1)
            return period((first, Precision.MONTH), (date(told, number * months, 1), Precision.MONTH))
    return None


def _end(value: Any, said: str, year: int | None) -> tuple[date, Precision] | None:
    month = MONTHS.get(said.lower().strip(" ."))
    if month is not None:
        return (date(year, month, 1), Precision.MONTH) if year and 1900 <= year <= 2200 else None
    if not any(map(str.isdigit, said)):
        return None
    found, precision = _read(value, said)
    if found is None and year and _DAY_MONTH.fullmatch(said):
        found, precision = _read(None, f"{said} {year}")
    return (found, precision) if found else None


def period(first: tuple[date, Precision] | None, last: tuple[date, Precision] | None) -> dict[str, Any] | None:
    """Two ends in the wire form; an end before its start says nothing that can be used and is left open."""
    told = [each for each in (first, last) if each]
    if not told:
        return None
    if first and last and last[0] < first[0]:
        last = None
    order = [Precision.YEAR, Precision.MONTH, Precision.DAY]
    return {
        "start": first[0].isoformat() if first else None,
        "end": last[0].isoformat() if last else None,
        "precision": min((precision for _, precision in told), key=order.index).value,
    }
