"""The suite runs on both databases, or says that it did not."""

from __future__ import annotations

import os

from exchange.store.base import Store


def test_there_is_a_postgresql_so_that_every_test_of_the_store_runs_on_both(absent):
    if not os.environ.get("EXCHANGE_TEST_PG"):
        absent("EXCHANGE_TEST_PG (a PostgreSQL in which databases may be made; all tests ran on SQLite alone)")


def test_the_store_speaks_to_the_database_that_was_asked_for(store: Store, database_url: str):
    with store.read() as session:
        assert session.get_bind().dialect.name == database_url.partition(":")[0]
