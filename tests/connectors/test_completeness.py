"""When a run may withdraw, and how much."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.completeness import DoubtKind, Facts, ProofState, Tolerance, judge
from connectors.kit.errors import EmptyBody, SaidEmpty, Truncated
from connectors.kit.guard import Loss, allowed_to_withdraw, daily_share

GOOD = Facts(
    listed=5294,
    lengths_agree=True,
    buyers=frozenset({"D9001"}),
    known_buyers=frozenset({"D9001"}),
    volumes=(5271,),
)


def test_a_bare_array_like_the_one_before_is_complete():
    assert judge(GOOD).state is ProofState.COMPLETE
    assert judge(GOOD).reasons == ()


def test_the_first_run_of_a_source_can_be_complete():
    assert judge(replace(GOOD, known_buyers=frozenset(), volumes=())).state is ProofState.COMPLETE


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"error": Truncated("terpotong")}, "failed"),
        ({"error": EmptyBody("kosong")}, "failed"),
        ({"error": SaidEmpty("Data Kosong")}, "unproven"),
        ({"lengths_agree": False}, "failed"),
        ({"last_page": False}, "partial"),
        ({"total": 6000}, "partial"),
        ({"total": 5000}, "unproven"),
        ({"listed": 0}, "unproven"),
        ({"listed": 0, "volumes": (), "known_buyers": frozenset(), "buyers": frozenset()}, "unproven"),
        ({"buyers": frozenset({"D9002"})}, "unproven"),
        ({"buyers": frozenset({"D9001", "D9002"})}, "unproven"),
        ({"buyers": frozenset()}, "unproven"),
        ({"listed": 2000}, "unproven"),
        ({"listed": 90_000}, "unproven"),
    ],
)
def test_each_doubt_keeps_a_run_from_being_complete_and_is_said(change, state):
    proof = judge(replace(GOOD, **change))
    assert proof.state == state
    assert proof.reasons
    assert all(reason.endswith(".") or reason in {"terpotong", "kosong", "Data Kosong"} for reason in proof.reasons)


def test_a_source_of_many_buyers_may_win_new_ones():
    known = frozenset({"A", "B", "C"})
    assert judge(replace(GOOD, known_buyers=known, buyers=frozenset({"B", "C", "D"}))).state is ProofState.COMPLETE
    assert judge(replace(GOOD, known_buyers=known, buyers=frozenset({"D"}))).state is ProofState.UNPROVEN


FACTS = st.builds(
    Facts,
    listed=st.integers(0, 10**6),
    lengths_agree=st.sampled_from([None, True, False]),
    last_page=st.sampled_from([None, True, False]),
    total=st.none() | st.integers(0, 10**6),
    buyers=st.frozensets(st.sampled_from("ABC")),
    known_buyers=st.frozensets(st.sampled_from("ABC")),
    volumes=st.lists(st.integers(1, 10**6), max_size=4).map(tuple),
)


@given(FACTS)
def test_complete_is_never_said_without_proof(facts):
    proof = judge(facts)
    if proof.state is ProofState.COMPLETE:
        assert facts.listed > 0
        assert facts.lengths_agree is not False
        assert facts.last_page is not False
        assert facts.total in {None, facts.listed}
        assert not facts.known_buyers or facts.buyers & facts.known_buyers
        assert not facts.volumes or facts.listed >= Tolerance().least * min(facts.volumes)
    assert bool(proof.reasons) == (proof.state is not ProofState.COMPLETE)


@given(FACTS, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.none() | st.floats(0, 1))
def test_every_reason_of_an_unproven_list_says_what_it_compares_and_is_gone_where_that_is_usual(facts, shown, again, unnamed, share):
    facts = replace(facts, shown=shown, again=min(again, shown), unnamed=min(unnamed, facts.listed), unnamed_before=share)
    proof = judge(facts)
    assert tuple(doubt.says for doubt in proof.doubts) == (proof.reasons if proof.state is ProofState.UNPROVEN else ())
    usual = {
        DoubtKind.VOLUME: lambda doubt: {"volumes": (doubt.now,)},
        DoubtKind.BUYERS: lambda doubt: {"known_buyers": frozenset(doubt.now)},
        DoubtKind.CONTINUITY: lambda _doubt: {"again": facts.shown},
        DoubtKind.UNNAMED: lambda doubt: {"unnamed_before": doubt.now},
    }
    for doubt in proof.doubts:
        if doubt.kind in usual:
            assert doubt.before is not None
            left = {other.kind for other in judge(replace(facts, **usual[doubt.kind](doubt))).doubts}
            assert left == {other.kind for other in proof.doubts} - {doubt.kind}


@given(FACTS)
def test_an_error_always_overrides_what_was_read(facts):
    assert judge(replace(facts, error=Truncated("x"))).state is ProofState.FAILED


@pytest.mark.parametrize(
    ("known", "days", "allowed"),
    [
        (0, 1, 5), (100, 1, 5), (499, 1, 5), (600, 1, 6), (5271, 1, 52), (5271, 0, 5), (5271, -3, 5), (5271, 3, 156),
        (5271, 10, 504), (5271, 143, 4018), (10_000, 2.5, 248), (50, 365, 48), (10_000, 0.1, 10),
    ],
)  # fmt: skip
def test_the_allowance_of_an_unknown_source_is_what_the_rule_says(known, days, allowed):
    assert allowed_to_withdraw(known, days) == allowed


def test_of_the_two_real_pulls_the_1108_that_went_are_too_many_for_a_day_and_not_for_five_months():
    assert allowed_to_withdraw(5271, 1) < 1108 < allowed_to_withdraw(5271, 143)


def test_a_source_is_judged_by_its_own_history_once_there_are_five_complete_runs():
    steady = [Loss(1000, 30, 1.0)] * 4
    assert daily_share(steady) == 0.01
    assert daily_share([*steady, Loss(1000, 30, 1.0)]) == pytest.approx(0.03)
    assert allowed_to_withdraw(1000, 1, [*steady, Loss(1000, 30, 1.0)]) == 30
    assert allowed_to_withdraw(1000, 1, [Loss(1000, 0, 1.0)] * 5) == 5


def test_one_wild_night_in_twenty_does_not_set_the_measure_and_two_do():
    calm = [Loss(1000, 10, 1.0)] * 19
    assert daily_share([*calm, Loss(1000, 900, 1.0)]) == pytest.approx(0.01)
    assert daily_share([*calm[1:], Loss(1000, 900, 1.0), Loss(1000, 900, 1.0)]) == pytest.approx(0.9)


def test_what_was_lost_over_months_is_a_small_share_of_a_day():
    assert daily_share([Loss(5271, 1108, 143.0)] * 5) == pytest.approx(1 - (1 - 1108 / 5271) ** (1 / 143))


LOSSES = st.lists(st.builds(Loss, st.integers(0, 10**6), st.integers(0, 10**6), st.floats(-1, 400)), max_size=12)


@given(st.integers(0, 10**7), st.floats(-1000, 10**6), LOSSES)
def test_the_allowance_stays_within_its_bounds(known, days, losses):
    assert 5 <= allowed_to_withdraw(known, days, losses) <= max(5, known)
    assert 0 <= daily_share(losses) <= 1


@given(st.integers(0, 10**6), st.floats(0, 1000), st.floats(0, 1000), LOSSES)
def test_waiting_longer_never_allows_less(known, one, other, losses):
    first, second = sorted((one, other))
    assert allowed_to_withdraw(known, first, losses) <= allowed_to_withdraw(known, second, losses)


@pytest.mark.parametrize(
    ("shown", "again", "state"),
    [(19, 0, "complete"), (20, 0, "unproven"), (1000, 49, "unproven"), (1000, 50, "complete"), (0, 0, "complete")],
)
def test_a_list_that_names_next_to_nothing_of_what_is_known_proves_nothing(shown, again, state):
    proof = judge(Facts(1000, shown=shown, again=again))
    assert proof.state == state
    assert (state == "complete") or f"hanya {again}" in proof.reasons[0]


@pytest.mark.parametrize(
    ("listed", "last_page", "state"), [(0, True, "complete"), (3, True, "complete"), (3, None, "unproven"), (3, False, "partial")]
)
def test_of_a_list_of_changes_the_end_alone_is_the_proof(listed, last_page, state):
    facts = Facts(listed, last_page=last_page, changes_only=True, volumes=(400, 410), shown=400, again=0)
    assert str(judge(facts).state) == state
