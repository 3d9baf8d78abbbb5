"""The law of a near miss: make the one change that it names, and nothing blocks any more."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from exchange.matching.discovery import criteria
from exchange.matching.engine import Change, Match, Met, weigh
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer
from schemas.match import VERDICTS, FitnessSchema, MarkSchema

CRITERIA = criteria()
MET = Met(0.95, 0, "beras", "beras", 3.0)
# what the office would write when the certificate is had
HAD = {"halal": "ID36110000000000001", "sni": "SNI 2052:2017", "distribution_permit": "P-IRT 2063672010001-40", "tkdn_percent": "40"}
WISHES = ("", " bersertifikat halal", " ber-SNI 2052", " wajib P-IRT", " TKDN minimal 40%", " wajib halal dan SNI", " wajib HACCP")
SAID = (("XSA", "sak @ 50 kg"), ("KGM", "kg"), ("TNE", "ton"), ("XSA", "sak"), (None, "paket"))
UNITS = ("kg", "sak 50 kg", "karung 30 kg", "ons", "buah")


class Pair(NamedTuple):
    demand: dict[str, Any]
    product: dict[str, Any]
    today: date | None


def drawn(made: random.Random, number: int) -> Pair:
    """One pair in which anything may be unknown, and in which bounds are met closely at times."""

    def maybe(value: Any) -> Any:
        return value if made.random() < 0.75 else None

    def some(most: int) -> Decimal:
        return Decimal(int(10 ** made.uniform(0, most)))

    code, word = made.choice(SAID)
    amount = made.randint(1, 400)
    start, end = date(2026, made.randint(1, 6), made.randint(1, 28)), date(2026, made.randint(6, 12), made.randint(1, 28))
    demand = {
        "reference": str(number),
        "title": "Belanja beras",
        "category": "goods",
        "region": made.choice((None, "36.04", "33.74", "21.71")),
        "items": [
            {
                "text": "Beras" + made.choice(WISHES),
                "quantity": maybe({"amount": Decimal(amount), "unit": code, "said": f"{amount} {word}"}),
            }
        ],
        "budget": maybe({"amount": some(9), "currency": "IDR"}),
        "periods": {"contract": {"start": maybe(start), "end": maybe(max(start, end)), "precision": made.choice(("day", "month"))}},
    }
    product = {
        "sku": "X-1",
        "name": "Beras",
        "unit_said": made.choice(UNITS),
        "price_min": maybe(some(6)),
        "capacity_min": maybe(some(4)),
        "capacity_period": maybe(made.choice(("hari", "minggu", "bulan", "tahun"))),
        "minimum_order": maybe(made.choice((some(4), some(2), Decimal("0.125")))),
        "lead_time_days": maybe(made.choice((0, 7, 30, 90, 365))),
    }
    product |= {name: Decimal(held) if name == "tkdn_percent" else held for name, held in HAD.items() if made.random() < 0.6}
    return Pair(demand, product, maybe(date(2026, made.randint(1, 12), made.randint(1, 28))))


def judged(demand: dict[str, Any], product: dict[str, Any], today: date | None) -> Match:
    return weigh(read_need(demand, today=today), read_offer(product, "36.72"), MET, CRITERIA)


def changed(demand: dict[str, Any], product: dict[str, Any], change: Change) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides after the change, read as its schema states it: side, member, new value."""
    if change.side == "offer":
        value: Any = HAD[change.member] if change.to is None else change.to
        kinds = {"lead_time_days": int, "halal": str, "sni": str, "distribution_permit": str}
        return demand, product | {change.member: kinds.get(change.member, Decimal)(value)}
    assert change.to is not None
    if change.member == "budget.amount":
        return demand | {"budget": {"amount": Decimal(change.to), "currency": "IDR"}}, product
    assert change.member == "periods.contract.end"
    contract = demand["periods"]["contract"] | {"end": date.fromisoformat(change.to)}
    return demand | {"periods": {"contract": contract}}, product


@pytest.fixture(scope="module")
def told() -> list[tuple[Pair, Match]]:
    made = random.Random(7)
    return [(pair, judged(*pair)) for pair in (drawn(made, number) for number in range(4000))]


def test_after_its_one_change_a_near_miss_is_fit_or_only_to_be_asked_about(told: list[tuple[Pair, Match]]) -> None:
    turned: Counter[str] = Counter()
    for (demand, product, today), before in told:
        assert (before.verdict == "near_miss") == (before.change is not None)
        if before.change is None:
            continue
        after = judged(*changed(demand, product, before.change), today)
        assert not after.blockers, (before.change, after.marks)
        assert after.verdict == ("ask" if after.asks else "fit")
        assert set(before.asks) <= set(after.asks) | set(before.blockers), "a change answers no question but its own"
        if after.fit:
            assert after.score >= before.score
            turned[before.change.member] += 1
    members = {"capacity_min", "minimum_order", "price_min", "lead_time_days", "halal", "sni", "distribution_permit", "tkdn_percent"}
    assert members <= set(turned), turned


def test_what_was_told_before_is_told_after_the_change(told: list[tuple[Pair, Match]]) -> None:
    """Only where a budget stood in for an amount does lowering the least order leave the amount to be asked about."""
    for (demand, product, today), before in told:
        if before.change is not None and not before.asks:
            after = judged(*changed(demand, product, before.change), today)
            assert after.fit, (before, after)


def test_the_verdict_says_what_the_marks_say_and_has_the_written_shape(told: list[tuple[Pair, Match]]) -> None:
    for _, match in told[:1000]:
        blocking = [mark for mark in match.marks if mark.blocks]
        assert match.verdict in VERDICTS
        assert match.fit == (not blocking and not any(mark.asks for mark in match.marks))
        assert match.blockers == tuple(mark.criterion for mark in blocking)
        assert all(mark.score is not None and mark.score < 1 for mark in blocking)
        assert all(mark.score is None for mark in match.marks if mark.asks and not mark.blocks)
        assert all(mark.change is None or mark.blocks for mark in match.marks)
        assert FitnessSchema().load(match.fitness()) == match.fitness()
        for mark in match.marks:
            assert MarkSchema().load(mark.record()) == mark.record()


def test_every_verdict_comes_about(told: list[tuple[Pair, Match]]) -> None:
    assert set(Counter(match.verdict for _, match in told)) == set(VERDICTS)


def test_a_due_day_that_has_passed_is_turned_by_a_later_one() -> None:
    contract = {"start": None, "end": date(2026, 3, 1), "precision": "month"}
    demand = {"reference": "1", "title": "Beras", "category": "goods", "periods": {"contract": contract}}
    product = {"sku": "X", "name": "Beras", "unit_said": "kg", "lead_time_days": 45}
    before = judged(demand, product, date(2026, 3, 20))
    assert before.change is not None
    assert before.change.says == "Perpanjang batas waktu 62 hari (sampai 1 Juni 2026)."
    assert not judged(*changed(demand, product, before.change), date(2026, 3, 20)).blockers


def test_the_issues_own_examples() -> None:
    five_tonnes = {
        "sku": "X",
        "name": "Beras",
        "unit_said": "ton",
        "minimum_order": Decimal(5),
        "capacity_min": Decimal(50),
        "capacity_period": "bulan",
    }
    quantity = {"amount": Decimal(3), "unit": "TNE", "said": "3 ton"}
    demand = {"reference": "1", "title": "Beras", "category": "goods", "items": [{"text": "Beras", "quantity": quantity}]}
    small = judged(demand, five_tonnes, None)
    assert small.verdict == "near_miss"
    assert small.change is not None
    assert small.change.says == "Turunkan pesanan minimum dari 5 ton menjadi 3 ton."
    halal = judged(demand | {"title": "Beras bersertifikat halal"}, five_tonnes | {"minimum_order": Decimal(1)}, None)
    assert halal.change is not None
    assert halal.change.says == "Sertifikat halal belum ada."
    assert judged(demand, five_tonnes | {"minimum_order": Decimal(1)}, None).fit
    assert judged(demand | {"title": "Beras bersertifikat halal"}, five_tonnes, None).verdict == "unfit"


def test_one_unit_above_the_ceiling_is_too_dear_and_a_packages_ceiling_is_never_shared_out() -> None:
    product = {"sku": "X", "name": "Beras", "unit_said": "kg", "price_min": Decimal(12_000)}
    items = [{"text": name, "quantity": {"amount": Decimal(10), "unit": "KGM", "said": "10 kg"}} for name in ("Beras", "Gula", "Kopi")]
    demand = {"reference": "1", "title": "Sembako", "category": "goods", "items": items}
    within = judged(demand | {"budget": {"amount": Decimal(120_000), "basis": "package_ceiling"}}, product, None)
    beyond = judged(demand | {"budget": {"amount": Decimal(119_999), "basis": "package_ceiling"}}, product, None)
    untold = judged({"reference": "2", "title": "Beras", "budget": {"amount": Decimal(11_999)}}, product, None)
    assert "price" not in within.blockers
    assert beyond.blockers == untold.blockers == ("price",)
    assert beyond.change is not None
    assert (
        beyond.change.says
        == "Turunkan harga dari Rp 12.000 menjadi Rp 11.999 per kg, atau naikkan pagu dari Rp 119.999 menjadi Rp 120.000."
    )
