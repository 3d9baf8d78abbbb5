"""Units as people write them: `bh`, `jrigen 5ltr`, `dos @48`, `m²`, `kotk`, `kg/unit`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from schemas.fields import plain
from schemas.reading.numbers import digits
from schemas.reading.result import Reading
from schemas.reading.text import is_nothing, line
from schemas.units import Unit, aliases, doubtful, unit_of, units

# how a unit is shown where its key in the table is not what offices write
_SHOWN = {"l": "liter", "g": "gr", "ml_lari": "m lari", "kl": "kiloliter"}
# words of trade that name one form of a package and are kept, though their code is that of the wider word
_KEPT = frozenset({"pail", "pouch", "tray", "tin", "crate"})
_COUNT = re.compile(r"([^\d@()]+?)\s*(?:@|isi|\bof\b|\(|/)\s*(\d+)\s*(?:(?:pcs|pc|bh|buah|biji|butir|gelas|cup)\.?)?\s*\)?", re.I)
_CONTENT = re.compile(r"([^\d@()]+?)\s*(?:@|isi|ukuran|uk\.?|\()?\s*(\d+(?:[.,]\d+)?)\s*([a-z]+\.?)\s*\)?", re.I)
_TWO = re.compile(r"([^/]+?)\s*(?:/|\batau\b)\s*([^/]+)")
_FRILL = re.compile(r"^(?:(?:rp\.?\s*)?/|@|per |tiap )?\s*(?:1 (?=[a-z]))?\s*", re.I)
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class UnitSaid:
    """
    A unit in the usual spelling.

    said: `jerigen 5 liter`; word: its first word; code: Rec 20, None where there is none; unit: the table's unit, None
    where the word is on no list; content: what one holds and in which unit; choices: both of `kg/unit`.
    """

    said: str
    word: str
    code: str | None = None
    unit: Unit | None = None
    content: tuple[Decimal, Unit | None] | None = None
    choices: tuple[UnitSaid, ...] = ()


@cache
def _names() -> tuple[tuple[str, Unit], ...]:
    """Every name of a unit that is one whole word."""
    return tuple((name, unit) for unit in units().values() for name in {unit.id, unit.name.lower()} if name.isalpha())


def _drops_vowels(short: str, name: str) -> bool:
    """Whether `short` is `name` with vowels left out: `kotk` of kotak, `tpls` of toples."""
    rest = iter(short)
    wanted = next(rest, None)
    for letter in name:
        if letter == wanted:
            wanted = next(rest, None)
        elif letter not in _VOWELS:
            return False
    return wanted is None and short[0] == name[0]


def close_unit(word: str) -> Unit | None:
    """The one unit whose name a misspelt word must mean; None where several could, or none does."""
    word = word.lower().strip(". ")
    if not word.isalpha() or len(word) < 2:
        return None
    found = {unit.id: unit for name, unit in _names() if len(name) > len(word) and _drops_vowels(word, name)}
    if not found and len(word) >= 4:
        found = {unit.id: unit for name, unit in _names() if len(name) >= 4 and DamerauLevenshtein.distance(word, name) == 1}
    if not found and len(word) >= 6:
        found = {unit.id: unit for name, unit in aliases().items() if len(name) >= 6 and DamerauLevenshtein.distance(word, name) == 1}
    return next(iter(found.values())) if len(found) == 1 else None


def unit_word(word: str) -> Unit | None:
    """The unit of a word on the list, or misspelt beyond doubt."""
    return unit_of(word) or close_unit(word)


def shown(unit: Unit, written: str = "") -> str:
    """The usual word for a unit; some words of trade stay as they were written."""
    low = written.lower().strip(". ")
    return low if low in _KEPT else _SHOWN.get(unit.id, unit.id)


def read_unit(value: Any) -> Reading[UnitSaid]:
    """A unit, with its code where it has one; a word on no list stays as it was written, with a warning."""
    text = line(value).strip(" '")
    if is_nothing(text):
        return Reading()
    text = _FRILL.sub("", text)
    remark = re.fullmatch(r"([^()]+?)\s*\(([^()\d]+)\)", text)
    if remark and (unit := unit_of(remark[1])) and unit == unit_of(remark[2]):
        text = remark[1]
    if re.search(r"\d", text) is None or unit_of(text) or _both_known(text):
        return _plain(text)
    if found := _COUNT.fullmatch(text):
        return _filled(found[1], Decimal(found[2]), None)
    if (found := _CONTENT.fullmatch(text)) and (inner := unit_word(found[3])) and (amount := digits(found[2]).value) is not None:
        # pieces and packages are counted (`dus isi 24`); a measure tells the size (`botol 500 ml`)
        counted = inner.dimension == "package" or (inner.base == "buah" and inner.factor == 1)
        return _filled(found[1], amount, None if counted else inner)
    return _unknown(text)


def _both_known(text: str) -> bool:
    two = _TWO.fullmatch(text)
    return two is not None and all(map(unit_of, two.groups()))


def _plain(text: str) -> Reading[UnitSaid]:
    unit = unit_word(text)
    if unit is None:
        two = _TWO.fullmatch(text)
        if two and (choices := [_plain(each).value for each in two.groups()]) and all(each and each.unit for each in choices):
            said = tuple(each for each in choices if each)
            if said[0].unit == said[1].unit:
                return _agreed(said[0], text)
            return Reading(UnitSaid(text.lower(), said[0].word, choices=said), (f"satuan ganda {text.lower()}: hanya satu yang berlaku",))
        return _unknown(text)
    word = shown(unit, text)
    warnings = (f"satuan “{text}” dianggap {word}",) if text.lower().rstrip(".") in doubtful() else ()
    return Reading(UnitSaid(word, word, unit.code, unit), warnings, () if text == word else (f"satuan {text} dibaca {word}",))


def _agreed(unit: UnitSaid, text: str) -> Reading[UnitSaid]:
    """`buah/pcs` says one unit twice."""
    return Reading(unit, notes=(f"satuan {text} dibaca {unit.said}",))


def _filled(word: str, amount: Decimal, inner: Unit | None) -> Reading[UnitSaid]:
    outer = _plain(word.strip())
    said = outer.value
    if said is None or said.unit is None:
        content = f"{plain(amount)} {shown(inner)}" if inner else f"isi {plain(amount)}"
        return _unknown(f"{word.strip()} {content}")
    tail = f"{plain(amount)} {shown(inner)}" if inner else f"isi {plain(amount)}"
    return Reading(UnitSaid(f"{said.word} {tail}", said.word, said.code, said.unit, (amount, inner)), outer.warnings, outer.notes)


def _unknown(text: str) -> Reading[UnitSaid]:
    return Reading(UnitSaid(text, text.split()[0].lower()), (f"satuan “{text}” tidak ada di daftar satuan, disimpan seperti ditulis",))
