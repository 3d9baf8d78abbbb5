"""What the figures of maps and charts are summed from: when demands came, their matches, and what was ordered and delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.trade import DealLineRow, DealRow, DeliveryRow


class Matched(NamedTuple):
    """One match of a demand, with its product's sector."""

    demand_id: int
    state: str
    score: Decimal
    sector: str | None
    made_at: datetime
    decided_at: datetime | None


class Traded(NamedTuple):
    """
    What was ordered or delivered on one day of one sector for one region. number: orders or deliveries, corrections left out; value: in
    rupiah, corrections with their sign.
    """

    kind: str
    region: str | None
    sector: str | None
    day: date
    number: int
    value: Decimal | None


def came_at(session: Session, demand_ids: Sequence[int]) -> dict[int, datetime]:
    """When demands were first seen, by row id; one statement."""
    query = select(DemandRow.id, DemandRow.first_seen_at).where(DemandRow.id.in_(demand_ids))
    return {row.id: row.first_seen_at for row in session.execute(query)}


def matches_of_demands(session: Session, demand_ids: Sequence[int]) -> list[Matched]:
    """All matches of demands but those that were taken back, the best of each demand first; one statement."""
    query = (
        select(MatchRow.demand_id, MatchRow.state, MatchRow.score, ProductRow.sector, MatchRow.made_at, MatchRow.decided_at)
        .join(ProductRow, ProductRow.id == MatchRow.product_id)
        # said so that the index of the demand leads
        .where(MatchRow.demand_id.in_(demand_ids), MatchRow.state.concat("") != "retired")
        .order_by(MatchRow.demand_id, MatchRow.score.desc(), MatchRow.id)
    )
    return [Matched(*row) for row in session.execute(query)]


def traded(session: Session) -> list[Traded]:
    """All orders by day of order, and all deliveries by their day."""
    region, sector = DealRow.region, DealLineRow.sector
    ordered = (
        select(region, sector, DealRow.order_date, func.count(), func.sum(DealLineRow.ordered_value))
        .join(DealLineRow, DealLineRow.deal_id == DealRow.id)
        .where(DealRow.order_date.is_not(None), DealRow.state != "batal", DealLineRow.ordered_value.is_not(None))
        .group_by(region, sector, DealRow.order_date)
    )
    delivered = (
        select(region, sector, DeliveryRow.day, func.count().filter(DeliveryRow.corrects_id.is_(None)), func.sum(DeliveryRow.value))
        .join(DealLineRow, DealLineRow.id == DeliveryRow.line_id)
        .join(DealRow, DealRow.id == DeliveryRow.deal_id)
        .group_by(region, sector, DeliveryRow.day)
    )
    asked: list[tuple[str, Any]] = [("order", ordered), ("trade", delivered)]
    return [Traded(kind, *each) for kind, query in asked for each in session.execute(query)]
