"""Quarantine read again: from the archive alone, by the same connector, and never over something newer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.kit import Refused, Skip
from connectors.kit.simulator import Canned
from connectors.lkpp_isb import LkppIsb
from exchange.access.segments import differences
from exchange.errors import Conflict, NotFound
from exchange.jobs.nightly import nightly
from exchange.store import locks
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow, count_demands
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import source_by_name
from exchange.sync.archive import Archive
from exchange.sync.replay import replay, replay_changed

from .conftest import package, packages  # isort: skip

BAD = {"pagu": "dua juta"}


@pytest.fixture
def mended(monkeypatch):
    """A later version of the connector, which reads `dua juta`."""

    def mend(version="2", reads=2_000_000):
        real = LkppIsb.translate

        def translate(self, raw):
            return real(self, raw._replace(body=raw.body | ({"pagu": reads} if raw.body["pagu"] == "dua juta" else {})))

        monkeypatch.setattr(LkppIsb, "version", version)
        monkeypatch.setattr(LkppIsb, "translate", translate)

    return mend


@pytest.fixture
def broken(partner):
    """Forty packages, of which the first three have a ceiling in words; from now on the source answers nothing."""
    partner.pull([*packages(range(3), **BAD), *packages(range(3, 40))])
    partner.answers(Canned(b"", status=500))
    return partner


def waiting(partner):
    with partner.store.read() as session:
        return session.scalars(select(QuarantineRow.reference).where(QuarantineRow.state == "waiting").order_by(QuarantineRow.id)).all()


def demand(partner, reference):
    with partner.store.read() as session:
        return session.scalars(select(DemandRow).where(DemandRow.reference == reference)).one_or_none()


def told(report):
    return {name: value for name, value in report.as_json().items() if value and name != "source"}


def test_what_is_understood_now_comes_back_from_the_archive_without_a_request(broken, mended):
    mended()
    (report,) = replay_changed(broken.store, broken.settings)
    assert told(report) == {"waiting": 3, "returned": 3}
    assert waiting(broken) == []
    row = demand(broken, "0")
    assert (row.budget_amount, row.connector_version, row.state, row.missing_since) == (2_000_000, "2", "live", None)
    body = Archive(broken.settings.data_dir / "archive").read(row.raw_answer)
    assert b'"kd_rup":0' in body.replace(b" ", b"")
    with broken.store.read() as session:
        assert count_demands(session) == 40
        assert differences(session, broken.settings.home_region) == []
        assert history(session, "source", "mitra")[0].facts == {"waiting": 3, "returned": 3}


def test_nothing_is_read_again_while_the_reader_is_the_same(broken, mended):
    assert replay_changed(broken.store, broken.settings) == []
    mended(reads="tetap dengan kata")
    (report,) = replay_changed(broken.store, broken.settings)
    assert told(report) == {"waiting": 3, "still": {"budget_unreadable": 3}}
    assert replay_changed(broken.store, broken.settings) == [], "once for each reader"


@pytest.mark.parametrize("what", ["schemas.units", "schemas.demand"])
def test_another_unit_table_or_another_shape_is_another_reader(broken, monkeypatch, what):
    monkeypatch.setattr("exchange.sync.reader._digest", lambda named, edition="": f"{what}-{len(named)}")
    (report,) = replay_changed(broken.store, broken.settings)
    assert told(report) == {"waiting": 3, "still": {"budget_unreadable": 3}}
    assert what in _row(broken, "0").reader


def _row(partner, reference):
    with partner.store.read() as session:
        return session.scalars(select(QuarantineRow).where(QuarantineRow.reference == reference)).one()


def test_what_still_fails_keeps_its_run_and_its_place_and_says_the_rule_of_today(broken, monkeypatch):
    before = _row(broken, "1")

    def refuses(self, raw):
        raise Refused("another_rule", "Aturan lain.")

    monkeypatch.setattr(LkppIsb, "translate", refuses)
    (report,) = replay(broken.store, broken.settings, "sari", rule="budget_unreadable")
    assert report.still == {"another_rule": 3}
    after = _row(broken, "1")
    assert (after.rule, after.message, after.state) == ("another_rule", "Aturan lain.", "waiting")
    assert (after.run_id, after.answer, after.position, after.at) == (before.run_id, before.answer, before.position, before.at)
    assert replay(broken.store, broken.settings, "sari", rule="budget_unreadable") == [], "nothing waits for that rule any more"


def test_a_person_may_replay_at_any_time_and_only_what_a_person_approved(broken):
    (report,) = replay(broken.store, broken.settings, "sari", name="mitra")
    assert told(report) == {"waiting": 3, "still": {"budget_unreadable": 3}}
    with broken.store.work() as session:
        source_by_name(session, "mitra").state = "disabled"
    with pytest.raises(Conflict, match="belum disetujui"):
        replay(broken.store, broken.settings, "sari", name="mitra")
    assert replay(broken.store, broken.settings, "sari") == []
    with pytest.raises(NotFound):
        replay(broken.store, broken.settings, "sari", name="lain")


def test_a_source_that_is_being_pulled_is_left_alone_and_says_so(broken, mended):
    mended()
    with broken.store.work() as session:
        locks.take(session, "source:mitra", "another")
    (report,) = replay_changed(broken.store, broken.settings)
    assert "sudah berjalan" in report.trouble
    assert len(waiting(broken)) == 3


def test_a_newer_content_that_waited_replaces_the_older_reading(partner, mended):
    partner.pull(packages(range(40)))
    partner.pull([package(0, **BAD), *packages(range(1, 40))])
    mended()
    (report,) = replay_changed(partner.store, partner.settings)
    assert told(report) == {"waiting": 1, "returned": 1}
    row = demand(partner, "0")
    assert (row.budget_amount, row.version) == (2_000_000, 2)


def test_an_older_answer_never_overwrites_what_a_newer_one_said(partner, mended):
    """The row had no code and waits under a name of its own; later it came with its code, and was read."""
    partner.pull([package(0, kd_rup="", **BAD), *packages(range(1, 40))])
    assert [name.startswith("tanpa-kode-") for name in waiting(partner)] == [True]
    partner.pull(packages(range(40), pagu=7_000_000))
    mended()
    real = LkppIsb.listings

    def knows_the_code(self, fetch, window):
        for raw in real(self, fetch, window):
            yield raw if raw.body["kd_rup"] != "" else raw._replace(reference="0", body=raw.body | {"kd_rup": 0})

    LkppIsb.listings, before = knows_the_code, LkppIsb.listings
    try:
        (report,) = replay_changed(partner.store, partner.settings)
    finally:
        LkppIsb.listings = before
    assert told(report) == {"waiting": 1, "superseded": 1}
    assert waiting(partner) == []
    assert demand(partner, "0").budget_amount == 7_000_000


def test_a_listing_that_gets_its_code_now_comes_back_under_it(partner, mended, monkeypatch):
    partner.pull([package(0, kd_rup="", **BAD), *packages(range(1, 40))])
    mended()
    real = LkppIsb.listings

    def knows_the_code(self, fetch, window):
        for raw in real(self, fetch, window):
            yield raw if raw.body["kd_rup"] != "" else raw._replace(reference="900", body=raw.body | {"kd_rup": 900})

    monkeypatch.setattr(LkppIsb, "listings", knows_the_code)
    (report,) = replay_changed(partner.store, partner.settings)
    assert told(report) == {"waiting": 1, "returned": 1}
    assert demand(partner, "900").budget_amount == 2_000_000
    assert waiting(partner) == []


def test_what_the_source_no_longer_names_comes_back_as_held_and_goes_as_everything_that_is_missing(partner, mended, at):
    partner.pull([package(0, **BAD), *packages(range(1, 40))])
    partner.pull(packages(range(1, 40)))
    mended()
    (report,) = replay_changed(partner.store, partner.settings)
    assert told(report) == {"waiting": 1, "returned": 1}
    row = demand(partner, "0")
    assert (row.state, row.held_why, row.missing_runs) == ("live", "grace", 1)
    assert row.missing_since is not None
    later = partner.pull(clock=at(utcnow() + timedelta(hours=30)))
    assert (later.missing, later.withdrawn) == (1, 1)
    with partner.store.read() as session:
        assert differences(session, partner.settings.home_region) == []


def test_what_is_no_demand_by_the_rule_of_today_leaves_the_quarantine(broken, monkeypatch):
    def skips(self, raw):
        raise Skip("Bukan permintaan.")

    monkeypatch.setattr(LkppIsb, "version", "2")
    monkeypatch.setattr(LkppIsb, "translate", skips)
    (report,) = replay_changed(broken.store, broken.settings)
    assert told(report) == {"waiting": 3, "skipped": 3}
    assert waiting(broken) == []


def test_an_answer_past_retention_is_said_to_be_so_and_its_listings_wait_on(broken, mended):
    mended()
    archive = Archive(broken.settings.data_dir / "archive")
    archive.path(_row(broken, "0").answer).unlink()
    (report,) = replay_changed(broken.store, broken.settings)
    assert told(report) == {"waiting": 3, "expired": 3}
    assert report.left == 3
    assert replay_changed(broken.store, broken.settings) == []


def test_a_connector_that_no_longer_comes_upon_a_listing_leaves_it_waiting(broken, mended, monkeypatch):
    mended()
    monkeypatch.setattr(LkppIsb, "listings", lambda self, fetch, window: iter(()))
    (report,) = replay_changed(broken.store, broken.settings)
    assert told(report) == {"waiting": 3, "missing": 3}


def test_another_buyer_s_row_is_not_saved_by_reading_it_again(partner, mended):
    partner.pull(packages(range(40)))
    partner.pull([package(90, kd_klpd="D1111", nama_klpd="Kota Lain", **BAD), *packages(range(40))])
    mended()
    (report,) = replay_changed(partner.store, partner.settings)
    assert told(report) == {"waiting": 1, "still": {"another_buyer": 1}}
    assert demand(partner, "90") is None


def test_the_night_reads_again_before_it_pulls_and_tells_of_it(broken, mended):
    mended()
    night = nightly(broken.store, broken.settings)
    assert [told(report) for report in night.replayed] == [{"waiting": 3, "returned": 3}]
    assert night.as_json()["replayed"][0]["returned"] == 3
    assert night.sources[0].state == "failed", "the source itself was down"
    with broken.store.read() as session:
        assert count_demands(session) == 40


def test_a_fault_in_reading_one_source_again_costs_the_night_nothing(broken, mended, monkeypatch):
    mended()

    def falls(*_args):
        raise RuntimeError("bug")

    monkeypatch.setattr("exchange.sync.replay._read_again", falls)
    night = nightly(broken.store, broken.settings)
    assert "RuntimeError" in night.replayed[0].trouble
    assert len(night.sources) == 1
