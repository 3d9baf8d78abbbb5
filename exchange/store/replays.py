"""Readings-again of quarantined listings: asked for by a page, done by the worker, kept with what became of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, utcnow
from exchange.store.claims import DONE, FAILED, RUNNING, WAITING, ClaimedRow, Queue
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import SourceRow
from exchange.store.types import UtcDateTime

KEPT = 50
TRIES = 2
LAPSE = timedelta(minutes=5)


class ReplayRow(ClaimedRow):
    """
    One reading of a cause again. rule: the cause; source_id: of one source, None of all; asked_by, asked_at: who wants it.

    state: `waiting`, `running`, then `done` or `failed` (trouble says why). total: listings that waited when it was asked for; read: how
    many were looked at by now. alive_at: the worker's last sign. told: of one that is done, what `sync.again.together` says of it, and
    `troubles` by source.
    """

    __tablename__ = "replay"
    __table_args__ = (Index(None, "state", "id"),)

    rule: Mapped[str] = mapped_column(String(80))
    source_id: Mapped[int | None] = mapped_column(BigId, ForeignKey(SourceRow.id))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    total: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    alive_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[dict[str, Any] | None]


REPLAYS = Queue(
    row=ReplayRow, sign=ReplayRow.alive_at, lapse=LAPSE, tries=TRIES,
    given_up=f"Pembacaan ulang {TRIES} kali tidak sampai selesai; lihat log pekerja.",
)  # fmt: skip


def ask_replay(session: Session, rule: str, source_id: int | None, actor: str) -> ReplayRow:
    """Have the worker read a cause again; one that it has to do already stays the one. The oldest beyond `KEPT` are forgotten."""
    its, waits = ReplayRow, QuarantineRow
    same = select(its).where(its.state.in_((WAITING, RUNNING)), its.rule == rule)
    same = same.where(its.source_id == source_id if source_id is not None else its.source_id.is_(None))
    if (row := session.scalars(same.limit(1)).first()) is not None:
        return row
    count = select(func.count()).select_from(waits).where(waits.state == "waiting", waits.rule == rule)
    if source_id is not None:
        count = count.where(waits.source_id == source_id)
    row = ReplayRow(rule=rule, source_id=source_id, asked_by=actor, total=session.scalar(count) or 0)
    session.add(row)
    session.flush()
    session.execute(delete(its).where(its.id <= row.id - KEPT, its.state.in_((DONE, FAILED))))
    return row


def latest_replays(session: Session, limit: int = 5) -> list[ReplayRow]:
    """The last that were asked for, the latest first."""
    return list(session.scalars(select(ReplayRow).order_by(ReplayRow.id.desc()).limit(limit)))
