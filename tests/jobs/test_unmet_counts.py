"""Counts of the unmet demand that are made ahead: what is kept reads back whole, a crash leaves the last good one, one counts at a time."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from exchange.errors import Busy
from exchange.jobs import unmet as module
from exchange.jobs.nightly import nightly
from exchange.jobs.unmet import LOCK, UnmetCounts, count_ahead, count_waiting, this_year
from exchange.jobs.worker import Worker
from exchange.reports import kept
from exchange.reports.kept import dumped, loaded
from exchange.reports.plan import reports
from exchange.reports.unmet import Wanted
from exchange.store import locks
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow
from exchange.store.supply import SupplyRow
from exchange.store.unmet import Window
from exchange.store.unmet_counts import MOST_KEPT, TRIES, UnmetCountRow, body_of, count_of, want_count

HOME = "36.72"
NEAR = ["certificates", "Sertifikat", 0.3, 1.0, False, None, None, "Belum ada SNI.", True, False, ["offer", "sni", None, "SNI belum ada."]]
SHORT = ["quantity", "Jumlah", 0.4, 1.0, False, None, None, "Kurang.", True, False, ["offer", "capacity_min", "9", "Naikkan."]]
FAR = ["distance", "Jarak", 0.4, 1.0, False, None, None, "Sekitar 1.200 km."]
SEA = ["island", "Pulau", 0.5, 0.5, False, None, None, "Menyeberang laut."]
PASSED = ["lead_time", "Waktu", 0.0, 1.5, False, None, None, "Sudah lewat.", True, False, None]
MARKS = ([NEAR, FAR, SEA], [NEAR, SHORT, SEA], [SHORT, PASSED], [PASSED], [])


@pytest.fixture
def asked(store):
    """Twelve demands of three regions, ten of which met one product, and something that another region offers."""
    with store.work() as session:
        session.add(SourceRow(id=1, name="contoh", connector="table", region="33.75", state="approved"))
        session.add(BusinessRow(id=1, nib="9120000020001", name="CV Las", sector="logam", ident="ikm-1", training_needs=["SNI", "las 3G"]))
        session.flush()
        session.add(ProductRow(id=1, sku="P-1", name="Pagar", sector="logam", kbli="25111", keywords=[], business_id=1))
        for at in range(12):
            session.add(
                DemandRow(id=at + 1, ident=f"d-{at:016x}", source_id=1, reference=str(at), title="Belanja pakaian batik",
                          buyer_name="Dinas", region=("33.74", "33.28", "61.71")[at % 3], category="goods", items=[], status="open",
                          budget_amount=Decimal(1000 + at), budget_currency="IDR", use_start=date(2026, at % 12 + 1, 1),
                          matched_version=1, content_hash="0", raw_answer="0", raw_position=0, connector_version="1")
            )  # fmt: skip
        session.flush()
        for at in range(10):
            verdict = "ask" if at % 5 == 4 else "unfit"
            session.add(MatchRow(demand_id=at + 1, product_id=1, score=Decimal("0.8"), marks=MARKS[at % 5], verdict=verdict, model="m",
                                 demand_version=1, product_version=1))  # fmt: skip
        record = {"classifications": [{"scheme": "KBKI", "code": "2822199"}], "producer": {"name": "Batik Uji", "district": "Kota"}}
        session.add(SupplyRow(ident="s-1", source_id=1, reference="1", sku="1", region="33.75", name="Kemeja batik", record=record,
                              content_hash="0", connector_version="1", raw_answer="0", raw_position=0))  # fmt: skip
    return store


def counted(store, window=None, sector=None):
    """What is kept of a window, all time where none is given."""
    with store.read() as session:
        row = count_of(session, window or Window(home=HOME), sector)
        told = None if row is None else body_of(session, row.id)
        return row, None if told is None else loaded(told[1])


def want(store, window=None, sector=None):
    with store.work() as session:
        want_count(session, window or Window(home=HOME), sector, utcnow())


def test_what_is_kept_reads_back_as_it_was_counted(asked, settings):
    for window in (Window(home=HOME), Window(home=HOME, region="33"), Window(home=HOME, first=date(2026, 4, 1), last=date(2026, 9, 30))):
        with asked.read() as session:
            found = reports(session, window, Wanted(most=200))
        back = loaded(dumped(found))
        assert back.unmet.record() == found.unmet.record()
        assert back.plan.record() == found.plan.record()
        assert [one.record() for one in back.visits] == [one.record() for one in found.visits]
        assert back.unmet.listed() == [replace(one, openings=()) for one in found.unmet.listed()]
        want(asked, window)
        assert count_waiting(asked, settings) == 1
        assert counted(asked, window)[1].unmet.record() == found.unmet.record()
    with asked.read() as session:
        assert reports(session, Window(home=HOME), Wanted()).visits, "there is one to keep"


def test_of_what_another_edition_kept_nothing_is_shown(asked, monkeypatch):
    with asked.read() as session:
        found = reports(session, Window(home=HOME), Wanted())
    monkeypatch.setattr(kept, "EDITION", kept.EDITION + 1)
    other = dumped(found)
    monkeypatch.undo()
    assert loaded(other) is None
    assert loaded(zlib.compress(b"[]")) is None


def test_causes_beside_the_main_one_and_what_is_no_cause_are_told_by_counts(asked):
    with asked.read() as session:
        told = reports(session, Window(home=HOME), Wanted()).unmet.record()
    assert {one["cause"]: one["demands"] for one in told["causes"]} == {"no_product": 2, "certificate": 4, "capacity": 2}
    assert {one["cause"]: one["demands"] for one in told["also"]} == {"capacity": 2}
    assert {one["circumstance"]: one["demands"] for one in told["beside"]} == {"late": 2, "far": 2, "sea": 4}
    assert told["outcomes"]["late"]["demands"] == 2


def test_a_night_counts_this_year_and_what_was_asked_for_lately(asked, settings):
    settings = replace(settings, today=date(2026, 11, 27))
    semarang = Window(home=HOME, region="33.74")
    want(asked, semarang)
    night = nightly(asked, settings)
    assert (night.unmet["counts"], night.unmet["demands"], night.unmet["trouble"]) == (2, 12, None)
    row, found = counted(asked, this_year(settings))
    assert (row.demands, row.wanted_at, row.region) == (12, None, None)
    assert set(counted(asked, semarang)[1].unmet.regions) <= {"33.74"}
    assert list(found.asking) == ["33.28", "33.74", "61.71"]


def test_a_count_that_breaks_leaves_the_last_good_one_and_says_why(asked, settings, monkeypatch):
    want(asked)
    count_waiting(asked, settings)
    before = counted(asked)[1].unmet.record()
    with asked.work() as session:
        session.execute(update(MatchRow).values(verdict="fit"))
    want(asked)
    with monkeypatch.context() as patch:
        patch.setattr(module, "reports", lambda *args, **more: 1 / 0)
        assert count_waiting(asked, settings) == 0
        night = count_ahead(asked, settings)
        assert "ZeroDivisionError" in night["trouble"]
    row, found = counted(asked)
    assert found.unmet.record() == before
    assert "ZeroDivisionError" in row.trouble
    want(asked)
    assert count_waiting(asked, settings) == 1
    row, found = counted(asked)
    assert row.trouble is None
    assert found.unmet.record() != before


def test_a_count_that_is_killed_is_begun_again_and_given_up_after_some_tries(asked, settings, monkeypatch):
    want(asked)

    def killed(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "reports", killed)
    for _ in range(TRIES):
        with pytest.raises(KeyboardInterrupt):
            count_waiting(asked, settings)
    monkeypatch.undo()
    assert count_waiting(asked, settings) == 0
    assert f"{TRIES} kali" in counted(asked)[0].trouble
    want(asked)
    assert count_waiting(asked, settings) == 1


def test_one_counts_at_a_time_and_a_worker_waits_for_its_turn(asked, settings):
    want(asked)
    with asked.work() as session:
        locks.take(session, LOCK, "node:1:1")
    with pytest.raises(Busy):
        count_waiting(asked, settings)
    assert Worker(asked, settings, [UnmetCounts(asked, settings)]).run(once=True) == 0
    assert count_ahead(asked, settings)["trouble"] is None
    with asked.work() as session:
        locks.give_back(session, LOCK, "node:1:1")
    assert Worker(asked, settings, [UnmetCounts(asked, settings)]).run(once=True) == 1
    assert counted(asked)[0].counted_at is not None


def test_what_is_kept_is_bounded_and_the_oldest_wish_goes_first(asked):
    for at in range(MOST_KEPT + 5):
        want(asked, Window(home=HOME, first=date(2026, 1, 1), last=date.fromordinal(date(2026, 1, 1).toordinal() + at)))
    with asked.read() as session:
        days = list(session.scalars(select(UnmetCountRow.last).order_by(UnmetCountRow.id)))
    assert len(days) == MOST_KEPT
    assert days[0] == date(2026, 1, 6)
