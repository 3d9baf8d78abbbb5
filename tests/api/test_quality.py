"""The quality of a product's and a firm's data: for staff alone, as the contract states it, in nothing that others read."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from openapi_schema_validator import OAS31Validator

from exchange.access.policy import TABLES, Tier
from exchange.api import document
from exchange.catalogue.quality.score import product_score
from exchange.publish.export import export
from exchange.publish.registry import installed
from exchange.store.businesses import business_by_ident
from exchange.store.products import product_record, products_by_sku
from exchange.store.segments import SegmentRow

PRODUCT = "/api/v1/products/LGM-1/quality"


@pytest.fixture
def paths(world) -> list[str]:
    """Both routes."""
    return [PRODUCT, f"/api/v1/businesses/{world.firm}/quality"]


def test_staff_read_a_products_score_as_the_sum_of_its_parts_with_what_is_missing(staff, store, settings):
    told = staff.get(PRODUCT).get_json()
    assert (told["product"], told["as_of"]) == ("LGM-1", settings.day().isoformat())
    assert told["score"] == sum(part["points"] for part in told["parts"])
    assert sum(part["most"] for part in told["parts"]) == 100
    assert all((part["asks"] is None) == (part["points"] == part["most"]) for part in told["parts"])
    assert [one["criterion"] for one in told["improvements"]] == ["lead_time", "minimum_order", "keywords"]
    with store.work() as session:
        products_by_sku(session, ["LGM-1"])["LGM-1"].lead_time_days = 14
    assert staff.get(PRODUCT).get_json()["score"] == told["score"] + told["improvements"][0]["gain"] == told["score"] + 6


def test_a_firms_score_counts_its_products_on_offer_and_no_others(staff, store, world, settings):
    told = staff.get(f"/api/v1/businesses/{world.firm}/quality").get_json()
    assert (told["business"], told["products"]) == (world.firm, 2)
    with store.read() as session:
        records = [product_record(products_by_sku(session, [sku])[sku]) for sku in ("LGM-1", "LGM-2")]
        assert business_by_ident(session, world.firm).name == "CV Karya Logam"
    assert told["products_mean"] == sum(product_score(each, settings.day()).score for each in records) / 2
    assert told["score"] == (told["own"] + told["products_mean"]) / 2
    assert {one["product"] for one in told["improvements"]} <= {None, "LGM-1", "LGM-2"}
    assert len(told["improvements"]) == 3


def test_the_answers_fit_the_contract_and_are_not_sent_twice(staff, world, paths):
    components = document()["components"]
    shapes = dict.fromkeys([PRODUCT, "/api/v1/products/OFF-1/quality"], "ProductQuality")
    shapes |= {f"/api/v1/businesses/{ident}/quality": "BusinessQuality" for ident in (world.firm, world.sole, world.silent)}
    for path, shape in shapes.items():
        answer = staff.get(path)
        schema = {"$ref": f"#/components/schemas/{shape}", "components": components}
        assert [error.message for error in OAS31Validator(schema).iter_errors(answer.get_json())] == []
        assert staff.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_nobody_else_reads_them_whatever_the_agreement(visitor, office, paths):
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 401
        assert "improvements" not in answer.text
        for stage in ("public", "agreed", "contracted"):
            office.stage(stage, **({"sectors": ["logam"], "kbli": []} if stage == "contracted" else {}))
            answer = office.get(path)
            assert answer.status_code == 403, stage
            assert "improvements" not in answer.text


def test_what_is_not_there_and_what_is_not_known_is_said(staff):
    for path in ("/api/v1/products/TIDAK-ADA/quality", "/api/v1/businesses/ikm-tidak-ada/quality"):
        assert staff.get(path).status_code == 404
    assert staff.get(f"{PRODUCT}?fields=score").status_code == 400


def test_no_record_segment_or_publication_carries_a_score(staff, store, settings, world, tmp_path, unpacked):
    score = staff.get(PRODUCT).get_json()
    words = {"quality", "score", "improvements", "mutu"}
    assert not words & {field for table in ("business", "product") for field in TABLES[table]}
    with store.read() as session:
        bodies = [orjson.loads(row.body) for row in session.query(SegmentRow) if row.kind in {"product", "business"}]
    assert len(bodies) > 8
    assert not any(words & set(body) for body in bodies)
    said = [one["asks"].encode() for one in score["improvements"]] + [b"Mutu data", b"quality"]
    office = replace(settings, peppol_endpoint="0088:1234567890128")
    for name in installed().usable:
        for tier in (Tier.PUBLIC, Tier.AGREED):  # a PKS has no file of its own, its segments were looked at above
            data = unpacked(export(store, office, name, tmp_path / f"{name}-{tier}", tier).path.read_bytes())
            assert b"Pagar besi hollow" in data or name == "dcat"
            assert not any(text in data for text in said), (name, tier)


def test_it_costs_a_bounded_number_of_statements(staff, statements, paths):
    for path in paths:
        with statements() as seen:
            assert staff.get(path).status_code == 200
        assert 0 < len(seen) <= 6, seen
