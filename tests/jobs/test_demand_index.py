"""The worker brings the index of demands up to date, and one that is killed at any moment leaves nothing out and nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from exchange.access.segments import refresh_demands
from exchange.demand.indexing import differences, lag
from exchange.jobs.demand_index import DemandIndex
from exchange.jobs.worker import KINDS, Worker
from exchange.store.demand_index import PostingRow, standing
from exchange.store.demands import DemandRow
from exchange.store.sources import SourceRow

HOME = "36.72"
# a worker of small steps with a breath between them, so that a kill meets it in the middle of one
_WORKER = """
import os, sys, time
from exchange.demand import indexing
from exchange.store import demand_index
from exchange.store.base import Store
store = Store(os.environ["EXCHANGE_DATABASE_URL"])
write = indexing.write_block
def slowly(*given):
    print("writing", flush=True)
    time.sleep(0.01)
    write(*given)
    print("written", flush=True)
    time.sleep(0.01)
indexing.write_block = slowly
while indexing.advance(store, "36.72", 7):
    pass
print("done", flush=True)
"""


def bring(store, first: int, count: int, title: str = "Pagar besi") -> None:
    with store.work() as session:
        source = session.scalars(select(SourceRow)).first()
        if source is None:
            source = SourceRow(name="rup", connector="ocds", region="33.74", state="approved", options={})
            session.add(source)
            session.flush()
        rows = [
            DemandRow(ident=f"d-{number:016x}", source_id=source.id, source=source, reference=f"RUP-{number}", title=f"{title} {number}",
                      buyer_name="Dinas Contoh", status="open", items=[], content_hash="0" * 64, raw_answer="0" * 64, raw_position=number,
                      connector_version="1")
            for number in range(first, first + count)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        refresh_demands(session, rows, HOME)


def test_the_worker_takes_in_what_changed_and_rests(store, settings):
    assert DemandIndex in KINDS
    bring(store, 0, 30)
    worker = Worker(store, settings, [DemandIndex(store, settings)])
    assert worker.run(once=True) >= 1
    with store.read() as session:
        assert (lag(session), differences(session, HOME)) == (0, [])
        assert session.scalars(select(PostingRow).where(PostingRow.term == "pagar")).one()
    assert worker.run(once=True) == 0
    bring(store, 30, 1, "Rak arsip")
    assert worker.run(once=True) == 1
    with store.read() as session:
        assert session.scalars(select(PostingRow).where(PostingRow.term == "arsip")).one()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_workers_killed_at_random_moments_leave_what_a_fresh_make_gives(store, database_url):
    bring(store, 0, 10)
    told = random.Random(7)
    environment = os.environ | {"EXCHANGE_DATABASE_URL": database_url}
    killed, turn, number = [], 0, 10
    while len(killed) < 8:
        bring(store, number, 40, told.choice(("Meja kayu", "Kursi rapat")))
        with store.work() as session:  # some that the index knows change meanwhile
            rows = list(session.scalars(select(DemandRow).order_by(DemandRow.id).limit(5)))
            for row in rows:
                row.source, row.title, row.version = session.get(SourceRow, row.source_id), f"Lemari {turn}", row.version + 1
            session.flush()
            refresh_demands(session, rows, HOME)
        number, turn = number + 40, turn + 1
        worker = subprocess.Popen([sys.executable, "-c", _WORKER], env=environment, stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        lines = told.randrange(1, 8)
        for _ in range(lines):
            worker.stdout.readline()
        time.sleep(told.random() * 0.02)
        os.kill(worker.pid, signal.SIGKILL)
        rest = worker.stdout.read()
        worker.stdout.close()
        assert worker.wait() == -signal.SIGKILL or "done" in rest
        with store.read() as session:
            killed.append(lag(session))
            assert differences(session, HOME) == [], "what was taken in is whole, what was not waits"
    assert any(killed), "some were killed before they were done"
    worker = subprocess.run([sys.executable, "-c", _WORKER], env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert worker.stdout.endswith("done\n")
    with store.read() as session:
        assert (lag(session), differences(session, HOME), standing(session).filled) == (0, [], None)
