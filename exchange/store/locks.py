"""Named locks in the database, so that a second nightly run or sync of a source leaves instead of colliding."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime

LAPSE = timedelta(minutes=15)


class LockRow(Row):
    """One lock; whoever holds it renews `beat`, and one that has not been renewed for 15 minutes may be taken over."""

    __tablename__ = "lock"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    holder: Mapped[str] = mapped_column(String(120))
    beat: Mapped[datetime] = mapped_column(UtcDateTime)


def take(session: Session, name: str, holder: str) -> LockRow | None:
    """
    Take the lock; None when it was taken, else the row of whoever holds it.

    Two that try at once: SQLite lets one write at a time; on PostgreSQL the second waits for the first's commit and is
    then refused by the unique name.
    """
    now = utcnow()
    session.execute(delete(LockRow).where(LockRow.name == name, LockRow.beat < now - LAPSE))
    if held := _held(session, name):
        return held
    try:
        with session.begin_nested():
            session.add(LockRow(name=name, holder=holder, beat=now))
    except IntegrityError:  # somebody was first; where they are gone already, try again
        return _held(session, name) or take(session, name, holder)
    return None


def _held(session: Session, name: str) -> LockRow | None:
    return session.scalars(select(LockRow).where(LockRow.name == name)).first()


def renew(session: Session, name: str, holder: str) -> bool:
    """Say that the holder is alive; False when the lock is no longer its own."""
    row = session.scalars(select(LockRow).where(LockRow.name == name, LockRow.holder == holder)).first()
    if row is None:
        return False
    row.beat = utcnow()
    return True


def give_back(session: Session, name: str, holder: str) -> None:
    """Free the lock if this holder still has it."""
    session.execute(delete(LockRow).where(LockRow.name == name, LockRow.holder == holder))
