from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import openapi
from exchange.access.policy import TABLES, Tier
from exchange.api import document
from openapi.diff import unannounced
from openapi.lint import lint
from schemas import wire

from .staged import begin_cases  # isort: skip

COMMITTED = Path(openapi.__file__).parent / "openapi.json"


def test_the_committed_document_is_the_built_one_and_building_is_repeatable():
    built = document()
    assert built == document()
    assert json.loads(COMMITTED.read_text()) == built, "exchange openapi --write"


def test_the_contract_takes_nothing_away_from_those_who_hold_the_released_one():
    released = json.loads(COMMITTED.with_name("released.json").read_text())
    assert unannounced(released, document()) == [], "or a new major version: see `exchange openapi --release`"


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
        beside = set(TABLES["demand_beside"]) if name == "Demand" else set()
        assert set(schemas[name]["properties"]) == set(TABLES[table]) | beside
        open_to_all = {field for field, tiers in TABLES[table].items() if set(tiers) == set(Tier)}
        assert set(schemas[name]["required"]) <= open_to_all


def test_every_field_of_the_policy_has_a_shape_on_the_wire():
    for schema, table in ((wire.Business, "business"), (wire.Product, "product"), (wire.Demand, "demand_own_public")):
        assert set(TABLES[table]) <= set(schema().fields)


def test_exact_decimals_are_documented_as_strings():
    price = document()["components"]["schemas"]["Product"]["properties"]["price_min"]
    assert price["type"] == ["string", "null"]
    assert "minimum" not in price


def test_answers_fit_the_document(app, visitor, staff, office, another, store):
    from openapi_schema_validator import OAS31Validator

    begin_cases(app, office, another, store)
    contract = document()
    names = {"products": "Product", "businesses": "Business", "demands": "Demand", "matches": "Match", "runs": "Run"}
    names["agreements"] = "Agreement"
    for client in (visitor, staff, office):
        for path in ("products", "businesses", "demands", "matches", "runs", "regions", "agreements"):
            answer = client.get(f"/api/v1/{path}")
            name = names.get(path)
            page = f"{name or 'RegionLine'}Page" if answer.status_code == 200 else "Problem"
            schema = {"$ref": f"#/components/schemas/{page}", "components": contract["components"]}
            assert [error.message for error in OAS31Validator(schema).iter_errors(answer.get_json())] == [], path


CONTRACT = document()
LISTS = sorted(path for path, item in CONTRACT["paths"].items() if len(item.get("get", {}).get("parameters", [])) >= 2)
KNOWN_WORDS = ["1", "36.72", "logam", "0.5", "2026-11-01T00:00:00Z", "9" * 30, "-1", "%", "\ud7ff"]
WORDS = st.one_of(st.text(max_size=12), st.sampled_from(KNOWN_WORDS))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_is_asked_the_answer_is_a_documented_one(visitor, staff, data):
    path = data.draw(st.sampled_from(LISTS))
    operation = CONTRACT["paths"][path]["get"]
    names = st.sampled_from([each["name"] for each in operation["parameters"]])
    query = data.draw(st.dictionaries(st.one_of(names, st.text(max_size=6)), WORDS, max_size=3))
    client = data.draw(st.sampled_from([visitor, staff]))
    answer = client.get(path, query_string=query)
    assert str(answer.status_code) in operation["responses"]
    assert answer.status_code < 500
    assert answer.is_json or answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=90), data=st.data())
def test_whatever_name_is_asked_for_the_answer_is_no_failure(visitor, staff, name, data):
    path = data.draw(st.sampled_from(["products", "businesses", "demands", "matches", "agreements", "runs", "regions", "publications"]))
    with data.draw(st.sampled_from([visitor, staff])).get(f"/api/v1/{path}/{quote(name, safe='')}") as answer:
        assert answer.status_code in ({400, 401, 404} if "\0" in name else {200, 401, 404})


def test_the_catalogue_of_apis_names_the_contract_the_page_and_every_publication(visitor):
    answer = visitor.get("/.well-known/api-catalog")
    assert answer.headers["Content-Type"].startswith("application/linkset+json")
    links = answer.get_json()["linkset"][0]
    for relation in ("service-desc", "service-doc", "status", "item"):
        for link in links[relation]:
            with visitor.get(link["href"]) as found:
                assert found.status_code == 200, link
    assert 'rel="api-catalog"' in visitor.head("/.well-known/api-catalog").headers["Link"]


def test_no_answer_repeats_the_host_that_the_caller_made_up(app, world):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods:
            continue
        path = re.sub("<[^>]+>", "1", rule.rule)
        for address in (path, path.replace("/", "//"), f"{path}/"):
            with client.get("/", headers={"Host": "jahat.example"}, environ_overrides={"PATH_INFO": address}) as answer:
                assert "jahat" not in answer.text, address
                assert "jahat" not in str(answer.headers), address
    with client.get("/api/v1/products?limit=1", headers={"Host": "jahat.example"}) as page:
        assert page.headers["Link"].startswith("</api/v1/products?")
    with client.get("/openapi.json") as contract:
        assert [server["url"] for server in contract.get_json()["servers"]] == ["/"]


def test_the_docs_page_asks_nobody_else_and_holds_no_inline_script(visitor):
    page = visitor.get("/docs").text
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        with visitor.get(address) as part:
            assert part.status_code == 200, address
    assert "validatorUrl: null" in visitor.get("/docs/init.js").text
