"""Named locks in the database, so that a second nightly run or sync of a source leaves instead of colliding."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.errors import Busy
from exchange.store.base import Row, Store, utcnow
from exchange.store.types import UtcDateTime

LAPSE = timedelta(minutes=15)
EVERY = 20.0


class LockRow(Row):
    """One lock; whoever holds it renews `beat`, and one that has not been renewed for 15 minutes may be taken over."""

    __tablename__ = "lock"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    holder: Mapped[str] = mapped_column(String(120))
    beat: Mapped[datetime] = mapped_column(UtcDateTime)


def take(session: Session, name: str, holder: str) -> LockRow | None:
    """Take the lock; None when it was taken, else the row of whoever holds it."""
    now = utcnow()
    session.execute(delete(LockRow).where(LockRow.name == name, LockRow.beat < now - LAPSE))
    if held := _held(session, name):
        if not is_dead(held.holder):
            return held
        session.delete(held)
        session.flush()
    try:
        with session.begin_nested():
            session.add(LockRow(name=name, holder=holder, beat=now))
    except IntegrityError:  # somebody was first; where they are gone already, try again
        return _held(session, name) or take(session, name, holder)
    return None


def is_held(session: Session, name: str) -> bool:
    """Whether somebody alive holds the lock."""
    row = _held(session, name)
    return row is not None and row.beat >= utcnow() - LAPSE and not is_dead(row.holder)


def is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that is no more; of other machines nobody can tell."""
    node, _, rest = holder.rpartition(":")[0].rpartition(":")
    if os.name == "nt" or node != platform.node() or not rest.isdigit() or int(rest) == os.getpid():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


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


class Held:
    """A lock that this process holds, and its sign of life."""

    def __init__(self, store: Store, name: str, holder: str) -> None:
        self._store, self.name, self._holder = store, name, holder
        self._last = time.monotonic()

    def beat(self) -> None:
        """Renew the lock, at most every 20 seconds; raises Busy when another process has taken it over."""
        if time.monotonic() - self._last >= EVERY:
            with self._store.work() as session:
                self.assure(session)

    def assure(self, session: Session) -> None:
        """Renew the lock in this transaction; raises Busy when another process has taken it over, and nothing is written."""
        if not renew(session, self.name, self._holder):
            raise Busy(f"Kunci {self.name} diambil alih proses lain; pekerjaan ini dihentikan.", mend="Tunggu sampai proses itu selesai.")
        self._last = time.monotonic()


@contextmanager
def hold(store: Store, name: str, what: str) -> Iterator[Held]:
    """
    Hold a lock for a block of work.

    Raises:
        Busy: another process has it; the message begins with `what` and says since when that process was last seen.
    """
    holder = f"{platform.node()}:{os.getpid()}:{time.monotonic_ns()}"[:120]
    with store.work() as session:
        other = take(session, name, holder)
        if other:
            seen = f"{other.holder.split(':')[0]}, terakhir terlihat {other.beat:%d-%m-%Y %H:%M} UTC"
            raise Busy(f"{what} sudah berjalan ({seen}).", mend="Tidak ada yang perlu dilakukan; tunggu sampai selesai.")
    try:
        yield Held(store, name, holder)
    finally:
        with store.work() as session:
            give_back(session, name, holder)
