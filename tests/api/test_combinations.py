"""What firms can offer together, through the API: staff only, shares that sum, decimals as strings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from openapi_schema_validator import OAS31Validator

from exchange.api import document
from exchange.store.base import Store
from exchange.store.demands import demand_by_ident
from exchange.store.matches import MatchRow
from exchange.store.products import products_by_sku

TEXT_MARK = {"criterion": "text", "title": "Kesesuaian barang", "score": 0.9, "weight": 5.0, "gate": True, "need": "pagar besi",
             "offer": "Pagar besi hollow", "says": "Bertemu."}  # fmt: skip


@pytest.fixture
def shortage(store: Store, world) -> Store:
    """The pulled demand asks for 500 m2 of fence; two firms make 300 and 250 a month, the dearer one at an unknown price."""
    with store.work() as session:
        asked = demand_by_ident(session, world.pulled_demand)
        quantity = {"amount": "500", "unit": "MTK", "said": "500 m2"}
        asked.items = [{"position": 1, "text": "Pagar besi", "specification": None, "quantity": quantity, "classifications": []}]
        products = products_by_sku(session)
        for sku, capacity, price in (("LGM-1", 300, Decimal(600000)), ("SLT-1", 250, None)):
            products[sku].capacity_min = Decimal(capacity)
            products[sku].price_min = products[sku].price_max = price
        for match in session.query(MatchRow).filter_by(demand_id=asked.id):
            match.marks = [TEXT_MARK]
        session.add(
            MatchRow(demand_id=asked.id, product_id=products["SLT-1"].id, score=Decimal("0.6"), marks=[TEXT_MARK], model="bm25-1",
                     demand_version=1, product_version=1)
        )  # fmt: skip
        products["SLT-1"].name = "Pagar besi tempa"
    return store


def test_staff_read_the_shares_and_what_is_unknown_is_null(staff, shortage, world):
    body = staff.get(f"/api/v1/demands/{world.pulled_demand}/combinations").get_json()
    (told,) = body["items"]
    assert body["demand"] == world.pulled_demand
    assert [(share["product"], share["amount"], share["percent"], share["cost"]) for share in told["shares"]] == [
        ("LGM-1", "300", "60", "180000000"),
        ("SLT-1", "200", "40", None),
    ]
    assert told["shares"][0]["business"] == world.firm
    assert (told["total_cost"], told["reason"], told["within_ceiling"]) == (None, None, None)
    assert "belum dicatat" in told["says"]


def test_the_answer_fits_the_contract_with_and_without_a_combination(staff, shortage, world):
    contract = document()
    for capacity, reason in ((Decimal(250), None), (Decimal(100), "capacity")):
        with shortage.work() as session:
            products_by_sku(session, ["SLT-1"])["SLT-1"].capacity_min = capacity
        body = staff.get(f"/api/v1/demands/{world.pulled_demand}/combinations").get_json()
        assert body["items"][0]["reason"] == reason
        schema = {"$ref": "#/components/schemas/Combinations", "components": contract["components"]}
        assert [error.message for error in OAS31Validator(schema).iter_errors(body)] == []


def test_a_demand_without_matches_has_none_and_one_that_is_not_there_is_not_found(staff, shortage, world):
    assert staff.get(f"/api/v1/demands/{world.own_demand}/combinations").get_json()["items"] == []
    assert staff.get("/api/v1/demands/d-x/combinations").status_code == 404


def test_nobody_reads_them_without_a_login(visitor, shortage, world):
    for ident in (world.own_demand, world.pulled_demand, "d-x"):
        answer = visitor.get(f"/api/v1/demands/{ident}/combinations")
        assert answer.status_code == 401
        assert "Pagar" not in answer.text


def test_it_costs_at_most_five_statements_and_is_not_sent_twice(staff, shortage, world, statements):
    path = f"/api/v1/demands/{world.pulled_demand}/combinations"
    with statements() as seen:
        answer = staff.get(path)
    assert 0 < len(seen) <= 5, seen
    assert staff.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
