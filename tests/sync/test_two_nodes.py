"""Two nodes on loopback: what happens to a demand of one reaches the other by cursor, whatever breaks in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from exchange.access.segments import refresh_demands
from exchange.app import create_app
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store, utcnow
from exchange.store.changes import ChangeRow
from exchange.store.demands import DemandRow, count_demands
from exchange.store.quarantine import QuarantineRow
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.release import release
from exchange.sync.report import Report
from exchange.sync.run import sync_source
from exchange.sync.take import Batch

from .conftest import counts  # isort: skip

THERE, HERE = "33.74", "36.72"


class NodeA:
    """The other node: its own data folder and database, its app under a real server on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.app: Flask | None = None
        self.replace()

    def replace(self, numbers: Any = ()) -> None:
        """Another database at the same address, with these demands; it knows nothing of the first one's."""
        self.number += 1
        self.settings = Settings(data_dir=self.folder / f"a{self.number}", home_region=THERE, executor="serial", contact="a@contoh.invalid")
        self.store = Store(self.settings.url())
        migrate.upgrade(self.store)
        with self.store.work() as session:
            session.add(SourceRow(name="opd", connector="rest", region=THERE, state="approved", public=True))
        for number in numbers:
            self.put(number)
        self.app = create_app(self.settings, self.store)

    def __call__(self, environ: Any, start: Any) -> Any:
        assert self.app is not None
        return self.app(environ, start)

    def put(self, number: int, **values: Any) -> None:
        """A demand as new, changed, or back again."""
        with self.store.work() as session:
            source = source_by_name(session, "opd")
            row = session.scalars(select(DemandRow).where(DemandRow.ident == f"d-{number:016x}")).first()
            if row is None:
                row = DemandRow(
                    ident=f"d-{number:016x}", source_id=source.id, reference=f"OPD-{number}", title=f"Rak arsip {number}",
                    buyer_name="Dinas Contoh", buyer_code="D9003", region=THERE, status="open", content_hash="0" * 64,
                    raw_answer="ab" * 32, raw_position=number, connector_version="1",
                )  # fmt: skip
                session.add(row)
            else:
                row.version += 1
                row.state = "live"
            row.source = source
            for name, value in values.items():
                setattr(row, name, value)
            session.flush()
            refresh_demands(session, [row], THERE)

    def take_back(self, *numbers: int) -> None:
        """Withdraw demands, all in one transaction."""
        with self.store.work() as session:
            source = source_by_name(session, "opd")
            rows = session.scalars(select(DemandRow).where(DemandRow.ident.in_([f"d-{number:016x}" for number in numbers]))).all()
            for row in rows:
                row.source, row.state = source, "withdrawn"
                row.version += 1
            session.flush()
            refresh_demands(session, rows, THERE)

    def shown(self) -> dict[str, str]:
        """The titles of what everybody may read there."""
        assert self.app is not None
        told = self.app.test_client().get("/api/v1/demands?limit=200").get_json()["items"]
        return {each["ident"]: each["title"] for each in told}


class NodeB:
    """Our node, which pulls the other one as a source `semarang`."""

    def __init__(self, store: Store, settings: Settings, url: str) -> None:
        self.store, self.settings = store, settings
        options = {"url": url, "region": THERE}
        with store.work() as session:
            session.add(SourceRow(name="semarang", connector="exchange_node", region=THERE, options=options, local=True, state="approved"))

    def pull(self, **more: Any) -> Report:
        return sync_source(self.store, self.settings, "semarang", **more)

    def shown(self) -> dict[str, str]:
        """The titles of what is shown here, by its name there."""
        with self.store.read() as session:
            return {row.reference: row.title for row in session.scalars(select(DemandRow).where(DemandRow.state == "live"))}

    def cursor(self) -> Any:
        with self.store.read() as session:
            return source_by_name(session, "semarang").cursor

    def runs(self) -> list[RunRow]:
        with self.store.read() as session:
            return list(session.scalars(select(RunRow).order_by(RunRow.id)))


@pytest.fixture
def a(tmp_path: Path) -> Iterator[NodeA]:
    node = NodeA(tmp_path)
    yield node
    node.store.close()


@contextmanager
def served(node: NodeA) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, node, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def b(a: NodeA, store: Store, settings: Settings, monkeypatch) -> Iterator[NodeB]:
    monkeypatch.setattr("connectors.exchange_node._PAGE", 4)
    monkeypatch.setattr("exchange.sync.run.BATCH", 3)
    with served(a) as url:
        yield NodeB(store, settings, url)


def test_what_changes_there_reaches_us_by_cursor(a, b):
    for number in range(10):
        a.put(number)
    first = b.pull()
    assert (first.state, counts(first)) == ("complete", {"fetched": 10, "new": 10})
    assert b.shown() == a.shown()
    quiet = b.pull()
    assert (quiet.state, counts(quiet), quiet.requests) == ("complete", {}, 1)
    a.put(3, title="Rak arsip besi")
    a.put(10)
    a.take_back(4)
    report = b.pull()
    assert (report.state, report.requests) == ("complete", 1)
    assert counts(report) == {"fetched": 3, "new": 1, "changed": 1, "skipped": 1, "missing": 1, "withdrawn": 1}
    assert b.shown() == a.shown()
    a.put(4, title="Rak arsip kembali")
    assert counts(b.pull()) == {"fetched": 1, "changed": 1}
    assert b.shown() == a.shown()
    assert not b.pull().needs_a_person


def test_a_withdrawal_there_is_a_tombstone_on_our_own_feed(a, b):
    a.put(1)
    b.pull()
    a.take_back(1)
    b.pull()
    with b.store.read() as session:
        assert session.scalars(select(ChangeRow.op).order_by(ChangeRow.id)).all() == ["upsert", "delete"]


def test_what_came_and_went_between_two_pulls_never_comes(a, b):
    a.put(1)
    b.pull()
    a.put(2)
    a.take_back(2)
    report = b.pull()
    assert (report.state, counts(report)) == ("complete", {"fetched": 1, "skipped": 1})
    assert set(b.shown()) == {"d-0000000000000001"}


def test_a_flood_of_withdrawals_is_held_until_a_person_decides(a, b):
    for number in range(40):
        a.put(number)
    b.pull()
    a.take_back(*range(6))
    report = b.pull()
    assert (report.held, report.withdrawn, report.undecided, report.needs_a_person) == (6, 0, 6, True)
    assert "release" in report.notes[0]
    assert len(b.shown()) == 40
    a.put(0)
    a.put(41)
    later = b.pull(clock=lambda: utcnow() + timedelta(days=30))
    assert (later.held, later.withdrawn, later.undecided) == (5, 0, 5), "what the node names again is held no longer"
    assert release(b.store, "semarang", "sari", HERE, expected=5)["withdrawn"] == 5
    assert b.shown() == a.shown()


def test_as_many_withdrawals_as_the_guard_allows_go_at_once(a, b):
    for number in range(40):
        a.put(number)
    b.pull()
    a.take_back(*range(5))
    report = b.pull()
    assert (report.held, report.withdrawn, report.undecided) == (0, 5, 0)
    assert b.shown() == a.shown()


def test_silence_alone_withdraws_nothing(a, b):
    for number in range(10):
        a.put(number)
    b.pull()
    for day in range(1, 5):
        report = b.pull(clock=lambda day=day: utcnow() + timedelta(days=day))
        assert (report.missing, report.withdrawn) == (0, 0)
    assert b.shown() == a.shown()


def test_a_replaced_database_there_leads_to_a_pass_over_everything_and_the_same_picture(a, b):
    for number in range(12):
        a.put(number)
    b.pull()
    before = b.cursor()
    a.replace(range(2, 13))
    a.put(5, title="Rak lain")
    report = b.pull()
    assert report.state == "complete"
    assert counts(report) == {"fetched": 11, "new": 1, "changed": 1, "unchanged": 9, "missing": 2, "held": 2}
    assert any("410" in note for note in report.notes)
    assert b.cursor() != before
    assert set(b.shown()) - set(a.shown()) == {"d-0000000000000000", "d-0000000000000001"}, "a list that is silent is no withdrawal"
    now = utcnow()
    assert b.pull(clock=lambda: now + timedelta(hours=5)).withdrawn == 0
    later = b.pull(clock=lambda: now + timedelta(days=2))
    assert (later.withdrawn, later.requests) == (2, 1)
    assert b.shown() == a.shown()


def test_what_the_whole_list_missed_and_the_feed_names_again_stays(a, b):
    for number in range(12):
        a.put(number)
    b.pull()
    a.replace(range(1, 12))
    b.pull()
    a.put(0)
    now = utcnow()
    for day in (1, 2, 3):
        assert b.pull(clock=lambda day=day: now + timedelta(days=day)).withdrawn == 0
    assert b.shown() == a.shown()


def test_a_replaced_database_with_half_of_the_list_proves_nothing(a, b):
    for number in range(40):
        a.put(number)
    b.pull()
    cursor = b.cursor()
    a.replace(range(15))
    report = b.pull()
    assert (report.state, report.withdrawn, b.cursor()) == ("unproven", 0, cursor)
    assert len(b.shown()) == 40
    a.replace()
    assert b.pull().state == "unproven", "an empty list withdraws nothing either"
    a.replace(range(40))
    assert b.pull().state == "complete"
    assert b.shown() == a.shown()


def test_more_than_the_guard_allows_that_a_new_database_lacks_wait_for_a_person(a, b):
    for number in range(40):
        a.put(number)
    b.pull()
    a.replace(range(10, 40))
    report = b.pull()
    assert (report.state, report.undecided, report.withdrawn) == ("complete", 10, 0)
    assert b.pull(clock=lambda: utcnow() + timedelta(days=30)).withdrawn == 0
    assert len(b.shown()) == 40


def test_a_node_without_any_demand_is_complete_as_long_as_nothing_is_known_of_it(a, b):
    assert (b.pull().state, b.cursor() is not None) == ("complete", True)
    a.put(1)
    assert counts(b.pull()) == {"fetched": 1, "new": 1}
    a.take_back(1)
    assert counts(b.pull())["withdrawn"] == 1
    a.replace()
    assert b.pull().state == "complete"


def test_another_region_at_the_same_address_changes_nothing(a, b):
    a.put(1)
    b.pull()
    a.settings = Settings(data_dir=a.settings.data_dir, home_region="33.76", executor="serial")
    a.app = create_app(a.settings, a.store)
    a.put(2)
    report = b.pull()
    assert (report.state, report.fetched) == ("failed", 0)
    assert "33.76" in report.reasons[0]
    assert len(b.shown()) == 1


def test_a_connector_that_reads_otherwise_by_now_reads_everything(a, b, monkeypatch):
    from connectors.exchange_node import ExchangeNode

    for number in range(5):
        a.put(number)
    b.pull()
    monkeypatch.setattr(ExchangeNode, "version", "next")
    assert counts(b.pull()) == {"fetched": 5, "unchanged": 5}
    assert counts(b.pull()) == {}


def test_what_cannot_be_understood_waits_and_what_is_taken_back_waits_no_longer(a, b):
    a.put(1)
    a.put(2, title=" ")
    report = b.pull()
    assert (report.state, report.new, report.quarantined) == ("complete", 1, 1)
    a.put(3)
    assert b.pull().quarantined == 0, "it is not sent again, and not lost"
    with b.store.read() as session:
        assert session.scalars(select(QuarantineRow.state)).all() == ["waiting"]
    a.take_back(2)
    b.pull()
    with b.store.read() as session:
        assert session.scalars(select(QuarantineRow.state)).all() == ["gone"]
    assert b.shown() == a.shown()


class Broken(KeyboardInterrupt):
    pass


def broken_pull(b: NodeB, monkeypatch: pytest.MonkeyPatch, after: int) -> bool:
    """A pull that is broken off after so many batches; whether it came so far."""
    real, taken = Batch.take, []

    def take(self: Batch, listings: Any) -> Any:
        if len(taken) >= after:
            raise Broken
        taken.append(len(listings))
        return real(self, listings)

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "take", take)
        try:
            b.pull()
        except Broken:
            return True
    return False


@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("change_between", [False, True])
def test_a_first_pass_that_is_broken_off_anywhere_ends_with_the_same_picture(a, b, monkeypatch, after, change_between):
    for number in range(11):
        a.put(number)
    assert broken_pull(b, monkeypatch, after)
    assert b.cursor() is None, "only a run that came to its end moves the cursor"
    if change_between:
        a.put(0, title="Rak lain")
        a.take_back(1, 10)
        a.put(11)
    report = b.pull()
    assert report.state == "complete"
    assert len(b.runs()) == 1, "it is one run, taken up again"
    b.pull()
    assert b.shown() == a.shown()


@pytest.mark.parametrize("after", range(3))
def test_a_run_of_changes_that_is_broken_off_anywhere_ends_with_the_same_picture(a, b, monkeypatch, after):
    for number in range(40):
        a.put(number)
    b.pull()
    cursor = b.cursor()
    for number in range(3):
        a.put(number, title=f"Rak lain {number}")
    a.take_back(3, 4)
    for number in range(40, 44):
        a.put(number)
    assert broken_pull(b, monkeypatch, after)
    assert b.cursor() == cursor
    with b.store.read() as session:
        assert count_demands(session, "withdrawn") == 0, "tombstones hold when the run is proved to its end"
    a.take_back(40)
    report = b.pull()
    assert report.state == "complete"
    assert report.withdrawn in {2, 3}, "the third was read or not before it was taken back"
    b.pull()
    assert b.shown() == a.shown()


@pytest.mark.parametrize("after", range(3))
def test_a_pass_after_410_that_is_broken_off_anywhere_ends_with_the_same_picture(a, b, monkeypatch, after):
    for number in range(12):
        a.put(number)
    b.pull()
    a.replace(range(1, 13))
    assert broken_pull(b, monkeypatch, after)
    report = b.pull()
    assert (report.state, report.missing, report.held) == ("complete", 1, 1)
    now = utcnow()
    for day in (1, 2):
        b.pull(clock=lambda day=day: now + timedelta(days=day, hours=1))
    assert b.shown() == a.shown()


def test_a_database_replaced_while_we_were_down_ends_the_run_and_the_next_one_begins_anew(a, b, monkeypatch):
    for number in range(12):
        a.put(number)
    assert broken_pull(b, monkeypatch, 2)
    a.replace(range(6, 16))
    assert b.pull().state == "partial"
    assert b.cursor() is None
    report = b.pull()
    assert (report.state, report.undecided) == ("complete", 6), "what the first database had and the second has not"
    release(b.store, "semarang", "sari", HERE)
    assert b.shown() == a.shown()
