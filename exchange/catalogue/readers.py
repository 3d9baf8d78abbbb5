"""Readers of cells that only the office's workbook has: sector, scale, contact, lead time, weight."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from exchange.catalogue.plain_rows import sector_in
from schemas.business import SCALES
from schemas.reading.numbers import read_count, read_number
from schemas.reading.quantities import kept
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line, read_words


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


def read_days(value: Any) -> Reading[int]:
    """A lead time in days: `14`, `14 hari`, `2 minggu`."""
    text = line(value).casefold()
    if is_nothing(text):
        return Reading()
    if "bulan" in text or "bln" in text:
        return Reading(None, (f"“{text}” tidak dapat dihitung dalam hari, dikosongkan",))
    count = read_count(value)
    if count.value is None or not re.search(r"minggu|mgg", text):
        return count
    return Reading(count.value * 7, count.warnings, (f"{text} dibaca {count.value * 7} hari",))


def read_kilograms(value: Any) -> Reading[Decimal]:
    """A weight in kilograms: `22`, `22,5 kg`."""
    text = line(value).casefold()
    if is_nothing(text):
        return Reading()
    read = read_number(text.removesuffix("kg").strip())
    if read.value is not None and not 0 <= read.value <= 10**9:
        return Reading(None, (f"berat {text} tidak mungkin",))
    return read if read.value is None else kept(read.value)
