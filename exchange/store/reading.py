"""Pages of finished representations: one tier's segments, narrowed by the typed columns, along the public name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, LargeBinary, Select, bindparam, cast, func, or_, select
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


def _in_one(page: Select[Any]) -> Select[Any]:
    """
    The page as one row of SQLite: its idents and its versions as JSON, its bodies with a line break between each two.

    For each row that it steps to, the driver lets other threads of the process run; where some wait that takes longer than the row. No
    body has a line break, since canonical JSON escapes it. The three are gathered row by row, in the order of the page.
    """
    rows = page.subquery()
    bodies = cast(func.group_concat(rows.c.body, "\n"), LargeBinary)
    return select(func.json_group_array(rows.c.ident), func.json_group_array(rows.c.version), bodies)


_FIRST_IN_ONE, _ONWARD_IN_ONE = _in_one(_FIRST), _in_one(_ONWARD)


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
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        found = connection.execute(_FIRST if after is None else _ONWARD, wanted)
        return [Segment(ident, version, body) for ident, version, body in found.all()]
    idents, versions, bodies = connection.execute(_FIRST_IN_ONE if after is None else _ONWARD_IN_ONE, wanted).one()
    if bodies is None:
        return []
    return [Segment(*each) for each in zip(orjson.loads(idents), orjson.loads(versions), bodies.split(b"\n"), strict=True)]


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
