"""What waits to be written to the exchange log: bounded, in one piece, and nothing is told beyond the public where it cannot be taken."""

from __future__ import annotations

import sqlite3
import threading
from typing import Any

import pytest
from sqlalchemy import text

from exchange.access.log_check import check
from exchange.api.logbook import Logbook, logbook_of
from exchange.store.base import Store
from exchange.store.exchange_log import batches, entries_of

from .recorded import Kept  # isort: skip
from .staged import OTHERS_DEMAND, OWN_DEMAND, bring, callers, met, put  # isort: skip


@pytest.fixture
def everybody(app, staff, office, another, store):
    """All callers by name."""
    bring(office, store, OWN_DEMAND)
    bring(another, store, OTHERS_DEMAND)
    return callers(app, staff, office, another)


@pytest.fixture
def kept(app, store, everybody):
    """What is written from now on."""
    return Kept(app, store)


def test_where_the_log_cannot_be_written_nothing_beyond_the_public_is_told(app, store, office, another, everybody, world, monkeypatch):
    put(office, another, "contract for one class")
    caller, book, now = everybody["contract for one class"], logbook_of(app), [1000.0]
    monkeypatch.setattr(book, "_clock", lambda: now[0])
    monkeypatch.setattr(book, "_every", 0)
    monkeypatch.setattr("exchange.api.logbook._PATIENCE", 0.05)
    assert book.write()
    tag = caller.get("/api/v1/businesses").headers["ETag"]
    free, held = threading.Event(), threading.Event()

    def hold() -> None:
        with store.work() as session:
            session.execute(text("SELECT 1"))
            held.set()
            free.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(60)
    try:
        assert not book.write()
        for path in ("/api/v1/businesses", f"/api/v1/businesses/{world.firm}", "/api/v1/products/LGM-1"):
            assert caller.get(path).status_code == 200, "a note waits a while"
        assert not book.write()
        now[0] += 21
        closed = ("changes", "publications/json?tier=contracted", "partner/matches", "businesses", f"businesses/{world.firm}")
        for path in (f"/api/v1/{each}" for each in closed):
            for _ in range(2):
                refused = caller.get(path)
                assert refused.status_code == 503 and refused.headers["Retry-After"] == "10", path
                assert not met(refused)
                told = refused.get_json()
                assert told["type"] == "/problems/belum-tercatat" and "dicatat" in told["detail"] and told["mend"]
        assert caller.get("/api/v1/businesses", If_None_Match=tag).status_code == 304, "which tells nothing"
        assert caller.get("/api/v1/products/PGN-1").status_code == 200, "of which the contract opens nothing"
        assert everybody["anybody"].get("/api/v1/businesses").status_code == 200
    finally:
        free.set()
        holder.join()
    assert book.write()
    assert caller.get("/api/v1/businesses").status_code == 200
    kept = Kept(app, store)
    with store.read() as session:
        entries = [entry for row, _ in batches(session) for entry in entries_of(row)]
        assert check(session, {}).well
    assert sum(entry["times"] for entry in entries) == 5, "what went out, and nothing that was refused"
    assert kept.new() == []


def test_more_than_may_wait_is_refused_and_what_waits_is_kept(store: Store, office, app, everybody, another, monkeypatch):
    put(office, another, "contract for one class")
    monkeypatch.setattr("exchange.api.logbook.MOST", 4)
    monkeypatch.setattr(logbook_of(app), "_every", 0)
    assert logbook_of(app).write()
    caller = everybody["contract for one class"]
    paths = [f"/api/v1/businesses?q={word}" for word in ("karya", "logam", "kar", "loga")]
    statuses = [caller.get(path).status_code for path in paths]
    assert statuses == [200, 200, 503, 503]
    assert logbook_of(app).write()
    assert caller.get(paths[2]).status_code == 200


def test_notes_are_written_within_a_second_by_themselves(app, store, office, another, everybody):
    put(office, another, "contract for one class")
    everybody["contract for one class"].get("/api/v1/businesses")
    until = threading.Event()
    for _ in range(100):
        until.wait(0.05)
        with store.read() as session:
            if any(True for _ in batches(session)):
                return
    pytest.fail("nothing was written in five seconds")


def test_one_batch_is_written_for_many_reads_and_threads_lose_none(app, store, office, another, everybody, kept):
    put(office, another, "contract for one class")
    caller = everybody["contract for one class"]

    def read() -> None:
        for _ in range(25):
            assert app.test_client().get("/api/v1/businesses", headers=office.headers).status_code == 200

    threads = [threading.Thread(target=read) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    caller.get("/api/v1/businesses")
    assert sum(entry["times"] for entry in kept.new()) == 151


def test_a_logbook_that_cannot_write_keeps_its_notes_in_one_piece(store: Store, office, app, everybody, another, monkeypatch):
    put(office, another, "contract for one class")
    book = Logbook(store, every=0)
    monkeypatch.setitem(app.extensions, "exchange.logbook", book)
    monkeypatch.setattr(app.wsgi_app, "_logbook", book)
    caller = everybody["contract for one class"]

    def broken(*_: Any) -> int:
        raise sqlite3.OperationalError("disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("exchange.api.logbook.append", broken)
        for _ in range(3):
            caller.get("/api/v1/businesses")
            assert not book.write()
    caller.get("/api/v1/businesses")
    assert book.write()
    with store.read() as session:
        (row,) = [row for row, _ in batches(session)]
    assert [entry["times"] for entry in entries_of(row)] == [4]
