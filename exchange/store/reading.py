"""Pages of finished representations: one tier's segments, narrowed by the typed columns, along the public name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.products import ProductRow
from exchange.store.segments import SegmentRow


class Segment(NamedTuple):
    """One entity as a tier reads it: its public name, its version, its canonical JSON."""

    ident: str
    version: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class ProductWant:
    """What a page of products is narrowed by; None leaves a thing open. `kbli` is the code's beginning."""

    sector: str | None = None
    kbli: str | None = None
    district: str | None = None
    text: str | None = None
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class BusinessWant:
    """What a page of firms is narrowed by."""

    sector: str | None = None
    district: str | None = None


@dataclass(frozen=True, kw_only=True)
class DemandWant:
    """What a page of demands is narrowed by; `region` may be a province; `since` an aware time."""

    region: str | None = None
    status: str | None = None
    since: datetime | None = None


def product_page(session: Session, tier: str, want: ProductWant, *, limit: int, after: str | None = None) -> list[Segment]:
    """Products that the tier may read, by SKU; `after` is the last SKU of the page before."""
    query = select(SegmentRow.ident, SegmentRow.version, SegmentRow.body)
    tests: list[ColumnElement[bool]] = []
    if want.sector:
        tests.append(ProductRow.sector == want.sector)
    if want.kbli:
        tests.append(ProductRow.kbli.startswith(want.kbli, autoescape=True))
    if want.state:
        tests.append(ProductRow.state == want.state)
    if want.district:
        tests.append(_same(BusinessRow.district, want.district))
    if want.text:
        columns = (ProductRow.name, ProductRow.description, cast(ProductRow.keywords, Text), BusinessRow.name)
        tests.append(or_(*(column.icontains(want.text, autoescape=True) for column in columns)))
    if tests:
        query = query.join(ProductRow, ProductRow.sku == SegmentRow.ident).join(BusinessRow, BusinessRow.id == ProductRow.business_id)
    return _page(session, query.where(*tests), "product", tier, limit, after)


def business_page(session: Session, tier: str, want: BusinessWant, *, limit: int, after: str | None = None) -> list[Segment]:
    """Firms that the tier may read, by public name; `after` is the last one of the page before."""
    query = select(SegmentRow.ident, SegmentRow.version, SegmentRow.body)
    tests: list[ColumnElement[bool]] = []
    if want.sector:
        tests.append(BusinessRow.sector == want.sector)
    if want.district:
        tests.append(_same(BusinessRow.district, want.district))
    if tests:
        query = query.join(BusinessRow, BusinessRow.ident == SegmentRow.ident)
    return _page(session, query.where(*tests), "business", tier, limit, after)


def demand_page(session: Session, tier: str, want: DemandWant, *, limit: int, after: str | None = None) -> list[Segment]:
    """Demands that the tier may read, by public name; `after` is the last one of the page before."""
    query = select(SegmentRow.ident, SegmentRow.version, SegmentRow.body)
    tests: list[ColumnElement[bool]] = []
    if want.region:
        tests.append(or_(DemandRow.region == want.region, DemandRow.region.startswith(want.region + ".", autoescape=True)))
    if want.status:
        tests.append(DemandRow.status == want.status)
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


def _same(column: InstrumentedAttribute[str | None], value: str) -> ColumnElement[bool]:
    return func.lower(column) == value.lower()


def _page(session: Session, query: Select[str, int, bytes], kind: str, tier: str, limit: int, after: str | None) -> list[Segment]:
    query = query.where(SegmentRow.kind == kind, SegmentRow.tier == tier).order_by(SegmentRow.ident).limit(limit)
    if after is not None:
        query = query.where(SegmentRow.ident > after)
    return [Segment(ident, version, bytes(body)) for ident, version, body in session.execute(query)]
