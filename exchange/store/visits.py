"""Monitoring visits to firms: what an officer saw, what the firm lacks, and what is to follow by when. For staff alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.types import AMOUNT, UtcDateTime


class VisitRow(Row):
    """
    One visit. on: its day; officer: the account that was there; capacity: of one `capacity_period`, in `capacity_unit` as the firm says it.

    machines: their state in a word (`good`, `some_broken`, `stopped`, `none`); due_on: the day by which `follow_up` is to be done,
    followed_on: when it was. form_key: of the form that was sent, so that a form that comes twice over a poor line is one visit.
    """

    __tablename__ = "visit"
    __table_args__ = (Index(None, "business_id", "on_day", "id"), Index(None, "followed_on", "due_on"))

    business_id: Mapped[int] = mapped_column(BigId, ForeignKey(BusinessRow.id))
    form_key: Mapped[str] = mapped_column(String(40), unique=True)
    on: Mapped[date] = mapped_column("on_day")
    officer: Mapped[str] = mapped_column(String(80))
    capacity: Mapped[Decimal | None] = mapped_column(AMOUNT)
    capacity_unit: Mapped[str | None] = mapped_column(String(80))
    capacity_period: Mapped[str | None] = mapped_column(String(10))
    workers: Mapped[int | None]
    machines: Mapped[str | None] = mapped_column(String(20))
    machines_note: Mapped[str | None] = mapped_column(Text)
    orders: Mapped[str | None] = mapped_column(Text)
    problems: Mapped[str | None] = mapped_column(Text)
    training_needs: Mapped[list[str]] = mapped_column(default=list)
    follow_up: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date | None]
    followed_on: Mapped[date | None]
    followed_by: Mapped[str | None] = mapped_column(String(80))
    notes: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    business: Mapped[BusinessRow] = relationship(lazy="raise")


FIELDS: Final = (
    "on", "capacity", "capacity_unit", "capacity_period", "workers", "machines", "machines_note", "orders", "problems", "training_needs",
    "follow_up", "due_on", "notes",
)  # fmt: skip


def visits_of(session: Session, business_id: int, limit: int = 50) -> Sequence[VisitRow]:
    """A firm's visits, the latest day first."""
    query = select(VisitRow).where(VisitRow.business_id == business_id).order_by(VisitRow.on.desc(), VisitRow.id.desc())
    return session.scalars(query.limit(limit)).all()


def visit_by_id(session: Session, visit_id: int, *, lock: bool = False) -> VisitRow | None:
    """One visit with its firm."""
    query = select(VisitRow).options(joinedload(VisitRow.business)).where(VisitRow.id == visit_id)
    return session.scalars(query.with_for_update(of=VisitRow) if lock else query).first()


def visit_by_key(session: Session, form_key: str) -> VisitRow | None:
    """The visit that a form made, with its firm."""
    return session.scalars(select(VisitRow).options(joinedload(VisitRow.business)).where(VisitRow.form_key == form_key)).first()


def _open() -> ColumnElement[bool]:
    return VisitRow.followed_on.is_(None) & VisitRow.due_on.is_not(None)


def due_visits(session: Session, limit: int = 100) -> Sequence[VisitRow]:
    """Visits with something still to follow, the earliest due day first, each with its firm."""
    query = select(VisitRow).options(joinedload(VisitRow.business)).where(_open()).order_by(VisitRow.due_on, VisitRow.id)
    return session.scalars(query.limit(limit)).all()


def due_count(day: date) -> ColumnElement[int]:
    """How many follow-ups are due on a day or before, as a part of a statement."""
    return select(func.count(VisitRow.id)).where(_open(), VisitRow.due_on <= day).scalar_subquery()
