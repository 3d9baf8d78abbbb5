"""The night forgets what is past its days, in pieces, and says how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from exchange.jobs import retaining
from exchange.jobs.nightly import nightly
from exchange.jobs.retaining import forget_old
from exchange.store.base import utcnow
from exchange.store.changes import ChangeRow, note_change
from exchange.store.demand_changes import DemandChangeRow, note_changes
from exchange.store.demands import DemandRow
from exchange.store.nights import last_night
from exchange.store.run_listings import RunListingRow, note_listings
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow


@pytest.fixture
def old(store, settings):
    """A source with two complete runs of long ago, ten demands noted in each, and three old changes of the first; one of them holds."""
    long_ago = utcnow() - timedelta(days=400)
    with store.work() as session:
        session.add(SourceRow(id=1, name="jati", connector="rest", region="33.19"))
        session.flush()
        for number in range(1, 11):
            session.add(
                DemandRow(id=number, ident=f"d-{number}", source_id=1, reference=str(number), title="Meja", buyer_name="Dinas Contoh",
                          status="open", content_hash="0", raw_answer="0", raw_position=0, connector_version="1", version=4)
            )  # fmt: skip
        for number in (1, 2):
            session.add(RunRow(id=number, source_id=1, state="complete", connector_version="1", started_at=long_ago, changed=10))
            session.flush()
            note_listings(session, number, "changed", range(1, 11))
        for version in (2, 3, 4):
            note_changes(session, 1, [(1, version, ["title"], "ab" * 32, 0)], long_ago)
            note_change(session, "demand", f"d-{version}", version)
    with store.work() as session:
        session.query(ChangeRow).update({"at": long_ago})
    return store


def left(store):
    with store.read() as session:
        return [session.scalar(select(func.count()).select_from(row)) for row in (RunListingRow, DemandChangeRow, ChangeRow)]


def test_a_night_forgets_and_tells_how_much(old, settings):
    night = nightly(old, settings)
    assert night.forgotten == {"changes": 2, "runs": 1, "run_listings": 10, "demand_changes": 2, "all": True}
    assert left(old) == [10, 1, 1]
    with old.read() as session:
        assert session.get_one(type(last_night(session)), 1).summary["forgotten"] == night.forgotten
    assert forget_old(old, settings) == dict.fromkeys(night.forgotten, 0) | {"all": True}, "a second time there is nothing to do"


def test_what_is_not_past_its_days_stays(old, settings):
    long = replace(settings, feed_days=500, run_listing_days=500, demand_change_days=500)
    assert forget_old(old, long) == {"changes": 0, "runs": 0, "run_listings": 0, "demand_changes": 0, "all": True}
    assert left(old) == [20, 3, 3]


def test_a_night_that_has_no_more_time_says_so_and_the_next_one_goes_on(old, settings):
    assert forget_old(old, settings, most=0.0)["all"] is False
    assert left(old)[:2] == [20, 3]
    assert forget_old(old, settings)["all"] is True
    assert left(old) == [10, 1, 1]


def test_one_that_is_killed_between_two_pieces_goes_on_where_it_was(old, settings, monkeypatch):
    monkeypatch.setattr(retaining, "forget_listings", lambda session, run: _three(session, run))
    beats = []

    def beat():
        beats.append(1)
        if len(beats) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forget_old(old, settings, beat)
    assert 10 < left(old)[0] < 20
    assert forget_old(old, settings)["all"] is True
    assert left(old) == [10, 1, 1]


def _three(session, run):
    from exchange.store.retention import forget_listings

    return forget_listings(session, run, 3)
