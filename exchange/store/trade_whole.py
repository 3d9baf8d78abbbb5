"""A deal with what it consists of, in one statement."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from exchange.store.demands import DemandRow
from exchange.store.trade import DealLineRow, DealRow


def deal_with_lines(session: Session, ident: str) -> tuple[DealRow, list[DealLineRow], DemandRow] | None:
    """The deal of that name with its agreement, its lines in their order, and its demand with its source; None where there is none."""
    query = (
        select(DealRow, DealLineRow, DemandRow)
        .outerjoin(DealLineRow, DealLineRow.deal_id == DealRow.id)
        .join(DemandRow, DemandRow.id == DealRow.demand_id)
        .options(joinedload(DealRow.agreement), joinedload(DemandRow.source))
        .where(DealRow.ident == ident)
        .order_by(DealLineRow.position)
    )
    rows = session.execute(query).all()
    return (rows[0][0], [line for _, line, _ in rows if line is not None], rows[0][2]) if rows else None
