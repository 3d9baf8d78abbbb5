"""Photos of products, which are published, and of visits, which are not: where their bytes lie, what they show, in what order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Index, SQLColumnExpression, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.types import UtcDateTime

PRODUCT, VISIT = "product", "visit"
_PART = 500


class PhotoRow(Row):
    """
    One photo. kind, owner_id: `product` or `visit`, and its row. sha256, thumb: of the picture and of its small copy, both made here;
    width, height: of the picture, in pixels; alt: what it shows, in words; removed_at: None while it is shown.
    """

    __tablename__ = "photo"
    __table_args__ = (Index(None, "kind", "owner_id", "position"), Index(None, "sha256"))

    kind: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[int] = mapped_column(BigId)
    position: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    thumb: Mapped[str] = mapped_column(String(64))
    alt: Mapped[str] = mapped_column(String(300))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    removed_by: Mapped[str | None] = mapped_column(String(80))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def photos_of(session: Session, kind: str, owner_ids: Iterable[int]) -> Sequence[PhotoRow]:
    """The photos that are shown of these, in their order."""
    query = select(PhotoRow).where(PhotoRow.kind == kind, PhotoRow.owner_id.in_(list(owner_ids)), PhotoRow.removed_at.is_(None))
    return session.scalars(query.order_by(PhotoRow.owner_id, PhotoRow.position, PhotoRow.id)).all()


def product_photos(session: Session, product_ids: Iterable[int]) -> dict[int, list[PhotoRow]]:
    """The photos that are shown of these products, by row id, each in their order; one statement for every 500."""
    ids, found = list(product_ids), dict[int, list[PhotoRow]]()
    for start in range(0, len(ids), _PART):
        for row in photos_of(session, PRODUCT, ids[start : start + _PART]):
            found.setdefault(row.owner_id, []).append(row)
    return found


def counts_of_products(session: Session, product_ids: Iterable[int]) -> dict[int, int]:
    """How many photos are shown of each of these products, by row id; none is left out that has one."""
    query = select(PhotoRow.owner_id, func.count()).where(PhotoRow.kind == PRODUCT, PhotoRow.owner_id.in_(list(product_ids)))
    return {row[0]: row[1] for row in session.execute(query.where(PhotoRow.removed_at.is_(None)).group_by(PhotoRow.owner_id))}


def photos_shown(product_id: SQLColumnExpression[int]) -> ColumnElement[int]:
    """How many photos are shown of a product, as a column beside it."""
    query = select(func.count()).where(PhotoRow.kind == PRODUCT, PhotoRow.owner_id == product_id, PhotoRow.removed_at.is_(None))
    return query.correlate_except(PhotoRow).scalar_subquery()


def photo_by_id(session: Session, photo_id: int) -> PhotoRow | None:
    """One photo that is shown."""
    row = session.get(PhotoRow, photo_id)
    return row if row is not None and row.removed_at is None else None


def next_position(session: Session, kind: str, owner_id: int) -> int:
    """The place behind the last photo there ever was."""
    query = select(func.max(PhotoRow.position)).where(PhotoRow.kind == kind, PhotoRow.owner_id == owner_id)
    return (session.scalar(query) or 0) + 1
