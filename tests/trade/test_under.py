"""Under which agreement a deal may trade, and that the rule of what an object covers is the one by which partners read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exchange.access.callers import Within
from exchange.access.coverage import covers
from exchange.errors import BadRequest
from exchange.store.agreements import AgreementObjectRow
from exchange.store.products import ProductRow
from exchange.store.trade import deal_by_ident, deal_steps, lines_of
from exchange.trade.offering import Wording, draft, offer, order
from exchange.trade.under import covering

from .conftest import TODAY, UNTIL, agreement, begun, product  # isort: skip

NOW = {"actor": "petugas", "day": TODAY}
METAL = {"sector": "logam", "commodity": "Produk logam"}


def of(store, number: int = 1):
    with store.read() as session:
        row = deal_by_ident(session, f"TR-2026-{number:04}")
        return (row.agreement and row.agreement.ident), [line.commodity for line in lines_of(session, [row.id])[row.id]]


def test_a_deal_goes_under_the_agreement_that_covers_it_by_sector_or_class(market):
    with market.work() as session:
        agreement(session, METAL, {"kbli": "2511", "commodity": "Pagar dan teralis"})
        begun(session, (1, 3))
    assert of(market) == ("KS-2026-0001", ["Pagar dan teralis", "Pagar dan teralis"])


def test_a_line_that_no_object_covers_trades_outside_of_the_agreement(market):
    with market.work() as session:
        agreement(session, {"kbli": "25111", "commodity": "Pagar"})
        begun(session, (1, 3))
    assert of(market) == ("KS-2026-0001", ["Pagar", None])


@pytest.mark.parametrize(
    "more",
    [
        {"state": "evaluasi"}, {"region": "33.75"}, {"region": "36"}, {"starts_on": date(2026, 11, 24)}, {"ends_on": date(2026, 11, 22)},
        {"ends_on": None}, {"starts_on": None},
    ],
)  # fmt: skip
def test_what_is_not_in_force_on_the_day_with_that_region_covers_nothing(market, more):
    with market.work() as session:
        agreement(session, METAL, **more)
        deal = begun(session)
        assert deal.agreement_id is None
        with pytest.raises(BadRequest, match="KS-2026-0001") as said:
            draft(session, deal.ident, 1, [], terms=None, agreement="KS-2026-0001", **NOW)
        assert "tidak ada" in said.value.mend
    assert of(market) == (None, [None])


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2028, 12, 31)])
def test_an_agreement_covers_on_its_first_and_last_day_and_its_provinces_too(market, day):
    with market.work() as session:
        agreement(session, METAL, region="33")
        deal = begun(session)
        draft(session, deal.ident, 1, [], terms=None, actor="petugas", day=day)
    assert of(market)[0] == "KS-2026-0001"


def test_the_regions_own_agreement_goes_before_its_provinces_and_one_may_be_chosen_or_none(market):
    with market.work() as session:
        agreement(session, METAL, region="33")
        agreement(session, METAL)
        deal = begun(session)
    assert of(market)[0] == "KS-2026-0002"
    for wanted, found in (("KS-2026-0001", "KS-2026-0001"), ("otomatis", "KS-2026-0001"), ("tanpa", None), ("otomatis", "KS-2026-0002")):
        with market.work() as session:
            draft(session, deal.ident, None, [], terms=None, agreement=wanted, **NOW)
        assert of(market)[0] == found


def test_an_order_after_the_agreements_end_is_trade_without_one_and_says_so(market):
    with market.work() as session:
        agreement(session, METAL, ends_on=TODAY)
        deal = begun(session)
        line = Wording(position=1, quantity=Decimal(10), price=Decimal(600000))
        draft(session, deal.ident, 1, [line], terms=None, **NOW)
        offer(session, deal.ident, 2, letter_number="1", letter_date=TODAY, valid_until=UNTIL, **NOW)
        assert deal_steps(session, deal.id)[-1].after["agreement"] == "KS-2026-0001"
        day = date(2026, 11, 24)
        order(session, deal.ident, 3, order_number="PO", order_date=day, actor="petugas", day=day)
        last = deal_steps(session, deal.id)[-1]
        assert last.after["agreement"] == "tanpa perjanjian"
        assert (last.before["1.commodity"], last.after["1.commodity"]) == ("Produk logam", None)
    assert of(market) == (None, [None])


CODES = st.sampled_from([None, "2", "25", "2511", "25111", "25119", "10", "10710"])
SECTORS = st.sampled_from([None, "logam", "pangan"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(SECTORS, CODES), max_size=4), SECTORS, st.sampled_from([None, "25111", "25119", "10710"]))
def test_an_object_covers_a_product_exactly_where_a_contract_over_it_would(market, objects, sector, kbli):
    rows = [AgreementObjectRow(position=n, sector=one, kbli=code, commodity="x") for n, (one, code) in enumerate(objects, 1)]
    within = Within(frozenset(one for one, _ in objects if one), tuple(sorted(code for _, code in objects if code)))
    with market.read() as session:
        session.merge(ProductRow(id=1, sku="LGM-1", name="x", sector=sector, kbli=kbli, business_id=1))
        session.flush()
        assert (covering(rows, sector, kbli) is not None) == bool(
            session.scalars(select(ProductRow).where(ProductRow.id == 1, covers(within))).all()
        )


def test_the_market_of_these_tests_is_covered_at_all(market):
    with market.work() as session:
        agreement(session, METAL)
        product(session, 4)
        begun(session)
    assert of(market) == ("KS-2026-0001", ["Produk logam"])
