"""Combinations of firms: the best by the stated order on every generated case, by an oracle that tries everything."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.combine import choose
from exchange.matching.combine.choose import combine
from exchange.matching.combine.terms import Ask, Candidate, Combination, NoCombination

CASES = 1000
NEVER = float("inf")


def candidate(key: str, capacity: object, **more: object) -> Candidate:
    firm = str(more.pop("firm", f"f-{key}"))
    numbers = {name: Decimal(str(more.pop(name))) for name in ("minimum_order", "unit_price") if more.get(name) is not None}
    return Candidate(key, firm, f"Usaha {firm}", Decimal(str(capacity)), **numbers, **more)  # type: ignore[arg-type]


def case(rng: random.Random) -> tuple[Ask, list[Candidate]]:
    """Small numbers, so that ties, minimum orders that do not fit and missing prices are frequent; tenths, so that steps matter."""
    scale = rng.choice([Decimal(1), Decimal(1), Decimal("0.1")])
    ask = Ask(
        rng.randint(8, 24) * scale,
        "kg",
        step=scale,
        ceiling=rng.randint(15, 60) * scale if rng.random() < 0.4 else None,
        deadline_days=rng.choice([None, None, 7]),
        certificates=frozenset({"SNI"}) if rng.random() < 0.15 else frozenset(),
    )
    largest = rng.choice([4, 6, 10, 16])
    rigid = rng.random() < 0.3  # whole batches only: then many sums cannot be made
    papers = [frozenset({"SNI"}), frozenset({"SNI", "halal"}), frozenset()]
    offers = []
    for n in range(rng.choice([1, 4, 5, 6, 7, 8, 9])):
        capacity = rng.randint(largest // 3, largest)
        least = capacity if rigid else rng.choice([0, 0, 1, rng.randint(1, 8)])
        offers.append(
            candidate(
                f"p{n}",
                capacity * scale,
                firm=f"f{rng.randint(0, 14)}",
                minimum_order=least * scale,
                unit_price=rng.choice([None, 1, 2, 3, "2.5"]),
                lead_time_days=rng.choice([None, 3, 5, 9]),
                sentra=rng.choice([None, "Las", "Tahu"]),
                certificates=rng.choice(papers),
            )
        )
    rng.shuffle(offers)
    return ask, offers


def oracle(ask: Ask, offers: list[Candidate]) -> tuple[object, ...]:
    """(`yes`, keys, unpriced, cost, places, lead, within) or (`no`, reason), by trying every set and every corner of its shares."""
    fits = [
        one for one in offers
        if ask.certificates <= one.certificates
        and not (ask.deadline_days is not None and one.lead_time_days is not None and one.lead_time_days > ask.deadline_days)
        and max(one.minimum_order, ask.step) <= min(one.capacity, ask.amount)
    ]  # fmt: skip
    for one in fits:
        dear = ask.ceiling is not None and one.unit_price is not None and one.unit_price * ask.amount > ask.ceiling
        if one.capacity >= ask.amount and not dear:
            return "no", "alone"
    if len({one.firm for one in fits}) < 2:
        return "no", "few"
    by_firm: dict[str, Decimal] = {}
    for one in fits:
        by_firm[one.firm] = max(by_firm.get(one.firm, Decimal(0)), one.capacity)
    if sum(sorted(by_firm.values())[-5:]) < ask.amount:
        return "no", "capacity"
    if ask.ceiling is None:
        best = _smallest(ask, fits, None)
        return ("yes", *best, None) if best else ("no", "minimum_order")
    best = _smallest(ask, [one for one in fits if one.unit_price is not None], ask.ceiling)
    if best:
        return ("yes", *best, True)
    cheap = [one for one in fits if one.unit_price is None or one.unit_price * ask.amount <= ask.ceiling]
    best = _smallest(ask, cheap, None)
    if best:
        return ("yes", *best, None)
    return ("no", "ceiling") if _smallest(ask, fits, None) else ("no", "minimum_order")


def _smallest(ask: Ask, fits: list[Candidate], ceiling: Decimal | None, holding: str | None = None) -> tuple[object, ...] | None:
    for size in (2, 3, 4, 5):
        found = []
        for group in combinations(sorted(fits, key=lambda one: one.key), size):
            if len({one.firm for one in group}) < size or (holding is not None and holding not in {one.key for one in group}):
                continue
            corner = _cheapest_corner(ask, group)
            if corner is None or (ceiling is not None and corner[1] > ceiling):
                continue
            nowhere = [one for one in group if one.sentra is None]
            places = len({one.sentra for one in group if one.sentra}) + len(nowhere)
            lead = max(NEVER if one.lead_time_days is None else one.lead_time_days for one in group)
            found.append((*corner, places, lead, tuple(one.key for one in group)))
        if found:
            unpriced, cost, places, lead, keys = min(found)
            return keys, unpriced, cost, places, lead
    return None


def _cheapest_corner(ask: Ask, group: tuple[Candidate, ...]) -> tuple[Fraction, Fraction] | None:
    """A linear function over a box cut by a plane is least at a corner: all shares but one at a bound."""
    corners = []
    for free in range(len(group)):
        others = [one for n, one in enumerate(group) if n != free]
        for ends in product((0, 1), repeat=len(others)):
            at = [Fraction(one.capacity if end else max(one.minimum_order, ask.step)) for one, end in zip(others, ends, strict=True)]
            rest = Fraction(ask.amount) - sum(at)
            if max(group[free].minimum_order, ask.step) <= rest <= group[free].capacity:
                shares = list(zip([*others, group[free]], [*at, rest], strict=True))
                unpriced = sum((share for one, share in shares if one.unit_price is None), Fraction(0))
                cost = sum((share * Fraction(one.unit_price) for one, share in shares if one.unit_price is not None), Fraction(0))
                corners.append((unpriced, cost))
    return min(corners, default=None)


def outcome(told: Combination | NoCombination) -> tuple[object, ...]:
    """A result in the words of the oracle."""
    if isinstance(told, NoCombination):
        return "no", told.reason
    offers = [share.offer for share in told.shares]
    places = len({one.sentra for one in offers if one.sentra}) + sum(one.sentra is None for one in offers)
    unpriced = sum((Fraction(share.amount) for share in told.shares if share.offer.unit_price is None), Fraction(0))
    cost = sum((Fraction(share.cost) for share in told.shares if share.cost is not None), Fraction(0))
    lead = NEVER if told.latest_lead_days is None else told.latest_lead_days
    return "yes", tuple(one.key for one in offers), unpriced, cost, places, lead, told.within_ceiling


@pytest.fixture(scope="module")
def judged() -> list[tuple[Ask, list[Candidate], tuple[object, ...]]]:
    rng = random.Random(20260301)
    cases = [case(rng) for _ in range(CASES)]
    return [(ask, offers, oracle(ask, offers)) for ask, offers in cases]


def test_the_generated_cases_hold_every_outcome(judged):
    seen = Counter(answer[1] if answer[0] == "no" else len(answer[1]) for _, _, answer in judged)
    for one in ("alone", "few", "capacity", "ceiling", "minimum_order", 2, 3, 4, 5):
        assert seen[one] >= 10, (one, seen)
    untested = [1 for ask, _, answer in judged if answer[0] == "yes" and ask.ceiling is not None and answer[6] is None]
    assert len(untested) >= 5


@pytest.mark.parametrize("first", ["search", "HiGHS"])
def test_the_answer_is_that_of_brute_force_whoever_is_asked_first(judged, monkeypatch, first):
    if first == "HiGHS":
        monkeypatch.setattr(choose, "_QUICK", 0)
    for number, (ask, offers, answer) in enumerate(judged):
        told = combine(ask, offers)
        assert outcome(told) == answer, (number, ask, offers)
        assert isinstance(told, NoCombination) or told.proved


@pytest.mark.parametrize("first", ["search", "HiGHS"])
def test_what_must_have_a_share_has_one_and_the_best_of_those_is_that_of_brute_force(judged, monkeypatch, first):
    if first == "HiGHS":
        monkeypatch.setattr(choose, "_QUICK", 0)
    met = Counter()
    for ask, offers, answer in judged[:400]:
        if ask.ceiling is not None or not offers:
            continue
        key = min(one.key for one in offers)
        told = combine(ask, offers, key)
        if isinstance(told, NoCombination):
            met[told.reason] += 1
            if answer[0] == "yes":
                assert told.reason in ("unfit", "minimum_order")
                assert key not in answer[1]
            continue
        met["yes"] += 1
        fits = [
            one for one in offers
            if ask.certificates <= one.certificates
            and not (ask.deadline_days is not None and one.lead_time_days is not None and one.lead_time_days > ask.deadline_days)
            and max(one.minimum_order, ask.step) <= min(one.capacity, ask.amount)
        ]  # fmt: skip
        assert outcome(told) == ("yes", *_smallest(ask, fits, None, key), None)
    assert met["yes"] >= 20 and met["unfit"] and met["alone"], met


def test_highs_alone_finds_the_cheapest_where_all_prices_are_known(judged, monkeypatch):
    monkeypatch.setattr(choose, "_QUICK", 0)
    monkeypatch.setattr(choose, "_LONG", 1)
    compared = 0
    for ask, offers, answer in judged:
        if answer[0] == "yes" and all(one.unit_price is not None for one in offers):
            told = combine(ask, offers)
            assert isinstance(told, Combination)
            assert not told.proved
            assert (len(told.shares), told.total_cost) == (len(answer[1]), answer[3])
            compared += 1
    assert compared >= 10


def test_what_highs_gets_wrong_is_mended(judged, monkeypatch):
    monkeypatch.setattr(choose, "_QUICK", 0)
    monkeypatch.setattr(choose, "solve", lambda lines, amount, size, ceiling=None: tuple(range(min(size, len(lines)))))
    for ask, offers, answer in judged[:300]:
        assert outcome(combine(ask, offers)) == answer


def test_shares_make_the_amount_and_keep_to_every_bound(judged):
    for ask, offers, _ in judged:
        told = combine(ask, offers)
        if isinstance(told, NoCombination):
            continue
        assert sum(share.amount for share in told.shares) == ask.amount
        assert sum(share.percent for share in told.shares) == 100
        for amount, offer, cost in ((share.amount, share.offer, share.cost) for share in told.shares):
            assert max(offer.minimum_order, ask.step) <= amount <= offer.capacity
            assert amount % ask.step == 0
            assert cost == (None if offer.unit_price is None else offer.unit_price * amount)
        assert (told.total_cost is None) == any(share.cost is None for share in told.shares)
        assert told.total_cost in (None, sum(share.cost or 0 for share in told.shares))


@given(seed=st.integers(0, 10**9), order=st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_changes_nothing(seed, order):
    ask, offers = case(random.Random(seed))
    other = list(offers)
    order.shuffle(other)
    assert combine(ask, other) == combine(ask, offers)


@given(seed=st.integers(0, 10**9))
def test_a_candidate_that_cannot_take_part_changes_no_shares(seed):
    ask, offers = case(random.Random(seed))
    useless = [
        candidate("a0", 0, unit_price=1),
        candidate("a1", 9, minimum_order=999, unit_price=1),
        candidate("a2", ask.amount * 2, minimum_order=ask.amount * 2, unit_price=1),
    ]
    before, after = combine(ask, offers), combine(ask, [*useless, *offers])
    assert outcome(before) == outcome(after)
    if isinstance(before, Combination):
        assert after == before


@given(seed=st.integers(0, 10**9))
def test_more_capacity_never_takes_more_firms(seed):
    ask, offers = case(random.Random(seed))
    before = combine(ask, offers)
    after = combine(ask, [replace(one, capacity=one.capacity + ask.step) for one in offers])
    if isinstance(before, Combination) and (ask.ceiling is None or before.within_ceiling):
        assert (isinstance(after, NoCombination) and after.reason == "alone") or len(after.shares) <= len(before.shares)


def test_large_amounts_in_small_steps_are_exact():
    ask = Ask(Decimal("123456789.001"), "kg", step=Decimal("0.001"))
    offers = [
        candidate("a", "123456788.999", unit_price="17500.25"),
        candidate("b", "0.002", unit_price="99999.99"),
        candidate("c", "0.0019", unit_price=1),
    ]
    told = combine(ask, offers)
    assert isinstance(told, Combination)
    assert [(share.offer.key, share.amount) for share in told.shares] == [("a", Decimal("123456788.999")), ("b", Decimal("0.002"))]
    assert told.total_cost == Decimal("123456788.999") * Decimal("17500.25") + Decimal("0.002") * Decimal("99999.99")


def test_an_amount_between_two_steps_is_refused():
    with pytest.raises(ValueError, match="whole number of steps"):
        combine(Ask(Decimal("2.5"), "buah"), [])
    with pytest.raises(ValueError, match="one key"):
        combine(Ask(Decimal(5), "buah"), [candidate("a", 3), candidate("a", 3)])
