"""Columns of all products on offer, and of all firms, streamed: what a pass over the whole catalogue reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from exchange.store.businesses import BusinessRow
from exchange.store.photos import photos_shown
from exchange.store.products import ProductRow

_PART = 1000


def offered_columns(session: Session, members: Sequence[str], sector: str | None = None) -> Iterator[dict[str, Any]]:
    """These columns of each product on offer, of one sector or all; in no order."""
    query = select(*(getattr(ProductRow, name) for name in members)).where(ProductRow.state == "active")
    yield from _streamed(session, query.where(ProductRow.sector == sector) if sector else query, members)


def firm_columns(session: Session, members: Sequence[str], sector: str | None = None) -> Iterator[dict[str, Any]]:
    """These columns of each firm, of one sector or all; in no order."""
    query = select(*(getattr(BusinessRow, name) for name in members))
    yield from _streamed(session, query.where(BusinessRow.sector == sector) if sector else query, members)


def products_with_photos(session: Session, business_id: int) -> list[tuple[ProductRow, int]]:
    """A firm's products, each with the firm and with how many photos are shown of it; one statement."""
    query = select(ProductRow, photos_shown(ProductRow.id)).options(joinedload(ProductRow.business))
    found = session.execute(query.where(ProductRow.business_id == business_id).order_by(ProductRow.sku))
    return [(row, count) for row, count in found]


def _streamed(session: Session, query: Select[Any], members: Sequence[str]) -> Iterator[dict[str, Any]]:
    for row in session.execute(query.execution_options(yield_per=_PART)):
        yield dict(zip(members, row, strict=True))
