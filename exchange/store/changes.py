"""
The change feed: one numbered row for each version of an entity, in commit order.

Method: writers stand in one queue from their first statement to their commit (`store.base`), and the rows are written
just before the commit. A number is thus never visible before a smaller one, so a reader who asks for "after N" misses
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import Index, String, Table, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.bulk import insert_many
from exchange.store.types import UtcDateTime

_PENDING = "exchange_changes"


class ChangeRow(Row):
    """One change; `id` is its place in the feed. `op` is `upsert` or `delete`, the tombstone."""

    __tablename__ = "change"
    __table_args__ = (Index(None, "kind", "id"), {"sqlite_autoincrement": True})

    kind: Mapped[str] = mapped_column(String(20))
    ident: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    op: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_CHANGE = cast(Table, ChangeRow.__table__)


def note_change(session: Session, kind: str, ident: str, version: int, op: str = "upsert") -> None:
    """Put one change on the feed of this transaction; a later one of the same entity replaces it."""
    session.info.setdefault(_PENDING, {})[kind, ident] = (version, op)


def note_new(session: Session, kind: str, idents: Iterable[str]) -> None:
    """Put the first version of each of these on the feed of this transaction."""
    session.info.setdefault(_PENDING, {}).update(dict.fromkeys(((kind, ident) for ident in idents), (1, "upsert")))


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    pending: dict[tuple[str, str], tuple[int, str]] = session.info.pop(_PENDING, {})
    if not pending:
        return
    session.flush()
    rows = [(kind, ident, version, op) for (kind, ident), (version, op) in pending.items()]
    insert_many(session.connection(), _CHANGE, ("kind", "ident", "version", "op"), rows, {"at": utcnow()})


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
