"""What open deals promise of products, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from exchange.store.demands import DemandRow
from exchange.store.trade import DealLineRow, DealRow, DeliveryRow


class PromisedRow(NamedTuple):
    """A line of an open deal of which something is still to come: how much of it, in the line's own unit, and for which demand."""

    deal: str
    line: DealLineRow
    demand: DemandRow
    amount: Decimal


def promised(session: Session, product_ids: Collection[int], day: date, *, without: int) -> list[PromisedRow]:
    """
    What other deals than `without` (its row) promise of these products on a day, by deal.

    An offer promises while its letter holds, an order what was not delivered yet; what is drafted, declined, closed or cancelled nothing.
    """
    if not product_ids:
        return []
    came = select(func.sum(DeliveryRow.quantity)).where(DeliveryRow.line_id == DealLineRow.id).scalar_subquery()
    holds = or_(
        and_(DealRow.state == "ditawarkan", DealRow.valid_until >= day),
        DealRow.state.in_(["dipesan", "sebagian_diterima"]),
    )
    query = (
        select(DealRow.ident, DealLineRow, DemandRow, came)
        .join(DealRow, DealRow.id == DealLineRow.deal_id)
        .join(DemandRow, DemandRow.id == DealRow.demand_id)
        .where(DealLineRow.product_id.in_(product_ids), DealRow.id != without, holds)
        .order_by(DealRow.id)
    )
    found = []
    for deal, line, demand, gone in session.execute(query):
        whole = line.quantity if line.ordered_quantity is None else line.ordered_quantity
        left = (whole or Decimal(0)) - (gone or Decimal(0))
        if left > 0:
            found.append(PromisedRow(deal, line, demand, left))
    return found
