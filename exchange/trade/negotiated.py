"""The price that a deal's line has under its agreement: of the list in force on the day, for the line's unit and quantity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.orm import Session

from exchange.access.openings import Opening
from exchange.access.policy import Tier
from exchange.agreements.opens import standing_versions
from exchange.errors import BadRequest
from exchange.store.agreements import case_by_id
from exchange.store.prices import PriceRow, lines_for, versions_of
from exchange.store.trade import DealLineRow, DealRow
from exchange.trade import amounts


class Agreed(NamedTuple):
    """What a list says of a line. price: None where the product stands in it, but not for that unit, quantity and day; basis: its name."""

    price: Decimal | None
    basis: str


def agreed_prices(session: Session, deal: DealRow, lines: Sequence[DealLineRow], day: date) -> dict[int, Agreed]:
    """By position what the list of the deal's agreement says of its lines; of products that do not stand in it nothing."""
    case = None if deal.agreement_id is None else case_by_id(session, deal.agreement_id)
    versions = versions_of(session, [case.id])[case.id] if case is not None else []
    if case is None or not versions:
        return {}
    opening = Opening(Tier.CONTRACTED, case.starts_on, case.ends_on, (), (), case.ident, "", standing_versions(versions))
    held = opening.price_list(day)
    if held is None:
        return {}
    told: dict[str, list[PriceRow]] = {}
    for _, _, row in lines_for(session, [(held.case, held.number)], [line.sku for line in lines]):
        told.setdefault(row.sku, []).append(row)
    basis = f"Harga PKS {case.ident} versi {held.number}"
    return {line.position: Agreed(_price(told[line.sku], line, day), basis) for line in lines if line.sku in told}


def _price(rows: Sequence[PriceRow], line: DealLineRow, day: date) -> Decimal | None:
    """The price for that line; without a quantity only where there is but one."""
    unit = [row for row in rows if (row.unit == line.unit if row.unit else row.unit_said == line.unit_said)]
    fitting = [
        row
        for row in unit
        if (row.valid_from is None or row.valid_from <= day) and (row.valid_until is None or day <= row.valid_until)
        and _holds(row, line.quantity)
    ]  # fmt: skip
    return fitting[0].price if len(fitting) == 1 else None


def _holds(row: PriceRow, quantity: Decimal | None) -> bool:
    if quantity is None:
        return True
    return (row.quantity_min is None or row.quantity_min <= quantity) and (row.quantity_max is None or quantity <= row.quantity_max)


def propose(session: Session, deal: DealRow, lines: Sequence[DealLineRow], day: date, *, replace: bool = False) -> None:
    """
    Put the agreement's price, with its name as the reason, on lines that have none; replace: on others too.

    A line whose value would have to be rounded keeps what it has; nothing is rounded here.
    """
    found = agreed_prices(session, deal, lines, day)
    for line in lines:
        agreed = found.get(line.position)
        if agreed is None or agreed.price is None or (line.price is not None and not replace):
            continue
        try:
            value = None if line.quantity is None else amounts.value_of(line.quantity, agreed.price)
        except BadRequest:
            continue
        line.price, line.value = agreed.price, value
        line.price_reason = line.price_reason or agreed.basis


def differing(line: DealLineRow, agreed: Agreed | None) -> str | None:
    """Why a line's price is not the agreement's, as a warning; None where it is, or where the agreement says nothing of the product."""
    if agreed is None or line.price is None:
        return None
    if agreed.price is None:
        return f"{agreed.basis} memuat produk ini, tetapi bukan untuk satuan, jumlah dan hari ini"
    if line.price != agreed.price:
        return f"harga Rp {amounts.said(line.price)} berbeda dari Rp {amounts.said(agreed.price)} menurut {agreed.basis}"
    return None
