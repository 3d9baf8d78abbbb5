"""Cases as a board shows them: the first ones of each state, what needs a person, and what stands behind a case's matches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from exchange.store.agreements import AgreementMatchRow, AgreementRow, CaseFilter, narrowed
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow


class Under(NamedTuple):
    """A match under a case by its public names, with what the catalogue and the demands hold of it today; None where that is gone."""

    demand: str
    product: str
    wanted: DemandRow | None
    offered: ProductRow | None
    match_id: int | None


class Needing(NamedTuple):
    """Cases that need a person, the first ones, and how many there are in all."""

    rows: list[AgreementRow]
    total: int


def board(session: Session, want: CaseFilter, *, each: int) -> list[AgreementRow]:
    """Of each state the cases that stand in it longest, at most so many of each, with their partners; one statement."""
    place = func.row_number().over(partition_by=AgreementRow.state, order_by=(AgreementRow.state_since, AgreementRow.id)).label("place")
    inner = narrowed(select(AgreementRow, place), want).subquery()
    case = aliased(AgreementRow, inner)
    query = select(case).options(joinedload(case.partner)).where(inner.c.place <= each)
    return list(session.scalars(query.order_by(inner.c.state, inner.c.place)))


def count_cases(session: Session, want: CaseFilter) -> dict[str, int]:
    """How many cases the filter leaves, by state."""
    query = narrowed(select(AgreementRow.id), want).with_only_columns(AgreementRow.state, func.count()).group_by(AgreementRow.state)
    return {state: int(count) for state, count in session.execute(query)}


def case_regions(session: Session) -> list[str]:
    """The regions that there are cases with."""
    query = select(AgreementRow.region).where(AgreementRow.region.is_not(None)).distinct().order_by(AgreementRow.region)
    return [code for code in session.scalars(query) if code is not None]


def _stands_still(before: datetime, states: Sequence[str]) -> ColumnElement[bool]:
    return and_(AgreementRow.state_since < before, AgreementRow.state.in_(list(states)))


def _ends(until: date, final: Sequence[str]) -> ColumnElement[bool]:
    signed_kb = or_(_signed("kb"), _signed("nota_kesepakatan"))
    ends = or_(and_(_signed("pks"), AgreementRow.ends_on <= until), and_(signed_kb, AgreementRow.kb_until <= until))
    return and_(ends, AgreementRow.state.not_in(list(final)))


def case_counts(ours: Sequence[str], still: tuple[datetime, Sequence[str]], ends: tuple[date, Sequence[str]]) -> list[ColumnElement[int]]:
    """
    Three counts as parts of a statement: cases in the states `ours`, those that stand still (as `standing_still` takes it), and those that
    end (as `ending` takes it).
    """
    kinds = AgreementRow.state.in_(list(ours)), _stands_still(*still), _ends(*ends)
    return [select(func.count(AgreementRow.id)).where(kind).scalar_subquery() for kind in kinds]


def standing_still(session: Session, before: datetime, states: Sequence[str], *, limit: int) -> Needing:
    """Cases in one of these states since before that time, the longest first."""
    return _needing(session, select(AgreementRow).where(_stands_still(before, states)), limit, AgreementRow.state_since)


def ending(session: Session, until: date, final: Sequence[str], *, limit: int) -> Needing:
    """Cases of which something that is signed ends by that day or has ended, the next end first; a draft's days are none yet."""
    return _needing(
        session, select(AgreementRow).where(_ends(until, final)), limit, func.coalesce(AgreementRow.ends_on, AgreementRow.kb_until)
    )


def _signed(paper: str) -> ColumnElement[bool]:
    kept: ColumnElement[str | None] = AgreementRow.papers[paper].as_string()
    return kept.is_not(None)


def next_end(row: AgreementRow) -> date | None:
    """The first day on which something that is signed ends."""
    kb = row.kb_until if {"kb", "nota_kesepakatan"} & row.papers.keys() else None
    pks = row.ends_on if "pks" in row.papers else None
    return min((day for day in (kb, pks) if day is not None), default=None)


def answered_for_another_year(session: Session, year: int, states: Sequence[str], *, limit: int) -> Needing:
    """Cases whose questions about the DPRD were answered for another budget year than this, and which it did not approve."""
    said, approved = AgreementRow.facts["tahun_apbd"].as_integer(), AgreementRow.papers["keputusan_dprd"].as_string()
    query = select(AgreementRow).where(AgreementRow.state.in_(list(states)), said != year, approved.is_(None))
    return _needing(session, query, limit, AgreementRow.updated_at)


def _needing(session: Session, query: Select[Any], limit: int, order: Any) -> Needing:
    count = session.scalar(query.with_only_columns(func.count())) or 0
    if not count:
        return Needing([], 0)
    rows = session.scalars(query.options(joinedload(AgreementRow.partner)).order_by(order, AgreementRow.id).limit(limit))
    return Needing(list(rows), count)


def matches_under(session: Session, agreement_id: int) -> list[Under]:
    """The matches under a case in the order in which they came, each with what is known of it today; one statement."""
    query = (
        select(AgreementMatchRow, DemandRow, ProductRow, MatchRow.id)
        .outerjoin(DemandRow, DemandRow.ident == AgreementMatchRow.demand)
        .outerjoin(ProductRow, ProductRow.sku == AgreementMatchRow.product)
        .outerjoin(MatchRow, and_(MatchRow.demand_id == DemandRow.id, MatchRow.product_id == ProductRow.id))
        .options(joinedload(ProductRow.business))
        .where(AgreementMatchRow.agreement_id == agreement_id)
        .order_by(AgreementMatchRow.id)
    )
    return [Under(row.demand, row.product, demand, product, match) for row, demand, product, match in session.execute(query)]


def matches_by_ids(session: Session, ids: Sequence[int]) -> list[Under]:
    """Matches by their ids as they would stand under a case, in that order; those that were taken back or refused are left out."""
    query = (
        select(MatchRow)
        .options(joinedload(MatchRow.demand), joinedload(MatchRow.product).joinedload(ProductRow.business))
        .where(MatchRow.id.in_(list(ids)), MatchRow.state.in_(["proposed", "accepted"]))
    )
    found = {row.id: row for row in session.scalars(query)}
    return [
        Under(found[one].demand.ident, found[one].product.sku, found[one].demand, found[one].product, one) for one in ids if one in found
    ]


def linked_cases(session: Session, row: AgreementRow) -> tuple[AgreementRow | None, list[AgreementRow]]:
    """The case that this one continues, and those that continue it."""
    query = select(AgreementRow).where(or_(AgreementRow.id == row.extends_id, AgreementRow.extends_id == row.id)).order_by(AgreementRow.id)
    found = list(session.scalars(query))
    return next((one for one in found if one.id == row.extends_id), None), [one for one in found if one.id != row.extends_id]
