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

from sqlalchemy import func, select, text

from exchange.store.base import Store
from exchange.store.changes import ChangeRow
from exchange.store.feed import FeedRow

_SNAPSHOT = text("SELECT pg_current_snapshot()::text")


class Place(NamedTuple):
    """Where the change feed stands: the database's name and its newest change. Finished records are the same as long as it is."""

    epoch: str
    newest: int


class Freshness:
    """Looks at one database by a connection of its own, for all threads of a process; another process opens its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._look: sqlite3.Cursor | None = None
        self._process = 0
        path = store.engine.url.database if store.is_sqlite else None
        self._path = None if path in {None, "", ":memory:"} else str(path)
        self._plain = None if store.is_sqlite else store.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def can_tell(self) -> bool:
        """Whether a stamp can be had; a database in memory has none."""
        return self._path is not None or self._plain is not None

    def stamp(self) -> Any:
        """A value that is the same only where nothing was committed between two looks."""
        if self._plain is not None:
            with self._plain.connect() as connection:
                return connection.scalar(_SNAPSHOT)
        with self._lock:
            if self._look is None or self._process != os.getpid():
                self._look, self._process = self._opened(), os.getpid()
            return self._look.execute("PRAGMA data_version").fetchone()[0]

    def place(self) -> Place:
        """Where the change feed stands now."""
        with self._store.read() as session:
            epoch, newest = session.execute(select(FeedRow.epoch, select(func.max(ChangeRow.id)).scalar_subquery()).limit(1)).one()
        return Place(epoch, newest or 0)

    def _opened(self) -> sqlite3.Cursor:
        connection = sqlite3.connect(str(self._path), isolation_level=None, timeout=5, check_same_thread=False)
        weakref.finalize(self, connection.close)
        return connection.cursor()
