"""
PostgreSQL databases for tests: one in which a test left nothing but rows is emptied for the next test, any other one is dropped.

To copy the template and to drop the copy costs the server six times what it costs to delete what was put in. So that nobody ever meets
what another test did, an emptied database is used again only where it works as a fresh copy does: no session is left in it, no table
takes more room than in the template and none holds a dead row, no index has more than its root, every counter stands where it stood,
and nobody altered its shape, its settings or what the planner knows of it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

Connection = psycopg.Connection[Any]

_PAGE = 8192
_OURS = "relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace) AND oid >= 16384"
_CATALOGUES = (
    "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_proc", "pg_trigger", "pg_type", "pg_namespace", "pg_extension",
    "pg_collation", "pg_sequence", "pg_rewrite", "pg_policy", "pg_event_trigger", "pg_statistic_ext",
    "pg_largeobject_metadata", "pg_publication", "pg_default_acl",
)  # fmt: skip
# the server looks through its own catalogues when it likes, the template's too: what it counted in them is no test's doing;
# whoever alters a row of a catalogue leaves the number of his transaction in it; emptying leaves none in these
_SHAPE = f"""
SELECT (SELECT md5(string_agg(concat_ws(' ', oid, relname, relkind, relnamespace, reloptions, relacl,
                                        CASE WHEN relkind = 'r' THEN reltuples END, relhastriggers, relrowsecurity), ',' ORDER BY oid))
          FROM pg_class WHERE {_OURS}),
       (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())),
       (SELECT concat_ws(' ', count(*), max(xmin::text::bigint)) FROM pg_statistic WHERE starelid >= 16384),
       {", ".join(f"(SELECT concat_ws(' ', count(*), max(xmin::text::bigint)) FROM {name})" for name in _CATALOGUES)}
"""
_SIZES = f"SELECT relname, relkind, pg_relation_size(oid) FROM pg_class WHERE {_OURS} AND relkind IN ('r', 't', 'i')"
_COUNTED = f"SELECT oid::bigint, relpages, reltuples, relallvisible FROM pg_class WHERE {_OURS} AND relkind IN ('r', 't', 'i')"
_COUNT = """
UPDATE pg_class c SET relpages = f.pages, reltuples = f.tuples, relallvisible = f.visible
  FROM unnest(%s::bigint[], %s::int[], %s::real[], %s::int[]) AS f (number, pages, tuples, visible)
 WHERE c.oid = f.number AND (c.relpages, c.reltuples, c.relallvisible) IS DISTINCT FROM (f.pages, f.tuples, f.visible)
"""
_COUNTERS = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL"
_MOST = 25  # indexes that are worth making anew
_PATIENCE = 0.5  # seconds for sessions that were closed to end on the server too
# no trigger answers to the emptying, and what VACUUM counted is put back
OPTIONS = "-c session_replication_role=replica -c allow_system_table_mods=on"


class _State(NamedTuple):
    """What a database is told by. sizes: bytes by table, index and what tables keep outside; rows: of the tables that are not empty."""

    shape: Any
    tables: dict[str, int]
    indexes: dict[str, int]
    counters: dict[str, int]
    rows: dict[str, str]


class Databases:
    """
    Copies of one database for one test after the other.

    server: the address of any database there, whose user may make databases; of one who is no superuser each database is dropped.
    template: the name of the one to copy; nobody works in it.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template, self._spare = server, template, ""
        self._fresh: _State | None = None
        self._counted: list[list[Any]] = []

    def url(self, name: str) -> str:
        """The address of a database by its name."""
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def take(self) -> str:
        """The name of a database that is as the template is; a name is never used twice, for processes keep things by it."""
        name = f"exchange_{uuid.uuid4().hex[:12]}"
        if self._spare:
            self._tell(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(self._spare), sql.Identifier(name)))
            self._spare = ""
            return name
        self._tell(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(self._template)))
        if self._fresh is None:
            with suppress(psycopg.OperationalError), self._connect(name) as connection:
                self._fresh = _state(connection, None)
                self._counted = [list(column) for column in zip(*connection.execute(_COUNTED), strict=True)]
        return name

    def give_back(self, name: str) -> None:
        """Empty it for the next one, or drop it where anything but rows was left in it."""
        if not self._spare and self._is_emptied(name):
            self._spare = name
        else:
            self._drop(name)

    def close(self) -> None:
        """Drop what is kept for a next one."""
        if self._spare:
            self._drop(self._spare)
            self._spare = ""

    def _is_emptied(self, name: str) -> bool:
        try:
            with self._connect(name) as connection:
                return self._fresh is not None and _is_left(connection) and self._empty(connection, self._fresh)
        except psycopg.Error:
            return False

    def _empty(self, connection: Connection, fresh: _State) -> bool:
        """Whether the database is as the template is, now that its rows are gone; one of another shape is not touched."""
        found = _state(connection, fresh.rows)
        if found.shape != fresh.shape:
            return False
        filled = [
            table for table, size in found.tables.items()
            if (size > 0 and table not in fresh.rows) or size != fresh.tables[table] or found.rows.get(table) != fresh.rows.get(table)
        ]  # fmt: skip
        filled = [table for table in filled if not table.startswith("pg_toast")]
        if filled:
            deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in filled]
            with connection.transaction():
                connection.execute(sql.SQL("; ").join(deletes))
            tables = sql.SQL(", ").join(map(sql.Identifier, filled))
            connection.execute(sql.SQL("VACUUM (INDEX_CLEANUP ON, TRUNCATE ON, PROCESS_TOAST ON) {}").format(tables))
        grown = [name for name, kind, size in connection.execute(_SIZES).fetchall() if kind == "i" and size > 2 * _PAGE]
        if len(grown) > _MOST:
            return False
        for index in grown:
            connection.execute(sql.SQL("REINDEX INDEX {}").format(sql.Identifier(index)))
        for table in fresh.rows.keys() & set(filled):
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                copy.write(fresh.rows[table])
        for counter in found.counters:
            stands = fresh.counters.get(counter)
            connection.execute("SELECT setval(quote_ident(%s)::regclass, %s, %s)", [counter, stands or 1, stands is not None])
        connection.execute(_COUNT, self._counted)
        now = _state(connection, fresh.rows)
        return max(now.indexes.values()) <= 2 * _PAGE and now._replace(indexes=fresh.indexes) == fresh

    def _drop(self, name: str) -> None:
        self._tell(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _tell(self, command: sql.Composed) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(command)

    def _connect(self, name: str) -> Connection:
        return psycopg.connect(self.url(name), autocommit=True, options=OPTIONS)


def _is_left(connection: Connection) -> bool:
    """Whether nobody else is in the database any more."""
    until = time.monotonic() + _PATIENCE
    while connection.execute(_OTHERS).fetchone() != (0,):
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def _state(connection: Connection, tables: Iterable[str] | None) -> _State:
    """How the database stands; tables: those whose rows are told, None for all that are not empty."""
    sizes = connection.execute(_SIZES).fetchall()
    rooms = {name: size for name, kind, size in sizes if kind != "i"}
    if tables is None:
        tables = [name for name, size in rooms.items() if size]
    shape, counters = connection.execute(_SHAPE).fetchone(), dict(connection.execute(_COUNTERS).fetchall())
    indexes = {name: size for name, kind, size in sizes if kind == "i"}
    return _State(shape, rooms, indexes, counters, {table: _said(connection, table) for table in tables})


def rows_of(connection: Connection) -> tuple[dict[str, str], dict[str, int]]:
    """All rows of the tables that have any, as COPY writes them, and where the counters stand."""
    filled = [name for name, kind, size in connection.execute(_SIZES).fetchall() if kind == "r" and size]
    return {table: _said(connection, table) for table in filled}, dict(connection.execute(_COUNTERS).fetchall())


def _said(connection: Connection, table: str) -> str:
    """All rows of a small table in their order, as COPY writes them."""
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(bytes(block) for block in copy).decode()
