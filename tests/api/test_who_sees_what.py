from __future__ import annotations

import itertools
import re
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.access.policy import TABLES, Tier, fields_of
from exchange.api import filters, products
from exchange.publish.registry import installed

MARKERS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def known_markers(markers: dict[str, str]) -> None:
    MARKERS.update(markers)


PUBLIC_BUSINESS = {
    "ident", "name", "legal_form", "sector", "kbli", "kbli_edition", "scale", "district", "cluster", "is_sample", "version",
    "updated_at",
}  # fmt: skip
HIDDEN_OF_BUSINESS = {
    "telephone", "email", "address", "subdistrict", "latitude", "longitude", "workers", "investment", "founded_year", "visited_on",
    "visit_note", "training_needs", "consented_on", "consent_basis", "consent_refused_on",
}  # fmt: skip
PUBLIC_PRODUCT = {
    "sku", "name", "description", "sector", "kbli", "kbli_edition", "kbki", "kbki_edition", "hs", "hs_edition", "unit_said",
    "unit_code", "price_min", "price_max", "price_valid_until", "lead_time_days", "minimum_order", "tkdn_percent", "sni", "halal",
    "distribution_permit", "keywords", "weight_kg", "photo", "photos", "is_sample", "version", "updated_at", "producer", "capacity_period",
    "capacity_band",
}  # fmt: skip


def items(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["items"]


def test_the_public_reads_of_products_what_the_policy_opens_and_no_more(visitor, world):
    listed = items(visitor, "/api/v1/products")
    assert [each["sku"] for each in listed] == ["LGM-1", "LGM-2", "PGN-1"]
    for each in listed:
        assert set(each) == PUBLIC_PRODUCT
        assert visitor.get(f"/api/v1/products/{each['sku']}").get_json() == each
    assert listed[0]["capacity_band"] == "100-1000"
    assert set(listed[0]["producer"]) == {"ident", "name", "legal_form", "nib", "district"}
    assert set(listed[2]["producer"]) == {"ident", "name", "legal_form", "district"}, "a sole proprietor's NIB is a person's"


def test_the_public_reads_of_firms_what_the_policy_opens_and_no_more(visitor, world):
    listed = {each["ident"]: each for each in items(visitor, "/api/v1/businesses")}
    assert set(listed) == {world.firm, world.sole}
    assert set(listed[world.firm]) == PUBLIC_BUSINESS | {"nib"}
    assert set(listed[world.sole]) == PUBLIC_BUSINESS
    for ident, each in listed.items():
        assert visitor.get(f"/api/v1/businesses/{ident}").get_json() == each


def test_the_public_reads_the_own_regions_public_demand_alone(visitor, world):
    listed = items(visitor, "/api/v1/demands")
    assert [each["ident"] for each in listed] == [world.own_demand]
    assert not {"held", "first_seen_at"} & set(listed[0])
    assert visitor.get(f"/api/v1/demands/{world.private_demand}").status_code == 404
    assert visitor.get(f"/api/v1/demands/{world.pulled_demand}").status_code == 404


def test_staff_read_everything_that_the_policy_opens_to_staff(staff, world):
    assert {each["sku"] for each in items(staff, "/api/v1/products")} == {"LGM-1", "LGM-2", "PGN-1", "SLT-1", "OFF-1"}
    assert {each["ident"] for each in items(staff, "/api/v1/demands")} == {world.own_demand, world.private_demand, world.pulled_demand}
    firms = items(staff, "/api/v1/businesses")
    assert len(firms) == 3
    for each in firms:
        assert set(each) == PUBLIC_BUSINESS | HIDDEN_OF_BUSINESS | {"nib"}
    for path, table in (("products", "product"), ("businesses", "business"), ("demands", "demand_pulled")):
        wanted = {field for field, tiers in TABLES[table].items() if Tier.STAFF in tiers}
        assert all(set(each) == wanted for each in items(staff, f"/api/v1/{path}")), path


def test_matches_and_runs_are_for_staff_and_the_refusal_says_what_is_missing(visitor, staff):
    for path in ("matches", "matches/1", "runs", "runs/1", "products/LGM-1/demands", "products/LGM-1/quality"):
        refused = visitor.get(f"/api/v1/{path}")
        assert refused.status_code == 401
        assert "petugas" in refused.get_json()["detail"]
        assert "/masuk" in refused.get_json()["mend"]
        assert refused.get_json()["missing"] == ["session"]
        assert refused.headers["WWW-Authenticate"]
        assert staff.get(f"/api/v1/{path}").status_code == 200, path
    assert items(staff, "/api/v1/matches")[0]["score"] == 0.731373


def test_nobody_reads_a_sources_address(staff, visitor):
    for client, path in itertools.product((staff, visitor), ("runs", "runs/1", "demands", "matches")):
        assert MARKERS["source_address"] not in client.get(f"/api/v1/{path}").text


def values_of(name: str, schema: dict[str, Any]) -> list[str]:
    """Values to try for a parameter: right ones, wrong ones, and every marker."""
    fitting = {
        "limit": ["1", "200", "0"],
        "kbli": ["25", "1"],
        "updated_since": ["2020-01-01T00:00:00Z"],
        "min_score": ["0"],
        "capacity": ["700", "731.373", "999"],
        "sort": ["-price_min"],
        "fields": ["name,producer"],
        "q": ["pagar", "penanda"],
    }
    words = [str(word) for word in schema.get("enum", []) if word is not None]
    return [*fitting.get(name, []), *words, "a", "Citangkil", "36.72", "33.74", "%", "_", "withdrawn", *MARKERS.values()]


def addresses(app: Flask, world: Any) -> list[str]:
    """Every GET address of the API, its places filled with the names of all that exists, hidden or not."""
    names = {
        "sku": ["LGM-1", "PGN-1", "SLT-1", "OFF-1"],
        "ident": [world.firm, world.sole, world.silent, world.own_demand, world.private_demand, world.pulled_demand],
        "number": ["1"], "code": ["36.72"], "name": sorted(installed().usable), "slug": ["kesalahan"], "message": ["msg_1"],
        "twin": ["urn:uuid:7d1f6a9e-8f0b-4a53-8c0e-6a1f5c2f7b22"], "digest": ["ab" * 32, "kesalahan"],
    }  # fmt: skip
    found = []
    for path in app.test_client().get("/openapi.json").get_json()["paths"]:
        inside = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        found.extend(path.format(**dict(zip(inside, chosen, strict=True))) for chosen in itertools.product(*(names[i] for i in inside)))
    return [*found, "/openapi.json", "/docs", "/docs/init.js"]


def assert_clean(body: str, asked: str) -> None:
    for name, marker in MARKERS.items():
        assert not stands_in(marker, body), f"{name} leaks from {asked}"


def stands_in(marker: str, body: str) -> bool:
    """Whether a marker is there; one of digits alone only as a number of its own: digits of an id or a time hit it by chance."""
    if re.fullmatch(r"[0-9.]+", marker):
        return re.search(rf"(?<![0-9a-f.]){re.escape(marker)}(?![0-9a-f])", body) is not None
    return marker in body


@pytest.mark.parametrize("body", ['{"workers":731373}', "<Qty>731373.0</Qty>", "a;731373;b", '"Tenaga kerja 731373"', "[731.373]"])
def test_a_number_that_leaks_is_seen_in_every_shape(body):
    assert stands_in("731373", body) or stands_in("731.373", body)
    assert not stands_in("731373", '"request_id":"2731373688645704"') and not stands_in("731373", '"at":"2026-11-28T10:00:00.731373Z"')


def test_no_public_route_shows_a_marker(app, visitor, world, unpacked):
    tried = addresses(app, world)
    assert len(tried) > 30
    for address in tried:
        with visitor.get(address) as answer:
            assert_clean(unpacked(answer.data).decode(), address)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_filter_and_no_pair_of_filters_shows_a_marker(app, visitor, world):
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    lists = {path: item["get"]["parameters"] for path, item in paths.items() if len(item.get("get", {}).get("parameters", [])) > 2}
    assert {"/api/v1/products", "/api/v1/businesses", "/api/v1/demands"} <= set(lists)
    for path, parameters in lists.items():
        tries = {p["name"]: values_of(p["name"], p["schema"]) for p in parameters if p["name"] != "cursor"}
        for name, values in tries.items():
            for value in values:
                assert_clean(visitor.get(path, query_string={name: value}).text, f"{path} {name}={value}")
        for one, other in itertools.combinations(tries, 2):
            for pair in zip(tries[one][:4], tries[other][:4], strict=False):
                assert_clean(visitor.get(path, query_string=dict(zip((one, other), pair, strict=True))).text, f"{path} {one} {other}")


def test_no_need_in_whatever_words_asks_a_marker_out(visitor, world):
    """The words of a caller's own that met come back to that caller; nothing else of an answer may hold a marker."""
    for need in ("pagar besi", "barang", "usaha", *MARKERS.values(), *(f"pagar besi {marker}" for marker in MARKERS.values())):
        for each in items(visitor, f"/api/v1/suiting?{urlencode({'for': need, 'limit': 50})}"):
            assert set(each) == {"product", "score", "asked", "offered"}
            assert set(each["product"]) == PUBLIC_PRODUCT
            assert all(word in need.lower() for word in each["asked"].split())
            assert_clean(orjson.dumps(each | {"asked": ""}).decode(), need)


def test_the_demands_of_a_hidden_product_are_refused_like_those_of_none(visitor, world):
    told = [visitor.get(f"/api/v1/products/{sku}/demands").get_json() for sku in ("SLT-1", "OFF-1", "LGM-1", "TIDAK-ADA")]
    assert all(each | {"instance": "", "request_id": ""} == told[0] | {"instance": "", "request_id": ""} for each in told)


# another value of the same shape, and for numbers of the same size, that nothing has
UNLIKE = str.maketrans("1379", "0286") | {ord(letter): "q" for letter in "abcdefghijklmnoprstuvwxyz"}


def test_a_hidden_value_filters_like_one_that_does_not_exist(app, visitor):
    """Otherwise a caller could guess a telephone number digit by digit, or a capacity within its band."""
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    for path in ("/api/v1/products", "/api/v1/businesses", "/api/v1/demands"):
        for parameter in paths[path]["get"]["parameters"]:
            for marker in MARKERS.values():
                told, nothing = (
                    visitor.get(path, query_string={parameter["name"]: value}) for value in (marker, marker.lower().translate(UNLIKE))
                )
                assert _bare(told) == _bare(nothing), (path, parameter["name"], marker)


def _bare(answer: Any) -> Any:
    """The body without the nearest known word, which depends on what was asked; a code that stands on no list has no records either."""
    body = orjson.loads(answer.data)
    if "errors" not in body:
        return body["items"]
    return [] if "kode" in body["detail"] else [error["parameter"] for error in body["errors"]]


def test_hidden_columns_are_no_parameters(visitor):
    for path, table in (("products", "product"), ("businesses", "business"), ("demands", "demand_own_public")):
        for field in set(TABLES[table]) - fields_of(table, Tier.PUBLIC):
            answer = visitor.get(f"/api/v1/{path}", query_string={field: "x"})
            assert answer.status_code == 400, (path, field)
            assert answer.get_json()["errors"][0]["parameter"] == field


def test_a_filter_for_staff_is_unknown_to_the_public_in_the_same_words(visitor, staff):
    hidden = visitor.get("/api/v1/products?state=withdrawn").get_json()
    unknown = visitor.get("/api/v1/products?stato=withdrawn").get_json()
    assert hidden["errors"][0]["detail"].startswith("Parameter tidak dikenal.")
    assert unknown["errors"][0]["detail"].startswith("Parameter tidak dikenal.")
    assert "state" not in hidden["errors"][0]["detail"]
    assert [each["sku"] for each in items(staff, "/api/v1/products?state=withdrawn")] == ["OFF-1"]


def test_every_filter_reads_only_fields_that_exist_in_the_policy():
    from exchange.api import businesses, demands

    for module in (products, businesses, demands):
        for seen in module.READS.values():
            assert all(field in TABLES[table] for table, field in seen)
        assert set(filters.allowed(module.READS, Tier.STAFF)) == set(module.READS)
    assert "state" not in filters.allowed(products.READS, Tier.PUBLIC)
