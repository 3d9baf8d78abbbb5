"""What happens to a demand of one node reaches the other by cursor, and what is silent withdraws nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from exchange.app import create_app
from exchange.store.base import utcnow
from exchange.store.changes import ChangeRow
from exchange.store.quarantine import QuarantineRow
from exchange.sync.release import release

from .conftest import counts  # isort: skip
from .two_nodes import HERE  # isort: skip


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
    a.settings = replace(a.settings, home_region="33.76")
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
