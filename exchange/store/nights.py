"""The nights: one row for each nightly run, so that one that was broken off is taken up again and the last good one is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from exchange.store.base import Row
from exchange.store.types import UtcDateTime


class NightRow(Row):
    """
    One nightly run. state: `running`, then `done` or `failed`; summary: what it brought, as `exchange nightly --json` prints it, some
    700 bytes a source; brief: the same in a few figures (`jobs/needs.py`). Both are empty until it is done.
    """

    __tablename__ = "night"
    __table_args__ = (Index(None, "state", "id"),)

    state: Mapped[str] = mapped_column(String(10), default="running")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    brief: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


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


def close_night(session: Session, night_id: int, now: datetime, summary: dict[str, Any], brief: dict[str, Any] | None = None) -> None:
    """The night is done, and this is what it brought."""
    row = session.get(NightRow, night_id)
    assert row is not None, "a night that was opened is there"
    row.state, row.ended_at, row.summary, row.brief = "done", now, summary, brief or {}


def note_letter(session: Session, night_id: int, letter: dict[str, Any]) -> None:
    """What a letter about the night told, for the next one (`jobs/letters.py`)."""
    row = session.get(NightRow, night_id)
    assert row is not None, "a night that was opened is there"
    row.brief = row.brief | {"letter": letter}


def letter_before(session: Session, night_id: int) -> dict[str, Any]:
    """What a night has left about letters already, else the latest one before it that left anything; empty where none did."""
    query = select(NightRow.brief).where(NightRow.id <= night_id).order_by(NightRow.id.desc()).limit(30)
    return next((dict(brief["letter"]) for brief in session.scalars(query) if "letter" in brief), {})


def last_night(session: Session, state: str | None = None) -> NightRow | None:
    """The latest night, or the latest in one state; its summary is read only where it is asked for."""
    query = select(NightRow).options(defer(NightRow.summary)).order_by(NightRow.id.desc()).limit(1)
    return session.scalars(query.where(NightRow.state == state) if state else query).first()


def nights(session: Session, limit: int = 20, *, before: int | None = None) -> list[NightRow]:
    """The latest nights without their summaries, the last first; `before` an id for the next page."""
    query = select(NightRow).options(defer(NightRow.summary, raiseload=True)).order_by(NightRow.id.desc()).limit(limit)
    return list(session.scalars(query.where(NightRow.id < before) if before else query))


def night_by_id(session: Session, night_id: int) -> NightRow | None:
    """One night with its summary."""
    return session.get(NightRow, night_id)
