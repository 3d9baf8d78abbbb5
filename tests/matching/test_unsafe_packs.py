"""
Ten thousand generated pairs with packages, said in words on both sides, against an oracle that shares no code with the engine.

The oracle never reads a text: it knows what was drawn, in fractions of kilograms, litres, metres and pieces, and writes the words.
"""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest

from exchange.matching.amounts import asked_amount
from exchange.matching.discovery import criteria
from exchange.matching.engine import Match, Met, weigh
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer

# written word -> what it measures, how many of the oracle's own base
PLAIN: dict[str, tuple[str, Fraction]] = {
    "kg": ("kilogram", Fraction(1)), "gram": ("kilogram", Fraction(1, 1000)), "ons": ("kilogram", Fraction(1, 10)),
    "kuintal": ("kilogram", Fraction(100)), "ton": ("kilogram", Fraction(1000)),
    "liter": ("litre", Fraction(1)), "ml": ("litre", Fraction(1, 1000)), "m3": ("litre", Fraction(1000)),
    "m": ("metre", Fraction(1)), "cm": ("metre", Fraction(1, 100)), "inci": ("metre", Fraction(254, 10_000)),
    "m2": ("square", Fraction(1)), "ha": ("square", Fraction(10_000)),
    "buah": ("piece", Fraction(1)), "unit": ("piece", Fraction(1)), "lusin": ("piece", Fraction(12)), "kodi": ("piece", Fraction(20)),
    "gros": ("piece", Fraction(144)), "pasang": ("piece", Fraction(2)),
    "lembar": ("sheet", Fraction(1)), "rim": ("sheet", Fraction(500)),
}  # fmt: skip
# packages that are one thing on the list of codes bear one name here
PACKS = {"sak": "sack", "karung": "sack", "botol": "bottle", "galon": "galon", "kaleng": "tin", "batang": "bar", "roll": "roll"}
SIZES = {"sack": ("kilogram", "kg", (5, 25, 50)), "bottle": ("litre", "ml", (330, 600)), "galon": ("litre", "liter", (19,)),
         "tin": ("kilogram", "gram", (250, 400)), "bar": ("metre", "m", (4, 6, 12)), "roll": ("metre", "m", (50, 100))}  # fmt: skip
PIECES = {"bar"}
CASES = 10_000
CRITERIA = criteria()


class Side(NamedTuple):
    """A unit as drawn: its words, its kind, and what one holds (None: not said), in the oracle's base."""

    said: str
    kind: str
    base: str | None
    holds: Fraction | None


class Case(NamedTuple):
    asked: Side
    own: Side
    amount: Fraction
    text: str
    weight: int | None


def side(made: random.Random, mark: str) -> Side:
    if made.random() < 0.5:
        word = made.choice(sorted(PLAIN))
        base, size = PLAIN[word]
        return Side(word, "plain", base, size)
    word = made.choice(sorted(PACKS))
    base, unit, sizes = SIZES[PACKS[word]]
    if made.random() < 0.4:
        return Side(word, PACKS[word], None, None)
    size = made.choice(sizes)
    return Side(f"{word} {mark}{size} {unit}", PACKS[word], base, size * PLAIN[unit][1])


def case(made: random.Random) -> Case:
    asked, own = side(made, made.choice(("", "@ ", "isi "))), side(made, "")
    amount = made.choice((Fraction(1), Fraction(3), Fraction(12), Fraction(250), Fraction(1500), Fraction(5, 2), Fraction(12_500)))
    # as an office writes it: thousand dots, decimal comma
    whole = f"{float(amount):,.1f}".removesuffix(".0").translate(str.maketrans(",.", ".,"))
    text = f"Barang contoh jumlah {whole} {asked.said}"
    return Case(asked, own, amount, text, made.choice((None, None, 2, 40)))


def exact(one: Case) -> Fraction | None:
    """How many of the product's unit are asked for; None where nobody can tell."""
    asked, own = one.asked, one.own
    if asked.kind == own.kind != "plain":
        if asked.holds == own.holds:
            return one.amount
        if asked.kind in PIECES and asked.holds and own.holds:
            return None
    weighed = Fraction(one.weight) if one.weight and own.base != "kilogram" else None
    if asked.base and asked.base == own.base and asked.holds and own.holds:
        return one.amount * asked.holds / own.holds
    if asked.base == "kilogram" and asked.holds and weighed:
        return one.amount * asked.holds / weighed
    return None


class Told(NamedTuple):
    case: Case
    amount: Decimal | None
    match: Match


@pytest.fixture(scope="module")
def told() -> list[Told]:
    made = random.Random(2026)
    found = []
    for number in range(CASES):
        one = case(made)
        record: dict[str, Any] = {"reference": str(number), "title": "Belanja", "category": "goods", "items": [{"text": one.text}]}
        product = {
            "sku": f"X{number}", "name": "Barang contoh", "unit_said": one.own.said, "capacity_min": Decimal(10**15),
            "capacity_period": "bulan", "minimum_order": Decimal(made.choice((1, 10, 500))),
            "weight_kg": None if one.weight is None else Decimal(one.weight),
        }  # fmt: skip
        need, offer = read_need(record), read_offer(product, "36.72")
        match = weigh(need, offer, Met(0.95, 0, "barang", "barang", 1.0), CRITERIA)
        found.append(Told(one, asked_amount(need, offer, 0).amount, match))
    return found


def test_every_amount_that_is_told_is_the_oracles_and_none_is_told_where_it_has_none(told: list[Told]) -> None:
    comparable = 0
    for one in told:
        wanted = exact(one.case)
        if wanted is None:
            assert one.amount is None, (one.case, one.amount)
            assert one.match.verdict == "ask"
            assert "quantity" in one.match.asks
        else:
            comparable += 1
            assert one.amount is not None, one.case
            # a quotient that does not come out even is rounded at its 28th digit
            assert abs(Fraction(one.amount) - wanted) <= wanted / 10**26, (one.case, one.amount)
    assert 2000 < comparable < CASES - 2000


def test_fit_is_what_reaches_the_minimum_and_nothing_else(told: list[Told]) -> None:
    seen = {"fit": 0, "near_miss": 0}
    for one in told:
        wanted = exact(one.case)
        if wanted is None:
            continue
        mark = next(mark for mark in one.match.marks if mark.criterion == "minimum_order")
        assert mark.offer is not None
        minimum = int(mark.offer.split()[1].replace(".", ""))
        verdict = "fit" if wanted >= minimum else "near_miss"
        assert one.match.verdict == verdict or (verdict == "near_miss" and wanted < Fraction(1, 10**6)), (one.case, one.match.verdict)
        seen[verdict] += 1
    assert min(seen.values()) > 500, seen
