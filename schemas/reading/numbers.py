"""
Numbers as offices write them: `1.250.000,50`, `1,250,000.50`, `1 250 000`, `12,5`, `47.2`.

The rule where one separator stands alone:

* another number of digits than three behind it, or a nought before it: it is the decimal sign (`12,5`, `47.2`, `0,385`);
* a point before exactly three digits parts thousands (`1.450` is 1450), as Indonesian writes them;
* a comma before exactly three digits (`1,450`) is read by nobody alike: it stays unread, unless the caller says that
  such fractions do not occur (money), where it parts thousands in the English manner, with a warning.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line

# a number inside a longer text; groups parted by spaces are exactly three digits wide
NUMBER = r"(?:\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?(?![\d])|\d+(?:[.,]\d+)*)"
_BOTH_ID = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+")
_BOTH_EN = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+")
_MANY_ID = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_MANY_EN = re.compile(r"\d{1,3}(?:,\d{3}){2,}")
_ONE = re.compile(r"(\d+)([.,])(\d+)")
_SPACED = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d+)?")
ENGLISH = "koma dibaca sebagai pemisah ribuan (gaya Inggris)"
LONGEST = 40


def digits(text: str, *, whole: bool = False) -> Reading[Decimal]:
    """
    A bare run of digits and separators.

    whole: fractions of exactly three digits do not occur here (money), so `65,000` is sixty-five thousand.
    """
    if len(text) > LONGEST:
        return Reading(None, ("angka terlalu panjang",))
    if _SPACED.fullmatch(text):
        text = re.sub(r"[ '’]", "", text)
    if text.isascii() and text.isdigit():
        return Reading(Decimal(text))
    if _BOTH_ID.fullmatch(text) or _MANY_ID.fullmatch(text):
        return Reading(Decimal(text.replace(".", "").replace(",", ".")))
    if _BOTH_EN.fullmatch(text) or _MANY_EN.fullmatch(text):
        return Reading(Decimal(text.replace(",", "")), (ENGLISH,))
    one = _ONE.fullmatch(text) if text.isascii() else None
    if one is None:
        return Reading(None, (f"“{text}” bukan angka yang dapat dibaca",))
    return _one_separator(*one.groups(), whole=whole)


def _one_separator(head: str, sign: str, tail: str, *, whole: bool) -> Reading[Decimal]:
    groups = len(tail) == 3 and len(head) <= 3 and not head.startswith("0")
    if not groups:
        return Reading(Decimal(f"{head}.{tail}"))
    if sign == ".":
        return Reading(Decimal(head + tail), notes=(f"{head}.{tail} dibaca {head}{tail} (titik pemisah ribuan)",))
    if whole:
        return Reading(Decimal(head + tail), (ENGLISH,))
    return Reading(None, (f"{head},{tail} dapat berarti {head}{tail} atau {head}.{tail}: tulis dengan jelas",))


def of_cell(value: Any) -> Decimal | None:
    """The number that a number cell holds, exact as it is shown; None for any other cell."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    number = Decimal(int(value)) if isinstance(value, float) and value.is_integer() else Decimal(str(value))
    return number if number.is_finite() else None


def read_number(value: Any, *, whole: bool = False) -> Reading[Decimal]:
    """A cell or text that is one number and nothing else; a leading `-` is kept, `%` is not a number's part."""
    number = of_cell(value)
    if number is not None:
        return Reading(number)
    text = line(value).strip("' ")
    if not text:
        return Reading()
    minus = text[0] in "-−" and text[1:2].isdigit()
    found = digits(text[1:] if minus else text, whole=whole)
    return Reading(-found.value, found.warnings, found.notes) if minus and found.value is not None else found


_ROUGH = re.compile(r"^(?:min(?:imal|imum)?\.?|±|\+/-|~|≈|sekitar|kurang lebih|kira-kira|lebih dari|>=?|≥|kl|ca)\s*(?=\d)", re.I)
_COUNT = re.compile(rf"({NUMBER})(?:\s*(-|–|—|~|s\.?\s?/?\s?d\.?|sampai(?: dengan)?|hingga|atau)\s*({NUMBER}))?(.*)", re.I | re.S)


def read_count(value: Any) -> Reading[int]:
    """
    How many people or things: `31 org`, `24 orang (16 L, 8 P)`; roughly, `± 20`, `20an`, with a warning.

    `7-8` is taken by its lower bound with a warning; `-` is unknown.
    """
    number = of_cell(value)
    text = line(value).strip("' ")
    if is_nothing(text):
        return Reading(None, (f"“{text}” dibaca sebagai tidak diketahui, bukan nol",) if text else ())
    if number is None:
        rough = _ROUGH.match(text)
        found = _COUNT.fullmatch(text[rough.end() :] if rough else text)
        if not found:
            return Reading(None, (f"“{text}” tidak terbaca sebagai jumlah",))
        read = digits(found[1])
        number = read.value
        warnings = read.warnings
        if not found[3] and (rough or re.match(r"\s?(?:-?an\b|\+)", found[4], re.I)):
            warnings += (f"{text} adalah perkiraan, diambil {found[1]}",)
        if found[3]:
            warnings += (f"{text} adalah rentang, diambil batas bawah {found[1]}",)
        elif re.search(r"\d", re.sub(r"\(.*\)", "", found[4])):
            return Reading(None, (f"“{text}” memuat lebih dari satu angka",))
    else:
        warnings = ()
    if number is None:
        return Reading(None, warnings)
    if number < 0 or number != number.to_integral_value() or number > 10_000_000:
        return Reading(None, (*warnings, f"{text} bukan jumlah yang mungkin"))
    return Reading(int(number), warnings)
