"""
The exchange log: what partners were told beyond the public, in numbered batches, each bearing the digest of the one before.

Batches are appended in the one queue of writers, so that the chain cannot fork, on both databases. Which firms a batch tells of stands
beside it, so that a firm's part is found without reading all; the batch's own content is the truth.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import LargeBinary, String, Table, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import BigId, Row, utcnow
from exchange.store.bulk import insert_many
from exchange.store.log_chain import START, firms_in, read, seal
from exchange.store.types import UtcDateTime

_HEAD = 1
_AT_ONCE = 500


class LogBatchRow(Row):
    """
    One batch; `id` is its number, without gaps. entries: how many it holds; content: canonical JSON, packed; previous, digest: SHA-256 in
    hexadecimal of the batch before and of its own content, in which number, time and previous stand too.
    """

    __tablename__ = "exchange_log"

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entries: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class LogFirmRow(Row):
    """That a batch tells of a firm."""

    __tablename__ = "exchange_log_firm"
    __table_args__ = (UniqueConstraint("firm", "batch"),)

    firm: Mapped[str] = mapped_column(String(80))
    batch: Mapped[int] = mapped_column(BigId, index=True)


class LogHeadRow(Row):
    """
    The chain's two ends and how far it was proved; one row.

    number, digest: of the newest batch, 0 and zeros before the first. from_number, from_digest: of the last batch that was dropped, past
    its years. checked_number, checked_digest: of the last batch that was proved; checked_at, full_at: when it was last proved at all, and
    from its beginning.
    """

    __tablename__ = "exchange_log_head"

    number: Mapped[int] = mapped_column(BigId, default=0)
    digest: Mapped[str] = mapped_column(String(64), default=START)
    from_number: Mapped[int] = mapped_column(BigId, default=0)
    from_digest: Mapped[str] = mapped_column(String(64), default=START)
    checked_number: Mapped[int] = mapped_column(BigId, default=0)
    checked_digest: Mapped[str] = mapped_column(String(64), default=START)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    full_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


_FIRM = cast(Table, LogFirmRow.__table__)


def head_of_log(session: Session) -> LogHeadRow | None:
    """Where the chain stands; None before its first batch."""
    return session.get(LogHeadRow, _HEAD)


def append(session: Session, entries: Sequence[dict[str, Any]]) -> int:
    """Put entries on the log as one batch, in a transaction that writes; the batch's number."""
    head = head_of_log(session)
    if head is None:
        head = LogHeadRow(id=_HEAD, number=0, digest=START, from_number=0, from_digest=START, checked_number=0, checked_digest=START)
        session.add(head)
    at = utcnow()
    made = seal(head.number + 1, head.digest, at, entries)
    session.add(
        LogBatchRow(id=made.number, at=at, entries=len(entries), content=zlib.compress(made.content, 6), previous=made.previous,
                    digest=made.digest)
    )  # fmt: skip
    session.flush()
    firms = sorted(firms_in(entries))
    if firms:
        insert_many(session.connection(), _FIRM, ("firm",), [(firm,) for firm in firms], {"batch": made.number})
    head.number, head.digest = made.number, made.digest
    return made.number


def batches(session: Session, after: int = 0, *, until: int | None = None) -> Iterator[tuple[LogBatchRow, set[str]]]:
    """The batches behind a number in their order, each with the firms that stand beside it; streamed."""
    last = after
    while True:
        query = select(LogBatchRow).where(LogBatchRow.id > last).order_by(LogBatchRow.id).limit(_AT_ONCE)
        rows = list(session.scalars(query if until is None else query.where(LogBatchRow.id <= until)))
        if not rows:
            return
        beside: dict[int, set[str]] = {}
        named = select(LogFirmRow.batch, LogFirmRow.firm).where(LogFirmRow.batch > last, LogFirmRow.batch <= rows[-1].id)
        for number, firm in session.execute(named):
            beside.setdefault(number, set()).add(firm)
        for row in rows:
            yield row, beside.get(row.id, set())
            session.expunge(row)
        last = rows[-1].id


def stray_numbers(session: Session, head: LogHeadRow) -> int | None:
    """The least number of a batch, or of one that a firm stands beside, which the chain does not hold; None where there is none."""
    found = []
    for column in (LogBatchRow.id, LogFirmRow.batch):
        found.append(session.scalar(select(func.min(column)).where((column <= head.from_number) | (column > head.number))))
    return min((each for each in found if each is not None), default=None)


def batches_of_firm(session: Session, firm: str, *, limit: int | None = None, before: int | None = None) -> list[LogBatchRow]:
    """The batches that tell of a firm, the newest first."""
    query = select(LogBatchRow).join(LogFirmRow, LogFirmRow.batch == LogBatchRow.id).where(LogFirmRow.firm == firm)
    query = query if before is None else query.where(LogBatchRow.id < before)
    query = query.order_by(LogBatchRow.id.desc())
    return list(session.scalars(query if limit is None else query.limit(limit)))


def newest_batches(session: Session, limit: int) -> list[LogBatchRow]:
    """The newest batches, the last first."""
    return list(session.scalars(select(LogBatchRow).order_by(LogBatchRow.id.desc()).limit(limit)))


def entries_of(row: LogBatchRow) -> list[dict[str, Any]]:
    """The entries of a batch; raises ValueError where its content cannot be read."""
    entries: list[dict[str, Any]] = read(row.content)[1]["entries"]
    return entries


def note_checked(session: Session, number: int, digest: str, *, whole: bool) -> None:
    """The chain was proved up to this batch."""
    head = head_of_log(session)
    if head is not None:
        head.checked_number, head.checked_digest, head.checked_at = number, digest, utcnow()
        head.full_at = head.checked_at if whole else head.full_at


def drop_batches(session: Session, before: datetime, limit: int = 1000) -> int:
    """
    Drop batches from the front that were written before a time and are proved, at most `limit`, never the newest; how many went.

    The chain then begins behind the last one that went, whose number and digest stay.
    """
    head = head_of_log(session)
    if head is None:
        return 0
    old = select(LogBatchRow).where(LogBatchRow.id > head.from_number, LogBatchRow.id <= head.checked_number, LogBatchRow.id < head.number)
    gone: LogBatchRow | None = None
    count = 0
    for row in session.scalars(old.order_by(LogBatchRow.id).limit(limit)):
        if row.at >= before:
            break
        gone, count = row, count + 1
    if gone is not None:
        head.from_number, head.from_digest = gone.id, gone.digest
        quiet = {"synchronize_session": False}
        session.execute(delete(LogFirmRow).where(LogFirmRow.batch <= gone.id), execution_options=quiet)
        session.execute(delete(LogBatchRow).where(LogBatchRow.id <= gone.id), execution_options=quiet)
    return count
