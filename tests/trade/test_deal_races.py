"""Two people on one deal at once: exactly one wins, and nothing of the other is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from exchange.errors import BadRequest, Conflict, ExchangeError
from exchange.store.base import Store
from exchange.store.products import products_by_sku
from exchange.store.sources import SourceRow
from exchange.store.trade import deal_by_ident, deal_steps, deliveries_of
from exchange.trade.begin import begin
from exchange.trade.deliveries import deliver
from exchange.trade.offering import Wording, cancel, draft, offer, order, revise

from .conftest import TODAY, UNTIL, begun, demand, match, offered, ordered  # isort: skip

WIDE = 6


def together(url: str, act) -> list[object]:
    """What became of the same act by several at once, each with a database of its own: its result or the refusal."""
    ready = Barrier(WIDE)

    def one(number: int) -> object:
        store = Store(url)
        try:
            ready.wait(timeout=30)
            with store.work() as session:
                return act(session, number)
        except ExchangeError as refusal:
            return refusal
        finally:
            store.close()

    with ThreadPoolExecutor(WIDE) as pool:
        return list(pool.map(one, range(WIDE)))


def winners(found: list[object]) -> list[object]:
    assert all(not isinstance(one, ExchangeError) or isinstance(one, Conflict) for one in found), found
    return [one for one in found if not isinstance(one, ExchangeError)]


@pytest.mark.parametrize("round_", range(3))
def test_of_several_who_saw_the_same_exactly_one_takes_its_step(market, database_url, round_):
    with market.work() as session:
        ident = offered(session).ident

    def act(session, number):
        if number % 3 == 0:
            return order(session, ident, 3, order_number=f"PO-{number}", order_date=TODAY, actor=f"p{number}", day=TODAY).state
        step = cancel if number % 3 == 1 else revise
        return step(session, ident, 3, reason="Bersamaan.", actor=f"p{number}").state

    found = together(database_url, act)
    assert len(winners(found)) == 1
    with market.read() as session:
        deal = deal_by_ident(session, ident)
        steps = deal_steps(session, deal.id)
    assert (deal.version, [step.number for step in steps]) == (4, [1, 2, 3, 4])
    lost = [one for one in found if isinstance(one, Conflict)]
    assert all(one.facts["by"] == steps[-1].actor and one.facts["changed"]["state"] == deal.state for one in lost)


def test_of_several_who_begin_of_one_match_exactly_one_has_the_deal(market, database_url):
    found = together(database_url, lambda session, number: begin(session, [1], actor=f"p{number}", day=TODAY).ident)
    assert winners(found) == ["TR-2026-0001"]


def test_deliveries_at_once_never_come_to_more_than_the_order(market, database_url):
    with market.work() as session:
        ident = ordered(session).ident
    said = {"line": 1, "on": TODAY, "quantity": Decimal(30), "day": TODAY}

    def one(session, number):
        return deliver(session, ident, None, **said, actor=f"p{number}").version

    found = together(database_url, one)
    assert len([each for each in found if isinstance(each, int)]) == 3, "of 100 no more than three times 30"
    with market.read() as session:
        deal = deal_by_ident(session, ident)
        assert sum(row.quantity for row in deliveries_of(session, [deal.id])[deal.id]) == 90


def test_of_several_who_offer_the_last_capacity_of_one_firm_exactly_one_does(market, database_url):
    with market.work() as session:
        source, product = session.get(SourceRow, 1), products_by_sku(session, ["LGM-1"])["LGM-1"]
        matches = [match(session, demand(session, source, 10 + number), product) for number in range(WIDE)]
        deals = [begun(session, (number,)).ident for number in matches]
        for ident in deals:
            line = Wording(position=1, quantity=Decimal(160), price=Decimal(600000))
            draft(session, ident, 1, [line], terms=None, actor="petugas", day=TODAY)

    def one(session, number):
        letter = {"letter_number": "1", "letter_date": TODAY, "valid_until": UNTIL}
        return offer(session, deals[number], 2, **letter, actor=f"p{number}", day=TODAY)[0].ident

    found = together(database_url, one)
    (won,) = [each for each in found if isinstance(each, str)]
    lost = [each for each in found if isinstance(each, BadRequest)]
    assert len(lost) == WIDE - 1
    assert all("sisa kapasitas 140 m2" in each.message and f"{won} (160 m2)" in each.message for each in lost)
