"""
How much a demand asks of the item that met, in the product's own unit; nothing is guessed.

A package holds what the product says it holds ("karung 25 kg"), so 500 kg are 20 of them; but 20 sacks of a demand that
does not say their size may hold anything, and are not compared.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from exchange.matching.needs import TITLE, Need
from exchange.matching.offers import Offer
from schemas.units import Unit, convert, unit_of, unit_of_code

_CONTENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-zA-Z²³]+[23]?)")


class Asked(NamedTuple):
    """`amount` in the offer's unit, None where it cannot be told; `said` in the writer's words; `why` (Indonesian) if None."""

    amount: Decimal | None
    said: str | None
    why: str


def asked_amount(need: Need, offer: Offer, place: int) -> Asked:
    """The amount of the item at `place`; of the only item where the title met, since then the two are one thing."""
    if place == TITLE and len(need.items) == 1:
        place = 0
    quantity = need.items[place].get("quantity") if 0 <= place < len(need.items) else None
    if not quantity:
        return Asked(None, need.quantity_said, "Jumlah barang ini tidak disebut.")
    said, unit, amount = quantity["said"], quantity.get("unit"), quantity.get("amount")
    if amount is None:
        return Asked(None, said, "Jumlah barang ini tidak disebut dengan angka.")
    if not unit:
        return Asked(None, said, f"Satuan “{said}” tidak dikenal.")
    if not offer.unit and not offer.unit_said:
        return Asked(None, said, "Satuan produk tidak dikenal.")
    same = in_units_of(offer, Decimal(str(amount)), unit, said)
    if same is None:
        return Asked(None, said, f"“{said}” tidak dapat dihitung dalam satuan produk ({offer.unit_said or offer.unit}).")
    return Asked(same, said, "")


def in_units_of(offer: Offer, amount: Decimal, code: str, said: str) -> Decimal | None:
    """An amount in a Rec 20 unit as a number of the product's units; None where the two cannot be compared."""
    have, want = unit_of_code(code), unit_of_code(offer.unit or "")
    if have is None:
        return None
    if want is not None and want.factor is not None:
        return convert(amount, have, want)
    holds = content(offer.unit_said or "")
    if have.factor is not None:
        inside = None if holds is None else convert(amount, have, holds[1])
        return None if holds is None or inside is None else inside / holds[0]
    same_package = want is not None and have.id == want.id and content(said) == holds
    return amount if same_package else None


@lru_cache(maxsize=4096)
def content(said: str) -> tuple[Decimal, Unit] | None:
    """What a package is said to hold: `karung 25 kg` holds 25 kg; None where no measure is named after its word."""
    for number_said, word in _CONTENT.findall(said.partition(" ")[2]):
        unit = unit_of(word)
        held = Decimal(number_said.replace(",", "."))
        if unit is not None and unit.factor is not None and held > 0:
            return held, unit
    return None


def number(value: Decimal) -> str:
    """A number as Indonesians write it: thousand dots, decimal comma, no idle zeros."""
    whole = f"{value.normalize():,f}"
    return whole.translate(str.maketrans(",.", ".,"))


def rupiah(value: Decimal) -> str:
    """A sum as Indonesians write it, rounded to whole rupiah."""
    return "Rp " + f"{value:,.0f}".replace(",", ".")
