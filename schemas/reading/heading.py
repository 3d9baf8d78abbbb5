"""What a heading means, and what it says of the amounts under it: thousands or millions of rupiah, another currency, a unit, a period."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz.distance import DamerauLevenshtein

from schemas.reading.money import Price, foreign_currency
from schemas.reading.result import Reading
from schemas.units import unit_of

_FACTORS = (
    (
        Decimal(1_000),
        re.compile(r"\b(?:ribu(?:an)?|rb)\b|\(?\brp\.?\s*[.(]?\s*0{3}\b|[(x×]\s*(?:rp\.?\s*)?1[.,]?0{3}\b(?![.,]0)|\('?0{3}\)", re.I),
    ),
    (Decimal(1_000_000), re.compile(r"\b(?:jutaan|juta|jt)\b|[(x×]\s*(?:rp\.?\s*)?1[.,]?0{3}[.,]?0{3}\b(?![.,]0)", re.I)),
    (Decimal(1_000_000_000), re.compile(r"\b(?:mili?ar(?:an)?|milyar(?:an)?)\b", re.I)),
)
_OWN_FACTOR = re.compile(r"\d\s*(?:rb|rbu|ribu|jt|jta|juta|k|m|mil|milyar|miliar|milyard|t|tr|triliun)(?:an)?\b", re.I)
_PERIODS = (
    ("hari", re.compile(r"(?:/|\bper\s?|\bse)\s*(?:hari|hr)\b|\bharian\b", re.I)),
    ("minggu", re.compile(r"(?:/|\bper\s?|\bse)\s*(?:minggu|mgg)\b|\bmingguan\b", re.I)),
    ("bulan", re.compile(r"(?:/|\bper\s?|\bse)\s*(?:bulan|bln)\b|\bbulanan\b", re.I)),
    ("tahun", re.compile(r"(?:/|\bper\s?|\bse)\s*(?:tahun|thn|th)\b|\btahunan\b", re.I)),
)
_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]+?)\s*[)\]]")
_PER = re.compile(r"(?:/|\bper\b)\s*([a-z][a-z0-9²³]*)\s*\)?\s*$", re.I)
_GENERAL = frozenset({"unit", "satuan", "produk", "item", "barang", "buah", "pcs"})  # say no more than "each"
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
CLEARLY_WHOLE = 1_000  # this many times the heading's factor, a sum under it was as likely written in full


@dataclass(frozen=True, slots=True)
class Heading:
    """
    factor: what a bare sum counts (1000 under `Harga (ribu Rp)`); foreign: a currency that is not rupiah.

    unit: the measure under which bare amounts stand; period: hari, minggu, bulan or tahun. None where nothing is said.
    """

    factor: Decimal = Decimal(1)
    foreign: str | None = None
    unit: str | None = None
    period: str | None = None


def heading_key(text: str) -> str:
    """A heading in small letters and digits only, by which two spellings of it are one."""
    return re.sub(r"[\W_]+", "", text.casefold())


def meaning(title: str, words: Mapping[str, str], trimmed: Callable[[str], str] = lambda key: key) -> str | None:
    """
    What a heading means: as it stands, without its remark in brackets, with one slip of the pen, or in one half of it.

    words: meanings by `heading_key`. trimmed: takes from a key what says nothing of its meaning.
    """
    for text in (title, _REMARK.sub(" ", title)):
        key = trimmed(heading_key(text))
        if key in words:
            return words[key]
        if key.endswith("rp") and key[:-2] in words:
            return words[key[:-2]]
    if len(key) >= 6:
        near = {said for word, said in words.items() if len(word) >= 6 and DamerauLevenshtein.distance(key, word) == 1}
        if len(near) == 1:
            return near.pop()
    halves = [half for half in title.split("/") if half.strip()]
    if 2 <= len(halves) <= 3:  # `Nama Produk/Komoditi` says one thing twice, `Kap/Bulan` says one thing and its period
        found = {said for half in halves if (said := meaning(half, words, trimmed)) is not None}
        return found.pop() if len(found) == 1 else None
    return None


def said_by(title: str) -> Heading:
    """What a heading says: `Harga (ribu Rp)`, `Kapasitas (kg/bulan)`, `Berat (gr)`, `Harga/kg`."""
    factor = next((factor for factor, words in reversed(_FACTORS) if words.search(title)), Decimal(1))
    period = next((name for name, words in _PERIODS if words.search(title)), None)
    return Heading(factor, foreign_currency(title), _unit(title), period)


def _unit(title: str) -> str | None:
    """A unit on the list, in brackets (before a slash) or behind `per`; `unit` and its like say nothing."""
    said = [word for bracket in _BRACKETS.findall(title) for word in re.split(r"\s*(?:/|\bper\b)\s*", bracket, flags=re.I)]
    if per := _PER.search(title):
        said.append(per[1])
    found = ((word, unit_of(word)) for word in said if word.casefold() not in _GENERAL)
    return next((word for word, unit in found if unit is not None and unit.dimension != "time"), None)


def has_factor(text: str) -> bool:
    """Whether a sum carries its own `ribu` or `juta`."""
    return _OWN_FACTOR.search(text) is not None


def scaled(read: Reading[Price], text: str, heading: Heading) -> Reading[Price]:
    """A price as its heading means it; None where the sum may as well have been written in full."""
    price = read.value
    if heading.foreign and not re.search(r"\b(?:rp|rupiah|idr)", text, re.I):
        return Reading(None, (*read.warnings, f"kolom ini memakai {heading.foreign}, tidak diambil sebagai rupiah")) if price else read
    if price is None:
        return read
    if not price.per and heading.unit:
        price = Price(price.low, price.high, heading.unit)
    if heading.factor == 1 or has_factor(text):
        return Reading(price, read.warnings, read.notes)
    if price.high >= heading.factor * CLEARLY_WHOLE:
        doubt = f"“{text}” di bawah judul yang menyebut kelipatan {heading.factor:f}: tidak jelas sudah ditulis penuh atau belum"
        return Reading(None, (*read.warnings, doubt))
    larger = Price(price.low * heading.factor, price.high * heading.factor, price.per)
    shown = f"{larger.low:,.0f}".replace(",", ".")
    return Reading(larger, read.warnings, (*read.notes, f"dibaca {shown}: judul kolom menyebut kelipatan {heading.factor:f}"))
