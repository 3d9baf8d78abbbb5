"""Which matches of a demand a deal may still take in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.trade import DealLineRow, DealRow


def free_matches(session: Session, demand_id: int, limit: int) -> list[MatchRow]:
    """Matches of a demand that are accepted or wait and are in no deal, accepted ones first, then by score; each with product and firm."""
    taken = select(DealLineRow.id).join(DealRow, DealRow.id == DealLineRow.deal_id)
    taken = taken.where(DealLineRow.match_id == MatchRow.id, DealRow.state != "batal")
    query = select(MatchRow).options(joinedload(MatchRow.product).joinedload(ProductRow.business))
    query = query.where(MatchRow.demand_id == demand_id, MatchRow.state.in_(["accepted", "proposed"]), ~taken.exists())
    # of one demand few are kept; were they ordered there, SQLite would look through the index of all matches by score
    return sorted(session.scalars(query), key=lambda row: (row.state, -row.score, row.id))[:limit]
