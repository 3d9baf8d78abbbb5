from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.engine import SUITABILITY_SHARE, Criterion, Mark, Met, weigh
from exchange.matching.index import Document
from exchange.matching.needs import Need, read_need
from exchange.matching.offers import Offer
from schemas.match import MarkSchema

NEED = read_need({"reference": "1", "title": "Pengadaan beras"})
OFFER = Offer("SKU-1", "Beras", Document("SKU-1", "Beras"))
MET = Met(0.5, -1, "beras", "beras", 1.0)
scores = st.none() | st.floats(0, 1)
weights = st.floats(0.01, 10)


def criterion(name: str, weight: float, score: float | None, gate: bool = False) -> Criterion:
    class Fixed(Criterion):
        title = name

        def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
            return self.say(score, "contoh")

    Fixed.name, Fixed.weight, Fixed.gate = name, weight, gate
    return Fixed()


@given(st.lists(st.tuples(weights, scores), max_size=8))
def test_gowers_mean_stays_between_the_lowest_and_the_highest_mark_that_told(pairs: list[tuple[float, float | None]]) -> None:
    open_gate = criterion("gate", 1, 1.0, gate=True)
    score = weigh(NEED, OFFER, MET, [open_gate, *(criterion(f"c{at}", weight, score) for at, (weight, score) in enumerate(pairs))]).score
    told = [score for _, score in pairs if score is not None]
    if not told:
        assert score == 1.0
    else:
        mean = (score - (1 - SUITABILITY_SHARE)) / SUITABILITY_SHARE
        assert min(told) - 1e-5 <= mean <= max(told) + 1e-5


@given(st.lists(st.tuples(weights, st.floats(0, 1)), max_size=6), weights)
def test_a_mark_that_cannot_tell_changes_nothing(pairs: list[tuple[float, float]], weight: float) -> None:
    known = [criterion("gate", 1, 0.8, gate=True), *(criterion(f"c{at}", w, s) for at, (w, s) in enumerate(pairs))]
    with_unknown = [*known, criterion("unknown", weight, None)]
    assert weigh(NEED, OFFER, MET, known).score == weigh(NEED, OFFER, MET, with_unknown).score


@given(st.floats(0, 1), st.lists(st.tuples(weights, scores), max_size=6))
def test_suitability_never_lifts_a_match_over_its_relevance(relevance: float, pairs: list[tuple[float, float | None]]) -> None:
    criteria = [criterion("gate", 1, relevance, gate=True), *(criterion(f"c{at}", w, s) for at, (w, s) in enumerate(pairs))]
    score = weigh(NEED, OFFER, MET, criteria).score
    assert relevance * (1 - SUITABILITY_SHARE) - 1e-6 <= score <= relevance + 1e-6


def test_without_evidence_there_is_no_match() -> None:
    best = [criterion("text", 5, 0.0, gate=True), criterion("price", 2, 1.0)]
    assert weigh(NEED, OFFER, MET, best).score == 0.0
    assert weigh(NEED, OFFER, MET, [criterion("price", 2, 1.0)]).score == 0.0


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_mark_outside_its_bounds_is_refused_by_name(score: float) -> None:
    with pytest.raises(ValueError, match="odd marked"):
        weigh(NEED, OFFER, MET, [criterion("odd", 1, score)])


def test_marks_keep_the_order_of_the_criteria_and_the_written_shape() -> None:
    match = weigh(NEED, OFFER, MET, [criterion("b", 1, 0.5, gate=True), criterion("a", 1, None)])
    assert [mark.criterion for mark in match.marks] == ["b", "a"]
    for mark in match.marks:
        assert MarkSchema().load(mark.record()) == mark.record()
