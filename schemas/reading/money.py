"""Prices and sums in rupiah: `Rp 1.250.000,-`, `1,2 jt`, `6,2 M`, `65-82 ribu`, `18000 s/d 25000`, `24.000/kg`, `nego`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from schemas.reading.numbers import NUMBER, digits, of_cell
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line

_TIMES = {
    **dict.fromkeys(("rb", "rbu", "ribu", "k"), 1_000),
    **dict.fromkeys(("jt", "jta", "juta"), 1_000_000),
    **dict.fromkeys(("m", "mil", "milyar", "miliar", "milyard"), 1_000_000_000),
    **dict.fromkeys(("t", "tr", "triliun", "trilyun"), 1_000_000_000_000),
}
_WORDS = "|".join(sorted(_TIMES, key=len, reverse=True))
_SUM = rf"(?:rp\.?|idr)?\s*(-|−)?\s*({NUMBER})\s*(?:({_WORDS})(?![a-z])\.?)?\s*(?:,\s*[-–=]+|\.\s*-+)?\s*(?:rupiah|idr)?"
_ONE = re.compile(_SUM, re.I)
_RANGE = re.compile(rf"{_SUM}\s*(?:-|–|—|~|s\.?\s*/?\s*d\.?|sampai(?: dengan)?|hingga|atau|/)\s*{_SUM}", re.I)
_PER = re.compile(r"(.*\S)\s*(?:/|@|\bper\b|\btiap\b|\bsetiap\b)\s*([^\W\d][^()/]*?)\s*(?:\(.*\))?$", re.I)
_ROUNDLY = re.compile(r"\s?-?an$", re.I)
_ABOUT = re.compile(r"^\s*(?:±|\+/-|\+-|~|≈|kurang lebih|sekitar|kira-kira|kisaran|estimasi|perkiraan|est\.|ca\.)\s*", re.I)
_LOWEST = re.compile(
    r"^\s*(?:(?:mulai(?: dari)?|start(?:ing)?(?: from)?|min(?:imal)?\.?|dari|lebih dari|di atas)(?=\s|rp|\d)|≥|>=?)\s*", re.I
)
_LOWEST_AFTER = re.compile(r"(?:\s*\+|\s+(?:ke ?atas|up))$", re.I)
_HIGHEST = re.compile(
    r"^\s*(?:(?:maks(?:imal|imum)?\.?|max\.?|hingga|sampai(?: dengan)?|s\.?\s?/?\s?d\.?|kurang dari|di bawah)(?=\s|rp|\d)|≤|<=?)\s*", re.I
)
_FRILL = re.compile(r"^(?:harga|hrg\.?)\s*:?\s*|[\s,;]+(?:bisa |masih )?(?:nego|negotiable)\.?$|[\s,;]+(?:saja|net|nett|pas)$", re.I)
_FOREIGN = re.compile(
    r"(?:us|s|au?|hk)?[$]|[€£¥]|\b(?:usd|eur|sgd|myr|rm|cny|rmb|yuan|jpy|yen|aud|gbp|dolar|dollar|euro|ringgit)(?![a-z])", re.I
)
_TALK = re.compile(r"nego|hubungi|sesuai|call|tergantung|kesepakatan|menyusul|gratis|free", re.I)
LARGEST = Decimal(10) ** 14


@dataclass(frozen=True, slots=True)
class Price:
    """From `low` to `high` whole rupiah for one `per` (as written, None where not said)."""

    low: Decimal
    high: Decimal
    per: str | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    amount: Decimal | None
    times: str | None
    warnings: tuple[str, ...]


def _part(minus: str | None, number: str, word: str | None, shared: str | None) -> _Part:
    """One sum; `shared` is the multiplier of the other bound, which holds for a bound that has none."""
    times = (word or shared or "").lower() or None
    warnings: tuple[str, ...] = ()
    if times and re.fullmatch(r"\d{1,3}[.,]\d+", number):
        head, tail = re.split(r"[.,]", number)
        if len(tail) == 3 and not head.startswith("0"):
            return _Part(None, times, (f"{number} {times} dapat dibaca dua cara: tulis dengan jelas",))
        amount: Decimal | None = Decimal(f"{head}.{tail}")
        if "." in number:
            warnings = (f"titik pada {number} {times} dibaca sebagai desimal",)
    else:
        read = digits(number, whole=True)
        amount, warnings = read.value, read.warnings
    if amount is None:
        return _Part(None, times, warnings)
    if times:
        amount *= _TIMES[times]
        if word and times in {"m", "t", "k", "mil"}:
            shown = f"{amount:,.0f}".replace(",", ".")
            warnings += (f"{number} {word} dibaca {shown}",)
    return _Part(-amount if minus else amount, times, warnings)


def read_price(value: Any) -> Reading[Price]:
    """A price or range of prices; below zero is given back as it stands, for the caller to refuse."""
    cell = of_cell(value)
    if cell is not None:
        return _rounded(cell, cell, None, ())
    text = line(value).strip("' ")
    if not text:
        return Reading()
    if is_nothing(text):
        return Reading(None, (f"“{text}” dibaca sebagai tidak diketahui, bukan nol",))
    if foreign := foreign_currency(text):
        return Reading(None, (f"“{text}” memakai mata uang lain ({foreign}), tidak diambil sebagai rupiah",))
    bare, warnings = _without_hedges(text.removeprefix("@").strip())
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", bare) or bare
    bare = re.sub(r"\s+rp\.?$", "", re.sub(r"(?<=\d)(?:[.,;]|;-+)$", "", bare), flags=re.I)
    if _ROUNDLY.search(bare) and re.search(r"\d", bare):
        bare, warnings = _ROUNDLY.sub("", bare), (*warnings, "harga perkiraan (-an)")
    return _read(bare, warnings)


def foreign_currency(text: str) -> str | None:
    """The currency that a text names beside rupiah, as it is written."""
    found = _FOREIGN.search(text)
    return found[0].strip() if found else None


def _without_hedges(text: str) -> tuple[str, tuple[str, ...]]:
    """The sum without words that make it rough or one-sided, and a warning for each of these."""
    warnings: tuple[str, ...] = ()
    text = _FRILL.sub("", _FRILL.sub("", text))
    if accounting := re.fullmatch(r"(?:rp\.?\s*)?\(\s*([^()]*\d[^()]*)\)", text, re.I):
        return f"-{accounting[1]}", ("angka dalam kurung dibaca sebagai negatif",)  # as bookkeepers write what is owed
    if about := _ABOUT.match(text):
        text, warnings = text[about.end() :], (f"harga perkiraan ({about[0].strip()})",)
    if lowest := _LOWEST.match(text) or _LOWEST_AFTER.search(text):
        text, said = text[: lowest.start()] + text[lowest.end() :], lowest[0].strip()
        warnings += (f"hanya batas bawah yang ditulis ({said})",)
    elif highest := _HIGHEST.match(text):
        text, warnings = text[highest.end() :], (*warnings, f"hanya batas atas yang ditulis ({highest[0].strip()})")
    return text.strip(), warnings


def _read(text: str, warnings: tuple[str, ...]) -> Reading[Price]:
    per = None
    found = _ONE.fullmatch(text) or _RANGE.fullmatch(text)
    if not found and (suffix := _PER.fullmatch(text)):
        per = suffix[2].strip(" .") or None
        text = re.sub(rf"\s*(?:/|\bper)\s*{re.escape(suffix[2])}(?![a-z])", "", suffix[1], flags=re.I)  # `65.000/kg - 72.000/kg`
        found = _ONE.fullmatch(text.strip()) or _RANGE.fullmatch(text.strip())
    if not found:
        said = f"“{text}” bukan angka" if _TALK.search(text) else f"“{text}” tidak terbaca sebagai harga"
        return Reading(None, (*warnings, said))
    groups = found.groups()
    if len(groups) == 3:
        low = high = _part(groups[0], groups[1], groups[2], None)
    else:
        high = _part(groups[3], groups[4], groups[5], None)
        low = _part(groups[0], groups[1], groups[2], _shared(groups[1], groups[2], groups[5]))
        if _absurd(low, high, groups):
            return Reading(None, (*warnings, f"“{text}” dapat dibaca lebih dari satu cara: tulis kedua batas dengan lengkap"))
    warnings += tuple(dict.fromkeys(low.warnings + high.warnings))
    if low.amount is None or high.amount is None:
        return Reading(None, warnings)
    if low.amount > high.amount:
        low, high = high, low
        warnings += ("batas harga terbalik, ditukar",)
    assert low.amount is not None and high.amount is not None
    return _rounded(low.amount, high.amount, per, warnings)


def _shared(low: str, low_word: str | None, high_word: str | None) -> str | None:
    """`65-82 ribu`: the word holds for both; `500.000 - 1,2 jt`: not for a bound that is a whole sum already."""
    if low_word or not high_word:
        return None
    plain = digits(low, whole=True).value
    return None if plain is not None and plain >= 10_000 else high_word


def _absurd(low: _Part, high: _Part, groups: tuple[str | None, ...]) -> bool:
    """Bounds of which a short one has no word of its own, and that do not run upwards: `500 - 1 jt`, `1 jt - 500`."""
    if low.amount is None or high.amount is None or bool(groups[2]) == bool(groups[5]):
        return False
    bare = digits(str(groups[4] if groups[2] else groups[1]), whole=True).value
    return low.amount > high.amount and (bare is None or bare < 10_000)


def _rounded(low: Decimal, high: Decimal, per: str | None, warnings: tuple[str, ...]) -> Reading[Price]:
    if max(abs(low), abs(high)) > LARGEST:
        return Reading(None, (*warnings, "jumlah rupiah di luar yang mungkin"))
    ends = [each.quantize(Decimal(1), ROUND_HALF_UP) for each in (low, high)]
    if ends != [low, high]:
        warnings += (f"pecahan rupiah dibulatkan ke {ends[0]:f}",)
    return Reading(Price(ends[0], ends[1], per), warnings)


def one_sum(price: Price, said: str) -> Reading[Decimal]:
    """A price as one sum; a range has none and is not guessed, and nothing is below zero."""
    if price.low != price.high:
        return Reading(None, (f"“{said}” adalah rentang, bukan satu jumlah",))
    if price.low < 0:
        return Reading(None, (f"{price.low:f} di bawah nol",))
    return Reading(price.low)


def read_money(value: Any) -> Reading[Decimal]:
    """One sum of rupiah, such as an investment."""
    price = read_price(value)
    if price.value is None:
        return Reading(None, price.warnings)
    single = one_sum(price.value, line(value))
    return Reading(single.value, (*price.warnings, *single.warnings))
