"""What a case begins with when it comes from matches: its objects, one for each product."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from exchange.agreements.case import Object
from exchange.agreements.objects import MOST
from exchange.store.demands import DemandRow
from exchange.store.products import ProductRow
from schemas.units import unit_of_code

Pair = tuple[DemandRow, ProductRow]


def asked_in(demand: DemandRow, unit: str | None) -> Decimal | None:
    """What a demand asks for in that unit, where it names one thing alone and says it in this very unit; else None, never a guess."""
    if unit is None or len(demand.items) != 1:
        return None
    said = demand.items[0].get("quantity")
    if not said or said.get("unit") != unit:
        return None
    try:
        amount = Decimal(str(said.get("amount")))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount > 0 and amount == round(amount, 6) else None


def objects_from(pairs: Iterable[Pair]) -> list[Object]:
    """
    The objects of a case that comes from these matches, one for each product, in their order; at most `MOST`.

    The target is the sum of what its demands ask for, where each says it in the product's unit; else it is left open. No value is set:
    the budget of a demand is a ceiling for the whole package.
    """
    asked: dict[str, list[Decimal | None]] = {}
    products: dict[str, ProductRow] = {}
    for demand, product in pairs:
        products[product.sku] = product
        asked.setdefault(product.sku, []).append(asked_in(demand, product.unit_code))
    return [_object(product, asked[sku]) for sku, product in list(products.items())[:MOST]]


def _object(product: ProductRow, asked: list[Decimal | None]) -> Object:
    known = [amount for amount in asked if amount is not None]
    unit = product.unit_code if product.unit_code and unit_of_code(product.unit_code) else None
    total = sum(known, Decimal(0)) if unit and len(known) == len(asked) else None
    return Object(product.name[:200], product.sector, product.kbli, total, unit if total is not None else None)
