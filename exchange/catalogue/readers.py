"""Readers of cells that only the office's workbook has: sector, scale, contact, lead time, weight."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from exchange.catalogue.plain_rows import sector_in
from schemas.business import SCALES
from schemas.reading.numbers import NUMBER, digits
from schemas.reading.quantities import kept
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line, read_words
from schemas.units import convert, unit_of, units


def read_sector(value: Any) -> Reading[str]:
    """One of schemas.business.SECTORS, named anywhere in the cell."""
    if is_nothing(value):
        return Reading()
    sector = sector_in(line(value))
    return Reading(sector) if sector else Reading(None, (f"sektor “{line(value)}” tidak dikenal",))


def read_scale(value: Any) -> Reading[str]:
    """One of schemas.business.SCALES."""
    text = line(value).casefold()
    if is_nothing(text):
        return Reading()
    found = [scale for scale in SCALES if scale in text] or [{"ik": "kecil", "im": "menengah", "umi": "mikro"}.get(text, "")]
    return Reading(found[0]) if len(found) == 1 and found[0] else Reading(None, (f"skala “{line(value)}” tidak dikenal",))


def read_telephone(value: Any) -> Reading[str]:
    """An office telephone; a mobile number can be a person's and is not kept."""
    text = line(value).strip("' ")
    if is_nothing(text):
        return Reading()
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits.startswith(("08", "628", "8")):
        return Reading(None, notes=("nomor seluler dapat milik orang, tidak diambil",))
    return Reading(text[:80]) if 5 <= len(digits) <= 24 else Reading(None, (f"“{text}” bukan nomor telepon",))


def read_email(value: Any) -> Reading[str]:
    """An office mailbox."""
    text = line(value).strip("' ").removeprefix("mailto:")
    if is_nothing(text):
        return Reading()
    whole = text.count("@") == 1 and " " not in text and "." in text.rpartition("@")[2] and len(text) <= 200
    return Reading(text) if whole else Reading(None, (f"“{text}” bukan alamat surel",))


def read_short(longest: int) -> Callable[[Any], Reading[str]]:
    """A reader of free text that has room for `longest` characters; longer text is left out, not cut in silence."""

    def read(value: Any) -> Reading[str]:
        found = read_words(value)
        if found.value is not None and len(found.value) > longest:
            return Reading(None, (f"{len(found.value)} karakter, paling banyak {longest}: tidak diambil",))
        return found

    return read


_DAYS = {"jam": Fraction(1, 24), "hari": Fraction(1), "hr": Fraction(1), "minggu": Fraction(7), "mgg": Fraction(7), "pekan": Fraction(7)}
_LEAD = re.compile(
    rf"(?P<rough>(?:±|~|sekitar|kurang lebih|maks(?:imal)?\.?|max\.?|paling lama|kurang dari|≤|<=?)\s*)?(?P<low>{NUMBER})"
    rf"(?:\s*(?:-|–|—|s\.?/?d\.?|sampai|hingga|atau)\s*(?P<high>{NUMBER}))?\s*(?P<word>{'|'.join(_DAYS)})?\.?(?: kerja)?(?:\s*\(.*\))?",
    re.I,
)
LONGEST_LEAD = 3650


def read_days(value: Any) -> Reading[int]:
    """A lead time in days: `14`, `14 hari`, `2 minggu`, `3-5 hari`, of which the longer is what a buyer can rely on."""
    text = line(value).casefold().strip("' ")
    if is_nothing(text):
        return Reading()
    found = _LEAD.fullmatch(re.sub(r"^se(?=hari|minggu)", "1 ", text))
    if found is None:
        return Reading(None, (f"waktu pengerjaan “{text}” tidak terbaca dalam hari, dikosongkan",))
    longer = found["high"] or found["low"]
    amount = digits(longer).value
    if amount is None:
        return Reading(None, (f"waktu pengerjaan “{text}” tidak terbaca dalam hari, dikosongkan",))
    days = ceil(Fraction(amount) * _DAYS[found["word"] or "hari"])
    if days > LONGEST_LEAD:
        return Reading(None, (f"waktu pengerjaan {text} tidak mungkin, dikosongkan",))
    said = (f"waktu pengerjaan {text} dibaca {days} hari",)
    if found["high"] or found["rough"]:
        return Reading(days, said)
    return Reading(days, notes=() if not found["word"] or text == f"{days} hari" else said)  # what is read as it stands needs no word


def read_kilograms(value: Any) -> Reading[Decimal]:
    """A weight in kilograms: `22`, `22,5 kg`, `250 gr`."""
    text = line(value).casefold().strip("' ")
    if is_nothing(text):
        return Reading()
    said = re.fullmatch(rf"(±|~|sekitar )?\s*({NUMBER})\s*([a-z]+)?\.?", text)
    if said is None:
        return Reading(None, (f"berat “{text}” tidak terbaca",))
    read = digits(said[2])
    if read.value is not None and said[3]:
        unit = unit_of(said[3])
        exact = convert(read.value, unit, units()["kg"]) if unit else None
        read = Reading(exact, read.warnings if exact is not None else (f"berat “{text}” tidak dapat dihitung dalam kg",))
    if read.value is None:
        return read
    if not 0 < read.value <= 10**9:
        return Reading(None, (f"berat {text} tidak mungkin",))
    exact_kg = kept(read.value)
    return Reading(exact_kg.value, read.warnings + exact_kg.warnings + ((f"berat {text} adalah perkiraan",) if said[1] else ()))
