"""
Whether anything at all was committed to the database since one looked last, for a few microseconds: what was made before then still holds.

Method: SQLite's `PRAGMA data_version` on a connection that only looks; PostgreSQL's current snapshot, whose words are the same as long as
no transaction that writes has begun or ended.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from typing import Any, NamedTuple

from sqlalchemy import text

from exchange.store.base import Store

_BOTH = text("SELECT pg_current_snapshot()::text, epoch, (SELECT max(id) FROM change) FROM feed LIMIT 1")
_PLACE = "SELECT epoch, (SELECT max(id) FROM change) FROM feed LIMIT 1"


class Place(NamedTuple):
    """Where the change feed stands: the database's name and its newest change. Finished records are the same as long as it is."""

    epoch: str
    newest: int


class Look(NamedTuple):
    """stamp: the same only where nothing was committed between two looks. place: where the feed stood then, or a moment later."""

    stamp: Any
    place: Place


class Freshness:
    """Looks at one database by a connection of its own, for all threads of a process; another process opens its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._cursor: sqlite3.Cursor | None = None
        self._last: Look | None = None
        self._process = 0
        path = store.engine.url.database if store.is_sqlite else None
        self._path = None if path in {None, "", ":memory:"} else str(path)
        self._plain = None if store.is_sqlite else store.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def can_tell(self) -> bool:
        """Whether it can be looked at; a database in memory has none."""
        return self._path is not None or self._plain is not None

    def look(self) -> Look:
        """The database as it stands now; raises SQLAlchemyError or sqlite3.Error where it cannot be looked at."""
        if self._plain is not None:
            with self._plain.connect() as connection:
                stamp, epoch, newest = connection.execute(_BOTH).one()
            return Look(stamp, Place(epoch, newest or 0))
        with self._lock:
            if self._cursor is None or self._process != os.getpid():
                self._cursor, self._process, self._last = self._opened(), os.getpid(), None
            stamp = self._cursor.execute("PRAGMA data_version").fetchone()[0]
            if self._last is None or self._last.stamp != stamp:
                # what is committed between the two looks makes the next stamp another one, and the place is looked at again
                epoch, newest = self._cursor.execute(_PLACE).fetchone()
                self._last = Look(stamp, Place(epoch, newest or 0))
            return self._last

    def _opened(self) -> sqlite3.Cursor:
        connection = sqlite3.connect(str(self._path), isolation_level=None, timeout=5, check_same_thread=False)
        weakref.finalize(self, connection.close)
        return connection.cursor()
