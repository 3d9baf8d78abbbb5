"""
Whether anything at all was committed to the database since one looked last, for a few microseconds: what was made before then still holds.

Method: the header of SQLite's WAL index in shared memory, and where that cannot be read `PRAGMA data_version` on a connection that only
looks; PostgreSQL's current snapshot, whose words are the same as long as no transaction that writes has begun or ended.
"""

from __future__ import annotations

import mmap
import os
import sqlite3
import threading
import weakref
from typing import Any, NamedTuple

from sqlalchemy import text

from exchange.store import wal_index
from exchange.store.base import Store

_ASKED = "epoch, (SELECT max(id) FROM change), (SELECT revision FROM demand_index) FROM feed LIMIT 1"
_BOTH = text(f"SELECT pg_current_snapshot()::text, {_ASKED}")
_PLACE = f"SELECT {_ASKED}"


class Place(NamedTuple):
    """
    Where the change feed stands, and the index that demands are searched by: finished records, and what is found, are the same as long as
    it is. epoch: the database's name; newest: the last change; indexed: how often the index was written.
    """

    epoch: str
    newest: int
    indexed: int


class Look(NamedTuple):
    """stamp: the same only where nothing was committed between two looks. place: where the feed stood then, or a moment later."""

    stamp: Any
    place: Place


def _place(epoch: str, newest: int | None, indexed: int | None) -> Place:
    return Place(epoch, newest or 0, indexed or 0)


class Freshness:
    """
    Looks at one database by a connection of its own, for all threads of a process; another process opens its own.

    header: of SQLite's WAL index, where that is what is looked at; its first `wal_index.SIZE` bytes are the stamp.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._cursor: sqlite3.Cursor | None = None
        self.header: mmap.mmap | None = None
        self._last: Look | None = None
        path = store.engine.url.database if store.is_sqlite else None
        self._path = None if path in {None, "", ":memory:"} else str(path)
        self._plain = None if store.is_sqlite else store.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.can_tell = self._path is not None or self._plain is not None  # a database in memory has nothing to look at
        _forget_in_children(self)

    def still(self, stamp: Any) -> bool:
        """Whether the database stands where it stood at that stamp; raises what `look` raises."""
        header = self.header
        if header is not None:  # no lock and no call that lets other threads run: every request asks this
            return bool(header[: wal_index.SIZE] == stamp)
        return bool(self.look().stamp == stamp)

    def look(self) -> Look:
        """The database as it stands now; raises SQLAlchemyError or sqlite3.Error where it cannot be looked at."""
        if self._plain is not None:
            with self._plain.connect() as connection:
                stamp, *told = connection.execute(_BOTH).one()
            return Look(stamp, _place(*told))
        last = self._last
        if last is not None and self.header is not None and self.still(last.stamp):
            return last
        with self._lock:
            if self._cursor is None:
                self._open()
            return self._looked_again()

    def _looked_again(self) -> Look:
        assert self._cursor is not None
        stamp = wal_index.stamp(self.header) if self.header is not None else self._cursor.execute("PRAGMA data_version").fetchone()[0]
        if self._last is None or self._last.stamp != stamp or stamp is None:
            # what is committed between the two looks makes the next stamp another one, and the place is looked at again
            place = _place(*self._cursor.execute(_PLACE).fetchone())
            self._last = Look(object() if stamp is None else stamp, place)
        return self._last

    def _open(self) -> None:
        """Connect, and read once, so that the index is there."""
        connection = sqlite3.connect(str(self._path), isolation_level=None, timeout=5, check_same_thread=False)
        weakref.finalize(self, connection.close)
        cursor = connection.cursor()
        (mode,) = cursor.execute("PRAGMA journal_mode").fetchone()
        cursor.execute(_PLACE).fetchone()
        self.header = wal_index.header_of(str(self._path)) if mode == "wal" else None
        self._last, self._cursor = None, cursor

    def forget(self) -> None:
        """Open anew at the next look, as a child process must; the connection is its parent's."""
        self._lock, self.header, self._last, self._cursor = threading.Lock(), None, None, None


def _forget_in_children(one: Freshness) -> None:
    """Have it forget what a process that forks leaves to its child."""
    known = weakref.ref(one)

    def in_child() -> None:
        found = known()
        if found is not None:
            found.forget()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=in_child)
