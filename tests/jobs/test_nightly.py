"""The night: every approved source, one bad one costs the others nothing, one night at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from connectors.kit.simulator import FEEDS, Canned, serve
from exchange.errors import Busy, SettingWrong
from exchange.jobs import nightly as module
from exchange.jobs import pulling
from exchange.jobs.nightly import LOCK, nightly
from exchange.jobs.pulling import sync_all
from exchange.matching.models import Kept, Models
from exchange.matching.probability import CURRENT, shipped
from exchange.store import locks
from exchange.store.demands import DemandRow, count_demands
from exchange.store.sources import SourceRow


def add(store, name, url, connector="lkpp_isb", state="approved"):
    with store.work() as session:
        session.add(SourceRow(name=name, connector=connector, region="33.74", options={"url": url}, local=True, state=state))


@pytest.fixture
def partners(store):
    """The three simulated partners, approved, and one that sends a web page."""
    with serve(script={"/rusak": [Canned(b"<html><title>Maaf</title></html>")]}) as served:
        for feed in FEEDS:
            add(store, feed.name, served.urls[feed.name], feed.connector)
        add(store, "a-rusak", served.base + "/rusak")
        add(store, "belum", served.base + "/belum", state="pending")
        yield served


def test_a_night_pulls_every_approved_source_and_a_broken_one_costs_the_others_nothing(store, settings, partners):
    night = nightly(store, settings)
    assert {report.source: report.state for report in night.sources} == {
        "a-rusak": "failed",
        "cilegon": "complete",
        "semarang": "complete",
        "tegal": "complete",
    }
    assert not night.all_well
    with store.read() as session:
        assert count_demands(session) == sum(report.new for report in night.sources) > 60
    assert all("/belum" not in asked.target for asked in partners.asked), "nobody approved that one"
    assert night.matching["demands"] > 0


def test_a_night_without_trouble_says_that_nobody_needs_to_look(store, settings):
    with serve() as served:
        for feed in FEEDS:
            add(store, feed.name, served.urls[feed.name], feed.connector)
        assert nightly(store, settings).all_well


def test_a_second_night_started_meanwhile_leaves_and_the_lock_is_free_after_the_first(store, settings):
    with store.work() as session:
        locks.take(session, LOCK, "node:1:1")
    with pytest.raises(Busy, match="sudah berjalan"):
        nightly(store, settings)
    with store.work() as session:
        locks.give_back(session, LOCK, "node:1:1")
    nightly(store, settings)
    nightly(store, settings)


def test_a_night_matches_by_the_model_in_use(store, settings, partners):
    models = Models(settings.models())
    models.use(models.keep(lambda version: Kept(replace(shipped(), version=version), {}), CURRENT).model.version)
    nightly(store, settings)
    with store.read() as session:
        assert set(session.scalars(select(DemandRow.matched_model).where(DemandRow.matched_version > 0))) == {models.in_use().name}


def test_a_night_whose_model_is_broken_pulls_and_says_which_file_it_was(store, settings, partners):
    settings.models().mkdir(parents=True)
    (settings.models() / "current").write_text("hilang")
    with pytest.raises(SettingWrong, match="current"):
        nightly(store, settings)
    with store.read() as session:
        assert count_demands(session) > 60


def test_a_night_that_was_broken_off_asks_no_source_again_that_came_to_its_end(store, settings, partners, monkeypatch):
    monkeypatch.setattr(module, "rematch", lambda *args, **kwargs: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        nightly(store, settings)
    monkeypatch.undo()
    asked = len(partners.asked)
    again = nightly(store, settings)
    assert len(partners.asked) == asked
    assert {report.source: report.state for report in again.sources}["semarang"] == "complete"
    nightly(store, settings)
    assert len(partners.asked) > asked, "the next night is another one"


def test_a_source_that_keeps_failing_is_told_about_once_and_then_rests(store, settings, partners):
    seen = [nightly(store, settings) for _ in range(3)]
    assert [night.all_well for night in seen] == [False, True, True]
    assert "mulai gagal" in next(report.notice for report in seen[0].sources if report.source == "a-rusak")
    rest = nightly(store, settings)
    assert [resting["source"] for resting in rest.resting] == ["a-rusak"]
    assert "a-rusak" not in {report.source for report in rest.sources}


def test_the_lock_is_given_back_when_the_night_breaks(store, settings, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("matching broke")

    with monkeypatch.context() as patch:
        patch.setattr(module, "rematch", broken)
        with pytest.raises(RuntimeError):
            nightly(store, settings)
    nightly(store, settings)


def test_a_fault_of_ours_in_one_source_is_reported_and_the_next_is_pulled(store, settings, partners, monkeypatch):
    real = pulling.sync_source

    def sometimes(store, settings, name, **more):
        if name == "cilegon":
            raise ZeroDivisionError
        return real(store, settings, name, **more)

    monkeypatch.setattr(pulling, "sync_source", sometimes)
    reports = {report.source: report for report in sync_all(store, settings, ["cilegon", "tegal"])}
    assert reports["cilegon"].state == "failed"
    assert "ZeroDivisionError" in reports["cilegon"].reasons[0]
    assert reports["tegal"].state == "complete"
