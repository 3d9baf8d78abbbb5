"""An answer that comes again byte for byte is not read again, and only where that cannot change anything."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from connectors.kit.simulator import Canned
from connectors.lkpp_isb import LkppIsb
from exchange.store.demands import DemandRow
from exchange.store.runs import AnswerRow

from .conftest import counts, package, packages  # isort: skip


@pytest.fixture
def listed(monkeypatch):
    """References that the connector handed on, run by run."""
    seen = []
    real = LkppIsb.listing

    def listing(self, reference, *more):
        seen.append(reference)
        return real(self, reference, *more)

    monkeypatch.setattr(LkppIsb, "listing", listing)
    return seen


def test_the_same_bytes_are_counted_and_not_read(partner, listed):
    rows = [package(0, status_delete_rup=True), *packages(range(1, 40))]
    first = partner.pull(rows)
    listed.clear()
    again = partner.pull()
    assert listed == []
    assert counts(again) == {"fetched": 40, "unchanged": 39, "skipped": 1}
    assert again.state == "complete"
    assert again.skips == first.skips
    with partner.store.read() as session:
        assert len(session.scalars(select(AnswerRow)).all()) == 2, "both answers are on record"


def test_the_day_that_the_bus_writes_into_every_row_is_no_reason_to_read_them_again(partner, listed):
    rows = [package(0, status_delete_rup=True), *packages(range(1, 40))]
    partner.pull(rows)
    listed.clear()
    for day in ("2026-11-23", "2026-11-24"):
        again = partner.pull([each | {"_event_date": day} for each in rows])
        assert counts(again) == {"fetched": 40, "unchanged": 39, "skipped": 1}
    assert listed == []
    changed = partner.pull([each | {"_event_date": "2026-11-25", "pagu": each["pagu"] + (each["kd_rup"] == 7)} for each in rows])
    assert counts(changed) == {"fetched": 40, "changed": 1, "unchanged": 38, "skipped": 1}


def test_what_is_missing_then_is_missing_all_the_same(partner, listed):
    partner.pull(packages(range(40)))
    partner.pull(packages(range(38)))
    assert counts(partner.pull()) == {"fetched": 38, "unchanged": 38, "missing": 2, "held": 2}
    assert len(listed) == 78, "the third was not read"


@pytest.mark.parametrize("why", ["another answer in between", "a demand withdrawn", "another version", "a damaged file", "no file"])
def test_it_is_read_where_anything_may_differ(partner, listed, monkeypatch, why):
    partner.pull(packages(range(40)))
    kept = partner.settings.index() / "pages" / "mitra"
    if why == "another answer in between":
        partner.pull(packages(range(40), pagu=7))
    if why == "a demand withdrawn":
        with partner.store.work() as session:
            session.scalars(select(DemandRow)).first().state = "withdrawn"
    if why == "another version":
        monkeypatch.setattr(LkppIsb, "version", "next")
    if why == "a damaged file":
        kept.write_bytes(kept.read_bytes()[:50])
    if why == "no file":
        kept.unlink()
    listed.clear()
    report = partner.pull(packages(range(40)))
    assert len(listed) == 40
    assert report.fetched == 40
    with partner.store.read() as session:
        assert {str(row.budget_amount) for row in session.scalars(select(DemandRow).where(DemandRow.reference == "3"))} == {"1000003.0000"}
        assert {row.state for row in session.scalars(select(DemandRow))} == {"live"}


def test_an_answer_with_a_listing_that_was_not_understood_is_read_each_time(partner, listed):
    rows = [package(0, pagu="x"), *packages(range(1, 40))]
    partner.pull(rows)
    listed.clear()
    assert partner.pull().quarantined == 1
    assert len(listed) == 40


def test_a_run_that_is_not_complete_leaves_no_mark(partner, listed):
    partner.pull(packages(range(400)))
    few = packages(range(100))
    partner.pull(few)
    listed.clear()
    partner.pull(Canned(b""))
    assert partner.pull(few).state == "unproven"
    assert len(listed) == 100
