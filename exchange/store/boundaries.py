"""The boundaries that the office imported: of each region its outline, made simple, in units of the map."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Index, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime


class BoundaryRow(Row):
    """
    The outline of a region. level: `province` or `region`; code: Kemendagri; path: as SVG's `d`, in units of `reports.charts.borders`.

    x, y: a point for what is written on it; source: the name of the file; imported_by, imported_at: who, and when.
    """

    __tablename__ = "boundary"
    __table_args__ = (Index(None, "level", "code"),)

    level: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(10), unique=True)
    path: Mapped[str] = mapped_column(Text)
    x: Mapped[int]
    y: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))
    imported_by: Mapped[str] = mapped_column(String(80))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class Outline(NamedTuple):
    """One outline as it is kept."""

    code: str
    path: str
    x: int
    y: int


def replace_boundaries(session: Session, level: str, outlines: Sequence[Outline], source: str, actor: str) -> None:
    """Put these in the place of all of that level; none: take them away."""
    session.execute(delete(BoundaryRow).where(BoundaryRow.level == level))
    session.add_all(BoundaryRow(level=level, source=source, imported_by=actor, **one._asdict()) for one in outlines)


def boundaries(session: Session, level: str, within: str | None = None) -> list[Outline]:
    """The outlines of a level, by code; within: of that province alone."""
    query = select(BoundaryRow.code, BoundaryRow.path, BoundaryRow.x, BoundaryRow.y).where(BoundaryRow.level == level)
    if within:
        query = query.where(BoundaryRow.code.startswith(f"{within}."))
    return [Outline(*row) for row in session.execute(query.order_by(BoundaryRow.code))]


def imported(session: Session) -> list[tuple[str, int, str, str, datetime]]:
    """(level, how many, file, who, when) of what is imported."""
    columns = BoundaryRow.level, func.count(), func.max(BoundaryRow.source), func.max(BoundaryRow.imported_by)
    query = select(*columns, func.max(BoundaryRow.imported_at, type_=UtcDateTime())).group_by(BoundaryRow.level).order_by(BoundaryRow.level)
    return [(level, int(count), source, actor, at) for level, count, source, actor, at in session.execute(query)]
