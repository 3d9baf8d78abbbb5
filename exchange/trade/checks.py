"""What a line must fulfil before it is offered: product and firm may be shown, its price has a reason, the firm can make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from exchange.matching.combining import offered_together
from exchange.matching.periods import day_said
from exchange.store.demands import DemandRow, demands_by_ids
from exchange.store.matches import MatchFilter, list_matches
from exchange.store.products import ProductRow, products_by_sku
from exchange.store.trade import DealLineRow, DealRow
from exchange.store.trade_promises import promised
from exchange.trade.amounts import said
from exchange.trade.capacity import judge
from exchange.trade.negotiated import Agreed, agreed_prices, differing

CANDIDATES = 40


@dataclass
class Found:
    """
    What was found of lines, in sentences (Indonesian), each naming its line.

    faults: they keep the offer from being sent; warnings: they do not; proposals: which firms could do it together.
    """

    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    proposals: list[str] = field(default_factory=list)


def look(session: Session, deal: DealRow, lines: Sequence[DealLineRow], demand: DemandRow, day: date) -> Found:
    """Look at all lines of a deal for this demand as products and firms are on that day."""
    found = Found()
    if not lines:
        found.faults.append("Penawaran ini tanpa baris.")
    products = products_by_sku(session, [line.sku for line in lines])
    agreed = agreed_prices(session, deal, lines, day)
    others = promised(session, [line.product_id for line in lines], day, without=deal.id)
    short = False
    for line in lines:
        product = products.get(line.sku)
        name = f"Baris {line.position} ({line.product_name})"
        if product is None or product.state != "active":
            found.faults.append(f"{name}: produknya tidak lagi ditawarkan.")
            continue
        if product.business.consented_on is None:
            found.faults.append(f"{name}: {line.business_name} belum setuju dipublikasikan.")
        if line.quantity is None or line.price is None:
            found.faults.append(f"{name}: jumlah atau harganya belum diisi.")
            continue
        if product.unit_code != line.unit or (product.unit_code is None and product.unit_said != line.unit_said):
            found.faults.append(f"{name}: satuan produknya sudah berubah menjadi {product.unit_said}; mulai dagang baru untuk produk ini.")
        _price(found, name, line, product, day, agreed.get(line.position))
        judged = judge(line, product, demand, [one for one in others if one.line.product_id == line.product_id], line.quantity, day)
        found.faults += [f"{name}: {says}" for says in judged.faults]
        found.warnings += [f"{name}: {says}" for says in judged.warnings]
        short |= judged.short
    if short:
        matches = list_matches(session, MatchFilter(demand_id=demand.id), limit=CANDIDATES)
        found.proposals = [one.result.says for one in offered_together(demand, matches)]
    return found


def beyond_capacity(session: Session, deal: DealRow, lines: Sequence[DealLineRow], day: date) -> list[str]:
    """What there is to say of the capacity for what is ordered of these lines, beside other deals; sentences that name their line."""
    products = products_by_sku(session, [line.sku for line in lines])
    (demand,) = demands_by_ids(session, [deal.demand_id])
    others = promised(session, [line.product_id for line in lines], day, without=deal.id)
    told = []
    for line in lines:
        product = products.get(line.sku)
        if product is not None and line.ordered_quantity:
            mine = [one for one in others if one.line.product_id == line.product_id]
            judged = judge(line, product, demand, mine, line.ordered_quantity, day)
            told += [f"Baris {line.position} ({line.product_name}): {says}" for says in [*judged.faults, *judged.warnings]]
    return told


def price_outside(line: DealLineRow, product: ProductRow, day: date) -> str | None:
    """Why a price is not within the product's indicative range on that day; None where it is."""
    low, high = product.price_min, product.price_max
    if line.price is None:
        return None
    if low is None and high is None:
        return "kisaran harganya belum dicatat"
    if product.price_valid_until is not None and product.price_valid_until < day:
        return f"kisaran harganya berlaku sampai {day_said(product.price_valid_until)}"
    if (low is not None and line.price < low) or (high is not None and line.price > high):
        return f"harga Rp {said(line.price)} di luar kisaran Rp {_said(low)}–{_said(high)}"
    return None


def _said(value: Decimal | None) -> str:
    return "?" if value is None else said(value)


def _price(found: Found, name: str, line: DealLineRow, product: ProductRow, day: date, agreed: Agreed | None) -> None:
    if agreed is not None and agreed.price == line.price:
        return  # the contract itself is the reason, whatever the indicative range is
    if (other := differing(line, agreed)) is not None:
        found.warnings.append(f"{name}: {other}.")
    outside = price_outside(line, product, day)
    if outside is None:
        return
    if line.price_reason:
        found.warnings.append(f"{name}: {outside}; alasan: {line.price_reason}")
    elif product.price_min is None and product.price_max is None:
        found.warnings.append(f"{name}: {outside}, harganya tidak dapat dibandingkan.")
    else:
        found.faults.append(f"{name}: {outside}; tulis alasan harganya.")
