"""What firms agreed to, refused and took back, and what they ask to be put right: who heard it, how, and what proves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.types import UtcDateTime

GIVEN: Final = "given"
ENDED: Final = ("refused", "withdrawn")
WAITING: Final = "waiting"


class ConsentRow(Row):
    """
    One word of a firm about being published. kind: `given`, `refused` or `withdrawn`.

    means: how it was said (`form`, `letter`, `oral`); capacity: as what the one who said it spoke for the firm, a role and no name;
    sha256, file_name, media, size: the signed paper, None where there is none; form_key: of the form that was sent, so that the same
    form again is the same word.
    """

    __tablename__ = "consent"
    __table_args__ = (Index(None, "business_id", "id"),)

    business_id: Mapped[int] = mapped_column(BigId, ForeignKey(BusinessRow.id))
    kind: Mapped[str] = mapped_column(String(10))
    on: Mapped[date] = mapped_column("on_day")
    means: Mapped[str] = mapped_column(String(10))
    capacity: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str | None] = mapped_column(String(200))
    media: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None]
    form_key: Mapped[str] = mapped_column(String(40), unique=True)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class CorrectionRow(Row):
    """
    What a firm says is wrong. kind, ident: the record (`business` or `product`) and its public name; field: a member of its schema.

    said: what is wrong, in the firm's words; wanted: what it should be, as it was typed; stood: what stood there, as JSON.
    state: `waiting`, `applied` or `declined`.
    """

    __tablename__ = "correction"
    __table_args__ = (Index(None, "business_id", "id"), Index(None, "state", "id"))

    business_id: Mapped[int] = mapped_column(BigId, ForeignKey(BusinessRow.id))
    kind: Mapped[str] = mapped_column(String(10))
    ident: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(40))
    said: Mapped[str] = mapped_column(Text)
    wanted: Mapped[str] = mapped_column(Text)
    stood: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    reason: Mapped[str | None] = mapped_column(Text)
    form_key: Mapped[str] = mapped_column(String(40), unique=True)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def consents_of(session: Session, business_id: int, limit: int = 50) -> Sequence[ConsentRow]:
    """What a firm said about being published, the latest first."""
    return session.scalars(
        select(ConsentRow).where(ConsentRow.business_id == business_id).order_by(ConsentRow.id.desc()).limit(limit)
    ).all()


def consent_with_file(session: Session, business_id: int, sha256: str) -> ConsentRow | None:
    """The firm's word that a paper proves."""
    query = select(ConsentRow).where(ConsentRow.business_id == business_id, ConsentRow.sha256 == sha256)
    return session.scalars(query.order_by(ConsentRow.id.desc()).limit(1)).first()


def corrections_of(session: Session, business_id: int, limit: int = 50) -> Sequence[CorrectionRow]:
    """What a firm asked to be put right, the latest first."""
    query = select(CorrectionRow).where(CorrectionRow.business_id == business_id)
    return session.scalars(query.order_by(CorrectionRow.id.desc()).limit(limit)).all()


def waiting_corrections() -> ColumnElement[int]:
    """How many corrections wait, as a part of a statement."""
    return select(func.count(CorrectionRow.id)).where(CorrectionRow.state == WAITING).scalar_subquery()


def corrections_waiting(session: Session, limit: int = 100) -> Sequence[tuple[CorrectionRow, BusinessRow]]:
    """The corrections that wait with their firms, the oldest first."""
    query = select(CorrectionRow, BusinessRow).join(BusinessRow, BusinessRow.id == CorrectionRow.business_id)
    found = session.execute(query.where(CorrectionRow.state == WAITING).order_by(CorrectionRow.id).limit(limit))
    return [(row[0], row[1]) for row in found]


def sent_before(session: Session, table: type[ConsentRow] | type[CorrectionRow], form_key: str) -> bool:
    """Whether a form came already."""
    return session.scalar(select(table.id).where(table.form_key == form_key)) is not None
