"""The products and the questions asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ForeignKey, String, Table, Text, insert, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.businesses import BusinessRow, apply_fields
from exchange.store.types import AMOUNT, MONEY, Scaled, UtcDateTime


class ProductRow(Row):
    """One product; `sku` names it everywhere. Prices and capacity are per `unit_said`."""

    __tablename__ = "product"

    sku: Mapped[str] = mapped_column(String(60), unique=True)
    business_id: Mapped[int] = mapped_column(BigId, ForeignKey("business.id"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    description: Mapped[str | None] = mapped_column(Text)
    sector: Mapped[str | None] = mapped_column(String(20), index=True)
    kbli: Mapped[str | None] = mapped_column(String(5), index=True)
    kbli_edition: Mapped[str] = mapped_column(String(10), default="2020")
    kbki: Mapped[str | None] = mapped_column(String(10))
    kbki_edition: Mapped[str] = mapped_column(String(10), default="2012")
    hs: Mapped[str | None] = mapped_column(String(6))
    hs_edition: Mapped[str] = mapped_column(String(10), default="2022")
    unit_said: Mapped[str | None] = mapped_column(String(80))
    unit_code: Mapped[str | None] = mapped_column(String(3))
    price_min: Mapped[Decimal | None] = mapped_column(MONEY)
    price_max: Mapped[Decimal | None] = mapped_column(MONEY)
    price_valid_until: Mapped[date | None]
    capacity_min: Mapped[Decimal | None] = mapped_column(AMOUNT)
    capacity_max: Mapped[Decimal | None] = mapped_column(AMOUNT)
    capacity_period: Mapped[str | None] = mapped_column(String(10))
    lead_time_days: Mapped[int | None]
    minimum_order: Mapped[Decimal | None] = mapped_column(AMOUNT)
    tkdn_percent: Mapped[Decimal | None] = mapped_column(Scaled(4))
    sni: Mapped[str | None] = mapped_column(String(200))
    halal: Mapped[str | None] = mapped_column(String(80))
    distribution_permit: Mapped[str | None] = mapped_column(String(200))
    keywords: Mapped[list[str]] = mapped_column(default=list)
    weight_kg: Mapped[Decimal | None] = mapped_column(AMOUNT)
    photo: Mapped[str | None] = mapped_column(String(500))
    is_sample: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="active")
    version: Mapped[int] = mapped_column(default=1)
    matched_version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    business: Mapped[BusinessRow] = relationship(lazy="raise")


_PRODUCT = cast(Table, ProductRow.__table__)
# every member of ProductSchema but `nib`, in its words
FIELDS = tuple(
    c.key for c in ProductRow.__table__.columns if c.key not in {"id", "business_id", "state", "version", "matched_version", "updated_at"}
)


def product_record(row: ProductRow) -> dict[str, Any]:
    """The product in the members of ProductSchema; wants `row.business` loaded."""
    return {name: getattr(row, name) for name in FIELDS} | {"nib": row.business.nib}


def products_by_sku(session: Session, skus: Iterable[str] | None = None) -> dict[str, ProductRow]:
    """Products by SKU, each with its firm: the named ones, or all."""
    query = select(ProductRow).options(joinedload(ProductRow.business))
    if skus is not None:
        query = query.where(ProductRow.sku.in_(list(skus)))
    return {row.sku: row for row in session.scalars(query)}


def products_of_business(session: Session, business_id: int) -> list[ProductRow]:
    """A firm's products, each with the firm."""
    query = select(ProductRow).options(joinedload(ProductRow.business)).where(ProductRow.business_id == business_id)
    return list(session.scalars(query.order_by(ProductRow.sku)))


def active_products(session: Session) -> Iterator[ProductRow]:
    """All products on offer, by SKU, each with its firm; streamed."""
    query = select(ProductRow).options(joinedload(ProductRow.business)).where(ProductRow.state == "active").order_by(ProductRow.sku)
    yield from session.scalars(query.execution_options(yield_per=500))


def put_products(session: Session, rows: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Keep new products, many at a time; each has the members of ProductSchema but `nib`, and `business_id`; at: when they were made."""
    told = [{**values, "updated_at": at} for values in rows]
    if told:
        session.execute(insert(_PRODUCT), told)


def apply_product(
    session: Session, data: dict[str, Any], business: BusinessRow, kept: Mapping[str, ProductRow] | None = None
) -> tuple[ProductRow, str]:
    """
    Bring one product up to `data` (members of ProductSchema, decided before: what is None is stored as None).

    kept: the products that stand, by SKU, where many are brought at once: then nothing is asked for, and whoever brings them flushes.

    Returns:
        The row and `new`, `changed` or `unchanged`; only the first two give it a new version.
    """
    values = {name: value for name, value in data.items() if name != "nib"} | {"business_id": business.id}
    row = (products_by_sku(session, [data["sku"]]) if kept is None else kept).get(data["sku"])
    if row is None:
        row = ProductRow(**values, business=business)
        session.add(row)
        if kept is None:
            session.flush()
        return row, "new"
    return row, apply_fields(row, values)
