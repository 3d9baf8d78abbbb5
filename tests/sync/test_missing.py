"""What complete runs no longer name: when it is held, when it goes, and who decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.kit.simulator import Canned
from exchange.errors import Conflict
from exchange.store.base import utcnow
from exchange.store.changes import ChangeRow
from exchange.store.demands import DemandRow, count_demands
from exchange.store.segments import SegmentRow
from exchange.sync.release import release

from .conftest import counts, package, packages  # isort: skip

NOTHING = Canned(b"")


def test_a_few_that_go_are_withdrawn_with_tombstones_by_the_second_complete_run_a_day_later(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    left = packages(range(5, 40))
    first = partner.pull(left, clock=at(begun + timedelta(days=1)))
    assert counts(first) == {"fetched": 35, "unchanged": 35, "missing": 5, "held": 5}
    assert not first.needs_a_person
    soon = partner.pull(left, clock=at(begun + timedelta(days=1, hours=23)))
    assert counts(soon) == {"fetched": 35, "unchanged": 35, "missing": 5, "held": 5}
    later = partner.pull(left, clock=at(begun + timedelta(days=2)))
    assert counts(later) == {"fetched": 35, "unchanged": 35, "missing": 5, "withdrawn": 5}
    with partner.store.read() as session:
        gone = session.scalars(select(DemandRow).where(DemandRow.state == "withdrawn")).all()
        assert {row.reference for row in gone} == {"0", "1", "2", "3", "4"}
        stones = session.scalars(select(ChangeRow).where(ChangeRow.op == "delete")).all()
        assert {stone.ident for stone in stones} == {row.ident for row in gone}
        readable = session.scalars(select(SegmentRow.ident).where(SegmentRow.kind == "demand")).all()
        assert not {row.ident for row in gone} & set(readable)


def test_a_run_that_is_not_complete_counts_for_nothing(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    partner.pull(packages(range(2, 40)), clock=at(begun + timedelta(days=1)))
    partner.pull(Canned(b'[{"kd_rup": 1}, {"kd'), clock=at(begun + timedelta(days=2)))
    partner.pull(packages(range(3)), clock=at(begun + timedelta(days=3)))
    assert partner.pull(packages(range(40)), clock=at(begun + timedelta(days=4))).missing == 0


def test_a_list_of_yesterday_replayed_takes_nothing_back(partner, at):
    begun = utcnow()
    for day in range(2):
        partner.pull(packages(range(40 + day)), clock=at(begun + timedelta(days=day)))
    for day in range(2, 4):
        old = partner.pull(packages(range(40)), clock=at(begun + timedelta(days=day, hours=-12)))
        assert old.withdrawn == 0
        assert partner.pull(packages(range(41)), clock=at(begun + timedelta(days=day))).missing == 0


def test_more_than_the_guard_allows_are_all_held_until_a_person_lets_them_go(partner):
    partner.pull(packages(range(40)))
    report = partner.pull(packages(range(6, 40)))
    assert counts(report) == {"fetched": 34, "unchanged": 34, "missing": 6, "held": 6}
    assert (report.undecided, report.needs_a_person) == (6, True)
    with partner.store.read() as session:
        assert count_demands(session) == 40
    with pytest.raises(Conflict, match="sekarang 6, bukan 5"):
        release(partner.store, "mitra", "sari", "36.72", expected=5)
    assert release(partner.store, "mitra", "sari", "36.72", expected=6) == {
        "source": "mitra",
        "withdrawn": 6,
        "kept": 0,
        "held": 0,
        "offers": 0,
    }
    with partner.store.read() as session:
        assert count_demands(session) == 34
        assert len(session.scalars(select(ChangeRow).where(ChangeRow.op == "delete")).all()) == 6
    assert release(partner.store, "mitra", "sari", "36.72")["withdrawn"] == 0
    assert partner.pull().missing == 0


def test_what_a_person_keeps_stays_and_is_asked_about_no_more(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    partner.pull(packages(range(6, 40)), clock=at(begun))
    assert release(partner.store, "mitra", "sari", "36.72", refuse=True) == {
        "source": "mitra",
        "withdrawn": 0,
        "kept": 6,
        "held": 6,
        "offers": 0,
    }
    later = partner.pull(packages(range(6, 40)), clock=at(begun + timedelta(days=300)))
    assert counts(later) == {"fetched": 34, "unchanged": 34, "missing": 6, "held": 6}
    assert not later.needs_a_person
    assert "dipertahankan" in later.notes[0]
    partner.pull(packages(range(40)), clock=at(begun + timedelta(days=301)))
    again = partner.pull(packages(range(6, 40)), clock=at(begun + timedelta(days=302)))
    assert again.undecided == 6, "a word holds until the source names them again"


def test_what_is_held_waits_for_a_person_however_long_the_pause(partner, at):
    begun = utcnow()
    partner.pull(packages(range(200)), clock=at(begun))
    assert partner.pull(packages(range(18, 200)), clock=at(begun)).held == 18
    later = partner.pull(packages(range(18, 200)), clock=at(begun + timedelta(days=10)))
    assert (later.missing, later.held, later.withdrawn) == (18, 18, 0)
    assert "release" in later.notes[0]


def test_what_was_held_and_comes_back_is_held_no_longer(partner):
    partner.pull(packages(range(40)))
    partner.pull(packages(range(6, 40)))
    assert counts(partner.pull(packages(range(40)))) == {"fetched": 40, "unchanged": 40}
    assert release(partner.store, "mitra", "sari", "36.72")["withdrawn"] == 0


def test_what_was_withdrawn_and_comes_back_lives_again(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    for day in (1, 2):
        partner.pull(packages(range(2, 40)), clock=at(begun + timedelta(days=day)))
    assert counts(partner.pull(packages(range(40)))) == {"fetched": 40, "changed": 2, "unchanged": 38}
    with partner.store.read() as session:
        assert count_demands(session) == 40


@pytest.mark.parametrize(
    ("days", "gone", "state"),
    [(1, 6, "held"), (1, 5, "withdrawn"), (3, 11, "withdrawn"), (3, 12, "held"), (40, 132, "withdrawn"), (40, 133, "held")],
)
def test_the_guard_counts_the_days_since_the_last_complete_run(partner, at, days, gone, state):
    begun = utcnow()
    partner.pull(packages(range(400)), clock=at(begun))
    partner.pull(packages(range(400)), clock=at(begun))
    assert partner.pull(packages(range(gone, 400)), clock=at(begun + timedelta(days=days))).held == gone
    report = partner.pull(packages(range(gone, 400)), clock=at(begun + timedelta(days=days + 1)))
    assert (gone <= max(5, 400 - 400 * 0.99**days)) == (state == "withdrawn"), "the table above is the rule"
    assert getattr(report, state) == gone


def test_a_failed_night_does_not_shorten_the_days_that_the_guard_counts(partner, at):
    begun = utcnow()
    partner.pull(packages(range(400)), clock=at(begun))
    partner.pull(NOTHING, clock=at(begun + timedelta(days=2)))
    assert partner.pull(packages(range(11, 400)), clock=at(begun + timedelta(days=3))).undecided == 0


def test_a_source_that_loses_much_every_day_is_judged_by_its_own_days(partner, at):
    begun = utcnow()
    for day in range(9):
        report = partner.pull(packages(range(5 * day, 100 + 20 * day)), clock=at(begun + timedelta(days=day)))
        assert report.undecided == 0
    gone = packages(range(5 * 8 + 9, 100 + 20 * 8))
    assert partner.pull(gone, clock=at(begun + timedelta(days=9))).undecided == 0, "9 of 220 a day, where it lost 5 of some 100"


def test_a_deleted_package_that_is_still_listed_goes_the_way_of_the_missing(partner):
    partner.pull(packages(range(40)))
    report = partner.pull([package(0, status_delete_rup=True), *packages(range(1, 40))])
    assert counts(report) == {"fetched": 40, "unchanged": 39, "skipped": 1, "missing": 1, "held": 1}


def test_a_source_that_gives_all_its_listings_new_codes_loses_none_of_the_old(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    for days in (200, 201, 400):
        report = partner.pull(packages(range(1000, 1040)), clock=at(begun + timedelta(days=days)))
        assert (report.state, report.withdrawn) == ("unproven", 0)
    assert "mengganti kodenya" in report.reasons[0]


def test_a_listing_that_merely_loses_its_code_is_not_taken_for_gone(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    coded = packages(range(1, 40))
    for days in (1, 2, 3):
        report = partner.pull([package(0, kd_rup=None), *coded], clock=at(begun + timedelta(days=days)))
        assert (report.state, report.withdrawn) == ("unproven", 0)
    assert "tanpa kode" in report.reasons[0]
    assert partner.pull(packages(range(40)), clock=at(begun + timedelta(days=4))).state == "complete"
