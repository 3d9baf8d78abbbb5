"""The ledger: one row for each run of a source, with its counts, and one for each answer that it got."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime

COUNTS = ("fetched", "new", "changed", "unchanged", "missing", "held", "withdrawn", "quarantined", "skipped", "duplicates")

# the statuses of answers whose bytes are in the archive: what came, and what the source said to be as it came before
AT_HAND = (200, 304)


class RunRow(Row):
    """
    One run. state: `running`, then `complete`, `partial`, `unproven` or `failed`; reasons say why it is that.

    Only a complete run marks anything missing. facts: what later runs are judged by, such as the buyers it spoke of.
    night_id: the nightly run that it was part of, None where a person asked for it. listings_gone_at: since when what it noted listing by
    listing is not kept any more, None where it is (`store/retention.py`).
    """

    __tablename__ = "run"
    __table_args__ = (Index(None, "source_id", "state", "id"),)

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey("source.id"))
    night_id: Mapped[int | None] = mapped_column(BigId, index=True)
    connector_version: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(20), default="running")
    reasons: Mapped[list[str]] = mapped_column(default=list)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fetched: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0, server_default="0")
    requests: Mapped[int] = mapped_column(default=0)
    received_bytes: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    listings_gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    source: Mapped[SourceRow] = relationship(lazy="raise")


class AnswerRow(Row):
    """
    One answer of a source: where its bytes lie in the archive and how it came. The address is kept masked.

    facts: the headers worth keeping, bytes sent and declared, whether it came whole.
    request: a digest of the whole address, by which a run that was broken off finds the answers that it has already.
    """

    __tablename__ = "answer"

    run_id: Mapped[int] = mapped_column(BigId, ForeignKey("run.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    url: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    size: Mapped[int]
    media_type: Mapped[str | None] = mapped_column(String(200))
    request: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


def complete_runs(session: Session, source_id: int, limit: int = 20) -> list[RunRow]:
    """A source's complete runs, the latest first."""
    query = select(RunRow).where(RunRow.source_id == source_id, RunRow.state == "complete").order_by(RunRow.id.desc()).limit(limit)
    return list(session.scalars(query))


def last_whole_run(session: Session, source_id: int) -> RunRow | None:
    """A source's last complete run that read its whole list and not what changed alone."""
    query = select(RunRow).where(RunRow.source_id == source_id, RunRow.state == "complete").order_by(RunRow.id.desc())
    with session.scalars(query.execution_options(yield_per=50)) as rows:  # a cursor on the server's side stays open otherwise
        return next((row for row in rows if not row.facts.get("changes_only")), None)


def runs_of_night(session: Session, night_id: int) -> dict[str, RunRow]:
    """A night's runs that came to their end, by the source's name; of several the last."""
    query = select(RunRow).options(joinedload(RunRow.source)).where(RunRow.night_id == night_id, RunRow.state != "running")
    return {row.source.name: row for row in session.scalars(query.order_by(RunRow.id)) if row.facts.get("rule") != "stopped"}


def latest_runs(session: Session, *, limit: int = 50, before: int | None = None) -> list[RunRow]:
    """Runs of all sources, the latest first, each with its source; `before` an id for the next page."""
    query = select(RunRow).options(joinedload(RunRow.source)).order_by(RunRow.id.desc()).limit(limit)
    return list(session.scalars(query.where(RunRow.id < before) if before else query))


def run_by_id(session: Session, run_id: int) -> RunRow | None:
    """One run with its source."""
    return session.scalars(select(RunRow).options(joinedload(RunRow.source)).where(RunRow.id == run_id)).first()


def last_run_of_each(session: Session, state: str | None = None) -> dict[int, RunRow]:
    """The latest run of every source, or the latest in one state, by source id; one statement however many there are."""
    its = aliased(RunRow)
    newest = select(func.max(its.id)).where(its.source_id == SourceRow.id)
    if state:
        newest = newest.where(its.state == state)
    query = select(RunRow).join(SourceRow, RunRow.source_id == SourceRow.id).where(RunRow.id == newest.scalar_subquery())
    return {row.source_id: row for row in session.scalars(query)}


def runs_of_source(session: Session, source_id: int, *, limit: int = 20, before: int | None = None) -> list[RunRow]:
    """A source's runs, the latest first; `before` an id for the next page."""
    query = select(RunRow).where(RunRow.source_id == source_id).order_by(RunRow.id.desc()).limit(limit)
    return list(session.scalars(query.where(RunRow.id < before) if before else query))
