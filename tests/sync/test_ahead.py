"""What a second process translated ahead is what the run would have translated itself, and its loss costs time alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from connectors.lkpp_isb import LkppIsb
from exchange.store.changes import ChangeRow
from exchange.store.demands import DemandRow
from exchange.store.quarantine import QuarantineRow
from exchange.store.segments import SegmentRow
from exchange.sync import ahead
from exchange.sync.ahead import Ahead, Given

from .conftest import Partner, counts, package, packages  # isort: skip

# new ones, one withdrawn at the source, one that cannot be read, doubled ones, one with letters that only the slow way takes out
ROWS = [
    *packages(range(1, 30)),
    package(30, status_delete_rup=True),
    package(31, pagu="banyak"),
    package(7, tgl_pengumuman_paket="2026-11-02 09:00:00", pagu=77),
    package(32, nama_paket="Rak \u200b arsip <b>besi</b> 0812-3456-7890"),
    package(33, nama_paket=""),
    *packages(range(40, 70)),
]
_TIMES = frozenset({"id", "source_id", "first_seen_at", "updated_at", "at", "run_id", "body"})


@pytest.fixture
def small(monkeypatch):
    """Batches of ten, each worth a process."""
    monkeypatch.setattr("exchange.sync.run.BATCH", 10)
    monkeypatch.setattr(ahead, "WORTH_A_PROCESS", 1)


@pytest.fixture
def received(monkeypatch):
    """How many listings a second process told of, batch by batch."""
    told = []
    real = Ahead._received

    def look(self, listings):
        prepared = real(self, listings)
        told.append(0 if prepared.found is None else len(prepared.found))
        return prepared

    monkeypatch.setattr(Ahead, "_received", look)
    return told


def _kept(store):
    with store.read() as session:
        told = [counts_of(session)]
        for table, order in ((DemandRow, "reference"), (QuarantineRow, "reference")):
            names = [column.key for column in table.__table__.c if column.key not in _TIMES]
            rows = session.execute(select(*(getattr(table, name) for name in names)).order_by(getattr(table, order)))
            told.append([tuple(row) for row in rows])
        bodies = session.execute(select(SegmentRow.ident, SegmentRow.tier, SegmentRow.body).order_by(SegmentRow.ident, SegmentRow.tier))
        told.append([(ident, tier, len(body)) for ident, tier, body in bodies])
        return told


def counts_of(session):
    return [session.scalar(select(func.count()).select_from(table)) for table in (DemandRow, QuarantineRow, SegmentRow, ChangeRow)]


def test_it_finds_what_the_run_itself_finds(partner, small, received, made_alone):
    alone, report = made_alone
    partner.settings = replace(partner.settings, executor="process")
    again = partner.pull(ROWS)
    assert counts(again) == counts(report)
    assert again.skips == report.skips
    assert _kept(partner.store) == alone
    assert sum(received) == again.fetched
    assert {row.reference for row in _rows(partner)} >= {"7", "32"}


@pytest.fixture
def made_alone(partner, small, monkeypatch):
    """The same list by a run in one process; what it kept is taken away again."""
    report = partner.pull(ROWS)
    alone = _kept(partner.store)
    with partner.store.work() as session:
        for table in (SegmentRow, ChangeRow, QuarantineRow, DemandRow):
            session.execute(table.__table__.delete())
    (partner.settings.index() / "pages" / "mitra").unlink()
    return alone, report


def _rows(partner: Partner):
    with partner.store.read() as session:
        return session.scalars(select(DemandRow)).all()


def test_one_that_dies_in_between_costs_nothing(partner, small, received, monkeypatch):
    partner.settings = replace(partner.settings, executor="process")
    real, dead = Ahead._send, []

    def send(self, listings, known):
        real(self, listings, known)
        if self._process is not None and not dead:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.join()
            dead.append(self._process.pid)

    monkeypatch.setattr(Ahead, "_send", send)
    report = partner.pull(packages(range(1, 60)))
    assert dead
    assert (report.state, report.new, sum(received)) == ("complete", 59, 0)


def test_what_is_known_and_one_process_by_wish_start_none(partner, small, received):
    partner.pull(packages(range(1, 60)))
    assert sum(received) == 0, "this node works in one process"
    partner.settings = replace(partner.settings, executor="process")
    (partner.settings.index() / "pages" / "mitra").unlink()
    partner.pull()
    assert sum(received) == 0


def test_batches_before_an_error_come_before_it():
    listings = [LkppIsb({"url": "https://sumber.example/x"}).listing(str(n), "", {}, n, "a" * 64) for n in range(3)]

    def broken():
        yield listings[:2]
        yield listings[2:]
        raise OSError("gone")

    told = []
    with pytest.raises(OSError, match="gone"), Ahead(_GIVEN, wanted=False) as it:
        told.extend(prepared.listings for prepared in it.prepared(broken(), {}))
    assert told == [listings[:2], listings[2:]]


_GIVEN = Given("lkpp_isb", {"url": "https://sumber.example/x"}, "mitra", "33.74", "demand_pulled")
_PARENT = """
import sys
from exchange.sync import ahead
ahead.WORTH_A_PROCESS = 1
if __name__ == "__main__":
    given = ahead.Given("lkpp_isb", {"url": "https://sumber.example/x"}, "mitra", "33.74", "demand_pulled")
    it = ahead.Ahead(given, wanted=True)
    it._start()
    print(it._process.pid, flush=True)
    sys.stdin.read()
"""


def test_it_does_not_outlive_a_run_that_was_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    parent = subprocess.Popen([sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(200):
        if not _runs(child):
            break
        time.sleep(0.1)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
