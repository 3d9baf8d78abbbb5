"""When a run may withdraw, and how much."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.completeness import Facts, ProofState, Tolerance, judge
from connectors.kit.errors import EmptyBody, SaidEmpty, Truncated
from connectors.kit.guard import allowed_to_withdraw

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


@given(FACTS)
def test_an_error_always_overrides_what_was_read(facts):
    assert judge(replace(facts, error=Truncated("x"))).state is ProofState.FAILED


@pytest.mark.parametrize(
    ("known", "days", "allowed"),
    [
        (0, 1, 5), (100, 1, 5), (499, 1, 5), (600, 1, 6), (5271, 1, 52), (5271, 0, 52), (5271, -3, 52), (5271, 3, 158),
        (5271, 10, 527), (5271, 143, 527), (10_000, 2.5, 250), (50, 365, 5),
    ],
)  # fmt: skip
def test_the_allowance_is_what_the_rule_says(known, days, allowed):
    assert allowed_to_withdraw(known, days) == allowed


def test_of_the_two_real_pulls_the_1108_that_went_are_too_many_however_long_ago_the_last_one_was():
    assert allowed_to_withdraw(5271, 1) < 1108
    assert allowed_to_withdraw(5271, 143) < 1108


@given(st.integers(0, 10**7), st.floats(-1000, 10**6))
def test_the_allowance_stays_within_its_bounds(known, days):
    allowed = allowed_to_withdraw(known, days)
    assert 5 <= allowed <= max(5, known // 10)
    assert allowed >= min(5, known)


@given(st.integers(0, 10**6), st.floats(0, 1000), st.floats(0, 1000))
def test_waiting_longer_never_allows_less(known, one, other):
    assert allowed_to_withdraw(known, min(one, other)) <= allowed_to_withdraw(known, max(one, other))
