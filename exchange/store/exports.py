"""Lists that are written to a file in the background: who wants what, how far it is, and until when the file is kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Index, String, Text, and_, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime

STATES: Final = ("waiting", "running", "done", "cancelled", "failed", "expired")
FORMATS: Final = ("xlsx", "csv")
LAPSE = timedelta(seconds=90)
TRIES = 3
# of one person: so many that wait or run, and so many that the list remembers
MOST_OPEN, MOST_KEPT = 5, 30


class ExportRow(Row):
    """
    One file. ident: its public name; account: who wants it; kind: which list; filters: as in the list's address.

    state: one of `STATES`. rows, total: written, and to be written as far as known. beat_at: the last sign of the worker that writes it,
    which another one begins anew where it is older than `LAPSE`; tries: how often it was begun. size: bytes of the file; until: when it
    is deleted. trouble: why there is none.
    """

    __tablename__ = "export"
    __table_args__ = (Index(None, "account", "id"), Index(None, "state", "id"))

    ident: Mapped[str] = mapped_column(String(40), unique=True, default=lambda: secrets.token_hex(10))
    account: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    filters: Mapped[dict[str, Any]]
    format: Mapped[str] = mapped_column(String(5))
    language: Mapped[str] = mapped_column(String(5), default="id")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    rows: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str | None] = mapped_column(Text)


def exports_of(session: Session, account: str) -> list[ExportRow]:
    """A person's exports, the latest first."""
    return list(session.scalars(select(ExportRow).where(ExportRow.account == account).order_by(ExportRow.id.desc()).limit(MOST_KEPT)))


def export_of(session: Session, account: str, ident: str) -> ExportRow | None:
    """One of a person's exports; None where it is somebody else's."""
    return session.scalars(select(ExportRow).where(ExportRow.ident == ident, ExportRow.account == account)).first()


def count_open(session: Session, account: str) -> int:
    """How many of a person's exports wait or run."""
    query = select(func.count()).select_from(ExportRow)
    return session.scalar(query.where(ExportRow.account == account, ExportRow.state.in_(("waiting", "running")))) or 0


def _free(now: datetime) -> ColumnElement[bool]:
    lapsed = or_(ExportRow.beat_at.is_(None), ExportRow.beat_at < now - LAPSE)
    return or_(ExportRow.state == "waiting", and_(ExportRow.state == "running", lapsed))


def _one_runs(session: Session, now: datetime) -> bool:
    return session.scalar(select(ExportRow.id).where(ExportRow.state == "running", ~_free(now)).limit(1)) is not None


def is_export_free(session: Session, now: datetime) -> bool:
    """Whether any export waits, or its worker is gone, and none is being written: each reads a whole list, and others need the worker."""
    return not _one_runs(session, now) and session.scalar(select(ExportRow.id).where(_free(now)).limit(1)) is not None


def claim_export(session: Session, now: datetime) -> ExportRow | None:
    """
    The export that waits longest, or whose worker is gone, noted as begun; one that was begun too often is given up. None while another
    one is being written.
    """
    if _one_runs(session, now):
        return None
    while (row := session.scalars(select(ExportRow).where(_free(now)).order_by(ExportRow.id).limit(1)).first()) is not None:
        row.tries += 1
        if row.tries <= TRIES:
            row.state, row.beat_at, row.rows = "running", now, 0
            session.flush()
            return row
        row.state, row.ended_at, row.trouble = "failed", now, f"Unduhan ini {TRIES} kali tidak sampai selesai; lihat log pekerja."
        session.flush()
    return None


def beat_export(session: Session, row_id: int, tries: int, now: datetime, rows: int, total: int | None) -> bool:
    """Note how far it is; whether it still is this worker's: not cancelled, and not begun anew by another one."""
    mine = ExportRow.id == row_id, ExportRow.state == "running", ExportRow.tries == tries
    done = session.execute(update(ExportRow).where(*mine).values(beat_at=now, rows=rows, total=total).returning(ExportRow.id))
    return done.first() is not None


def past_their_time(session: Session, now: datetime) -> list[ExportRow]:
    """Those whose file is to be deleted."""
    return list(session.scalars(select(ExportRow).where(ExportRow.state == "done", ExportRow.until < now)))


def kept_files(session: Session) -> Sequence[ExportRow]:
    """Those that have a file, the oldest first."""
    return list(session.scalars(select(ExportRow).where(ExportRow.state == "done").order_by(ExportRow.id)))
