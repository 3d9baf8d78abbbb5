"""Sums that the database makes against sums made by hand in memory, and targets against what was realised."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest

from exchange.store.agreements import AgreementRow
from exchange.store.trade import DealLineRow, DealRow, DeliveryRow
from exchange.trade.realised import BY, Scope, outside, realised, targets

from .conftest import TODAY, agreement  # isort: skip

STATES = ["disusun", "ditawarkan", "ditolak", "dipesan", "sebagian_diterima", "selesai", "batal"]
STANDING = {"dipesan", "sebagian_diterima", "selesai"}


@pytest.fixture
def ledger(market):
    """Two agreements and 60 deals of random states, units, days and amounts; some lines outside, some corrections."""
    chance = random.Random(7)
    rows: list[dict[str, Any]] = []
    with market.work() as session:
        cases = [agreement(session, {"sector": "logam", "commodity": "Pagar"}, {"kbli": "10", "commodity": "Kue"}) for _ in range(2)]
        for number in range(60):
            case = chance.choice([*cases, None])
            state = chance.choice(STATES)
            day = TODAY - timedelta(days=chance.randint(0, 500))
            deal = DealRow(ident=f"TR-2026-{number:04}", demand="d", demand_id=1, title="x", buyer_name="x", made_by="uji", state=state,
                           region=chance.choice(["33.74", "31", None]), agreement_id=case and case.id, order_date=day)  # fmt: skip
            session.add(deal)
            session.flush()
            for position in range(1, chance.randint(1, 3) + 1):
                place = chance.choice([1, 2, None]) if case else None
                amount, value = Decimal(chance.randint(0, 10**12)).scaleb(-6), Decimal(chance.randint(0, 10**14)).scaleb(-2)
                with_order = state in STANDING | {"batal"}
                firm = chance.choice("ab")
                line = DealLineRow(deal_id=deal.id, position=position, match_id=1, product_id=position, sku="x", product_name="x",
                                   business=f"ikm-{firm}", business_name=f"CV {firm}", unit=chance.choice(["MTK", "KGM", None]),
                                   object_position=place, commodity=place and {1: "Pagar", 2: "Kue"}[place],
                                   ordered_quantity=amount if with_order else None,
                                   ordered_value=value if with_order else None)  # fmt: skip
                session.add(line)
                session.flush()
                keys = {"agreement": case.ident if place else None, "position": place, "firm": line.business, "region": deal.region,
                        "unit": line.unit}  # fmt: skip
                if state in STANDING and amount:
                    rows.append(keys | {"day": day, "sums": (amount, value, 0, 0)})
                for _ in range(chance.randint(0, 3) if state in STANDING else 0):
                    came = Decimal(chance.randint(-(10**9), 10**12)).scaleb(-6), Decimal(chance.randint(-(10**9), 10**13)).scaleb(-2)
                    on = day + timedelta(days=chance.randint(0, 60))
                    count = session.query(DeliveryRow).filter_by(deal_id=deal.id).count() + 1
                    session.add(DeliveryRow(deal_id=deal.id, line_id=line.id, number=count, day=on, quantity=came[0], value=came[1],
                                            actor="uji"))  # fmt: skip
                    session.flush()
                    rows.append(keys | {"day": on, "sums": (0, 0, *came)})
    return market, rows


def by_hand(rows, by, scope):
    kept = [
        row
        for row in rows
        if (scope.since is None or row["day"] >= scope.since)
        and (scope.until is None or row["day"] <= scope.until)
        and (scope.agreement is None or row["agreement"] == scope.agreement)
        and (scope.firm is None or row["firm"] == scope.firm)
        and not (scope.outside and row["agreement"])
    ]
    sums = defaultdict(lambda: [Decimal(0)] * 4)
    for row in kept:
        key = (
            row["agreement"] if {"agreement", "commodity"} & set(by) else None,
            row["position"] if "commodity" in by else None,
            row["firm"] if "firm" in by else None,
            row["region"] if "region" in by else None,
            f"{row['day']:%Y-%m}" if "month" in by else None,
            row["unit"],
        )
        sums[key] = [old + new for old, new in zip(sums[key], row["sums"], strict=True)]
    return {key: tuple(value) for key, value in sums.items()}


SCOPES = [
    Scope(), Scope(since=date(2026, 1, 1)), Scope(until=date(2026, 6, 30)), Scope(since=date(2026, 2, 1), until=date(2026, 2, 28)),
    Scope(agreement="KS-2026-0001"), Scope(outside=True), Scope(firm="ikm-a", since=date(2026, 3, 3)), Scope(agreement="KS-2099-0001"),
    Scope(agreement="KS-2026-0002", firm="ikm-b"),
]  # fmt: skip


def test_the_database_sums_as_one_does_by_hand_for_every_grouping_and_scope(ledger):
    store, rows = ledger
    compared = 0
    with store.read() as session:
        for count in range(len(BY) + 1):
            for by in combinations(BY, count):
                for scope in SCOPES:
                    found = realised(session, by, scope)
                    told = {(one.agreement, one.position, one.firm, one.region, one.month, one.unit): tuple(one.sums) for one in found}
                    assert len(told) == len(found), "a group comes once"
                    assert told == by_hand(rows, by, scope), (by, scope)
                    compared += len(told)
        with pytest.raises(ValueError, match="district"):
            realised(session, ("district",))
    assert compared > 1000
    with store.read() as session:
        assert {line.commodity for line in realised(session, ("commodity",))} == {"Pagar", "Kue", None}
        assert {line.firm_name for line in realised(session, ("firm",))} == {"CV a", "CV b"}


def test_trade_outside_of_agreements_and_under_them_make_the_whole(ledger):
    store, _ = ledger
    with store.read() as session:
        whole = sum(line.sums.realised_value for line in realised(session, ()))
        inside = sum(
            line.sums.realised_value for ident in ("KS-2026-0001", "KS-2026-0002") for line in realised(session, (), Scope(agreement=ident))
        )
        assert whole == inside + sum(line.sums.realised_value for line in outside(session)) != 0


def deal(session, case, unit, amount, value, *, position=1, state="selesai"):
    count = session.query(DealRow).count()
    row = DealRow(ident=f"TR-{count}", demand="d", demand_id=1, title="x", buyer_name="x", made_by="uji", state=state,
                  agreement_id=case.id, order_date=TODAY)  # fmt: skip
    session.add(row)
    session.flush()
    line = DealLineRow(deal_id=row.id, position=1, match_id=1, product_id=1, sku="x", product_name="x", business="ikm-a",
                       business_name="CV a", unit=unit, object_position=position, commodity="x", ordered_quantity=Decimal(amount),
                       ordered_value=Decimal(value))  # fmt: skip
    session.add(line)
    session.flush()
    session.add(
        DeliveryRow(deal_id=row.id, line_id=line.id, number=1, day=TODAY, quantity=Decimal(amount), value=Decimal(value), actor="uji")
    )


def test_targets_stand_beside_what_was_realised_in_their_unit_and_what_cannot_be_counted_so_stays_apart(market):
    with market.work() as session:
        case = agreement(
            session,
            {"sector": "logam", "commodity": "Baja", "quantity": Decimal(10), "unit": "TNE", "value": Decimal(100_000_000)},
            {"kbli": "10", "commodity": "Kue", "value": Decimal(3_000_000)},
            {"kbli": "11", "commodity": "Minuman"},
            {"kbli": "12", "commodity": "Lain", "quantity": Decimal(5), "unit": "KGM"},
        )
        for unit, amount, value, position in (
            ("KGM", "2500", "20000000", 1), ("TNE", "1.25", "15000000.5", 1), ("H87", "7", "1000", 1), (None, "3", "5", 1),
            ("KGM", "4", "1000000", 2), ("MTQ", "1", "9", 3),
        ):  # fmt: skip
            deal(session, case, unit, amount, value, position=position)
        deal(session, agreement(session, {"sector": "logam"}), "TNE", "9", "9")
        first, second, third, fourth = targets(session, case)
        assert (first.realised, first.realised_value, first.share) == (Decimal("3.75"), Decimal("35001005.5"), Decimal("0.375"))
        assert sorted(first.apart, key=str) == [("H87", 7), (None, 3)]
        assert (second.realised, second.share) == (None, Decimal("0.333"))
        assert (third.share, third.realised_value, fourth.share, fourth.realised) == (None, 9, 0, 0)
        assert [one.realised_value for one in targets(session, case, until=TODAY - timedelta(days=1))] == [0, 0, 0, 0]
        assert isinstance(case, AgreementRow)
