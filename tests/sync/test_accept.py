"""A list that stays another one for good: unproven until a person accepts it, measured by it from then on, and nothing goes by that."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.kit.completeness import DoubtKind
from connectors.kit.simulator import Canned
from exchange.errors import Busy, Conflict, NotFound
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.changes import ChangeRow
from exchange.store.demands import DemandRow, count_demands
from exchange.store.locks import hold
from exchange.store.runs import RunRow, runs_of_source
from exchange.store.sources import source_by_name
from exchange.sync.accept import ACCEPTABLE, accept, acceptable
from exchange.sync.release import release

from .conftest import counts, package, packages  # isort: skip

SMALL = packages(range(10))
NEW_CODES = packages(range(1000, 1040))


def taken(partner, **more):
    return accept(partner.store, "mitra", "sari", **more)


def looked(partner):
    with partner.store.read() as session:
        return acceptable(source := source_by_name(session, "mitra"), runs_of_source(session, source.id))


def kinds(partner):
    return [doubt["kind"] for doubt in looked(partner).doubts]


def stones(partner):
    with partner.store.read() as session:
        return len(session.scalars(select(ChangeRow.id).where(ChangeRow.op == "delete")).all())


def test_a_smaller_list_is_unproven_every_night_until_it_is_accepted_and_measures_the_next_ones_then(partner):
    partner.pull(packages(range(40)))
    for night in (1, 2, 3):
        assert partner.pull(SMALL).state == "unproven"
        assert looked(partner).runs == night
    told = taken(partner)
    assert [(change["kind"], change["before"], change["now"]) for change in told["changes"]] == [("volume", 40, 10)]
    assert stones(partner) == 0
    report = partner.pull(SMALL)
    assert counts(report) == {"fetched": 10, "unchanged": 10, "missing": 30, "held": 30}
    assert (report.state, report.undecided) == ("complete", 30), "the guard holds what it always held"
    half = partner.pull(packages(range(5)))
    assert (half.state, half.withdrawn) == ("unproven", 0)
    assert "sebelumnya 10" in half.reasons[0]
    assert partner.pull(packages(range(11))).state == "complete"


def test_without_a_person_nothing_becomes_normal_by_repeating_itself(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    states = {partner.pull(answer, clock=at(begun + timedelta(days=1))).state for answer in [SMALL, NEW_CODES] * 6}
    assert states == {"unproven"}
    with partner.store.read() as session:
        assert source_by_name(session, "mitra").accepted is None


def test_other_codes_are_accepted_and_the_old_demands_wait_for_a_person_however_many_nights_pass(partner, at):
    begun = utcnow()
    partner.pull(packages(range(40)), clock=at(begun))
    assert partner.pull(NEW_CODES, clock=at(begun + timedelta(days=1))).state == "unproven"
    assert [(change["kind"], change["before"], change["now"]) for change in taken(partner)["changes"]] == [("continuity", 40, 0)]
    for day in range(2, 8):
        report = partner.pull(NEW_CODES, clock=at(begun + timedelta(days=day)))
        assert (report.state, report.missing, report.undecided, report.withdrawn) == ("complete", 40, 40, 0)
    assert stones(partner) == 0
    again = partner.pull(packages(range(2000, 2040)), clock=at(begun + timedelta(days=9)))
    assert (again.state, "mengganti kodenya" in again.reasons[0]) == ("unproven", True)
    assert release(partner.store, "mitra", "sari", "36.72", expected=40)["withdrawn"] == 40
    assert partner.pull(NEW_CODES, clock=at(begun + timedelta(days=10))).state == "complete"


def test_a_list_that_is_small_beside_what_came_in_other_nights_is_accepted_all_the_same(partner):
    partner.pull(packages(range(20)))
    partner.pull(packages(range(5000, 5190)))
    last = packages(range(9000, 9013))
    assert partner.pull(last).state == "unproven"
    taken(partner)
    assert partner.pull(last).state == "complete", "though it names fewer than a twentieth of all that was ever shown"
    assert partner.pull(last).state == "complete"
    assert partner.pull(packages(range(7000, 7013))).state == "complete", "of fewer than twenty known nothing is said"


def test_a_source_that_lists_ten_times_as_much_for_good_is_accepted(partner):
    partner.pull(packages(range(3)))
    much = packages(range(40))
    assert partner.pull(much).state == "unproven"
    assert kinds(partner) == ["volume"]
    taken(partner)
    assert partner.pull(much).state == "complete"
    assert partner.pull(packages(range(3))).state == "unproven", "what was usual before is usual no more"


def test_other_buyer_codes_are_accepted_and_the_old_ones_are_strange_from_then_on(partner):
    partner.pull(packages(range(40)))
    renamed = packages(range(40), kd_klpd="D1111")
    report = partner.pull(renamed)
    assert (report.state, report.new + report.changed) == ("unproven", 0), "nothing of another buyer's list is saved"
    assert [(change["kind"], change["before"], change["now"]) for change in taken(partner)["changes"]] == [("buyers", ["D9374"], ["D1111"])]
    report = partner.pull(renamed)
    assert (report.state, counts(report)) == ("complete", {"fetched": 40, "changed": 40})
    assert partner.pull(packages(range(40))).state == "unproven"
    assert partner.pull(renamed).state == "complete"


def test_what_was_not_read_is_not_accepted_with_it(partner):
    partner.pull(packages(range(40)))
    other = packages(range(1000, 1040), kd_klpd="D1111")
    partner.pull(other)
    taken(partner)
    assert partner.pull(other).state == "unproven", "only now its codes were seen"
    assert kinds(partner) == ["continuity"]
    taken(partner)
    assert partner.pull(other).state == "complete"


def test_a_second_buyer_in_the_list_is_accepted(partner):
    partner.pull(packages(range(40)))
    both = packages(range(40)) + packages(range(100, 110), kd_klpd="D1111")
    assert partner.pull(both).state == "unproven"
    taken(partner)
    assert partner.pull(both).state == "complete"


def test_more_listings_without_a_code_are_accepted_and_still_more_are_not(partner):
    partner.pull(packages(range(40)))
    some = [package(number, kd_rup=None if number < 4 else number) for number in range(40)]
    assert partner.pull(some).state == "unproven"
    assert looked(partner).changes[0] | {"says": ""} == {
        "what": "bagian data tanpa kode", "before": "0,0 %", "now": "10,0 %", "says": ""
    }  # fmt: skip
    taken(partner)
    assert partner.pull(some).state == "complete"
    assert partner.pull([package(number, kd_rup=None if number < 5 else number) for number in range(40)]).state == "unproven"


def test_several_reasons_are_accepted_together(partner):
    partner.pull(packages(range(100)))
    fewer = packages(range(1000, 1030))
    partner.pull(fewer)
    assert set(kinds(partner)) == {"volume", "continuity"}
    taken(partner)
    assert partner.pull(fewer).state == "complete"


NO_LIST = {
    "the bus's XML for nothing": (Canned(b"<invalid_response>Data Kosong, silakan ulangi</invalid_response>"), "unproven"),
    "an empty list": (Canned.json([]), "unproven"),
    "rows of which none can be read": (packages(range(40), pagu="banyak sekali"), "unproven"),
    "rows without their key": (Canned.json([{"x": 1}] * 40), "failed"),
    "all of it deleted": (packages(range(40), status_delete_rup=True), "unproven"),
    "an empty body": (Canned(b""), "failed"),
    "a robot check": (Canned(b"<!DOCTYPE html><title>Just a moment...</title>", headers={"Content-Type": "application/json"}), "failed"),
    "an error page": (Canned(b"<html><body>Error 500</body></html>"), "failed"),
    "half an array": (Canned(json.dumps(packages(range(40))).encode()[:9000]), "failed"),
    "another shape": (Canned.json({"data": packages(range(40))}), "failed"),
    "a length that lies": (Canned(json.dumps(packages(range(40))).encode(), length=10**6), "failed"),
}


@pytest.mark.parametrize("name", NO_LIST)
def test_what_is_no_list_is_never_accepted(partner, name):
    partner.pull(packages(range(40)))
    answer, state = NO_LIST[name]
    assert partner.pull(answer).state == state
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            taken(partner)
    assert "dapat diterima" in refused.value.message
    assert refused.value.mend
    with partner.store.read() as session:
        assert source_by_name(session, "mitra").accepted is None
        assert history(session, "source", "mitra") == []
    assert partner.pull(packages(range(40))).state == "complete"


@pytest.mark.parametrize("kind", sorted(set(DoubtKind) - ACCEPTABLE))
def test_one_reason_that_is_never_accepted_keeps_the_others_from_it(partner, kind):
    partner.pull(packages(range(40)))
    partner.pull(SMALL)
    with partner.store.work() as session:
        run = session.scalars(select(RunRow).order_by(RunRow.id.desc())).first()
        more = {"kind": str(kind), "says": "Sumber menyebut 9 data, tetapi yang datang 10.", "before": None, "now": None}
        run.facts = run.facts | {"doubts": [*run.facts["doubts"], more]}
    with pytest.raises(Conflict, match="yang datang 10"):
        taken(partner)


def test_a_list_is_accepted_once_and_only_as_the_person_saw_it(partner):
    with pytest.raises(NotFound):
        accept(partner.store, "tak-ada", "sari")
    with pytest.raises(Conflict, match="belum pernah diambil"):
        taken(partner)
    first = partner.pull(packages(range(40)))
    with pytest.raises(Conflict, match="lengkap"):
        taken(partner)
    partner.pull(SMALL)
    with pytest.raises(Conflict, match="diambil lagi sejak itu"):
        taken(partner, expected=first.run)
    with hold(partner.store, "source:mitra", "Pengambilan"), pytest.raises(Busy):
        taken(partner)
    told = taken(partner, expected=first.run + 1)
    assert told["run"] == first.run + 1
    with pytest.raises(Conflict, match="sudah diterima"):
        taken(partner)
    with partner.store.read() as session:
        (act,) = history(session, "source", "mitra")
        assert (act.action, act.actor) == ("source.accept", "sari")
        assert act.facts == {"run": told["run"], "changes": [{"kind": "volume", "before": 40, "now": 10}]}


@pytest.mark.parametrize(
    "change",
    [
        {"state": "disabled"},
        {"state": "pending"},
        {"decided_at": utcnow() + timedelta(days=1)},
        {"connector": "tidak-ada"},
        {"options": {}},
    ],
)
def test_a_list_of_other_settings_says_nothing_about_the_next_one(partner, change):
    partner.pull(packages(range(40)))
    partner.pull(SMALL)
    with partner.store.work() as session:
        source = source_by_name(session, "mitra")
        for name, value in change.items():
            setattr(source, name, value)
    with pytest.raises(Conflict) as refused:
        taken(partner)
    assert "exchange s" in refused.value.mend


def test_a_list_that_a_run_of_before_called_unproven_is_pulled_again_first(partner):
    partner.pull(packages(range(40)))
    partner.pull(SMALL)
    with partner.store.work() as session:
        run = session.scalars(select(RunRow).order_by(RunRow.id.desc())).first()
        run.facts = {name: value for name, value in run.facts.items() if name not in {"doubts", "named"}}
    with pytest.raises(Conflict, match="cara membacanya diganti"):
        taken(partner)


def test_a_normal_that_was_accepted_gives_way_to_the_next_one(partner):
    partner.pull(packages(range(100)))
    for size in (40, 15, 90):
        answer = packages(range(size))
        state = partner.pull(answer).state
        if state == "unproven":
            taken(partner)
        assert partner.pull(answer).state == "complete"
    with partner.store.read() as session:
        assert source_by_name(session, "mitra").accepted["volume"]["value"] == 15, "90 is less than ten times as much"
        assert count_demands(session) == 100


def test_another_node_s_much_smaller_database_is_accepted_and_followed_from_there(a, b):
    for number in range(40):
        a.put(number)
    b.pull()
    a.replace(range(100, 110))
    for _ in range(2):
        assert b.pull().state == "unproven"
    with b.store.read() as session:
        its = source_by_name(session, "semarang")
        assert {doubt["kind"] for doubt in acceptable(its, runs_of_source(session, its.id)).doubts} == {"volume", "continuity"}
    accept(b.store, "semarang", "sari")
    report = b.pull()
    assert (report.state, report.missing, report.undecided) == ("complete", 40, 40)
    a.put(110)
    report = b.pull()
    assert (report.state, report.fetched, report.new) == ("complete", 1, 1), "it goes on from the new feed's place"
    a.replace(range(200, 204))
    assert b.pull().state == "unproven", "less than half of what was accepted"
    with b.store.read() as session:
        assert session.scalars(select(DemandRow.id).where(DemandRow.state == "withdrawn")).all() == []
