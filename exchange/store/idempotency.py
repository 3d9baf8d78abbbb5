"""
Answers to writing requests that bore an Idempotency-Key, kept with what they did in one transaction.

Writers stand in one queue, so that of two requests with one key the second finds the first one's answer: there is no state between.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.partners import PartnerRow
from exchange.store.types import UtcDateTime


class IdempotencyRow(Row):
    """
    One answer. key: the partner's word; request: SHA-256 of method, path and body; headers: those that the answer bore beyond the usual.
    """

    __tablename__ = "idempotency"
    __table_args__ = (UniqueConstraint("partner_id", "key"), Index(None, "at"))

    partner_id: Mapped[int] = mapped_column(BigId, ForeignKey(PartnerRow.id))
    key: Mapped[str] = mapped_column(String(200))
    request: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    media: Mapped[str] = mapped_column(String(80))
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def kept_answer(session: Session, partner_id: int, key: str) -> IdempotencyRow | None:
    """The answer that was given to this partner's key."""
    return session.scalars(select(IdempotencyRow).where(IdempotencyRow.partner_id == partner_id, IdempotencyRow.key == key)).first()


def forget_answers(session: Session, before: datetime) -> None:
    """Drop answers that were given before a time."""
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.at < before))
