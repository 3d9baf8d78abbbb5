"""What other open deals promise counts against a firm's capacity: by the time in which each falls due, and no longer than it stands."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from exchange.errors import BadRequest
from exchange.store.products import products_by_sku
from exchange.store.sources import SourceRow
from exchange.store.trade import deal_steps, lines_of
from exchange.store.trade_whole import deal_with_lines
from exchange.trade.capacity import Due, Spell, tightest
from exchange.trade.checks import look
from exchange.trade.deliveries import correct, deliver
from exchange.trade.offering import Wording, answer, cancel, draft, offer, order, revise

from .conftest import TODAY, UNTIL, begun, demand, match, offered, ordered  # isort: skip

NOW = {"actor": "petugas", "day": TODAY}
LETTER = {"letter_number": "500/2", "letter_date": TODAY, "valid_until": UNTIL}
DAYS = 12
spells = st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1)).map(lambda two: (min(two), max(two)))


def at(number: int) -> date:
    return TODAY + timedelta(days=number)


def by_hand(jobs: list[tuple[int, int, int]], rate: int) -> bool:
    """Whether each day's output, always given to what is due first, serves all jobs (first day, last day, amount) in time."""
    left = [amount for _, _, amount in jobs]
    for day in range(DAYS):
        able = rate
        for number in sorted(range(len(jobs)), key=lambda one: jobs[one][1]):
            if jobs[number][0] <= day:
                taken = min(able, left[number])
                able, left[number] = able - taken, left[number] - taken
        if any(left[number] for number, job in enumerate(jobs) if job[1] == day):
            return False
    return True


@given(spells, st.lists(st.tuples(spells, st.integers(1, 40)), max_size=5), st.integers(1, 9))
def test_what_is_left_is_the_most_that_can_be_made_beside_the_promises_day_by_day(own, promises, rate):
    jobs = [(start, end, amount) for (start, end), amount in promises]
    if not by_hand(jobs, rate):
        return  # it was promised too much already; what is left then is told by the next test
    dues = [Due("TR", Spell(at(start), at(end)), Decimal(amount)) for start, end, amount in jobs]
    found = tightest(Spell(at(own[0]), at(own[1])), dues, lambda spell, _: Decimal(rate * ((spell.end - spell.start).days + 1)))
    most = max(amount for amount in range(rate * DAYS + 1) if by_hand([*jobs, (*own, amount)], rate))
    assert found.left == most


def test_where_more_is_promised_than_can_be_made_nothing_is_left():
    one = Spell(at(0), at(1))
    found = tightest(one, [Due("TR-1", one, Decimal(50))], lambda _spell, _within: Decimal(10))
    assert (found.left, found.promised, [due.deal for due in found.dues]) == (0, 50, ["TR-1"])


def second(session: Session, quantity: str = "250", sku: str = "LGM-1", **period: Any) -> str:
    """A deal of another demand that is still written, of so much of a product; period: the demand's contract."""
    asked = demand(session, session.get(SourceRow, 1), 9, None)
    for name, value in period.items():
        setattr(asked, f"contract_{name}", value)
    deal = begun(session, (match(session, asked, products_by_sku(session, [sku])[sku]),))
    draft(session, deal.ident, 1, [Wording(position=1, quantity=Decimal(quantity), price=Decimal(600000))], terms=None, **NOW)
    return deal.ident


def sent(session: Session, ident: str) -> list[str]:
    """The letter of that deal is sent; what was to be known of its lines."""
    return offer(session, ident, None, **LETTER, **NOW)[1]


def refused(session: Session, ident: str) -> str:
    with pytest.raises(BadRequest) as said:
        sent(session, ident)
    return said.value.message


def test_an_offer_that_stands_takes_of_the_capacity_and_the_refusal_names_it_and_what_is_left(market):
    with market.work() as session:
        first = offered(session).ident
        says = refused(session, second(session))
        assert "250 m2 di atas sisa kapasitas 200 m2" in says
        assert f"{first} (100 m2)" in says
        assert "300 m2 pada 23 November 2026 sampai 22 Desember 2026" in says


@pytest.mark.parametrize("away", ["revise", "decline", "cancel", "drafted", "lapsed", "delivered", "another product"])
def test_what_binds_nobody_takes_nothing(market, away):
    with market.work() as session:
        first = begun(session).ident if away == "drafted" else (ordered if away == "delivered" else offered)(session).ident
        because = {"reason": "Alasan.", "actor": "petugas"}
        if away == "revise":
            revise(session, first, None, **because)
        elif away == "decline":
            answer(session, first, None, said="declined", **because)
        elif away == "cancel":
            cancel(session, first, None, **because)
        elif away == "lapsed":
            ident = second(session)
            late = UNTIL + timedelta(days=1)
            offer(session, ident, None, letter_number="2", letter_date=TODAY, valid_until=late, actor="petugas", day=late)
            return
        elif away == "delivered":
            deliver(session, first, None, line=1, on=TODAY, quantity=Decimal(100), **NOW)
        sent(session, second(session, sku="LGM-2" if away == "another product" else "LGM-1"))


def test_of_an_order_what_was_not_delivered_is_promised_and_what_was_taken_back_again(market):
    with market.work() as session:
        first, ident = ordered(session).ident, second(session)
        deliver(session, first, None, line=1, on=TODAY, quantity=Decimal(40), **NOW)
        assert "sisa kapasitas 240 m2" in refused(session, ident)
        correct(session, first, None, delivery=1, less=Decimal(30), reason="Salah hitung.", actor="petugas")
        assert "sisa kapasitas 210 m2" in refused(session, ident)


@pytest.mark.parametrize(
    ("months", "fits"),
    [((2027, 1, 2027, 1), True), ((2026, 11, 2026, 12), False), ((2026, 11, 2027, 2), True), ((2026, 12, 2026, 12), True)],
)
def test_a_promise_counts_by_the_time_in_which_both_fall_due(market, months, fits):
    """Until 22 December 300 m2 are made, of which 100 are promised; 250 fit beside them in December whole, but not until its middle."""
    year, month, last_year, last = months
    with market.work() as session:
        offered(session)
        end = date(2026, 12, 10) if not fits else date(last_year, last, 28)
        ident = second(session, start=date(year, month, 1), end=end, precision="day" if not fits else "month")
        if fits:
            sent(session, ident)
        else:
            assert "di atas" in refused(session, ident)


def test_unknown_capacity_and_another_unit_are_told_with_the_deals_that_take_of_it(market):
    with market.work() as session:
        first, ident = offered(session), second(session)
        lines_of(session, [first.id])[first.id][0].unit = "MTR"
        session.flush()
        (said,) = sent(session, ident)
        assert f"{first.ident} menjanjikan 100 m2 produk ini dalam satuan lain" in said
        lines_of(session, [first.id])[first.id][0].unit = "MTK"
        product = products_by_sku(session, ["LGM-1"])["LGM-1"]
        product.capacity_min = product.capacity_max = None
        revise(session, ident, None, reason="Lagi.", actor="petugas")
        (said,) = sent(session, ident)
        assert f"kemampuan produksinya belum dicatat; yang sudah dijanjikan: {first.ident} (100 m2)" in said


def test_daily_output_is_surely_there_once_in_each_spell_that_stands_apart(market):
    with market.work() as session:
        product = products_by_sku(session, ["LGM-1"])["LGM-1"]
        product.capacity_period = "hari"
        offered(session)  # without an end: due today
        later = {"start": date(2027, 1, 1), "end": date(2027, 1, 31), "precision": "day"}
        sent(session, second(session, "300", **later))
    with market.work() as session:
        deal = begun(session, (4,))
        draft(session, deal.ident, 1, [Wording(position=1, quantity=Decimal(250), price=Decimal(600000))], terms=None, **NOW)
        assert "sisa kapasitas 200 m2" in refused(session, deal.ident)


def test_an_order_beyond_its_offer_keeps_what_capacity_lacks_in_the_history_and_tells_it_to_nobody_else(market):
    with market.work() as session:
        first, ident = offered(session).ident, second(session, "200")
        sent(session, ident)
        said = {"order_number": "PO", "order_date": TODAY, "lines": {1: (Decimal(250), None)}}
        with pytest.raises(BadRequest) as refusal:
            order(session, ident, None, **said, **NOW)
        assert "TR-" not in str(refusal.value.facts) and "kapasitas" not in refusal.value.message
    with market.work() as session:
        deal = order(session, ident, None, **said, beyond="Disepakati.", **NOW)
        (kept,) = deal_steps(session, deal.id)[-1].after["warnings"]
        assert "di atas sisa kapasitas 200 m2" in kept and first in kept
        order(session, first, None, order_number="PO", order_date=TODAY, **NOW)
        assert "warnings" not in deal_steps(session, 1)[-1].after, "what was offered was promised already"


def test_the_page_of_a_draft_is_told_it_with_one_more_statement_however_many_deals(market):
    with market.work() as session:
        offered(session)
        deal = begun(session, (4,))
        draft(session, deal.ident, 1, [Wording(position=1, quantity=Decimal(201), price=Decimal(600000))], terms=None, **NOW)
        found = look(session, *deal_with_lines(session, deal.ident), TODAY)
        assert len(found.faults) == 1 and found.proposals == []
