"""
Filled databases for tests: what a fixture puts into an empty database is taken down once and put into the next empty ones as it is.

A world of a few hundred rows costs some tenths of a second to make by way of the code, and some thousands of tests begin with one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from time import monotonic
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import sql

from exchange.store.base import Store

from .emptying import OPTIONS, rows_of

Made = TypeVar("Made")
_AGE = 60.0  # seconds for which "six hours ago" may stand


class Sqlite:
    """A database in a file: its pages are copied over."""

    def rows(self, store: Store) -> Any:
        """All rows by table, to tell an empty database by; of one that is not empty, few of them."""
        with closing(self._open(store)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
            return {name: connection.execute(f'SELECT * FROM "{name}" LIMIT 2').fetchall() for name in tables}

    def take_down(self, store: Store) -> sqlite3.Connection:
        """A copy in memory."""
        copy = sqlite3.connect(":memory:")
        with closing(self._open(store)) as connection:
            connection.backup(copy)
        return copy

    def put(self, store: Store, copy: sqlite3.Connection) -> None:
        """Have the copy's rows and no others."""
        with closing(self._open(store)) as connection:
            copy.backup(connection)

    def _open(self, store: Store) -> sqlite3.Connection:
        return sqlite3.connect(store.engine.url.database or "")


class Server:
    """A database on a PostgreSQL server: its rows are copied in without asking triggers, whose work is among them."""

    def rows(self, store: Store) -> Any:
        """All rows by table, of those that have any, and where the counters stand."""
        with self._open(store) as connection:
            return rows_of(connection)

    take_down = rows

    def put(self, store: Store, kept: Any) -> None:
        """Have the rows that were taken down and no others."""
        tables, counters = kept
        with self._open(store) as connection, connection.transaction():
            for table in tables.keys() & rows_of(connection)[0].keys():
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, rows in tables.items():
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(rows)
            for counter, stands in counters.items():
                connection.execute("SELECT setval(quote_ident(%s)::regclass, %s)", [counter, stands])

    def _open(self, store: Store) -> psycopg.Connection[Any]:
        url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(url, autocommit=True, options=OPTIONS)


class _Kept(NamedTuple):
    """What was taken down. until: by the monotonic clock; made: what the fixture answered; rows: as its kind of database takes it."""

    until: float
    made: Any
    rows: Any


class Worlds:
    """What was made, by the function that made it and the kind of database."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Callable[[Store], Any], bool], _Kept] = {}
        self._empty: dict[bool, Any] = {}

    def learn(self, store: Store) -> None:
        """What an empty database of this kind is: worlds are kept for those that are exactly so."""
        self._empty[store.is_sqlite] = _kind(store).rows(store)

    def fill(self, store: Store, make: Callable[[Store], Made]) -> Made:
        """
        Have in the database what `make` makes in an empty one; made anew once a minute, so that times in it stay true.

        make: puts rows into the database and does nothing else; its answer is never changed. It runs where the database is not empty.
        """
        kind, key = _kind(store), (make, store.is_sqlite)
        if store.is_sqlite not in self._empty or kind.rows(store) != self._empty[store.is_sqlite]:
            return make(store)
        kept = self._kept.get(key)
        if kept is not None and monotonic() < kept.until:
            kind.put(store, kept.rows)
            return kept.made  # type: ignore[no-any-return]
        until = monotonic() + _AGE
        made = make(store)
        self._let_go(key)
        self._kept[key] = _Kept(until, made, kind.take_down(store))
        return made

    def close(self) -> None:
        """Let go of all that is kept."""
        for key in list(self._kept):
            self._let_go(key)

    def _let_go(self, key: Any) -> None:
        kept = self._kept.pop(key, None)
        if kept and isinstance(kept.rows, sqlite3.Connection):
            kept.rows.close()


def _kind(store: Store) -> Any:
    return Sqlite() if store.is_sqlite else Server()
