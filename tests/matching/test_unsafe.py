"""
Ten thousand generated pairs against an oracle that shares no code with the engine: what cannot be compared is never compared, what
is converted is exact, and nothing that lacks a required certificate or an amount is ever called fit.

The oracle's numbers are its own: Rec 20 codes, their dimension and their size in the base unit, as fractions.
"""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from exchange.matching.discovery import criteria
from exchange.matching.engine import Match, Met, weigh
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer

# code -> (dimension, size in kilograms, litres, metres, square metres or pieces)
UNITS: dict[str, tuple[str, Fraction]] = {
    "KGM": ("mass", Fraction(1)),
    "GRM": ("mass", Fraction(1, 1000)),
    "TNE": ("mass", Fraction(1000)),
    "HGM": ("mass", Fraction(1, 10)),
    "LTR": ("volume", Fraction(1)),
    "MLT": ("volume", Fraction(1, 1000)),
    "MTQ": ("volume", Fraction(1000)),
    "MTR": ("length", Fraction(1)),
    "CMT": ("length", Fraction(1, 100)),
    "MTK": ("area", Fraction(1)),
    "C62": ("count", Fraction(1)),
    "DZN": ("count", Fraction(12)),
    "XBX": ("package", Fraction(0)),
    "XSA": ("package", Fraction(0)),
    "XBO": ("package", Fraction(0)),
}
ASKS = {
    None: "",
    "halal": "bersertifikat halal",
    "sni": "ber-SNI 2052",
    "permit": "wajib P-IRT",
    "tkdn": "TKDN minimal 40%",
}
HOLDS: dict[str | None, dict[str, Any]] = {
    None: {},
    "halal": {"halal": "ID36110000000000001"},
    "sni": {"sni": "SNI 2052:2017"},
    "permit": {"distribution_permit": "P-IRT 2063672010001-30"},
    "tkdn": {"tkdn_percent": Decimal("45.5")},
}
CASES = 10_000
CRITERIA = criteria()


def case(made: random.Random) -> dict[str, Any]:
    """One pair: amounts, units and certificates drawn with small numbers, so that bounds are met exactly at times."""
    asked = made.choice(sorted(UNITS))
    alike = [code for code, (dimension, _) in UNITS.items() if dimension == UNITS[asked][0]]
    return {
        "asked_unit": asked,
        "own_unit": made.choice(alike) if made.random() < 0.7 else made.choice(sorted(UNITS)),
        "asked": made.choice((1, 2, 5, 12, 24, 100, 1500)),
        "least": made.choice((1, 2, 10, 60, 600)),
        "capacity": made.choice((1, 10, 100, 1000, 50_000)),
        "wish": made.choice(list(ASKS)),
        "held": made.choice(list(HOLDS)),
        "start": made.choice((None, "2026-03-01")),
    }


def judged(one: dict[str, Any], number: int) -> Match:
    text = f"Barang contoh {ASKS[one['wish']]}".strip()
    quantity = {"amount": Decimal(one["asked"]), "unit": one["asked_unit"], "said": f"{one['asked']} {one['asked_unit']}"}
    item = {"position": 1, "text": text, "specification": None, "quantity": quantity, "classifications": []}
    record: dict[str, Any] = {"reference": str(number), "title": "Pengadaan barang contoh", "items": [item], "category": "goods"}
    if one["start"]:
        from datetime import date

        record["periods"] = {"contract": {"start": date(2026, 3, 1), "end": date(2026, 3, 31), "precision": "day"}}
    product = {
        "sku": f"X{number}", "name": "Barang contoh", "keywords": [], "unit_code": one["own_unit"], "unit_said": one["own_unit"],
        "capacity_min": Decimal(one["capacity"]), "capacity_period": "bulan", "minimum_order": Decimal(one["least"]),
        "lead_time_days": 7, **HOLDS[one["held"]],
    }  # fmt: skip
    return weigh(read_need(record), read_offer(product, "36.72"), Met(0.95, 0, "barang contoh", "barang contoh", 3.0), CRITERIA)


def expected(one: dict[str, Any]) -> Fraction | None:
    """The amount asked in the product's unit, None where the two cannot be compared."""
    (asked_in, asked_size), (own_in, own_size) = UNITS[one["asked_unit"]], UNITS[one["own_unit"]]
    if asked_in != own_in:
        return None
    if asked_in == "package":
        return Fraction(one["asked"]) if one["asked_unit"] == one["own_unit"] else None
    return Fraction(one["asked"]) * asked_size / own_size


@pytest.fixture(scope="module")
def told() -> list[tuple[dict[str, Any], Match]]:
    made = random.Random(20)
    return [(one, judged(one, number)) for number, one in enumerate(case(made) for _ in range(CASES))]


def marks(match: Match) -> dict[str, Any]:
    return {mark.criterion: mark for mark in match.marks}


def test_units_that_cannot_be_compared_are_never_given_a_number(told: list[tuple[dict[str, Any], Match]]) -> None:
    apart = [(one, match) for one, match in told if expected(one) is None]
    assert len(apart) > 2000
    for one, match in apart:
        for name in ("quantity", "minimum_order"):
            assert marks(match)[name].score is None, (one, marks(match)[name])
        assert match.verdict != "fit", one


def test_what_is_compared_is_compared_exactly(told: list[tuple[dict[str, Any], Match]]) -> None:
    seen = 0
    for one, match in told:
        amount = expected(one)
        if amount is None or UNITS[one["asked_unit"]][0] == "package":
            continue
        seen += 1
        mark = marks(match)["minimum_order"]
        assert mark.score is not None, one
        assert (mark.score == 1.0) == (amount >= one["least"]), (one, mark)
        if amount < one["least"]:
            assert mark.blocks
            assert mark.score == pytest.approx(float(amount / one["least"]), rel=1e-6)
        supply = marks(match)["quantity"]
        if one["start"] and amount > one["capacity"] * Fraction(11, 10):
            assert supply.blocks, (one, supply)
        if amount <= one["capacity"] * Fraction(9, 10):
            assert supply.score == 1.0, (one, supply)
    assert seen > 3000


def test_nothing_that_lacks_a_required_certificate_is_called_fit(told: list[tuple[dict[str, Any], Match]]) -> None:
    lacking = [(one, match) for one, match in told if one["wish"] and one["wish"] != one["held"]]
    assert len(lacking) > 4000
    for one, match in lacking:
        assert match.verdict in {"near_miss", "unfit"}, (one, match.verdict)
        assert "certificates" in match.blockers
        assert match.score < 0.5


def test_the_safe_pairs_are_called_fit_so_that_the_laws_are_not_empty(told: list[tuple[dict[str, Any], Match]]) -> None:
    fit = [one for one, match in told if match.fit]
    assert len(fit) > 200
    for one in fit:
        amount = expected(one)
        assert amount is not None
        assert one["least"] <= amount
        assert one["wish"] in {None, one["held"]}


def test_a_near_miss_names_the_one_change_and_where(told: list[tuple[dict[str, Any], Match]]) -> None:
    near = [match for _, match in told if match.verdict == "near_miss"]
    assert len(near) > 500
    for match in near:
        assert match.change is not None
        assert match.change.side in {"offer", "demand"}
        assert match.change.says.endswith(".")
        assert len(match.blockers) == 1
