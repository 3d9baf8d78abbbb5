"""A database that a test worked in is as a fresh copy for the next one, or it is another one."""

from __future__ import annotations

import os

import psycopg
import pytest

from exchange.store.base import Store
from exchange.store.demands import DemandRow
from exchange.store.sources import SourceRow

from .emptying import Databases  # isort: skip

PG = os.environ.get("EXCHANGE_TEST_PG", "")


@pytest.fixture
def databases(made_databases):
    if not PG:
        pytest.skip("EXCHANGE_TEST_PG names no server")
    databases = Databases(PG, made_databases["postgresql"])
    yield databases
    databases.close()


def fill(url: str) -> list[int]:
    """Rows in tables that point to each other, one of them in its second version; the numbers they were given."""
    store = Store(url)
    with store.work() as session:
        source = SourceRow(name="semarang", connector="lkpp_isb", region="33.74", state="approved")
        session.add(source)
        session.flush()
        rows = [
            DemandRow(ident=f"d-{n}", source_id=source.id, reference=str(n), title="Rak arsip " * 50, buyer_name="Dinas Contoh",
                      status="open", content_hash="0" * 64, raw_answer="0", raw_position=n, connector_version="1")
            for n in range(300)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        rows[0].version += 1
        numbers = [source.id, rows[0].id, rows[-1].id]
    store.close()
    return numbers


def told(url: str) -> dict[str, object]:
    """All rows in the order in which they lie, what room they take, and all counters."""
    with psycopg.connect(url) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
        found: dict[str, object] = {name: connection.execute(f'SELECT t::text FROM "{name}" t').fetchall() for name in tables}
        found["room"] = connection.execute(
            "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE oid >= 16384 AND relkind <> 'i' ORDER BY 1"
        ).fetchall()
        found["counters"] = connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
    return found


def number(url: str) -> int:
    """What the server knows the database by, whatever its name."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT oid::bigint FROM pg_database WHERE datname = current_database()").fetchone()[0]


def run(url: str, *commands: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for command in commands:
            connection.execute(command)


def test_rows_are_gone_for_the_next_one_and_numbers_begin_anew(databases, made_databases):
    name = databases.take()
    its = number(databases.url(name))
    fresh = told(databases.url(name))
    first = fill(databases.url(name))
    run(databases.url(name), "UPDATE feed SET floors = '{\"a\": 1}'", "DELETE FROM alembic_version")
    databases.give_back(name)
    first_name, name = name, databases.take()
    assert number(databases.url(name)) == its, "it was not dropped"
    assert name != first_name, "processes keep things by the name of a database"
    assert told(databases.url(name)) == fresh
    assert fill(databases.url(name)) == first
    databases.give_back(name)


def test_what_was_rolled_back_leaves_no_trace(databases):
    name = databases.take()
    its = number(databases.url(name))
    fresh = told(databases.url(name))
    store = Store(databases.url(name))
    with pytest.raises(RuntimeError), store.work() as session:
        session.add(SourceRow(name="semarang", connector="lkpp_isb", region="33.74", state="approved"))
        session.flush()
        raise RuntimeError
    store.close()
    databases.give_back(name)
    name = databases.take()
    assert number(databases.url(name)) == its
    assert told(databases.url(name)) == fresh
    databases.give_back(name)


def test_what_the_server_counts_in_its_own_catalogues_keeps_no_database_from_the_next_one(databases):
    name = databases.take()
    its = number(databases.url(name))
    run(databases.url(name), "ANALYZE pg_class")
    databases.give_back(name)
    name = databases.take()
    assert number(databases.url(name)) == its
    databases.give_back(name)


LEFT = {
    "a column": "ALTER TABLE source ADD COLUMN more int",
    "a column less": "ALTER TABLE source DROP COLUMN region",
    "how a column is stored": "ALTER TABLE demand ALTER COLUMN title SET STORAGE EXTERNAL",
    "a default": "ALTER TABLE source ALTER COLUMN region SET DEFAULT '33.74'",
    "a table": "CREATE TABLE more (id int)",
    "how a table is filled": "ALTER TABLE source SET (fillfactor = 50)",
    "a view": "CREATE VIEW more AS SELECT 1 AS one",
    "an index": "CREATE INDEX more ON source (region)",
    "a name": "ALTER TABLE feed RENAME TO feeds",
    "a trigger less": "DROP TRIGGER match_tally_made ON match",
    "a trigger that rests": "ALTER TABLE match DISABLE TRIGGER match_tally_made",
    "a function": "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a constraint": "ALTER TABLE source ADD CONSTRAINT more CHECK (region <> '')",
    "a counter's step": "ALTER SEQUENCE feed_id_seq INCREMENT 2",
    "a schema": "CREATE SCHEMA more",
    "a right": "GRANT SELECT ON source TO PUBLIC",
    "what the planner knows": "ANALYZE feed",
    "how many rows the planner counted": "VACUUM feed",
    "a large object": "SELECT lo_create(0)",
}


@pytest.mark.parametrize("command", LEFT.values(), ids=LEFT)
def test_a_database_in_which_anything_but_rows_was_left_is_given_to_nobody(command, databases):
    name = databases.take()
    its = number(databases.url(name))
    run(databases.url(name), command)
    databases.give_back(name)
    assert number(databases.url(databases.take())) != its


def test_nor_is_one_whose_settings_were_altered(databases):
    name = databases.take()
    its = number(databases.url(name))
    run(databases.url(name), f'ALTER DATABASE "{name}" SET work_mem = 1024')
    databases.give_back(name)
    assert number(databases.url(databases.take())) != its


def test_nor_one_in_which_somebody_is_still_at_work(databases):
    name = databases.take()
    its = number(databases.url(name))
    with psycopg.connect(databases.url(name)) as left:
        left.execute("SELECT 1")
        databases.give_back(name)
        assert number(databases.url(databases.take())) != its
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
