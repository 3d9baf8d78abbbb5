"""Bulk steps over matches: what was done to which, so that it can be undone as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime


class MatchStepRow(Row):
    """
    One step over some matches at once. act: `accept`, `reject`, `assign`, `snooze` or `note`; said: what was chosen with it.

    changed: for each match `match`, `title`, `before` (what it was like) and the versions that the step left, `version` and `care`.
    passed: `match`, `title`, `why` of those that were not touched since somebody had changed them. kept: the same, of its undoing.
    """

    __tablename__ = "match_step"

    actor: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(10))
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changed: Mapped[list[Any]] = mapped_column(default=list)
    passed: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(80))
    kept: Mapped[list[Any]] = mapped_column(default=list)


def step_by_id(session: Session, step_id: int) -> MatchStepRow | None:
    """One step."""
    return session.get(MatchStepRow, step_id)


def latest_steps(session: Session, limit: int) -> Sequence[MatchStepRow]:
    """The latest steps, the last first."""
    return session.scalars(select(MatchStepRow).order_by(MatchStepRow.id.desc()).limit(limit)).all()
