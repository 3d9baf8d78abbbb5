"""Errands: what an administrator has the worker do at once that else a command or the night does, kept with what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import utcnow
from exchange.store.claims import RUNNING, WAITING, ClaimedRow, Queue
from exchange.store.types import UtcDateTime

PULL, CHECK_LOG = "pull", "check_log"
KINDS: Final = (PULL, CHECK_LOG)
KEPT = 200
TRIES = 2
# a source may take this long over one answer, and a long log gives no sign while it is proved
LAPSE = timedelta(minutes=30)


class ErrandRow(ClaimedRow):
    """
    One errand. kind: one of `KINDS`; subject: the name of a source, empty where it is about the node; asked_by, asked_at: who wants it.

    state: `waiting`, `running`, then `done` or `failed` (trouble says why). alive_at: the worker's last sign. told: of one that is done,
    of a pull `state`, `reasons` and the counts of its run, of a check `well` and `says`.
    """

    __tablename__ = "errand"
    __table_args__ = (Index(None, "state", "id"), Index(None, "kind", "subject", "id"))

    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(80))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    alive_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[dict[str, Any] | None]


ERRANDS = Queue(
    row=ErrandRow, sign=ErrandRow.alive_at, lapse=LAPSE, tries=TRIES,
    given_up=f"Pekerjaan ini {TRIES} kali tidak sampai selesai; lihat log pekerja.",
)  # fmt: skip


def ask_errand(session: Session, kind: str, subject: str, actor: str) -> tuple[ErrandRow, bool]:
    """Have the worker do an errand, and whether it is new: one that it has to do already stays the one. Old ones are forgotten."""
    its = ErrandRow
    last = last_errand(session, kind, subject)
    if last is not None and last.under_way:
        return last, False
    row = ErrandRow(kind=kind, subject=subject, asked_by=actor)
    session.add(row)
    session.flush()
    session.execute(delete(its).where(its.id <= row.id - KEPT, its.state.not_in((WAITING, RUNNING))))
    return row, True


def last_errand(session: Session, kind: str, subject: str = "") -> ErrandRow | None:
    """The last errand of a kind about a subject; None where there was none."""
    query = select(ErrandRow).where(ErrandRow.kind == kind, ErrandRow.subject == subject).order_by(ErrandRow.id.desc())
    return session.scalars(query.limit(1)).first()
