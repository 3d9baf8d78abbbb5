"""How much a demand asks of the item that met, in the product's own unit; nothing is guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from exchange.matching.needs import TITLE, Need
from exchange.matching.offers import Offer


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
    if not offer.unit:
        return Asked(None, said, "Satuan produk tidak dikenal.")
    amount = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    same = amount if unit == offer.unit else None
    if same is None:
        return Asked(None, said, f"“{said}” tidak dapat dihitung dalam satuan produk ({offer.unit_said or offer.unit}).")
    return Asked(same, said, "")


def number(value: Decimal) -> str:
    """A number as Indonesians write it: thousand dots, decimal comma, no idle zeros."""
    whole = f"{value.normalize():,f}"
    return whole.translate(str.maketrans(",.", ".,"))


def rupiah(value: Decimal) -> str:
    """A sum as Indonesians write it, rounded to whole rupiah."""
    return "Rp " + f"{value:,.0f}".replace(",", ".")
