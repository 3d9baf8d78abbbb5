"""What a partner answered to a match of its own demand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.matches import MatchRow
from exchange.store.partners import PartnerRow
from exchange.store.types import MONEY, UtcDateTime

ANSWERS = ("interested", "declined", "ordered")


class MatchAnswerRow(Row):
    """One match's answer, the last one that was given. reason: why it was declined; value: of the order, in `currency`."""

    __tablename__ = "match_answer"

    match_id: Mapped[int] = mapped_column(BigId, ForeignKey(MatchRow.id), unique=True)
    partner_id: Mapped[int] = mapped_column(BigId, ForeignKey(PartnerRow.id), index=True)
    answer: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(Text)
    value: Mapped[Decimal | None] = mapped_column(MONEY)
    currency: Mapped[str | None] = mapped_column(String(3))
    version: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def answers_to(session: Session, match_ids: list[int]) -> dict[int, MatchAnswerRow]:
    """The answers to these matches, by match."""
    if not match_ids:
        return {}
    return {row.match_id: row for row in session.scalars(select(MatchAnswerRow).where(MatchAnswerRow.match_id.in_(match_ids)))}
