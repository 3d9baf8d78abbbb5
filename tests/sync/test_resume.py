"""A run that was broken off goes on where it stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.kit.simulator import Canned
from connectors.lkpp_isb import LkppIsb
from exchange.store.base import utcnow
from exchange.store.changes import ChangeRow
from exchange.store.runs import RunRow
from exchange.store.sources import source_by_name
from exchange.sync.ledger import open_run
from exchange.sync.take import Batch

from .conftest import counts, packages  # isort: skip


def test_a_run_that_was_left_open_too_long_ago_is_closed_by_the_next_one(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    with partner.store.work() as session:
        source = source_by_name(session, "mitra")
        open_run(session, source.id, "1", begun, shown=40, resume=timedelta(hours=6))
    partner.pull(clock=at(begun + timedelta(hours=7)))
    with partner.store.read() as session:
        states = session.scalars(select(RunRow.state).order_by(RunRow.id)).all()
    assert states == ["complete", "failed", "complete"]


def test_a_run_that_was_broken_off_asks_for_no_page_again_and_counts_nothing_twice(partner, monkeypatch):
    def broken(self, listings):
        raise KeyboardInterrupt

    partner.pull(packages(range(100)))
    first_batch = Batch.take
    monkeypatch.setattr("exchange.sync.run.BATCH", 300)
    taken = []

    def one_and_no_more(self, listings, *more):
        taken.append(len(listings))
        return first_batch(self, listings, *more) if len(taken) == 1 else broken(self, listings)

    monkeypatch.setattr(Batch, "take", one_and_no_more)
    with pytest.raises(KeyboardInterrupt):
        partner.pull(packages(range(5, 705)))
    monkeypatch.setattr(Batch, "take", first_batch)
    partner.answers(Canned(b"", status=500))
    report = partner.pull()
    assert (report.state, report.requests) == ("complete", 0), "all pages were there"
    assert counts(report) == {"fetched": 700, "new": 605, "unchanged": 95, "missing": 5, "held": 5}
    with partner.store.read() as session:
        assert len(session.scalars(select(RunRow)).all()) == 2, "it is one run, taken up again"
        assert session.scalars(select(ChangeRow.version).where(ChangeRow.op == "upsert")).all().count(1) == 705


def test_a_run_broken_off_under_another_version_of_the_connector_begins_anew(partner, monkeypatch):
    monkeypatch.setattr(Batch, "take", lambda self, listings, *more: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        partner.pull(packages(range(40)))
    monkeypatch.undo()
    monkeypatch.setattr(LkppIsb, "version", "next")
    assert partner.pull().requests == 1
