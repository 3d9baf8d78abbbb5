"""The facts of an offer's letter are those that were offered, whole and exact, and none are given before it is sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from exchange.errors import Conflict
from exchange.settings import Settings
from exchange.store.products import products_by_sku
from exchange.store.trade import deal_by_ident
from exchange.trade.letter_facts import OfferLine, letter_facts, unit_word

from .conftest import TODAY, UNTIL, agreement, begun, offered  # isort: skip

ITS = Settings(office="Disperindag Kota Contoh", contact="dagang@contoh.example")


def test_the_letter_says_what_was_offered_to_whom_until_when_under_which_agreement(market):
    with market.work() as session:
        agreement(session, {"sector": "logam"}, title="PKS Semarang")
        ident = offered(session, (1, 2), quantity="12.5", price="600000.4").ident
        products_by_sku(session, ["LGM-1"])["LGM-1"].name = "Nama lain sejak itu"
    with market.read() as session:
        told = letter_facts(session, deal_by_ident(session, ident), ITS)
    assert told.lines == tuple(
        OfferLine(n, f"CV Karya {n}", "Pagar besi hollow", f"LGM-{n}", Decimal("12.5"), "m2", Decimal("600000.4"), Decimal(7500005))
        for n in (1, 2)
    )
    assert told.total == Decimal(15000010) == sum(line.value for line in told.lines)
    assert (told.buyer, told.buyer_unit, told.buyer_place) == ("Dinas Contoh", "Bidang Pasar", "Kota Semarang (33.74)")
    assert (told.office, told.office_contact) == ("Disperindag Kota Contoh", "dagang@contoh.example")
    assert (told.number, told.dated, told.valid_until) == ("500/1", TODAY, UNTIL)
    assert (told.demand, told.reference, told.terms) == ("Pengadaan pagar", "RUP-1", "Bayar 30 hari.")
    assert told.agreement == ("KS-2026-0001", "PKS Semarang")


def test_there_is_no_letter_before_the_offer_is_sent(market):
    with market.work() as session:
        deal = begun(session)
        with pytest.raises(Conflict, match="belum ditawarkan"):
            letter_facts(session, deal_by_ident(session, deal.ident), ITS)


def test_a_letter_without_an_agreement_says_none(market):
    with market.work() as session:
        assert letter_facts(session, deal_by_ident(session, offered(session).ident), ITS).agreement is None


@pytest.mark.parametrize(
    ("code", "said", "word"), [("MTK", "m2", "m2"), ("KGM", None, "kilogram"), (None, None, "satuan"), ("ZZZ", None, "satuan")]
)
def test_a_unit_is_a_word(code, said, word):
    assert unit_word(code, said) == word
