from __future__ import annotations

import json
import re
from pathlib import Path

import openapi
from exchange.access.policy import TABLES, Tier
from exchange.api import document
from openapi.diff import breaking
from openapi.lint import lint
from schemas import wire

COMMITTED = Path(openapi.__file__).parent / "openapi.json"


def test_the_committed_document_is_the_built_one_and_building_is_repeatable():
    built = document()
    assert built == document()
    assert json.loads(COMMITTED.read_text()) == built, "exchange openapi --write"
    assert breaking(json.loads(COMMITTED.read_text()), built) == []


def test_the_served_document_is_the_committed_one_under_default_settings(visitor):
    assert visitor.get("/openapi.json").get_json() == json.loads(COMMITTED.read_text())


def test_the_document_has_no_fault():
    assert lint(document()) == []


def test_every_route_of_the_api_stands_in_the_document(app):
    paths = set(document()["paths"])
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            assert re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) in paths, rule.rule


def test_a_member_says_who_reads_it_as_the_policy_does():
    schemas = document()["components"]["schemas"]
    assert schemas["Business"]["properties"]["telephone"]["x-tiers"] == ["contracted", "staff"]
    assert schemas["Business"]["properties"]["nib"]["x-conditional-tiers"] == ["public", "agreed"]
    assert "x-tiers" not in schemas["Product"]["properties"]["name"]
    for name, table in (("Business", "business"), ("Product", "product"), ("Demand", "demand_own_public")):
        assert set(schemas[name]["properties"]) == set(TABLES[table])
        open_to_all = {field for field, tiers in TABLES[table].items() if set(tiers) == set(Tier)}
        assert set(schemas[name]["required"]) <= open_to_all


def test_every_field_of_the_policy_has_a_shape_on_the_wire():
    for schema, table in ((wire.Business, "business"), (wire.Product, "product"), (wire.Demand, "demand_own_public")):
        assert set(TABLES[table]) <= set(schema().fields)


def test_exact_decimals_are_documented_as_strings():
    price = document()["components"]["schemas"]["Product"]["properties"]["price_min"]
    assert price["type"] == ["string", "null"]
    assert "minimum" not in price


def test_answers_fit_the_document(visitor, staff):
    from openapi_schema_validator import OAS31Validator

    contract = document()
    for client in (visitor, staff):
        for path in ("products", "businesses", "demands", "matches", "runs", "regions"):
            answer = client.get(f"/api/v1/{path}")
            name = {"products": "Product", "businesses": "Business", "demands": "Demand", "matches": "Match", "runs": "Run"}.get(path)
            page = f"{name or 'RegionLine'}Page" if answer.status_code == 200 else "Problem"
            schema = {"$ref": f"#/components/schemas/{page}", "components": contract["components"]}
            assert [error.message for error in OAS31Validator(schema).iter_errors(answer.get_json())] == [], path


def test_the_catalogue_of_apis_names_the_contract_the_page_and_every_publication(visitor):
    answer = visitor.get("/.well-known/api-catalog")
    assert answer.headers["Content-Type"].startswith("application/linkset+json")
    links = answer.get_json()["linkset"][0]
    for relation in ("service-desc", "service-doc", "status", "item"):
        for link in links[relation]:
            with visitor.get(link["href"]) as found:
                assert found.status_code == 200, link
    assert 'rel="api-catalog"' in visitor.head("/.well-known/api-catalog").headers["Link"]


def test_the_docs_page_asks_nobody_else_and_holds_no_inline_script(visitor):
    page = visitor.get("/docs").text
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        with visitor.get(address) as part:
            assert part.status_code == 200, address
    assert "validatorUrl: null" in visitor.get("/docs/init.js").text
