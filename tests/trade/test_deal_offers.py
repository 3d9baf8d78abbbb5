"""What keeps an offer back: a product, a firm, a price, a capacity or a letter that is not as it must be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.demands import demand_by_ident
from exchange.store.matches import match_by_id
from exchange.store.products import products_by_sku
from exchange.store.trade import deal_steps, lines_of
from exchange.trade.begin import begin_together, combinations, mark
from exchange.trade.offering import Wording, draft, offer

from .conftest import TODAY, UNTIL, begun, match  # isort: skip

NOW = {"actor": "petugas", "day": TODAY}
LETTER = {"letter_number": "500/1", "letter_date": TODAY, "valid_until": UNTIL}


def refused(market, change, says: str, **more) -> BadRequest:
    """Whether a line that was changed so is refused with these words, naming the line and what to do."""
    with market.work() as session:
        deal = begun(session)
        ident = deal.ident
        line = {"position": 1, "quantity": Decimal(100), "price": Decimal(600000)} | more
        draft(session, ident, 1, [Wording(**line)], terms=None, **NOW)
        change(products_by_sku(session, ["LGM-1"])["LGM-1"])
    with pytest.raises(BadRequest) as said, market.work() as session:
        offer(session, ident, 2, **LETTER, **NOW)
    assert says in said.value.message, said.value.message
    assert said.value.message.startswith("Baris 1") and said.value.mend
    return said.value


def unchanged(_product) -> None:
    """The product as it was."""


def test_a_product_that_is_not_on_offer_or_whose_firm_did_not_agree_is_not_offered(market):
    refused(market, lambda row: setattr(row, "state", "withdrawn"), "tidak lagi ditawarkan")


def test_a_firm_that_did_not_agree_to_be_published_is_not_offered(market):
    refused(market, lambda row: setattr(row.business, "consented_on", None), "belum setuju dipublikasikan")


def test_a_product_whose_unit_changed_is_not_offered_by_the_old_one(market):
    refused(market, lambda row: setattr(row, "unit_code", "MTR"), "satuan")


def test_a_line_without_a_quantity_is_not_offered(market):
    refused(market, unchanged, "belum diisi", quantity=None)


def test_a_price_outside_of_the_indicative_range_wants_its_reason_and_is_told(market):
    refused(market, unchanged, "di luar kisaran Rp 550.000–850.000", price=Decimal(900000))
    with market.work() as session:
        line = Wording(position=1, quantity=Decimal(100), price=Decimal(900000), price_reason="Galvanis ganda.")
        draft(session, "TR-2026-0001", 2, [line], terms=None, **NOW)
        _, warnings = offer(session, "TR-2026-0001", 3, **LETTER, **NOW)
        (said,) = warnings
        assert "Galvanis ganda." in said
        assert deal_steps(session, 1)[-1].after["warnings"] == [said]


def test_more_than_one_firm_makes_is_refused_and_several_firms_are_proposed(market):
    with market.work() as session:
        deal = begun(session, (4,))
        assert lines_of(session, [deal.id])[deal.id][0].quantity == 1000
        asked = demand_by_ident(session, deal.demand)
        asked.items = [asked.items[0] | {"quantity": {"amount": "500", "unit": "MTK", "said": "500 m2"}}]
        match(session, asked, products_by_sku(session, ["LGM-2"])["LGM-2"])
    with pytest.raises(BadRequest, match="di atas kapasitas 300") as said, market.work() as session:
        offer(session, "TR-2026-0001", 1, **LETTER, **NOW)
    assert "CV Karya 1 300 m2" in said.value.facts["proposals"][0]
    assert said.value.facts["proposals"][0] in said.value.mend


def test_a_deal_begins_of_a_combination_in_each_products_own_unit_and_another_combination_is_a_conflict(market):
    with market.work() as session:
        for number in (1, 2):
            match_by_id(session, number).state = "proposed"
        products_by_sku(session, ["LGM-1"])["LGM-1"].capacity_min = Decimal(60)
        products = products_by_sku(session, ["LGM-2", "LGM-3"])
        products["LGM-2"].capacity_min, products["LGM-3"].state = Decimal(45), "withdrawn"
        session.flush()
        demand = match_by_id(session, 1).demand.ident
        ((one, _),) = combinations(session, demand)
        with pytest.raises(Conflict):
            begin_together(session, demand, 0, "LGM-1:100", **NOW)
        with pytest.raises(NotFound):
            begin_together(session, demand, 1, mark(one), **NOW)
        deal = begin_together(session, demand, 0, mark(one), **NOW)
        lines = lines_of(session, [deal.id])[deal.id]
        assert [(line.sku, line.quantity) for line in lines] == [("LGM-1", 60), ("LGM-2", 40)]
        assert [match_by_id(session, number).state for number in (1, 2)] == ["accepted", "accepted"]
        offer(session, deal.ident, 1, **LETTER, **NOW)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"valid_until": TODAY - timedelta(days=1)}, "sudah lewat"),
        ({"letter_date": TODAY + timedelta(days=1)}, "belum tiba"),
        ({"letter_number": " "}, "nomor surat"),
        ({"valid_until": None, "letter_date": None}, "tanggal surat, batas berlaku"),
        ({"letter_number": "5" * 81}, "lebih dari 80"),
    ],
)
def test_a_letter_wants_its_number_its_day_and_how_long_it_holds(market, seen, given, says):
    with market.work() as session:
        begun(session)
    with pytest.raises(BadRequest, match=says), market.work() as session:
        offer(session, "TR-2026-0001", 1, **LETTER | given, **NOW)
    assert (seen().state, seen().version) == ("disusun", 1)
