"""Whether anything was committed is told at every moment, by whichever connection or process it was committed."""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.store import wal_index
from exchange.store.audit import audit
from exchange.store.base import Store
from exchange.store.freshness import Freshness

WRITER = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as connection:
    connection.execute("UPDATE feed SET epoch = epoch || 'x'")
connection.close()
"""
RESTART = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0.1)
connection.execute("UPDATE feed SET epoch = epoch || 'y'")
connection.commit()
print(connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()[0])
"""


def write(store: Store) -> None:
    with store.work() as session:
        audit(session, "tes", "tes", "tes", "satu")


def in_another_process(script: str, path: str) -> str:
    return subprocess.run([sys.executable, "-c", script, path], check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def test_as_long_as_nothing_is_committed_the_stamp_holds_and_after_each_commit_it_does_not(store: Store):
    fresh = Freshness(store)
    for _ in range(5):
        stamp = fresh.look().stamp
        with store.read() as session:
            session.connection()
        assert fresh.still(stamp)
        assert fresh.look().stamp == stamp
        write(store)
        assert not fresh.still(stamp)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_another_process_commits_is_seen(store: Store):
    fresh = Freshness(store)
    seen = fresh.look()
    in_another_process(WRITER, str(store.engine.url.database))
    assert not fresh.still(seen.stamp)
    assert fresh.look().place.epoch == seen.place.epoch + "x"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_after_a_checkpoint_that_begins_the_log_anew_commits_are_seen_still(store: Store):
    fresh = Freshness(store)
    for _ in range(3):
        stamp = fresh.look().stamp
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        write(store)
        assert not fresh.still(stamp)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_looking_and_forgetting_takes_no_lock_from_the_connections_of_this_process(store: Store):
    """A descriptor of the index that was closed would free the reader below, and another process would write over what it reads."""
    path = str(store.engine.url.database)
    with store.read() as session:
        session.connection().exec_driver_sql("SELECT epoch FROM feed").fetchone()
        for _ in range(3):
            Freshness(store).look()
            gc.collect()
        fresh = Freshness(store)
        fresh.look()
        fresh.forget()
        gc.collect()
        assert in_another_process(RESTART, path) == "1", "another process began the log anew under a reader"


def test_an_index_that_has_no_name_any_more_is_let_go(tmp_path: Path):
    held = []
    for number in range(4):
        path = tmp_path / f"{number}.sqlite3"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE one (two)")
        assert wal_index.header_of(str(path)) is not None
        held.append(len(wal_index._mapped))
        connection.close()
    assert held == [held[0]] * 4


def test_a_database_without_an_index_is_looked_at_by_the_pragma(tmp_path: Path):
    assert wal_index.header_of(str(tmp_path / "tidak-ada.sqlite3")) is None
    (tmp_path / "pendek.sqlite3-shm").write_bytes(b"\0" * 50)
    assert wal_index.header_of(str(tmp_path / "pendek.sqlite3")) is None
    (tmp_path / "lain.sqlite3-shm").write_bytes(b"\1" * 96)
    assert wal_index.header_of(str(tmp_path / "lain.sqlite3")) is None


@given(st.binary(min_size=48, max_size=48), st.binary(min_size=48, max_size=48))
def test_a_header_that_is_just_being_written_is_no_stamp(one: bytes, other: bytes):
    assert wal_index.stamp(bytearray(one + one)) == one + one
    assert (wal_index.stamp(bytearray(one + other)) is None) == (one != other)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_child_process_opens_its_own_connection(store: Store):
    fresh = Freshness(store)
    before = fresh.look()
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writes, b"1" if fresh._cursor is None and fresh.look().place == before.place else b"0")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reads, 1) == b"1"
    os.close(reads)
    os.close(writes)
