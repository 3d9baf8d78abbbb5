"""Lists that are written to a file in the background: who wants what, how far it is, and until when the file is kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import utcnow
from exchange.store.claims import ClaimedRow, Queue
from exchange.store.types import UtcDateTime

STATES: Final = ("waiting", "running", "done", "cancelled", "failed", "expired")
FORMATS: Final = ("xlsx", "csv")
LAPSE = timedelta(seconds=90)
TRIES = 3
# of one person: so many that wait or run, and so many that the list remembers
MOST_OPEN, MOST_KEPT = 5, 30


class ExportRow(ClaimedRow):
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
    rows: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


# one at a time: each reads a whole list, and others need the worker
EXPORTS = Queue(
    row=ExportRow, sign=ExportRow.beat_at, lapse=LAPSE, tries=TRIES, one_at_once=True, anew={"rows": 0},
    given_up=f"Unduhan ini {TRIES} kali tidak sampai selesai; lihat log pekerja.",
)  # fmt: skip


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


def is_export_free(session: Session, now: datetime) -> bool:
    """Whether any export waits, or its worker is gone, and none is being written."""
    return EXPORTS.waits(session, now)


def claim_export(session: Session, now: datetime) -> ExportRow | None:
    """
    The export that waits longest, or whose worker is gone, noted as begun; one that was begun too often is given up. None while another
    one is being written.
    """
    return next(iter(EXPORTS.claim(session, 1, now)), None)


def beat_export(session: Session, row_id: int, tries: int, now: datetime, rows: int, total: int | None) -> bool:
    """Note how far it is; whether it still is this worker's: not cancelled, and not begun anew by another one."""
    return EXPORTS.beat(session, row_id, tries, now, rows=rows, total=total)


def past_their_time(session: Session, now: datetime) -> list[ExportRow]:
    """Those whose file is to be deleted."""
    return list(session.scalars(select(ExportRow).where(ExportRow.state == "done", ExportRow.until < now)))


def kept_files(session: Session) -> Sequence[ExportRow]:
    """Those that have a file, the oldest first."""
    return list(session.scalars(select(ExportRow).where(ExportRow.state == "done").order_by(ExportRow.id)))
