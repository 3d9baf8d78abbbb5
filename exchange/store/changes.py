"""
The change feed: one numbered row for each version of an entity, in commit order.

Method: writers stand in one queue from their first statement to their commit (`store.base`), and the rows are written
just before the commit. A number is thus never visible before a smaller one, so a reader who asks for "after N" misses
nothing. Who is told of a change stands in its row (`store.feed` reads it), since who may know of a record changes with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import Index, String, Table, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.bulk import insert_many
from exchange.store.types import UtcDateTime

_PENDING = "exchange_changes"
# changes that more readers are told of than the one who is told of all; the others' part of the feed is short
TOLD = text("(readers > 1 OR losers > 1)")


class ChangeRow(Row):
    """
    One change; `id` is its place in the feed. `op` is `upsert` or `delete`, the tombstone.

    readers: who reads the record after it; losers: who read it before and does not any more, for whom it is a tombstone; gainers: who
    reads it after and did not before (0 in rows of before revision 0009). All are sums of bits, one a tier (`access.policy.bits`).
    """

    __tablename__ = "change"
    __table_args__ = (
        Index(None, "kind", "id"),
        Index("ix_change_told", "id", sqlite_where=TOLD, postgresql_where=TOLD),
        {"sqlite_autoincrement": True},
    )

    kind: Mapped[str] = mapped_column(String(20))
    ident: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    op: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    readers: Mapped[int] = mapped_column(default=0, server_default="0")
    losers: Mapped[int] = mapped_column(default=0, server_default="0")
    gainers: Mapped[int] = mapped_column(default=0, server_default="0")


_CHANGE = cast(Table, ChangeRow.__table__)


class _Noted(NamedTuple):
    version: int
    op: str
    before: int
    readers: int


def note_change(session: Session, kind: str, ident: str, version: int, op: str = "upsert", *, before: int = 0, readers: int = 0) -> None:
    """
    Put one change on the feed of this transaction; a later one of the same entity replaces it.

    before, readers: who reads it before and after, as sums of bits.
    """
    pending: dict[tuple[str, str], _Noted] = session.info.setdefault(_PENDING, {})
    earlier = pending.get((kind, ident))
    pending[kind, ident] = _Noted(version, op, before if earlier is None else earlier.before, readers)


def note_new(session: Session, kind: str, idents: Iterable[str], readers: int = 0) -> None:
    """Put the first version of each of these, which the same readers read, on the feed of this transaction."""
    noted = _Noted(1, "upsert", 0, readers)
    session.info.setdefault(_PENDING, {}).update(dict.fromkeys(((kind, ident) for ident in idents), noted))


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    pending: dict[tuple[str, str], _Noted] = session.info.pop(_PENDING, {})
    if not pending:
        return
    session.flush()
    rows = [
        (*entity, version, op, readers, before & ~readers, readers & ~before) for entity, (version, op, before, readers) in pending.items()
    ]
    names = "kind", "ident", "version", "op", "readers", "losers", "gainers"
    insert_many(session.connection(), _CHANGE, names, rows, {"at": utcnow()})


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


def changes_after(session: Session, after: int, limit: int) -> list[ChangeRow]:
    """The next changes behind number `after`, at most `limit`, in commit order."""
    query = select(ChangeRow).where(ChangeRow.id > after).order_by(ChangeRow.id).limit(limit)
    return list(session.scalars(query))


def latest_change(session: Session, kind: str) -> tuple[int, datetime] | None:
    """Number and time of the last change of this kind of record; None where there was none."""
    query = select(ChangeRow.id, ChangeRow.at).where(ChangeRow.kind == kind).order_by(ChangeRow.id.desc()).limit(1)
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None
