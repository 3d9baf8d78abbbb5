"""
The change feed as one reader follows it: the changes that it is told of, a way to begin, and what is forgotten after a while.

A reader is told of a change where it reads the record afterwards, or read it before. All that it is given (entries, places, the end)
depends on those changes alone: what others read leaves no trace, not even a gap.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, delete, func, or_, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row
from exchange.store.changes import TOLD, ChangeRow
from exchange.store.segments import SegmentRow

_ALL = 1  # the bit of the reader who is told of every change


class FeedRow(Row):
    """
    The one row about the feed itself.

    epoch: names this database; numbers of another one mean other changes. floors: by `kind:bit`, the last change of that kind, told to
    that reader, which is forgotten.
    """

    __tablename__ = "feed"

    epoch: Mapped[str] = mapped_column(String(32))
    floors: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Told(NamedTuple):
    """One entry: body is what the reader reads of the record now, None for a tombstone."""

    kind: str
    ident: str
    version: int
    body: bytes | None


class Part(NamedTuple):
    """Entries, in commit order, the place behind them, and whether more changes are behind that place."""

    entries: list[Told]
    position: int
    more: bool


def feed(session: Session) -> FeedRow:
    """The row about the feed."""
    return session.scalars(select(FeedRow).limit(1)).one()


def new_epoch() -> str:
    """A name for a database."""
    return secrets.token_hex(8)


def renew_epoch(session: Session) -> None:
    """Give the database another name, so that all who follow its feed begin anew; for one that was restored from a copy."""
    feed(session).epoch = new_epoch()


def floor_of(row: FeedRow, bit: int, kinds: Collection[str]) -> int:
    """The last change told to a reader that is forgotten; a place before it has missed something."""
    return max((int(row.floors.get(f"{kind}:{bit}", 0)) for kind in kinds), default=0)


def last_told(session: Session, bit: int, kinds: Collection[str]) -> int:
    """The last change of these kinds that a reader is told of and that is not forgotten; 0 where there is none."""
    query = select(ChangeRow.id).where(*told_to(bit, kinds)).order_by(ChangeRow.id.desc()).limit(1)
    return session.scalar(query) or 0


def last_change(session: Session) -> int:
    """The last change of all; 0 where there is none. A place behind it is another database's."""
    return session.scalar(select(func.max(ChangeRow.id))) or 0


def feed_and_last(session: Session) -> tuple[FeedRow, int]:
    """What `feed` and `last_change` say, in one statement."""
    newest = select(func.max(ChangeRow.id)).scalar_subquery()
    row, last = session.execute(select(FeedRow, newest).limit(1)).one()
    return row, last or 0


def records_told(session: Session, tier: str, kinds: Collection[str], *, after: tuple[str, str], limit: int) -> list[Told]:
    """
    The next records that a reader reads, by kind and name, up to the last of these kinds.

    after: kind and name of the last one; an empty name comes before all.
    """
    query = (
        select(SegmentRow.kind, SegmentRow.ident, SegmentRow.version, SegmentRow.body)
        .where(SegmentRow.tier == tier, tuple_(SegmentRow.kind, SegmentRow.ident) > after, SegmentRow.kind <= max(kinds))
        .order_by(SegmentRow.kind, SegmentRow.ident)
        .limit(limit)
    )
    return [Told(kind, ident, version, bytes(body)) for kind, ident, version, body in session.execute(query)]


def changes_told(session: Session, tier: str, bit: int, kinds: Collection[str], *, after: int, limit: int) -> Part:
    """
    The next changes that a reader is told of, at most `limit`, each record once: one that changed again later is told there.

    tier: whose segments are read; bit: the same reader as the rows of changes know it.
    """
    mine = and_(SegmentRow.kind == ChangeRow.kind, SegmentRow.ident == ChangeRow.ident, SegmentRow.tier == tier)
    query = (
        select(ChangeRow.id, ChangeRow.kind, ChangeRow.ident, ChangeRow.version, ChangeRow.readers, SegmentRow.version, SegmentRow.body)
        .outerjoin(SegmentRow, mine)
        .where(ChangeRow.id > after, *told_to(bit, kinds))
        .order_by(ChangeRow.id)
        .limit(limit + 1)
    )
    rows = session.execute(query).all()
    entries = [entry for row in rows[:limit] if (entry := _entry(bit, *row[1:]))]
    return Part(entries, rows[min(limit, len(rows)) - 1][0] if rows else after, len(rows) > limit)


def _entry(bit: int, kind: str, ident: str, version: int, readers: int, now: int | None, body: bytes | None) -> Told | None:
    """What a change tells as things stand now; None where a later change of the same record tells it."""
    if readers & bit:
        return Told(kind, ident, now, bytes(body)) if now is not None and body is not None and now <= version else None
    return Told(kind, ident, version, None) if now is None else None


def told_to(bit: int, kinds: Collection[str]) -> list[ColumnElement[bool]]:
    """Which changes of these kinds a reader is told of, as conditions of a query."""
    told = or_(ChangeRow.readers.bitwise_and(bit) > 0, ChangeRow.losers.bitwise_and(bit) > 0)
    if bit == _ALL:
        return [ChangeRow.kind.in_(kinds), told]
    # the kind as an expression: the index of kinds would lead through all that this reader is not told of
    return [ChangeRow.kind.concat("").in_(kinds), TOLD, told]  # type: ignore[list-item]


def forget_changes(session: Session, before: datetime, limit: int = 20_000) -> int:
    """
    Forget changes that are older than a time, at most `limit`, but the newest one of each kind that each reader is told of; how many went.

    Whoever has not come by them yet is told so: `floor_of`.
    """
    newest = select(func.max(ChangeRow.id)).group_by(ChangeRow.kind, ChangeRow.readers.bitwise_or(ChangeRow.losers))
    old = select(ChangeRow.id).where(ChangeRow.at < before, ChangeRow.id.not_in(newest)).order_by(ChangeRow.id).limit(limit)
    ids = list(session.scalars(old))
    if not ids:
        return 0
    gone = and_(ChangeRow.id <= ids[-1], ChangeRow.at < before, ChangeRow.id.not_in(newest))
    kept = feed(session)
    kept.floors = _raised(kept.floors, session, gone)
    session.execute(delete(ChangeRow).where(gone), execution_options={"synchronize_session": False})
    return len(ids)


def _raised(floors: dict[str, Any], session: Session, gone: ColumnElement[bool]) -> dict[str, Any]:
    told = ChangeRow.readers.bitwise_or(ChangeRow.losers)
    raised = dict(floors)
    query = select(ChangeRow.kind, told, func.max(ChangeRow.id)).where(gone).group_by(ChangeRow.kind, told)
    for kind, readers, last in session.execute(query):
        for bit in (1 << place for place in range(readers.bit_length()) if readers >> place & 1):
            raised[f"{kind}:{bit}"] = max(int(raised.get(f"{kind}:{bit}", 0)), last)
    return raised
