from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi.diff import breaking, unannounced
from openapi.finish import finish, operation_id
from openapi.lint import lint


def contract() -> dict[str, Any]:
    """A small document by hand: one list with filters, one write, one event."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Contoh", "version": "1.0.0", "description": "Contoh."},
        "tags": [{"name": "things"}],
        "paths": {
            "/things": {
                "get": {
                    "summary": "List things.",
                    "tags": ["things"],
                    "parameters": [
                        {"in": "query", "name": "kind", "description": "Kind.", "schema": {"type": "string", "enum": ["a", "b"]}},
                        {"in": "query", "name": "q", "description": "Words.", "schema": {"type": ["string", "null"], "maxLength": 9}},
                    ],
                    "responses": {
                        "200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}
                    },
                },
                "post": {
                    "summary": "Make a thing.",
                    "tags": ["things"],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}}},
                    "responses": {"201": {"description": "Made"}},
                },
            }
        },
        "webhooks": {
            "thing.made": {
                "post": {
                    "summary": "Be told of things.",
                    "tags": ["things"],
                    "parameters": [{"in": "header", "name": "webhook-id", "schema": {"type": "string"}}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Made"}}}},
                },
            },
        },
        "components": {
            "schemas": {
                "Made": {"type": "object", "required": ["name"], "additionalProperties": False, "properties": {"name": {"type": "string"}}},
                "Page": {"type": "object", "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}},
                "Thing": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": False,
                    "properties": {"name": {"type": "string"}, "size": {"type": "integer", "default": 1}},
                },
                "Asked": {"type": "object", "additionalProperties": False, "properties": {"name": {"type": "string"}}},
                "Problem": {"type": "object", "properties": {"title": {"type": "string"}}},
                "Nobody": {"type": "object"},
            }
        },
    }


def get(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/things"]["get"]


def told(document: dict[str, Any]) -> dict[str, Any]:
    return document["webhooks"]["thing.made"]["post"]


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]


def test_a_document_breaks_nothing_of_itself():
    assert breaking(contract(), contract()) == []


BREAKS = {
    "/things: the path is gone": lambda d: d["paths"].pop("/things"),
    "GET /things: the operation is gone": lambda d: d["paths"]["/things"].pop("get"),
    "GET /things: answer 200.items[]: the member size is gone": lambda d: schemas(d)["Thing"]["properties"].pop("size"),
    "GET /things: answer 200.items[].size: the type was integer and is string": (
        lambda d: schemas(d)["Thing"]["properties"]["size"].update(type="string")
    ),
    "GET /things: answer 200.items[].name: the type was string and is null or string": (
        lambda d: schemas(d)["Thing"]["properties"]["name"].update(type=["string", "null"])
    ),
    "GET /things: answer 200.items[]: the member name may now be absent": lambda d: schemas(d)["Thing"].update(required=[]),
    "GET /things: the query parameter since is new and required": (
        lambda d: get(d)["parameters"].append({"in": "query", "name": "since", "required": True, "schema": {"type": "string"}})
    ),
    "GET /things: the query parameter q is gone": lambda d: get(d)["parameters"].pop(1),
    "GET /things: the query parameter q is now required": lambda d: get(d)["parameters"][1].update(required=True),
    "GET /things: query parameter kind: no longer among the values: b": (lambda d: get(d)["parameters"][0]["schema"].update(enum=["a"])),
    "GET /things: query parameter q: only listed values are taken now": (lambda d: get(d)["parameters"][1]["schema"].update(enum=["a"])),
    "GET /things: query parameter q: the type was null or string and is string": (
        lambda d: get(d)["parameters"][1]["schema"].update(type="string")
    ),
    "GET /things: the answer 200 is gone": lambda d: get(d).update(responses={"202": {"description": "Later"}}),
    "GET /things: the answer 200 no longer comes as application/json": (
        lambda d: get(d)["responses"]["200"].update(content={"text/csv": {"schema": {"type": "string"}}})
    ),
    "POST /things: request: the member name is now required": lambda d: schemas(d)["Asked"].update(required=["name"]),
    "webhook thing.made: the event is gone": lambda d: d["webhooks"].clear(),
    "webhook thing.made: the member name is gone": lambda d: schemas(d)["Made"].update(properties={}),
    "webhook thing.made: the member name may now be absent": lambda d: schemas(d)["Made"].update(required=[]),
    "webhook thing.made: the header webhook-id is gone": lambda d: told(d).update(parameters=[]),
    "webhook thing.made: it no longer comes as application/json": (
        lambda d: told(d).update(requestBody={"content": {"application/xml": {}}})
    ),
    "POST /things: a request body is now required": lambda d: d["paths"]["/things"]["post"]["requestBody"].update(required=True),
}


@pytest.mark.parametrize("sentence", BREAKS)
def test_each_breaking_change_is_one_sentence(sentence):
    new = contract()
    BREAKS[sentence](new)
    assert breaking(contract(), new) == [sentence]


@pytest.mark.parametrize(
    "add",
    [
        lambda d: d["paths"].update({"/more": {"get": {"responses": {}}}}),
        lambda d: schemas(d)["Thing"]["properties"].update(more={"type": "string"}),
        lambda d: get(d)["parameters"].append({"in": "query", "name": "since", "schema": {"type": "string"}}),
        lambda d: get(d)["parameters"][0]["schema"]["enum"].append("c"),
        lambda d: schemas(d)["Asked"]["properties"].update(more={"type": "string"}),
        lambda d: schemas(d)["Thing"].update(required=["name", "size"]),
        lambda d: get(d)["responses"].update({"404": {"description": "Gone"}}),
        lambda d: get(d).update(summary="Other words."),
        lambda d: d["webhooks"].update({"thing.gone": {"post": {}}}),
        lambda d: schemas(d)["Made"].update(
            properties={"name": {"type": "string"}, "size": {"type": "integer"}}, required=["name", "size"]
        ),
    ],
)
def test_what_is_only_added_breaks_nobody(add):
    new = contract()
    add(new)
    assert new != contract()
    assert breaking(contract(), new) == []


@given(st.lists(st.sampled_from(sorted(BREAKS)), unique=True, max_size=4))
def test_comparing_never_raises_whatever_was_changed(sentences):
    new = contract()
    for sentence in sentences:
        try:
            BREAKS[sentence](new)
        except (KeyError, IndexError):  # an earlier change took away what this one changes
            continue
    assert bool(breaking(contract(), new)) == (new != contract())


def kinds(asked: list[str], *each: list[str]) -> dict[str, Any]:
    """The document with a request that is one of several kinds; asked: what all of them want."""
    document = contract()
    schemas(document)["Asked"] |= {"required": asked, "oneOf": [{"type": "object", "required": required} for required in each]}
    return document


def test_what_the_whole_request_wanted_already_is_not_new_in_one_of_its_kinds():
    old = kinds(["name"], [], ["size"])
    assert breaking(old, kinds(["name"], ["name"], ["name", "size"])) == []
    assert breaking(old, kinds(["name"], ["size"], ["size"])) == ["POST /things: request: the member size is now required"]
    assert breaking(kinds([], [], []), kinds(["name"], ["name"], [])) == ["POST /things: request: the member name is now required"]


def test_a_schema_that_names_itself_is_compared_to_an_end():
    old = contract()
    schemas(old)["Thing"]["properties"]["parts"] = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    new = deepcopy(old)
    del schemas(new)["Thing"]["properties"]["size"]
    assert breaking(old, new)


def finished() -> dict[str, Any]:
    return finish(contract(), contact={"name": "Kantor"}, licence={"name": "CC BY 4.0"})


def test_finishing_gives_every_operation_a_name_and_problems():
    done = finished()
    operation = get(done)
    assert operation["operationId"] == "getThings"
    assert operation["responses"]["400"] == {"$ref": "#/components/responses/Problem400"}
    assert set(done["components"]["responses"]["Problem400"]["content"]) == {"application/problem+json"}
    assert "304" in operation["responses"]
    assert "304" not in done["paths"]["/things"]["post"]["responses"]
    assert operation_id("/api/v1/products/{sku}", "get") == "getProductsBySku"


def test_finishing_loosens_answers_and_keeps_requests_strict():
    parts = schemas(finished())
    assert "additionalProperties" not in parts["Thing"]
    assert "default" not in parts["Thing"]["properties"]["size"]
    assert parts["Asked"]["additionalProperties"] is False
    assert "Nobody" not in parts


def test_finishing_tells_of_an_event_what_signs_it_and_lets_it_grow():
    done = finished()
    operation = told(done)
    assert operation["operationId"] == "onThingMade"
    assert {each["name"] for each in operation["parameters"] if each["required"]} == {
        "webhook-id", "webhook-timestamp", "webhook-signature"
    }  # fmt: skip
    assert {"2XX", "410", "4XX", "5XX"} == set(operation["responses"])
    assert operation["security"] == []
    assert "additionalProperties" not in schemas(done)["Made"], "the receiver reads it, so it may gain members"
    assert schemas(done)["Made"]["properties"]["name"]["maxLength"] > 0


def test_finishing_twice_changes_nothing_and_the_order_of_members_does_not_matter():
    once = finished()
    assert finish(once, contact={"name": "Kantor"}, licence={"name": "CC BY 4.0"}) == once
    turned = dict(reversed(contract().items()))
    again = finish(turned, contact={"name": "Kantor"}, licence={"name": "CC BY 4.0"})
    assert str(again) == str(once)


FAULTS = {
    "GET /things: summary is missing": lambda d: get(d).pop("summary"),
    "GET /things: tags are missing": lambda d: get(d).pop("tags"),
    "GET /things: operationId is missing": lambda d: get(d).pop("operationId"),
    "POST /things: operationId getThings is also that of GET /things": (
        lambda d: d["paths"]["/things"]["post"].update(operationId="getThings")
    ),
    "GET /things: parameter q is text without a bound": lambda d: get(d)["parameters"][1]["schema"].pop("maxLength"),
    "GET /things: parameter q says nothing about itself": lambda d: get(d)["parameters"][1].pop("description"),
    "GET /things: the error 400 is not problem+json": (
        lambda d: get(d)["responses"].update({"400": {"description": "x", "content": {"application/json": {}}}})
    ),
    "webhook thing.made: summary is missing": lambda d: told(d).pop("summary"),
    "webhook thing.made: operationId getThings is also that of GET /things": lambda d: told(d).update(operationId="getThings"),
    "webhook thing.made: the headers that sign it are not documented": lambda d: told(d)["parameters"].pop(),
    "info: contact is missing": lambda d: d["info"].pop("contact"),
    "servers: none is named": lambda d: d.pop("servers"),
    "#/components/schemas/None: leads nowhere": (
        lambda d: schemas(d)["Page"]["properties"]["items"].update(items={"$ref": "#/components/schemas/None"})
    ),
}


@pytest.mark.parametrize("sentence", FAULTS)
def test_each_fault_is_one_sentence(sentence):
    document = finished()
    assert lint(document) == []
    FAULTS[sentence](document)
    assert sentence in lint(document)


def test_an_invalid_document_is_told_by_the_validator():
    pytest.importorskip("openapi_spec_validator")
    document = finished()
    get(document)["parameters"][0]["in"] = "nowhere"
    assert lint(document)


def test_what_is_taken_away_under_a_new_major_version_is_announced():
    old, new = contract(), contract()
    new["paths"].popitem()
    assert unannounced(old, new) == breaking(old, new) != []
    for version, told in (("1.9.0", False), ("2.0.0", True), ("10.0.0", True)):
        new["info"] = {"version": version}
        assert (unannounced(old | {"info": {"version": "1.0.0"}}, new) == []) is told
