"""Deals under an agreement with negotiated prices: proposed with their basis named, told apart from others, never rounded."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from exchange.store.agreements import AgreementRow
from exchange.store.prices import PriceListRow, PriceRow
from exchange.store.trade import lines_of
from exchange.store.trade_whole import deal_with_lines
from exchange.trade.checks import look
from exchange.trade.offering import Wording, draft, offer

from .conftest import TODAY, UNTIL, agreement, begun  # isort: skip

BASIS = "Harga PKS KS-2026-0001 versi 1"


def listed(session, row: AgreementRow, *lines: dict, number: int = 1, since: date | None = None) -> None:
    made = PriceListRow(agreement_id=row.id, number=number, since=since, basis="lampiran", made_by="uji", digest="0" * 64)
    session.add(made)
    session.flush()
    known = {"sku": "LGM-1", "unit": "MTK", "unit_said": "m2"}
    session.add_all(PriceRow(list_id=made.id, position=place, **known | one) for place, one in enumerate(lines, 1))
    session.flush()


GRADES = ({"price": Decimal(500000), "quantity_max": Decimal(99)}, {"price": Decimal("480000.50"), "quantity_min": Decimal(100)})


def test_a_deal_begins_at_the_price_of_its_quantity_with_the_contract_as_the_reason(market):
    with market.work() as session:
        listed(session, agreement(session, {"sector": "logam"}), *GRADES)
        deal = begun(session)
        (line,) = lines_of(session, [deal.id])[deal.id]
        assert (line.quantity, line.price, line.value) == (Decimal(100), Decimal("480000.50"), Decimal("48000050.00"))
        assert line.price_reason == BASIS
        found = look(session, *deal_with_lines(session, deal.ident), TODAY)
        assert not found.faults and not [one for one in found.warnings if "Harga" in one], "below the indicative range, and no fault"
        letter = {"letter_number": "500/1", "letter_date": TODAY, "valid_until": UNTIL}
        assert not [one for one in offer(session, deal.ident, None, **letter, actor="petugas", day=TODAY)[1] if "harga" in one]


@pytest.mark.parametrize(
    ("price", "quantity", "says"),
    [("600000", "100", "berbeda dari Rp 480.000,5 menurut"), ("500000", "99", None), ("480000.50", "99", "berbeda dari Rp 500.000 menurut"),
     ("600000", "99.5", "bukan untuk satuan, jumlah dan hari ini")],
)  # fmt: skip
def test_a_price_that_is_not_the_agreements_is_warned_of_by_its_name(market, price, quantity, says):
    with market.work() as session:
        listed(session, agreement(session, {"sector": "logam"}), *GRADES)
        deal = begun(session)
        wording = Wording(position=1, quantity=Decimal(quantity), price=Decimal(price), price_reason="Menurut pasar.")
        draft(session, deal.ident, None, [wording], terms=None, actor="petugas", day=TODAY)
        found = look(session, *deal_with_lines(session, deal.ident), TODAY)
        told = [one for one in found.warnings if BASIS in one]
        assert [says in one for one in told] == ([True] if says else [])
        assert not found.faults


def test_a_line_whose_price_is_left_open_takes_the_agreements(market):
    with market.work() as session:
        listed(session, agreement(session, {"sector": "logam"}), *GRADES)
        deal = begun(session)
        draft(session, deal.ident, None, [Wording(position=1, quantity=Decimal(50))], terms=None, actor="petugas", day=TODAY)
        (line,) = lines_of(session, [deal.id])[deal.id]
        assert (line.price, line.value, line.price_reason) == (Decimal(500000), Decimal(25000000), BASIS)


@pytest.mark.parametrize("why", ["no list", "another unit", "not begun", "over", "suspended", "value that would be rounded"])
def test_without_a_price_that_holds_the_indicative_one_is_proposed(market, why):
    with market.work() as session:
        row = agreement(session, {"sector": "logam"}, state="ditangguhkan" if why == "suspended" else "pelaksanaan")
        more = {
            "another unit": {"unit": "KGM"}, "not begun": {"valid_from": TODAY + timedelta(days=1)},
            "over": {"valid_until": TODAY - timedelta(days=1)}, "value that would be rounded": {"price": Decimal("500000.01")},
        }  # fmt: skip
        if why != "no list":
            listed(session, row, {"price": Decimal(500000)} | more.get(why, {}))
        given = {1: Decimal("0.000001")} if why == "value that would be rounded" else {1: Decimal(10)}
        deal = begun(session, quantities=given)
        (line,) = lines_of(session, [deal.id])[deal.id]
        assert line.price_reason is None and line.price != Decimal(500000)


def test_the_version_that_holds_on_the_day_decides(market):
    with market.work() as session:
        row = agreement(session, {"sector": "logam"})
        listed(session, row, {"price": Decimal(500000)})
        listed(session, row, {"price": Decimal(510000)}, number=2, since=TODAY)
        listed(session, row, {"price": Decimal(520000)}, number=3, since=TODAY + timedelta(days=1))
        deal = begun(session)
        (line,) = lines_of(session, [deal.id])[deal.id]
        assert (line.price, line.price_reason) == (Decimal(510000), "Harga PKS KS-2026-0001 versi 2")
