"""
Quantities of goods that are really said: `12 buah`, `5.000 lembar`, `1.250,5 kg`.

`1 Paket`, `0.85 Ls`, `12 bulan` or `40 Orang x 365 Hari` say how a budget line is counted, not how much of a thing is
asked for: they are no quantity here. Units: UN/ECE Rec 20, packages as X + Rec 21.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from connectors.kit.numbers import digits, is_writable
from schemas.units import Unit, doubtful, unit_of
from schemas.values import Quantity

# what goods are counted and measured in; not hours, services or persons
_GOODS = frozenset({"mass", "length", "area", "volume", "energy", "count", "length_piece", "package"})
_PERSONS = "orang"
_NUMBER = r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+(?:[.,]\d+)?"
_DIGIT = re.compile(r"\d")
_WHOLE = re.compile(rf"({_NUMBER})\s*(?:\([a-z ]+\)\s*)?([a-z][a-z0-9²³']*)\.?", re.I)
_TOLD = re.compile(rf"\b(?:jumlah|sebanyak|kebutuhan|kuantitas|qty|volume)\s{{0,3}}[:=]?\s{{0,3}}({_NUMBER})\s*([a-z][a-z0-9²³']*)", re.I)


def read_quantity(text: str) -> Quantity | None:
    """
    The quantity that a whole text says; None where it says none of goods.

    `1.125 batang` can be a thousand and more or little above one: its amount stays open, its words are kept.
    """
    found = _WHOLE.fullmatch(text.strip())
    return _quantity(found) if found else None


def told_in(text: str) -> Quantity | None:
    """The one quantity that a longer text states after `jumlah`, `sebanyak` and the like; None where none or several."""
    found = list(_TOLD.finditer(text)) if _DIGIT.search(text) else []
    return _quantity(found[0]) if len(found) == 1 else None


def wire(quantity: Quantity | None) -> dict[str, Any] | None:
    """The quantity in the wire form of `schemas.demand.QuantitySchema`."""
    if quantity is None:
        return None
    amount = None if quantity.amount is None else digits(quantity.amount)
    return {"amount": amount, "unit": quantity.unit, "said": quantity.said[:400]}


def unit_code(word: str) -> str | None:
    """The Rec 20 code of a unit word; None where it is on no list."""
    unit = goods_unit(word)
    return unit.code if unit else None


def goods_unit(word: str) -> Unit | None:
    """The unit that goods are counted in by this word; None for services, time, persons and words that may mean another thing."""
    word = word.strip().lower()
    unit = None if word.rstrip(".") in doubtful() else unit_of(word)
    return unit if unit and unit.dimension in _GOODS and unit.id != _PERSONS else None


def _quantity(found: re.Match[str]) -> Quantity | None:
    number, word = found.group(1), found.group(2)
    unit = goods_unit(word)
    amount = _amount(number)
    if unit is None or amount == 0:
        return None
    if amount is not None and not is_writable(amount):  # nobody asks for so many; the words stay
        amount = None
    return Quantity(amount, unit.code, f"{number} {word}")


def _amount(number: str) -> Decimal | None:
    """
    The number, or None where two readings are possible.

    Feeds mix thousand points (`5.000`) with the points of computed numbers (`5.17018284106892`). A computed number
    never ends in a nought, so three digits that do are thousands; three that do not can be either.
    """
    if "." in number and "," in number:
        return Decimal(number.replace(".", "").replace(",", "."))
    if number.count(".") > 1:
        return Decimal(number.replace(".", ""))
    whole, sign, rest = number.partition("." if "." in number else ",")
    if not sign:
        return Decimal(number)
    if len(rest) == 3 and len(whole) <= 3 and whole != "0":
        return Decimal(whole + rest) if sign == "." and rest.endswith("0") else None
    return Decimal(f"{whole}.{rest}")
