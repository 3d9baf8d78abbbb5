"""Of what happens to a deal the partner is told that brought its demand, once, by name, where it may read the deal; nobody else is."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import select

from exchange.access.partners import add_partner
from exchange.access.telling import DEALS, EVENTS
from exchange.access.webhooks import add_webhook, sealer
from exchange.errors import BadRequest
from exchange.store.demands import demand_by_ident
from exchange.store.partners import PartnerRow
from exchange.store.trade import DealRow
from exchange.store.webhooks import WebhookEventRow
from exchange.trade.deliveries import correct, deliver
from exchange.trade.offering import answer, cancel, close, offer, revise

from .conftest import TODAY, UNTIL, begun, offered, ordered  # isort: skip

NOW = {"actor": "petugas", "day": TODAY}
WHY = {"reason": "Alasan.", "actor": "petugas"}
LETTER = {"letter_number": "2", "letter_date": TODAY, "valid_until": UNTIL}


@pytest.fixture
def told(market, settings):
    """The market whose demand a partner brought, beside another partner; gives what was told since it was asked last."""
    with market.work() as session:
        for ident, source, scopes in (
            ("kota-contoh", 1, ("matches:read",)), ("kota-lain", None, ("matches:read",)), ("tanpa-lingkup", 1, ("demand:read",)),
        ):  # fmt: skip
            row = add_partner(session, ident, ident, "33.74", ("matches:read",), actor="uji")
            its = sealer(settings.secret_key)
            add_webhook(session, row, f"https://{ident}.example.id/", EVENTS.keys() & set(DEALS), its, today=TODAY, actor="uji")
            row.source_id, row.scopes = source if ident == "kota-contoh" else row.source_id, list(scopes)
    seen = [0]

    def since(session) -> list[tuple[str, str]]:
        query = select(WebhookEventRow).where(WebhookEventRow.id > seen[0]).order_by(WebhookEventRow.id)
        rows = list(session.scalars(query))
        seen[0] = rows[-1].id if rows else seen[0]
        partner = session.scalars(select(PartnerRow.id).where(PartnerRow.ident == "kota-contoh")).one()
        assert {row.partner_id for row in rows} <= {partner}, "nobody else is told"
        found = [(row.type, json.loads(row.body)["data"]) for row in rows]
        for _, data in found:
            deal = session.scalars(select(DealRow).where(DealRow.ident == data["deal"])).one()
            assert data == {"deal": deal.ident, "demand": deal.demand, "address": f"/api/v1/partner/deals/{deal.ident}"}
        return [(kind, data["deal"]) for kind, data in found]

    return since


def test_a_deal_is_told_of_from_its_letter_to_its_end(market, told):
    with market.work() as session:
        ident = offered(session).ident
        assert told(session) == [("deal.offered", ident)]
        revise(session, ident, None, **WHY)
        assert told(session) == [("deal.revised", ident)]
        offer(session, ident, None, **LETTER, **NOW)
        assert told(session) == [("deal.offered", ident)]
        cancel(session, ident, None, **WHY)
        assert told(session) == [("deal.cancelled", ident)]
        ident = ordered(session).ident
        assert told(session) == [("deal.offered", ident)]
        deliver(session, ident, None, line=1, on=TODAY, quantity=Decimal(40), **NOW)
        assert told(session) == [("deal.delivered", ident)]
        deliver(session, ident, None, line=1, on=TODAY, quantity=Decimal(60), **NOW)
        assert told(session) == [("deal.delivered", ident), ("deal.closed", ident)]
        correct(session, ident, None, delivery=2, **WHY)
        close(session, ident, None, **WHY)
        assert told(session) == [("deal.delivered", ident), ("deal.closed", ident)]


def test_of_what_was_never_offered_or_is_written_anew_nobody_is_told(market, told):
    with market.work() as session:
        cancel(session, begun(session).ident, None, **WHY)
        assert told(session) == []
        ident = offered(session).ident
        revise(session, ident, None, **WHY)
        told(session)
        cancel(session, ident, None, **WHY)
        assert told(session) == [], "it was told already that the letter stands no more"


def test_what_the_partner_answers_itself_is_not_told_back_and_a_refused_step_tells_nothing(market, told):
    with market.work() as session:
        ident = offered(session).ident
        told(session)
        answer(session, ident, None, said="declined", reason="Mahal.", actor="mitra:kota-contoh")
        assert told(session) == []
    with pytest.raises(BadRequest), market.work() as session:
        cancel(session, ident, None, reason=" ", actor="petugas")
    with market.work() as session:
        assert told(session) == []


def test_a_demand_that_no_partner_brought_is_nobodys_to_be_told_of(market, told):
    with market.work() as session:
        deal = begun(session)
        demand_by_ident(session, deal.demand)
        session.scalars(select(PartnerRow).where(PartnerRow.ident == "kota-contoh")).one().source_id = None
        session.flush()
        cancel(session, deal.ident, None, **WHY)
        offered(session)
        assert told(session) == []
