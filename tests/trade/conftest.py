"""A small market: three firms, a demand of 33.74 with accepted matches, an agreement in force with its metal as the object."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from exchange.store.agreements import AgreementObjectRow, AgreementRow, add_case
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow, apply_product
from exchange.store.sources import SourceRow
from exchange.store.trade import DealRow, deal_by_ident
from exchange.trade.begin import begin
from exchange.trade.offering import Wording, draft, offer, order

TODAY = date(2026, 11, 23)
UNTIL = date(2026, 12, 31)
TEXT_MARK = {"criterion": "text", "title": "Kesesuaian barang", "score": 0.9, "weight": 5.0, "gate": True, "need": "pagar besi",
             "offer": "Pagar besi", "says": "Bertemu."}  # fmt: skip


def product(session: Session, number: int, **more: Any) -> ProductRow:
    firm, _ = apply_business(
        session,
        {"nib": f"912000000000{number}", "name": f"CV Karya {number}", "legal_form": "CV", "sector": "logam",
         "consented_on": date(2026, 1, 5), "telephone": f"0254-00{number}"},
    )  # fmt: skip
    data = {
        "sku": f"LGM-{number}", "nib": firm.nib, "name": "Pagar besi hollow", "sector": "logam", "kbli": "25111", "unit_said": "m2",
        "unit_code": "MTK", "price_min": Decimal(550000), "price_max": Decimal(850000), "capacity_min": Decimal(300),
        "capacity_max": Decimal(300), "capacity_period": "bulan",
    }  # fmt: skip
    row, _ = apply_product(session, data | more, firm)
    return row


def demand(session: Session, source: SourceRow, number: int, amount: str | None = "100") -> DemandRow:
    quantity = None if amount is None else {"amount": amount, "unit": "MTK", "said": f"{amount} m2"}
    row = DemandRow(
        ident=f"d-{number:016x}", source_id=source.id, reference=f"RUP-{number}", title="Pengadaan pagar", buyer_name="Dinas Contoh",
        buyer_unit="Bidang Pasar", region=source.region, category="goods", status="open", content_hash="0" * 64, raw_answer="ab" * 32,
        raw_position=number, connector_version="1",
        items=[{"position": 1, "text": "Pagar besi", "specification": None, "quantity": quantity, "classifications": []}],
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def match(session: Session, of: DemandRow, what: ProductRow, state: str = "accepted") -> int:
    row = MatchRow(demand_id=of.id, product_id=what.id, score=Decimal("0.9"), marks=[TEXT_MARK], model="uji", demand_version=1,
                   product_version=1, state=state)  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def agreement(session: Session, *objects: dict[str, Any], region: str = "33.74", **more: Any) -> AgreementRow:
    values = {
        "instrument": "ksdd", "category": "sukarela", "title": "Kerja sama perdagangan", "region": region, "counterpart": "Kota Semarang",
        "state": "pelaksanaan", "starts_on": date(2026, 1, 1), "ends_on": date(2028, 12, 31), "made_by": "uji",
    }  # fmt: skip
    row = AgreementRow(**values | more)
    add_case(session, row, 2026)
    for position, one in enumerate(objects, 1):
        session.add(AgreementObjectRow(agreement_id=row.id, position=position, **{"commodity": f"Komoditas {position}"} | one))
    session.flush()
    return row


def fill(store: Store) -> Store:
    """Matches 1 to 3 of one demand of 100 m2 with LGM-1 to LGM-3, match 4 of another demand; no agreement."""
    with store.work() as session:
        source = SourceRow(name="semarang", connector="lkpp_isb", region="33.74", state="approved", options={})
        session.add(source)
        session.flush()
        products = [product(session, 1), product(session, 2), product(session, 3, kbli="25119")]
        first, second = demand(session, source, 1), demand(session, source, 2, "1000")
        numbers = [match(session, first, one) for one in products]
        assert [*numbers, match(session, second, products[0])] == [1, 2, 3, 4]
    return store


@pytest.fixture
def market(store: Store) -> Store:
    """The market in this test's database."""
    return fill(store)


def begun(session: Session, ids: tuple[int, ...] = (1,), **more: Any) -> DealRow:
    return begin(session, ids, actor="petugas", day=TODAY, **more)


def offered(session: Session, ids: tuple[int, ...] = (1,), quantity: str = "100", price: str = "600000") -> DealRow:
    """A deal whose letter was sent: so much of each line at that price."""
    deal = begun(session, ids)
    lines = [Wording(position=n, quantity=Decimal(quantity), price=Decimal(price)) for n in range(1, len(ids) + 1)]
    draft(session, deal.ident, None, lines, terms="Bayar 30 hari.", actor="petugas", day=TODAY)
    offer(session, deal.ident, None, letter_number="500/1", letter_date=TODAY, valid_until=UNTIL, actor="petugas", day=TODAY)
    return deal


def ordered(session: Session, ids: tuple[int, ...] = (1,), **more: Any) -> DealRow:
    """A deal of which all that was offered is ordered."""
    deal = offered(session, ids, **more)
    return order(session, deal.ident, None, order_number="PO-1", order_date=TODAY, actor="petugas", day=TODAY)


@pytest.fixture
def seen(market: Store) -> Callable[[str], DealRow]:
    """A deal as another reader finds it."""

    def look(ident: str = "TR-2026-0001") -> DealRow:
        with market.read() as session:
            row = deal_by_ident(session, ident)
            assert row is not None
            return row

    return look
