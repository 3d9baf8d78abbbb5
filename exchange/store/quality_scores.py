"""
The scores of products' data as they were last reckoned, so that a list of the whole catalogue reads numbers instead of records.

A score holds for one version of a product and one day (prices run out); of any other it is reckoned where it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Double, ForeignKey, Table, and_, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row
from exchange.store.bulk import insert_many
from exchange.store.photos import photos_shown
from exchange.store.products import ProductRow


class ScoreRow(Row):
    """What the data of one product came to, in [0, 100], at one version and on one day."""

    __tablename__ = "quality_score"

    product_id: Mapped[int] = mapped_column(BigId, ForeignKey("product.id"), unique=True)
    version: Mapped[int]
    day: Mapped[date]
    score: Mapped[float] = mapped_column(Double)


_SCORE = cast(Table, ScoreRow.__table__)
_PART = 1000


def _holds(day: date) -> ColumnElement[bool]:
    return and_(ScoreRow.product_id == ProductRow.id, ScoreRow.version == ProductRow.version, ScoreRow.day == day)


def _offered(query: Any, sector: str | None) -> Any:
    query = query.where(ProductRow.state == "active")
    return query.where(ProductRow.sector == sector) if sector else query


def kept_scores(session: Session, day: date, sector: str | None = None) -> Sequence[Sequence[Any]]:
    """(score, SKU, firm's row id) of the products on offer whose score holds on a day, of one sector or all; in no order."""
    query = select(ScoreRow.score, ProductRow.sku, ProductRow.business_id).join(ProductRow, _holds(day))
    return session.execute(_offered(query, sector)).all()


def unkept_columns(session: Session, members: Sequence[str], day: date, sector: str | None = None) -> Iterator[dict[str, Any]]:
    """These columns of each product on offer whose score is not kept, or holds no longer, `photos` counted; streamed, in no order."""
    columns = (photos_shown(ProductRow.id) if name == "photos" else getattr(ProductRow, name) for name in members)
    query = select(*columns).outerjoin(ScoreRow, _holds(day)).where(ScoreRow.id.is_(None))
    for row in session.execute(_offered(query, sector).execution_options(yield_per=_PART)):
        yield dict(zip(members, row, strict=True))


def keep_scores(session: Session, day: date, scores: Sequence[tuple[int, int, float]]) -> None:
    """Keep these for a day: (the product's row id, its version, score); what was kept of other days or versions goes."""
    kept = session.execute(select(ScoreRow.id, ScoreRow.product_id)).all()
    holding = {row[0]: row[1] for row in session.execute(select(ScoreRow.id, ScoreRow.product_id).join(ProductRow, _holds(day)))}
    gone = [row[0] for row in kept if row[0] not in holding]
    for start in range(0, len(gone), 500):
        session.execute(delete(_SCORE).where(_SCORE.c.id.in_(gone[start : start + 500])))
    known = set(holding.values())  # by another run meanwhile
    new = [row for row in scores if row[0] not in known]
    if new:
        insert_many(session.connection(), _SCORE, ("product_id", "version", "score"), new, {"day": day})
