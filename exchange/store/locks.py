"""Named locks in the database, so that a second nightly run or sync of a source leaves instead of colliding."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
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

    Two that try at once: SQLite lets one write at a time; on PostgreSQL the unique name refuses the second at commit.
    """
    now = utcnow()
    session.execute(delete(LockRow).where(LockRow.name == name, LockRow.beat < now - LAPSE))
    held = session.scalars(select(LockRow).where(LockRow.name == name)).first()
    if held:
        return held
    session.add(LockRow(name=name, holder=holder, beat=now))
    session.flush()
    return None


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
