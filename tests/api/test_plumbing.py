from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from exchange.api.plumbing import Ending, will_end
from exchange.api.products import ProductQuery
from exchange.api.smorest import StrictParser

READS = ["/api/v1/products", "/api/v1/products/LGM-1", "/api/v1/publications/json", "/openapi.json", "/.well-known/api-catalog", "/healthz"]


@pytest.mark.parametrize("path", [*READS, "/api/v1/tidak-ada", "/api/v1/products?x=1"])
def test_every_answer_to_a_machine_names_its_request_and_the_contracts_version(visitor, path):
    with visitor.get(path) as first, visitor.get(path) as second:
        for answer in (first, second):
            assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])
            assert re.fullmatch(r"\d+\.\d+\.\d+", answer.headers["API-Version"])
        assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
        if first.status_code >= 400:
            assert first.get_json()["request_id"] == first.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("given", "taken"), [("pesan-7.a_b", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("<b>", False), ("", False)]
)
def test_a_callers_own_name_of_its_request_is_taken_where_it_can_be_one(visitor, given, taken):
    assert (visitor.get("/api/v1/regions", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given) is taken


def test_what_breaks_is_logged_under_the_name_that_the_caller_was_told(app: Flask, caplog):
    app.add_url_rule("/api/v1/patah", "patah", lambda: 1 // 0)
    app.testing = False
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/api/v1/patah", headers={"X-Request-Id": "pesan-8"})
    assert (answer.status_code, answer.get_json()["request_id"]) == (500, "pesan-8")
    assert "pesan-8" in caplog.text


@pytest.mark.parametrize("path", READS)
def test_pages_of_anybody_may_read_without_cookies(visitor, path):
    with visitor.get(path, headers={"Origin": "https://halaman.example"}) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(("wanted", "allowed"), [("GET", True), ("HEAD", True), ("POST", False), ("DELETE", False), (None, False)])
def test_a_preflight_opens_reading_alone(visitor, wanted, allowed):
    headers = {"Origin": "https://halaman.example"} | ({"Access-Control-Request-Method": wanted} if wanted else {})
    answer = visitor.open("/api/v1/partner/demands", method="OPTIONS", headers=headers)
    assert (answer.headers.get("Access-Control-Allow-Origin") == "*") is allowed
    if allowed:
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_the_staffs_pages_open_to_no_other_page(visitor, staff):
    for client in (visitor, staff):
        answer = client.get("/", headers={"Origin": "https://halaman.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_operation_that_will_end_says_when_and_what_takes_its_place(app: Flask, visitor):
    ending = Ending(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC), "/api/v2/products")
    will_end(app, "products.listing", ending)
    headers = visitor.get("/api/v1/products?limit=1").headers
    assert headers["Deprecation"] == "@1796083200"
    assert headers["Sunset"] == "Wed, 01 Dec 2027 00:00:00 GMT"
    assert '</docs>; rel="deprecation"' in headers["Link"] and '</api/v2/products>; rel="successor-version"' in headers["Link"]
    assert 'rel="next"' in headers["Link"], "the page's own link stays"
    other = visitor.get("/api/v1/regions").headers
    assert "Deprecation" not in other and "Sunset" not in other


def test_a_query_that_was_read_before_is_read_alike_and_its_faults_are_told_each_time(visitor):
    good, bad = "/api/v1/products?limit=2&fields=sku,name&facets=sector", "/api/v1/products?limit=dua&sektor=logam"
    first = [visitor.get(path, headers={"Accept": "application/json;q=1"}) for path in (good, bad)]
    for _ in range(2):
        again = [visitor.get(path, headers={"Accept": "application/json;q=1"}) for path in (good, bad)]
        assert [each.status_code for each in again] == [200, 400]
        assert again[0].data == first[0].data
        assert again[1].get_json()["errors"] == first[1].get_json()["errors"]
        assert {each["parameter"] for each in again[1].get_json()["errors"]} == {"limit", "sektor"}
    twice = visitor.get("/api/v1/products?limit=2&limit=2")
    assert twice.status_code == 400 and twice.get_json()["errors"][0]["parameter"] == "limit"


def test_what_one_request_does_to_what_it_asked_is_not_seen_by_the_next(app: Flask):
    query = ProductQuery()
    with app.test_request_context("/api/v1/products?fields=sku,name"):
        first = StrictParser().parse(query, location="query")
        first["fields"].append("hs")
        first["limit"] = 0
    with app.test_request_context("/api/v1/products?fields=sku,name"):
        again = StrictParser().parse(query, location="query")
    assert (again["fields"], again["limit"]) == (["sku", "name"], 50)
