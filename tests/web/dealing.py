"""Deals in the small office: one drafted of two firms, one offered, one of which some came, and an order that a partner sent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from exchange.access.segments import refresh_products
from exchange.store.agreements import AgreementObjectRow, AgreementRow, add_case
from exchange.store.answers import MatchAnswerRow
from exchange.store.base import Store
from exchange.store.matches import match_by_id
from exchange.store.products import products_by_sku
from exchange.trade.begin import begin
from exchange.trade.deliveries import deliver
from exchange.trade.offering import Wording, draft, offer, order

DAY = date(2026, 11, 23)
LETTER = {"letter_number": "500/12/Disperindag", "letter_date": DAY, "valid_until": date(2099, 12, 31)}
WHO = {"actor": "petugas", "day": DAY}
DRAFTED, SENT, PARTLY = "TR-2026-0001", "TR-2026-0002", "TR-2026-0003"


def offered(session: Session, number: int, quantity: str = "12.5") -> str:
    ident = begin(session, [number], accepting=True, **WHO).ident
    line = Wording(position=1, quantity=Decimal(quantity), price=Decimal(600000))
    draft(session, ident, None, [line], terms="Bayar 30 hari sesudah diterima.", **WHO)
    offer(session, ident, None, **LETTER, **WHO)
    return ident


@pytest.fixture
def deals(world: Store) -> Store:
    """Deals of matches 1 to 4, of demands of 33.74 and 33.28; match 5 was ordered by a partner. One agreement with 33.74."""
    with world.work() as session:
        case = AgreementRow(instrument="ksdd", category="sukarela", title="Kerja sama perdagangan Cilegon-Semarang", region="33.74",
                            counterpart="Kota Semarang", state="pelaksanaan", starts_on=date(2026, 1, 1), ends_on=date(2099, 12, 31),
                            made_by="uji")  # fmt: skip
        add_case(session, case, 2026)
        session.add(AgreementObjectRow(agreement_id=case.id, position=1, sector="logam", commodity="Produk logam"))
        for number in range(1, 6):
            match_by_id(session, number).product.business.consented_on = date(2026, 1, 5)
        first = match_by_id(session, 1)
        second = match_by_id(session, 41)
        assert second.demand_id == first.demand_id, "two products of one demand"
        begin(session, [1, 41], accepting=True, **WHO)
        offered(session, 2)
        ident = offered(session, 3)
        order(session, ident, None, order_number="027/PO/XI/2026", order_date=DAY, **WHO)
        deliver(session, ident, None, line=1, on=DAY, quantity=Decimal("5.25"), reference="BAST-7", **WHO)
        session.add(MatchAnswerRow(match_id=5, partner_id=1, answer="ordered", value=Decimal("12500000"), currency="IDR"))
        refresh_products(session, list(products_by_sku(session).values()))
    return world
