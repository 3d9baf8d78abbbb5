"""Looks at a source before a person approves it: asked for by a page, made by the worker, kept with what was seen."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from exchange.store.base import BigId, utcnow
from exchange.store.claims import ClaimedRow, Queue
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime

# beyond these the oldest look at a source that nothing was decided by is forgotten
KEPT = 20
TRIES = 2
# a look takes at most a minute and one answer more, which is bounded by the same
LAPSE = timedelta(minutes=3)


class SourceLookRow(ClaimedRow):
    """
    One look.

    asked_by, asked_at: who wants it. against_id: of one that is to end in an approval, the look that the person saw; None otherwise.
    state: `waiting`, `running`, then `seen`, `failed` (the source gave nothing; trouble says what came), or of one with against_id
    `approved` or `refused` (trouble says what differs). options_digest: of connector and settings, as they were when it was asked for.
    body: what was seen, packed JSON.
    """

    __tablename__ = "source_look"
    __table_args__ = (Index(None, "source_id", "id"), Index(None, "state", "id"))

    source_id: Mapped[int] = mapped_column(BigId, ForeignKey(SourceRow.id))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    against_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("source_look.id"))
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    options_digest: Mapped[str] = mapped_column(String(32))
    body: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))


LOOKS = Queue(
    row=SourceLookRow, sign=SourceLookRow.begun_at, lapse=LAPSE, tries=TRIES,
    given_up=f"Pratinjau {TRIES} kali tidak sampai selesai; lihat log pekerja.",
)  # fmt: skip


def packed(seen: dict[str, Any]) -> bytes:
    """What was seen, as it is kept."""
    return zlib.compress(orjson.dumps(seen), 6)


def seen_of(session: Session, look_id: int) -> dict[str, Any] | None:
    """What a look saw; None where it saw nothing."""
    body = session.scalar(select(SourceLookRow.body).where(SourceLookRow.id == look_id))
    return orjson.loads(zlib.decompress(body)) if body else None


def looks_of(session: Session, source_id: int, limit: int = 5) -> list[SourceLookRow]:
    """A source's looks, the latest first."""
    query = select(SourceLookRow).where(SourceLookRow.source_id == source_id).order_by(SourceLookRow.id.desc()).limit(limit)
    return list(session.scalars(query))


def ask_look(session: Session, source: SourceRow, actor: str, digest: str, against: int | None = None) -> SourceLookRow:
    """Have the worker look at a source; what it has to do for it already stays the one. The oldest looks are forgotten."""
    last = looks_of(session, source.id, KEPT)
    if last and last[0].under_way and last[0].against_id == against and last[0].options_digest == digest:
        return last[0]
    row = SourceLookRow(source_id=source.id, asked_by=actor, options_digest=digest, against_id=against)
    session.add(row)
    session.flush()
    if len(last) == KEPT:
        its = SourceLookRow
        named = select(its.against_id).where(its.source_id == source.id, its.against_id.is_not(None))
        session.execute(
            delete(its).where(its.source_id == source.id, its.id <= last[-1].id, its.against_id.is_(None), its.id.not_in(named))
        )
    return row
