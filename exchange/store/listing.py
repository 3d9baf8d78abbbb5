"""The lists that staff leaf through: demands and products narrowed by a filter, page by page along a key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow, is_held
from exchange.store.finding import speaking_of
from exchange.store.products import ProductRow
from exchange.store.search import CERTIFICATES
from exchange.store.sources import SourceRow
from schemas.reading.searching import Query


@dataclass(frozen=True, kw_only=True)
class DemandFilter:
    """What a list of demands may be narrowed by; None leaves a thing open. `region` may be a province."""

    region: str | None = None
    status: str | None = None
    category: str | None = None
    state: str | None = None
    source: str | None = None
    held: bool = False


@dataclass(frozen=True, kw_only=True)
class ProductFilter:
    """
    What a list of products may be narrowed by; None leaves a thing open. text: part of a SKU, or words as a search has them.

    certificate: one of `CERTIFICATES` that it names; consent: `published`, `refused` or `unasked`, of its firm.
    """

    text: str | None = None
    words: Query | None = None
    sector: str | None = None
    district: str | None = None
    certificate: str | None = None
    consent: str | None = None


def _demands(query: Select[Any], want: DemandFilter) -> Select[Any]:
    if want.region:
        query = query.where(or_(DemandRow.region == want.region, DemandRow.region.startswith(want.region + ".")))
    if want.status:
        query = query.where(DemandRow.status == want.status)
    if want.category:
        query = query.where(DemandRow.category == want.category)
    if want.state:
        query = query.where(DemandRow.state == want.state)
    if want.source:
        query = query.where(DemandRow.source_id == select(SourceRow.id).where(SourceRow.name == want.source).scalar_subquery())
    if want.held:
        query = query.where(DemandRow.state == "live", DemandRow.missing_since.is_not(None))
    return query


def list_demands(session: Session, want: DemandFilter, *, limit: int = 50, before: int | None = None) -> list[DemandRow]:
    """Demands with their sources, the latest come first; `before` is the row id of the last one of the page before."""
    query = _demands(select(DemandRow).options(joinedload(DemandRow.source)), want).order_by(DemandRow.id.desc()).limit(limit)
    return list(session.scalars(query.where(DemandRow.id < before) if before else query))


def count_listed_demands(session: Session, want: DemandFilter) -> int:
    """How many demands the filter leaves."""
    return session.scalar(_demands(select(func.count()).select_from(DemandRow), want)) or 0


def _products(query: Select[Any], want: ProductFilter) -> Select[Any]:
    query = query.join(ProductRow.business)
    if want.text:
        tests = [ProductRow.sku.icontains(want.text, autoescape=True)]
        if want.words is not None:
            tests.append(ProductRow.sku.in_(speaking_of("product", want.words)))
        query = query.where(or_(*tests))
    if want.sector:
        query = query.where(ProductRow.sector == want.sector)
    if want.district:
        query = query.where(BusinessRow.district == want.district)
    if want.certificate:
        query = query.where(getattr(ProductRow, want.certificate).is_not(None))
    return query.where(want.consent == _CONSENT) if want.consent else query


# whether a product's firm is published, refused to be, or was not asked yet
_CONSENT: Any = case(
    (BusinessRow.consented_on.is_not(None), "published"), (BusinessRow.consent_refused_on.is_not(None), "refused"), else_="unasked"
)
MOST_VALUES = 40


def count_product_facets(session: Session, want: ProductFilter) -> dict[str, list[tuple[str, int]]]:
    """By facet its values with how many products have each, the most frequent first; a facet leaves its own filter out. One statement."""
    # what a text finds is found once and not for each facet again
    found_by = _products(select(ProductRow.id), ProductFilter(text=want.text, words=want.words)).cte("found") if want.text else None
    wanted, parts = replace(want, text=None, words=None), []

    def counted(query: Select[Any], narrowed: ProductFilter) -> Select[Any]:
        query = _products(query.select_from(ProductRow), narrowed)
        return query if found_by is None else query.where(ProductRow.id.in_(select(found_by.c.id)))

    for facet, by in (("sector", ProductRow.sector), ("district", BusinessRow.district), ("consent", _CONSENT)):
        query: Any = select(literal(facet), by, func.count())
        parts.append(counted(query, replace(wanted, **{facet: None})).where(by.is_not(None)).group_by(by))
    for name in CERTIFICATES:
        query = select(literal("certificate"), literal(name), func.count())
        parts.append(counted(query, replace(wanted, certificate=name)))
    found: dict[str, list[tuple[str, int]]] = {"sector": [], "district": [], "certificate": [], "consent": []}
    for facet, value, count in session.execute(union_all(*parts)):
        if count:
            found[facet].append((str(value), int(count)))
    return {facet: sorted(values, key=lambda each: (-each[1], each[0]))[:MOST_VALUES] for facet, values in found.items()}


def list_products(session: Session, want: ProductFilter, *, limit: int = 50, after: str | None = None) -> list[ProductRow]:
    """Products with their firms, by SKU; `after` is the SKU of the last one of the page before."""
    query = _products(select(ProductRow).options(joinedload(ProductRow.business)), want).order_by(ProductRow.sku).limit(limit)
    return list(session.scalars(query.where(ProductRow.sku > after) if after else query))


def count_listed_products(session: Session, want: ProductFilter) -> int:
    """How many products the filter leaves."""
    return session.scalar(_products(select(func.count()).select_from(ProductRow), want)) or 0


def demand_regions(session: Session) -> list[str]:
    """The regions that demands came from, by code; from each the index leads to the next, past the demands of it."""
    first = select(func.min(DemandRow.region).label("code")).cte("told", recursive=True)
    following = select(func.min(DemandRow.region)).where(DemandRow.region > first.c.code).correlate(first).scalar_subquery()
    told = first.union_all(select(following).where(first.c.code.is_not(None)))
    return sorted(code for code in session.scalars(select(told.c.code)) if code)


def held_by_source(session: Session) -> dict[int, int]:
    """How many demands of each source are missing there and still shown here; sources without any are left out."""
    query = select(DemandRow.source_id, func.count()).where(is_held())
    return {int(source_id): int(count) for source_id, count in session.execute(query.group_by(DemandRow.source_id))}
