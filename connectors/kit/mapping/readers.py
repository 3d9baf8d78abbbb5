"""
What a mapping's values are read as: one function for each named reader, from any JSON value to the wire form.

None says that the source said nothing; something said that cannot be read raises Refused with a rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any

from connectors.kit.dates import day, instant
from connectors.kit.errors import Refused
from connectors.kit.numbers import digits, exact
from connectors.kit.quantities import read_quantity, unit_code, wire
from connectors.kit.text import cut, is_plain_id, is_tidy, line, tidy
from schemas.codes import region as region_of
from schemas.reading.dates import read_period
from schemas.reading.money import read_money
from schemas.reading.text import is_nothing
from schemas.units import unit_of_code
from schemas.values import Precision

Reader = Callable[[Any], Any]
ZONES = {"WIB": 7, "WITA": 8, "WIT": 9, "UTC": 0}
_SAYS = re.compile(r"[^\W_]")
_FRACTION = re.compile(r"(-?\d+)\.0+")
_REGION = re.compile(r"(\d{2})\.?(\d{2})?")
MOST_REMEMBERED, LONGEST_REMEMBERED = 1_000, 200
_MOST_LETTERS_OF_A_DAY = 40
_USUAL_DIGITS = 18
_LEANS_ON = date(2030, 1, 1)
"""What years of two digits lean on; a fixed day, since a listing must mean tomorrow what it means today."""
_TRUE = frozenset({"true", "1", "ya", "y", "yes", "benar"})
_FALSE = frozenset({"false", "0", "tidak", "t", "n", "no", "salah"})


def plain(value: Any) -> str:
    """
    A value as one line: numbers as written (whole ones without `.0`), several joined with `; `.

    Raises:
        Refused: `text_unreadable`, an object of a JSON source stands where a text was expected.
    """
    if isinstance(value, str):
        return line(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "; ".join(filter(None, map(plain, value)))
    raise Refused("text_unreadable", "Objek berdiri di tempat yang seharusnya teks; periksa ungkapan pada pemetaan.")


def text(longest: int | None = None) -> Reader:
    """One line of at most `longest` letters; None where it holds neither a letter nor a digit, such as `-`."""

    def read(value: Any) -> str | None:
        said = plain(value) if value.__class__ is not str else value if is_tidy(value) else line(value)
        if not said[:1].isalnum() and not _SAYS.search(said):
            return None
        return said if longest is None or len(said) <= longest else cut(said, longest)

    return read


def words() -> Reader:
    """A text with its lines kept."""

    def read(value: Any) -> str | None:
        said = tidy(value) if isinstance(value, str) else plain(value)
        return said if _SAYS.search(said) else None

    return read


def reference(value: Any) -> str:
    """A source's own id; `40382289.0`, as exports write whole numbers, is `40382289`."""
    if value.__class__ is str and is_plain_id(value):
        return str(value)
    if isinstance(value, bool | dict | list):
        return ""
    said = plain(value)
    whole = _FRACTION.fullmatch(said)
    return whole[1] if whole else said


def remembering(read: Reader) -> Reader:
    """The same reader, which works out once what it reads in a text; up to a number of texts that no source can raise."""
    known: dict[str, Any] = {}

    def remember(value: Any) -> Any:
        if value.__class__ is not str:
            return read(value)
        found = known.get(value, known)
        if found is known:
            found = read(value)
            if len(known) < MOST_REMEMBERED and len(value) < LONGEST_REMEMBERED:
                known[value] = found
        return found

    return remember


def listed(codes: Mapping[str, Any], otherwise: str, what: str, split: str | None = None, usual: Reader | None = None) -> Reader:
    """
    What a source's words mean, by a table of the mapping; capitals and blanks around do not count.

    otherwise: what becomes of a word that is not in the table: `read` by the usual reader, `nothing`, or `refuse`. split:
    the sign between several words; they must mean one thing, or it is `mixed` where `what` is a category, else nothing.
    """
    table = {word.strip().casefold(): meaning for word, meaning in codes.items()}

    def one(said: str) -> Any:
        meaning = table.get(said.casefold())
        if meaning is None and otherwise == "refuse":
            raise Refused("code_unknown", f"Kata {said[:60]!r} untuk {what} tidak ada di daftar kode pemetaan.")
        return usual(said) if meaning is None and otherwise == "read" and usual else meaning

    def read(value: Any) -> Any:
        said = value if isinstance(value, bool) else plain(value)
        if isinstance(said, bool):
            meaning = table.get(plain(said))
            return usual(said) if meaning is None and usual and otherwise == "read" else meaning
        if not said:
            return table.get("")
        if split is None or split not in said:
            return one(said)
        meanings = {one(each) for each in map(str.strip, said.split(split)) if each} - {None}
        return next(iter(meanings)) if len(meanings) == 1 else "mixed" if meanings and what == "category" else None

    return remembering(read)


def yes_no(value: Any) -> bool | None:
    """Whether; None where it is not said or in other words."""
    if isinstance(value, bool):
        return value
    said = plain(value).casefold()
    return True if said in _TRUE else False if said in _FALSE else None


def amount(*, written: bool, scale: Decimal, what: str) -> Reader:
    """
    A sum or a number above 0, exact, in digits; 0 and nothing are not said.

    written: as offices write it (`Rp 600.500.000,00`, `605 Jt`, `1,2 M`), else digits with a point. scale: what one of the
    source's units is worth.
    """

    usual = not written and scale == 1

    def read(value: Any) -> str | None:
        if usual and value.__class__ is str and value.isascii() and value.isdecimal() and len(value) <= _USUAL_DIGITS:
            return value.lstrip("0") or None
        number = read_money(value).value if written and not isinstance(value, bool) else exact(value)
        if number is None and (value is None or (isinstance(value, str) and is_nothing(value))):
            return None
        if number is None or number < 0:
            raise Refused(f"{what}_unreadable", f"{what}: {str(value)[:40]!r} tidak terbaca sebagai bilangan 0 atau lebih.")
        try:
            return digits(number * scale) if number else None
        except ValueError:
            raise Refused("number_out_of_range", f"{what}: bilangan terlalu besar atau terlalu rinci.") from None

    return read


def iso_day(value: Any) -> tuple[date, Precision] | None:
    """A day as `2026-01-31`, or a month as `2026-01`; raises Refused as kit/dates does."""
    return _iso_day_again(value) if value.__class__ is str and len(value) <= _MOST_LETTERS_OF_A_DAY else _iso_day(value)


def _iso_day(value: Any) -> tuple[date, Precision] | None:
    found = day(value)
    if found is None:
        return None
    return found, Precision.MONTH if len(value.strip()) == 7 else Precision.DAY


# a list speaks of few days
_iso_day_again = lru_cache(maxsize=4096)(_iso_day)


def written_day(value: Any) -> tuple[date, Precision] | None:
    """A day, month or year as people write it: `31/01/2026`, `31 Januari 2026`, `January 2026`, `2026`."""
    if isinstance(value, str) and value[:10].count("-") == 2 and value[:4].isdigit():
        return iso_day(value)
    said = plain(value)
    if is_nothing(said):
        return None
    found, precision, warnings = read_period(said, _LEANS_ON, serial=said.isdigit() and len(said) == 8)
    if found is None:
        raise Refused("date_unreadable", f"Tanggal tidak terbaca: {warnings[0] if warnings else said[:40]}.")
    return found, precision


def moment(zone: str, *, written: bool) -> Reader:
    """A date-time with its offset; one without is in the zone named."""
    offset = timezone(timedelta(hours=ZONES[zone]))
    if not written:
        return lambda value: instant(value, offset)

    def read(value: Any) -> str | None:
        found = written_day(value)
        return instant(found[0].isoformat(), offset) if found and found[1] is Precision.DAY else None

    return read


def region(value: Any) -> str | None:
    """A Kemendagri code of a province, regency or city: `36`, `36.72`, `3672`."""
    said = reference(value)
    if is_nothing(said):
        return None
    found = _REGION.fullmatch(said)
    code = ".".join(filter(None, found.groups())) if found else ""
    if not code or region_of(code) is None:
        raise Refused("region_unknown", f"Kode wilayah tidak dikenal: {said[:20]!r}; yang diharapkan kode Kemendagri seperti 36.72.")
    return code


def unit(listed_by: str) -> Reader:
    """A unit as its Rec 20 code: from the code itself (`rec20`), or from a unit's word in Indonesian or English (`words`)."""

    def read(value: Any) -> str | None:
        said = plain(value)
        if listed_by == "rec20":
            return said.upper() if unit_of_code(said.upper()) else None
        return unit_code(said)

    return read


def said_quantity(value: Any) -> dict[str, Any] | None:
    """A quantity that is written in one text, such as `12 buah`."""
    return wire(read_quantity(plain(value)))


def address(value: Any) -> str | None:
    """A page that people may follow: http or https, at most 2,000 letters."""
    said = plain(value)
    return said if said.startswith(("https://", "http://")) and len(said) <= 2000 and " " not in said else None


def several(split: str | None, longest: int = 200) -> Reader:
    """Ids, one or many."""

    def read(value: Any) -> list[str]:
        said = [reference(each) for each in (value if isinstance(value, list) else [value])]
        parts = [part.strip() for each in said for part in (each.split(split) if split else [each])]
        return [cut(part, longest) for part in parts if part]

    return read
