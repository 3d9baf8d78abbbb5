"""The open demands for one product, beyond the stored matches; for staff alone."""

from __future__ import annotations

import pytest
from openapi_schema_validator import OAS31Validator

from exchange.access.segments import refresh_demands
from exchange.api import document
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.demands import DemandRow, demand_by_ident
from exchange.store.products import products_by_sku

PATH = "/api/v1/products/LGM-1/demands"


@pytest.fixture(autouse=True)
def asked(store: Store, world, settings: Settings) -> Store:
    """The pulled demand, of which a match is kept, asks for a fence, and so does the private one; the third for pallets."""
    with store.work() as session:
        products_by_sku(session)["PGN-1"].keywords = []
        for ident in (world.pulled_demand, world.private_demand):
            row = demand_by_ident(session, ident)
            row.title, row.version = "Belanja pagar besi hollow", row.version + 1
            row.items = [{"position": 1, "text": row.title, "specification": None, "quantity": None, "classifications": []}]
            refresh_demands(session, [row], settings.home_region)
    return store


def test_staff_read_each_demand_with_score_words_verdict_and_whether_a_match_is_kept(staff, world):
    body = staff.get(PATH).get_json()
    assert (body["product"], body["cut"], body["weighed"]) == ("LGM-1", False, 3)
    assert [one["demand"]["ident"] for one in body["items"]] == [world.private_demand, world.pulled_demand]
    other, kept = body["items"]  # the nearer one first
    listed = {each["ident"]: each for each in staff.get("/api/v1/demands").get_json()["items"]}
    assert kept["demand"] == listed[world.pulled_demand]
    assert (kept["match"], kept["state"]) == (1, "proposed")
    assert (other["match"], other["state"]) == (None, None)
    assert (other["asked"], other["offered"]) == ("pagar besi hollow", "pagar besi hollow")
    assert other["marks"][0]["criterion"] == "text"
    assert other["verdict"] == "ask"


def test_the_answer_fits_the_contract(staff):
    schema = {"$ref": "#/components/schemas/ProductDemands", "components": document()["components"]}
    for sku in ("LGM-1", "PGN-1", "OFF-1"):
        body = staff.get(f"/api/v1/products/{sku}/demands").get_json()
        assert [error.message for error in OAS31Validator(schema).iter_errors(body)] == []
        assert bool(body["items"]) == (sku == "LGM-1")


def test_closed_and_withdrawn_demands_are_none(staff, store, world):
    with store.work() as session:
        demand_by_ident(session, world.pulled_demand).status = "closed"
        demand_by_ident(session, world.private_demand).state = "withdrawn"
    assert staff.get(PATH).get_json()["items"] == []


def test_nobody_reads_them_without_a_login(visitor):
    answer = visitor.get(PATH)
    assert answer.status_code == 401
    assert "pagar" not in answer.text.lower()


def test_what_is_not_there_and_what_is_not_known_is_said(staff):
    assert staff.get("/api/v1/products/TIDAK-ADA/demands").status_code == 404
    for query, parameter in (("limit=0", "limit"), ("limit=51", "limit"), ("limt=1", "limt"), ("state=live", "state")):
        answer = staff.get(f"{PATH}?{query}")
        assert (answer.status_code, answer.get_json()["errors"][0]["parameter"]) == (400, parameter)


def test_it_costs_a_bounded_number_of_statements_and_is_not_sent_twice(staff, store, world, statements, settings):
    with statements() as few:
        staff.get(PATH)
    with store.work() as session:
        source = demand_by_ident(session, world.pulled_demand).source
        rows = [
            DemandRow(
                ident=f"d-1{number:015x}", source_id=source.id, reference=f"PGR-{number}", title="Pagar besi", buyer_name="Dinas Contoh",
                region="33.74", category="goods", status="open", content_hash="0" * 64, raw_answer="ab" * 32, raw_position=number,
                connector_version="1", source=source,
            )
            for number in range(120)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        refresh_demands(session, rows, settings.home_region)
    with statements() as many:
        answer = staff.get(f"{PATH}?limit=50")
    assert len(answer.get_json()["items"]) == 50
    assert 0 < len(many) == len(few) <= 8, many
    assert staff.get(f"{PATH}?limit=50", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
