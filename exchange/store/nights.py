"""The nights: one row for each nightly run, so that one that was broken off is taken up again and the last good one is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row
from exchange.store.types import UtcDateTime


class NightRow(Row):
    """One nightly run. state: `running`, then `done` or `failed`; summary: what it brought, as `exchange nightly --json` prints it."""

    __tablename__ = "night"
    __table_args__ = (Index(None, "state", "id"),)

    state: Mapped[str] = mapped_column(String(10), default="running")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)


def open_night(session: Session, now: datetime, resume: timedelta) -> NightRow:
    """The night that was broken off no longer than `resume` ago, else a new one; wants the caller to hold the night's lock."""
    last = last_night(session)
    if last is not None and last.state == "running":
        if timedelta(0) <= now - last.started_at <= resume:
            return last
        last.state, last.ended_at = "failed", now
    row = NightRow(started_at=now)
    session.add(row)
    session.flush()
    return row


def close_night(session: Session, night_id: int, now: datetime, summary: dict[str, Any]) -> None:
    """The night is done, and this is what it brought."""
    row = session.get(NightRow, night_id)
    assert row is not None, "a night that was opened is there"
    row.state, row.ended_at, row.summary = "done", now, summary


def last_night(session: Session, state: str | None = None) -> NightRow | None:
    """The latest night, or the latest in one state."""
    query = select(NightRow).order_by(NightRow.id.desc()).limit(1)
    return session.scalars(query.where(NightRow.state == state) if state else query).first()


def nights(session: Session, limit: int = 20) -> list[NightRow]:
    """The latest nights, the last first."""
    return list(session.scalars(select(NightRow).order_by(NightRow.id.desc()).limit(limit)))
