"""Listings that could not be understood: the rule they broke and where their bytes lie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.types import UtcDateTime


class QuarantineRow(Row):
    """
    One listing. `answer` is the digest of the archived answer and `position` the listing's place in it, from 0.

    state: `waiting`, or `replayed` once a later reading understood it.
    """

    __tablename__ = "quarantine"
    __table_args__ = (Index(None, "source_id", "reference"), Index(None, "state", "rule"))

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("source.id"))
    run_id: Mapped[int] = mapped_column(BigId, ForeignKey("run.id"))
    reference: Mapped[str] = mapped_column(String(200))
    rule: Mapped[str] = mapped_column(String(80))
    message: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    connector_version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def waiting_references(session: Session, source_id: int) -> dict[str, QuarantineRow]:
    """What waits from one source, by reference."""
    query = select(QuarantineRow).where(QuarantineRow.source_id == source_id, QuarantineRow.state == "waiting")
    return {row.reference: row for row in session.scalars(query)}


def waiting_by_rule(session: Session) -> list[dict[str, Any]]:
    """How many wait for each rule, the most first, with one example's message."""
    query = (
        select(QuarantineRow.rule, func.count(), func.min(QuarantineRow.message))
        .where(QuarantineRow.state == "waiting")
        .group_by(QuarantineRow.rule)
        .order_by(func.count().desc())
    )
    return [{"rule": rule, "count": count, "example": example} for rule, count, example in session.execute(query)]


def quarantine_list(
    session: Session, limit: int = 50, *, rule: str | None = None, source_id: int | None = None, before: int | None = None
) -> list[QuarantineRow]:
    """What waits, the latest first; of one rule or one source where named; `before` an id for the next page."""
    query = select(QuarantineRow).where(QuarantineRow.state == "waiting").order_by(QuarantineRow.id.desc()).limit(limit)
    if rule:
        query = query.where(QuarantineRow.rule == rule)
    if source_id:
        query = query.where(QuarantineRow.source_id == source_id)
    return list(session.scalars(query.where(QuarantineRow.id < before) if before else query))
