"""
What a row may change of a product that is kept, and what waits for staff.

* A price that reaches beyond the kept range is warned of; one that reaches beyond by more than a quarter waits.
* Amounts said in a unit that is not the catalogue's wait together with that unit: a price for a kodi is no price
  for a dus, and nobody but the firm knows how many of the one make the other.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exchange.catalogue.cells import RowCells
from schemas.reading.money import Price
from schemas.reading.units import UnitSaid, read_unit
from schemas.units import Unit

BEYOND = Decimal("0.25")
LEAST_LIKELY = Decimal(100)  # rupiah: no piece of anything is sold for less
AMOUNTS = ("unit_said", "unit_code", "price_min", "price_max", "capacity_min", "capacity_max", "capacity_period", "minimum_order")
PRICES = ("price_min", "price_max")

Settled = tuple[dict[str, Any], dict[str, Any], str]


def settle(row: RowCells, said: dict[str, Any], stored: dict[str, Any] | None, unit: UnitSaid | None, price: Price | None) -> Settled:
    """What of `said` is taken, what of it waits, and why it waits."""
    taken = dict(said)
    if reason := _unit_doubt(row, taken, stored, unit):
        return _without(taken, AMOUNTS, reason)
    if price and price.per and unit and unit.unit and not _one_unit(price.per, unit):
        row.warn("price", f"harga per {price.per}, padahal satuannya {unit.said}")
        return _without(taken, PRICES, f"harga ditulis per {price.per}, satuan produk {unit.said}")
    if price and price.low < LEAST_LIKELY and not (stored and stored.get("price_min") and stored["price_min"] < LEAST_LIKELY):
        row.warn("price" if row.has("price") else "price_min", f"Rp {_rupiah(price.low)} tidak lazim sebagai harga, mungkin ribuan")
        return _without(taken, PRICES, f"harga Rp {_rupiah(price.low)} tidak lazim, mungkin ditulis dalam ribuan")
    if price and stored and (reason := _price_doubt(row, price, stored)):
        return _without(taken, PRICES, reason)
    return taken, {}, ""


def _without(taken: dict[str, Any], members: tuple[str, ...], reason: str) -> Settled:
    waiting = {member: taken.pop(member) for member in members if member in taken}
    return taken, waiting if any(member in waiting for member in (*PRICES, "capacity_max", "minimum_order")) else {}, reason


def _unit_doubt(row: RowCells, taken: dict[str, Any], stored: dict[str, Any] | None, unit: UnitSaid | None) -> str:
    """Why amounts in this unit must wait; empty where they need not. May keep the kept unit, where it says more."""
    if unit is None:
        return ""
    if unit.choices:
        return f"satuan ganda {unit.said}"
    old = (stored or {}).get("unit_said")
    if not old or old.casefold() == unit.said.casefold():
        return ""
    row.warn("unit", f"satuan {unit.said} berbeda dari katalog ({old})")
    kept = read_unit(old).value
    if kept is None or not _near(unit, kept):
        return f"satuan {unit.said} bertentangan dengan katalog ({old}), harga dan kapasitas tidak dikonversi"
    if kept.content and not unit.content:
        taken.pop("unit_said", None)
        taken.pop("unit_code", None)
    return ""


def _near(one: UnitSaid, other: UnitSaid) -> bool:
    """Whether two units can stand for one thing: the same code, or both count pieces; and no other content."""
    if one.content and other.content and one.content != other.content:
        return False
    return one.unit is not None and other.unit is not None and _alike(one.unit, other.unit)


def _alike(one: Unit, other: Unit) -> bool:
    pieces = one.base == other.base == "buah" and one.factor == other.factor == 1
    return one.id == other.id or pieces or (one.code is not None and one.code == other.code)


def _one_unit(per: str, unit: UnitSaid) -> bool:
    said = read_unit(per).value
    return said is not None and (said.word == unit.word or _near(said, unit))


def _price_doubt(row: RowCells, price: Price, stored: dict[str, Any]) -> str:
    low, high = stored.get("price_min"), stored.get("price_max")
    if low is None or high is None or (price.low >= low and price.high <= high):
        return ""
    kept = f"{_rupiah(low)}-{_rupiah(high)}"
    far = price.low < low * (1 - BEYOND) or price.high > high * (1 + BEYOND)
    said = f"di luar rentang katalog ({kept}): menunggu keputusan petugas" if far else f"di luar rentang katalog ({kept})"
    row.warn("price" if row.has("price") else "price_min", said)
    return f"harga {_rupiah(price.low)}-{_rupiah(price.high)} jauh di luar rentang katalog ({kept})" if far else ""


def _rupiah(amount: Decimal) -> str:
    return f"{amount:,.0f}".replace(",", ".")
