"""Pages of finished representations: one tier's segments, narrowed by the typed columns, along the public name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.segments import SegmentRow
from exchange.store.sources import SourceRow

_ROW = SegmentRow.__table__.c
# made once: building a statement takes as long as running it
_FIRST = (
    select(_ROW.ident, _ROW.version, _ROW.body)
    .where(_ROW.kind == bindparam("kind"), _ROW.tier == bindparam("tier"))
    .order_by(_ROW.ident)
    .limit(bindparam("limit"))
)
_ONWARD = _FIRST.where(_ROW.ident > bindparam("after"))


class Segment(NamedTuple):
    """One entity as a tier reads it: its public name, its version, its canonical JSON."""

    ident: str
    version: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class DemandWant:
    """
    What a page of demands is narrowed by; None leaves a thing open.

    region: may be a province; since: an aware time; budget_from, budget_to: the span that the budget in rupiah lies in.
    """

    region: str | None = None
    status: str | None = None
    category: str | None = None
    source: str | None = None
    budget_from: Decimal | None = None
    budget_to: Decimal | None = None
    since: datetime | None = None


def segment_page(session: Session, kind: str, tier: str, *, limit: int, after: str | None = None) -> list[Segment]:
    """All that the tier may read of a kind, by public name; `after` is the last one of the page before."""
    wanted = {"kind": kind, "tier": tier, "limit": limit} | ({} if after is None else {"after": after})
    found = session.connection().execute(_FIRST if after is None else _ONWARD, wanted)
    return [Segment(ident, version, body) for ident, version, body in found.all()]


def demand_page(session: Session, tier: str, want: DemandWant, *, limit: int, after: str | None = None) -> list[Segment]:
    """Demands that the tier may read, by public name; `after` is the last one of the page before."""
    query = select(SegmentRow.ident, SegmentRow.version, SegmentRow.body)
    tests: list[ColumnElement[bool]] = []
    if want.region:
        tests.append(or_(DemandRow.region == want.region, DemandRow.region.startswith(want.region + ".", autoescape=True)))
    if want.status:
        tests.append(DemandRow.status == want.status)
    if want.category:
        tests.append(DemandRow.category == want.category)
    if want.source:
        tests.append(DemandRow.source_id == select(SourceRow.id).where(SourceRow.name == want.source).scalar_subquery())
    if want.budget_from is not None or want.budget_to is not None:
        tests.append(DemandRow.budget_currency == "IDR")
    if want.budget_from is not None:
        tests.append(DemandRow.budget_amount >= want.budget_from)
    if want.budget_to is not None:
        tests.append(DemandRow.budget_amount <= want.budget_to)
    if want.since:
        tests.append(DemandRow.updated_at >= want.since)
    if tests:
        query = query.join(DemandRow, DemandRow.ident == SegmentRow.ident)
    return _page(session, query.where(*tests), "demand", tier, limit, after)


def districts(session: Session, tier: str) -> list[str]:
    """The districts of the firms that the tier may read, by name."""
    query = (
        select(BusinessRow.district)
        .join(SegmentRow, SegmentRow.ident == BusinessRow.ident)
        .where(SegmentRow.kind == "business", SegmentRow.tier == tier, BusinessRow.district.is_not(None))
    )
    return [name for name in session.scalars(query.distinct().order_by(BusinessRow.district)) if name]


def _page(session: Session, query: Select[str, int, bytes], kind: str, tier: str, limit: int, after: str | None) -> list[Segment]:
    query = query.where(SegmentRow.kind == kind, SegmentRow.tier == tier).order_by(SegmentRow.ident).limit(limit)
    if after is not None:
        query = query.where(SegmentRow.ident > after)
    return [Segment(ident, version, bytes(body)) for ident, version, body in session.execute(query)]
