"""What is put in the place of a world is what the making of it leaves there, and no database but an empty one is touched."""

from __future__ import annotations

import os
import shutil
import sqlite3

import pytest
from sqlalchemy import select

from exchange.store.base import Store
from exchange.store.sources import SourceRow
from exchange.store.users import UserRow

from . import worlds as module
from .emptying import Databases
from .test_emptying import fill, told
from .worlds import Worlds

PG = os.environ.get("EXCHANGE_TEST_PG", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def another(request, made_databases, tmp_path):
    """Opens one empty database of a kind after the other."""
    if request.param == "postgresql" and not PG:
        pytest.skip("EXCHANGE_TEST_PG names no server")
    databases = Databases(PG, made_databases["postgresql"]) if request.param == "postgresql" else None
    names, stores = [], []

    def opened() -> Store:
        if databases is None:
            path = shutil.copy(made_databases["sqlite"], tmp_path / f"{len(stores)}.sqlite3")
            stores.append(Store(f"sqlite:///{path}"))
        else:
            names.append(databases.take())
            stores.append(Store(databases.url(names[-1])))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()
    for name in names:
        databases.give_back(name)
    if databases:
        databases.close()


@pytest.fixture
def kept(another):
    kept = Worlds()
    kept.learn(another())
    yield kept
    kept.close()


def make(store: Store) -> list[int]:
    """Rows with triggers and counters behind them."""
    store.close()
    return fill(store.engine.url.render_as_string(hide_password=False).replace("+psycopg", ""))


def seen(store: Store) -> object:
    """All that is in the database."""
    if not store.is_sqlite:
        found = told(store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
        return {name: sorted(rows) for name, rows in found.items() if name != "room"}
    connection = sqlite3.connect(store.engine.url.database)
    lines = list(connection.iterdump())
    connection.close()
    return lines


def test_a_database_that_a_world_is_put_into_is_the_one_that_it_was_made_in(another, kept):
    first, second = another(), another()
    made = kept.fill(first, make)
    as_made = seen(first)
    assert kept.fill(second, make) == made
    assert seen(second) == as_made != seen(another())


def test_what_comes_after_has_the_number_that_it_had_after_the_making(another, kept):
    numbers = []
    for store in (another(), another()):
        kept.fill(store, make)
        with store.work() as session:
            session.add(row := SourceRow(name="tegal", connector="ocds", region="33.28"))
            session.flush()
            numbers.append(row.id)
    assert numbers[0] == numbers[1]


def test_where_something_is_already_the_world_is_made_beside_it(another, kept):
    kept.fill(another(), make)
    store = another()
    with store.work() as session:
        session.add(UserRow(name="petugas", password_hash="", role="petugas", session_key="f" * 32))
    kept.fill(store, make)
    with store.read() as session:
        assert session.scalars(select(UserRow.name)).all() == ["petugas"]
        assert session.scalars(select(SourceRow.name)).all() == ["semarang"]


def test_a_world_of_another_minute_is_made_anew(another, kept, monkeypatch):
    made = []

    def count(store: Store) -> None:
        made.append(store)
        make(store)

    now = 1000.0
    monkeypatch.setattr(module, "monotonic", lambda: now)
    stores = [another() for _ in range(3)]
    kept.fill(stores[0], count)
    now = 1059.0
    kept.fill(stores[1], count)
    assert made == stores[:1]
    now = 1061.0
    kept.fill(stores[2], count)
    assert made == [stores[0], stores[2]]
