"""Matches of one source's demands, as their owner may know them: listed, counted by commodity, and told by webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from exchange.store.base import utcnow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow

# what the owner of a demand is shown of its matches: neither what staff refused nor what was taken back
_FOR_OWNER = ("proposed", "accepted")


def matches_of_source(
    session: Session, source_id: int, covered: ColumnElement[bool], *, limit: int, after: tuple[Decimal, int] | None = None
) -> list[MatchRow]:
    """
    Matches of one source's live demands with products that `covered` tells of, the best first, as `list_matches` gives them.

    after: (score, id) of the last one of the page before.
    """
    query = _of_source(source_id, covered)
    if after:
        score, row_id = after
        query = query.where(or_(MatchRow.score < score, and_(MatchRow.score == score, MatchRow.id > row_id)))
    return list(session.scalars(query.order_by(MatchRow.score.desc(), MatchRow.id).limit(limit)))


def match_of_source(session: Session, source_id: int, covered: ColumnElement[bool], match_id: int) -> MatchRow | None:
    """One of these matches."""
    return session.scalars(_of_source(source_id, covered).where(MatchRow.id == match_id)).first()


def _of_source(source_id: int, covered: ColumnElement[bool]) -> Select[MatchRow]:
    return (
        select(MatchRow)
        .join(MatchRow.demand)
        .join(MatchRow.product)
        .options(contains_eager(MatchRow.demand), contains_eager(MatchRow.product).joinedload(ProductRow.business))
        .where(DemandRow.source_id == source_id, DemandRow.state == "live", MatchRow.state.in_(_FOR_OWNER), covered)
    )


def untold_matches(
    session: Session, source_id: int, covered: ColumnElement[bool], limit: int, demand_ids: Sequence[int] | None = None
) -> list[tuple[int, str]]:
    """
    (id, the demand's ident) of the first of these matches whose owner was not told of them, by id.

    demand_ids: of these demands alone (at most 500), None for all of the source.
    """
    query = (
        select(MatchRow.id, DemandRow.ident)
        .join(MatchRow.demand)
        .join(MatchRow.product)
        .where(DemandRow.source_id == source_id, DemandRow.state == "live", MatchRow.state.in_(_FOR_OWNER), covered)
        .where(MatchRow.told_at.is_(None))
    )
    if demand_ids is not None:
        query = query.where(DemandRow.id.in_(demand_ids))
    return [(row_id, ident) for row_id, ident in session.execute(query.order_by(MatchRow.id).limit(limit))]


def note_told(session: Session, match_ids: Sequence[int]) -> None:
    """Keep that the owner of their demand was told of these matches."""
    for start in range(0, len(match_ids), 500):
        change = update(MatchRow).where(MatchRow.id.in_(match_ids[start : start + 500])).values(told_at=utcnow())
        session.execute(change, execution_options={"synchronize_session": False})


def counts_by_commodity(session: Session, source_id: int, shown: ColumnElement[bool]) -> list[tuple[str | None, str | None, int, int]]:
    """(sector, KBLI class, matches, demands that have one) of one source's live demands, for the products that `shown` tells of."""
    query = (
        select(ProductRow.sector, ProductRow.kbli, func.count(), func.count(MatchRow.demand_id.distinct()))
        .select_from(MatchRow)
        .join(MatchRow.demand)
        .join(MatchRow.product)
        .where(DemandRow.source_id == source_id, DemandRow.state == "live", MatchRow.state.in_(_FOR_OWNER), shown)
        .group_by(ProductRow.sector, ProductRow.kbli)
        .order_by(ProductRow.sector, ProductRow.kbli)
    )
    return [(sector, kbli, matches, demands) for sector, kbli, matches, demands in session.execute(query)]
