"""A run against its source: what is counted, what is kept, and what silence never does."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from connectors.kit.simulator import Canned, serve
from exchange.errors import Busy, Conflict, NotFound, StorageFull
from exchange.store import locks
from exchange.store.changes import ChangeRow
from exchange.store.demands import DemandRow, count_demands
from exchange.store.quarantine import QuarantineRow
from exchange.store.runs import AnswerRow, RunRow
from exchange.store.segments import SegmentRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.archive import Archive
from exchange.sync.run import sync_source

from .conftest import counts, package, packages  # isort: skip

WRONG = {
    "the bus's XML for nothing": Canned(b"<invalid_response>Data Kosong, silakan ulangi</invalid_response>"),
    "an empty body": Canned(b""),
    "a robot check saved as JSON": Canned(b"<!DOCTYPE html><title>Just a moment...</title>", headers={"Content-Type": "application/json"}),
    "half an array": Canned(json.dumps(packages(range(40))).encode()[:9000]),
    "another shape": Canned.json({"data": packages(range(40))}),
    "rows without their key": Canned.json([{"x": 1}] * 40),
    "an empty list": Canned.json([]),
    "a fraction of the list": Canned.json(packages(range(3))),
    "another region's list": Canned.json(packages(range(100, 140), kd_klpd="D1111", nama_klpd="Kota Lain")),
    "a refusal": Canned(b"no", status=403),
    "a length that lies": Canned(json.dumps(packages(range(40))).encode(), length=10**6),
}


def test_the_same_answer_again_changes_nothing(partner):
    assert counts(partner.pull(packages(range(40)))) == {"fetched": 40, "new": 40}
    with partner.store.read() as session:
        feed = session.scalars(select(ChangeRow.id)).all()
    assert counts(partner.pull()) == {"fetched": 40, "unchanged": 40}
    with partner.store.read() as session:
        assert session.scalars(select(ChangeRow.id)).all() == feed


def test_a_field_that_the_source_rewrites_every_day_is_no_change(partner):
    partner.pull(packages(range(40)))
    assert counts(partner.pull(packages(range(40), _event_date="2026-11-23"))) == {"fetched": 40, "unchanged": 40}


def test_a_changed_row_gets_its_next_version_and_its_place_on_the_feed(partner):
    partner.pull(packages(range(40)))
    report = partner.pull([package(0, pagu=5), *packages(range(1, 40))])
    assert counts(report) == {"fetched": 40, "changed": 1, "unchanged": 39}
    with partner.store.read() as session:
        row = session.scalars(select(DemandRow).where(DemandRow.reference == "0")).one()
        assert (row.version, row.budget_amount) == (2, 5)
        last = session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc())).first()
        assert (last.ident, last.version, last.op) == (row.ident, 2, "upsert")


@pytest.mark.parametrize("wrong", WRONG)
def test_what_comes_instead_of_a_list_withdraws_nothing(partner, wrong):
    partner.pull(packages(range(40)))
    report = partner.pull(WRONG[wrong])
    assert report.state in {"failed", "unproven", "partial"}
    assert report.reasons, "the run says what came instead"
    assert report.withdrawn == 0
    with partner.store.read() as session:
        assert session.scalars(select(DemandRow).where(DemandRow.state != "live")).all() == []
        assert session.scalars(select(DemandRow).where(DemandRow.missing_since.is_not(None))).all() == []


def test_another_buyer_s_list_at_the_same_address_saves_nothing(partner):
    partner.pull(packages(range(40)))
    report = partner.pull(WRONG["another region's list"])
    assert (report.state, report.fetched, report.new) == ("unproven", 40, 0)
    assert "D1111" in report.reasons[0]
    assert partner.pull().state == "unproven", "the second night it is doubted as the first"
    with partner.store.read() as session:
        assert count_demands(session) == 40


def test_what_a_doubtful_run_brought_proves_nothing_about_the_next(partner):
    """Two nights of a fraction of the list: the second is no more proved than the first."""
    partner.pull(packages(range(400)))
    few = packages(range(100), nama_paket="Berubah")
    assert [partner.pull(few).state for _ in range(2)] == ["unproven", "unproven"]
    with partner.store.read() as session:
        assert count_demands(session) == 400


@pytest.mark.parametrize("wrong", sorted(set(WRONG) - {"a length that lies"}))  # that one is asked for again and again
def test_after_a_bad_night_the_next_good_answer_finds_everything_as_it_was(partner, wrong):
    partner.pull(packages(range(40)))
    partner.pull(WRONG[wrong])
    report = partner.pull(packages(range(40)))
    assert report.state == "complete"
    assert (report.unchanged, report.new) == (40, 0)


def test_every_answer_is_kept_as_it_came_and_the_ledger_points_to_it(partner):
    body = json.dumps(packages(range(40)), indent=3).encode()
    partner.pull(Canned(body))
    partner.pull(WRONG["a robot check saved as JSON"])
    archive = Archive(partner.settings.data_dir / "archive")
    with partner.store.read() as session:
        digests = session.scalars(select(AnswerRow.digest).order_by(AnswerRow.id)).all()
        demand = session.scalars(select(DemandRow)).first()
    assert archive.read(digests[0]) == body
    assert archive.read(digests[1]).startswith(b"<!DOCTYPE")
    assert json.loads(archive.read(demand.raw_answer))[demand.raw_position]["kd_rup"] == int(demand.reference)


def test_neither_persons_nor_the_address_reach_the_database_or_the_log(partner, caplog):
    with caplog.at_level("DEBUG"):
        partner.pull([package(0, pagu="x"), *packages(range(1, 40))])
        partner.pull(WRONG["a refusal"])
    said = caplog.text
    with partner.store.read() as session:
        for table in (DemandRow, QuarantineRow, RunRow, AnswerRow, SegmentRow, ChangeRow):
            for row in session.scalars(select(table)):
                said += repr([getattr(row, column.key) for column in table.__table__.columns])
    for secret in ("199001012020121001", "Orang Contoh", "ORANG-CONTOH", "11111111-2222", "/777/"):
        assert secret not in said


def test_only_an_approved_source_is_asked(partner):
    with partner.store.work() as session:
        source_by_name(session, "mitra").state = "pending"
    with pytest.raises(Conflict, match="belum disetujui"):
        partner.pull()
    with pytest.raises(NotFound):
        sync_source(partner.store, partner.settings, "tidak-ada")


def test_a_source_that_another_process_reads_is_left_alone(partner):
    with partner.store.work() as session:
        locks.take(session, "source:mitra", "another")
    with pytest.raises(Busy):
        partner.pull(packages(range(40)))
    with partner.store.work() as session:
        locks.give_back(session, "source:mitra", "another")
    assert partner.pull().new == 40


def test_a_full_disk_stops_the_run_before_anything_of_the_answer_is_saved(partner, monkeypatch):
    def full(self, body, digest=""):
        raise self._full()

    monkeypatch.setattr(Archive, "keep", full)
    with pytest.raises(StorageFull, match="ruang"):
        partner.pull(packages(range(40)))
    with partner.store.read() as session:
        assert count_demands(session) == 0
        (run,) = session.scalars(select(RunRow)).all()
        assert run.state == "failed"
        assert "ruang" in run.reasons[0]


@given(st.lists(st.sets(st.integers(0, 30), min_size=1), min_size=1, max_size=4))
@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_known_demands_are_always_those_new_less_those_withdrawn(partner, pulls):
    """Whatever a source sends night after night, the counts of its runs add up to what is shown."""
    with partner.store.read() as session:
        shown = count_demands(session)
    for codes in pulls:
        before = shown
        report = partner.pull(packages(sorted(codes)))
        assert report.fetched == report.new + report.changed + report.unchanged == len(codes)
        assert report.missing == report.held + report.withdrawn
        with partner.store.read() as session:
            shown = count_demands(session)
        revived = shown - before - report.new + report.withdrawn
        assert 0 <= revived <= report.changed


def test_pages_behind_a_link_to_another_host_are_missing_and_the_first_page_is_kept(store, settings):
    release = {
        "ocid": "ocds-uji-1", "id": "1", "date": "2026-11-01T00:00:00Z", "tag": ["tender"], "buyer": {"name": "Dinas Uji"},
        "tender": {"id": "1", "title": "Rak arsip besi", "status": "active", "items": [{"id": "1", "description": "Rak arsip besi"}]},
    }  # fmt: skip
    package_of_one = {"version": "1.1", "releases": [release], "links": {"next": "https://lain.example/2"}}
    with serve(feeds=(), script={"/ocds": [Canned.json(package_of_one)]}) as served:
        with store.work() as session:
            options = {"url": served.base + "/ocds"}
            session.add(SourceRow(name="uji", connector="ocds", region="33.28", options=options, local=True, state="approved"))
        report = sync_source(store, settings, "uji")
    assert (report.state, report.new, report.withdrawn) == ("partial", 1, 0)
    assert "host" in report.reasons[0]
