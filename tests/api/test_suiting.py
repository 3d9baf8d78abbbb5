"""Products for a need in one's own words: what ranks, what is said of it, and that nothing hidden can be asked out of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator

from exchange.access.segments import refresh_products
from exchange.api import document
from exchange.store.base import Store
from exchange.store.products import ProductRow, products_by_sku

PATH = "/api/v1/suiting"
TIERED = {"verdict", "flip", "marks"}


def ask(client: FlaskClient, need: str, **more: Any) -> list[dict[str, Any]]:
    answer = client.get(PATH, query_string={"for": need} | more)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["items"]


def change(store: Store, sku: str, **values: Any) -> None:
    with store.work() as session:
        row = products_by_sku(session, [sku])[sku]
        for name, value in values.items():
            setattr(row, name, value)
        refresh_products(session, [row])


@pytest.fixture(autouse=True)
def plain(store: Store, world: Any) -> None:
    """The products of this world under their names alone."""
    for sku in ("LGM-1", "LGM-2", "PGN-1", "SLT-1", "OFF-1"):
        change(store, sku, keywords=[])


def test_a_need_is_answered_by_what_it_names_with_the_words_that_met(visitor):
    first, *_ = ask(visitor, "pengadaan pagar besi untuk kantor kelurahan")
    assert first["product"] == visitor.get("/api/v1/products/LGM-1").get_json()
    assert (first["asked"], first["offered"]) == ("pagar besi", "pagar besi hollow")
    assert 0.4 < first["score"] <= 1
    assert [one["product"]["sku"] for one in ask(visitor, "kue kering lebaran")] == ["PGN-1"]
    assert ask(visitor, "genset 10 kVA") == []


def test_the_best_comes_first_and_no_more_than_asked_for(visitor, store):
    change(store, "LGM-2", name="Pagar besi tempa", keywords=["pagar tempa"])
    found = ask(visitor, "pagar besi tempa")
    assert [one["product"]["sku"] for one in found] == ["LGM-2", "LGM-1"]
    assert found[0]["score"] > found[1]["score"]
    assert ask(visitor, "pagar besi tempa", limit=1) == found[:1]


def test_the_places_go_to_what_the_caller_may_read(visitor, staff, store):
    """Were the best ten taken of all products, hidden ones would push those that may be read out."""
    for sku in ("SLT-1", "OFF-1"):
        change(store, sku, name="Pagar besi hollow")
    assert [one["product"]["sku"] for one in ask(visitor, "pagar besi hollow", limit=1)] == ["LGM-1"]
    assert {one["product"]["sku"] for one in ask(staff, "pagar besi hollow")} == {"LGM-1", "SLT-1"}, "not what is not on offer"


def test_the_public_is_told_score_and_words_and_staff_the_criteria(visitor, staff):
    (seen,) = ask(visitor, "pagar besi 600 m2")
    assert set(seen) == {"product", "score", "asked", "offered"}
    assert "capacity_max" not in seen["product"]
    (told,) = ask(staff, "pagar besi 600 m2")
    assert set(told) == set(seen) | TIERED
    assert told["marks"][0]["criterion"] == "text"
    assert (told["asked"], told["offered"]) == (seen["asked"], seen["offered"])


def test_what_is_hidden_moves_neither_order_nor_score_nor_words(visitor, staff, store):
    need = "pagar besi 600 m2 Jalan Penanda 731373"
    before, known = visitor.get(PATH, query_string={"for": need}), ask(staff, need)
    change(store, "LGM-1", capacity_min=Decimal(150), capacity_max=Decimal(200))  # the same power of ten
    change(store, "SLT-1", name="Pagar besi", keywords=["pagar besi 600 m2"], description="Jalan Penanda 731373")
    change(store, "OFF-1", name="Pagar besi", keywords=["pagar besi 600 m2"])
    after = visitor.get(PATH, query_string={"for": need})
    assert after.data == before.data
    assert after.headers["ETag"] == before.headers["ETag"]
    assert ask(staff, need) != known, "staff would see the change, so the change is one that ranking can see"


def test_a_product_that_is_published_or_taken_back_is_found_or_not_at_once(visitor, store):
    change(store, "OFF-1", state="active", name="Genset diesel")
    assert [one["product"]["sku"] for one in ask(visitor, "genset diesel")] == ["OFF-1"]
    change(store, "OFF-1", state="withdrawn")
    assert ask(visitor, "genset diesel") == []


@pytest.mark.parametrize(
    ("query", "parameter", "nearest"),
    [
        ("", "for", None),
        ("for=", "for", None),
        ("for=%20%0A", "for", None),
        ("for=" + "a" * 501, "for", None),
        ("for=pagar&for=besi", "for", None),
        ("for=pagar%00", "for", None),
        ("for=pagar&limit=0", "limit", None),
        ("for=pagar&limit=51", "limit", None),
        ("for=pagar&limt=5", "limt", "limit"),
        ("for=pagar&sector=logam", "sector", None),
    ],
)
def test_what_cannot_be_understood_is_named(visitor, query, parameter, nearest):
    answer = visitor.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    fault = answer.get_json()["errors"][0]
    assert (fault["parameter"], fault.get("nearest")) == (parameter, nearest)
    assert answer.get_json()["mend"]


@pytest.mark.parametrize("need", ["“", "😀", "§ 5 %", "0", "a" * 500, "pagar " * 83, "((((((", "' OR 1=1 --", "۱۲۳", "x\u0301"])
def test_any_sentence_has_an_answer(visitor, need):
    assert visitor.get(f"{PATH}?for={quote(need)}").status_code == 200


def test_the_answer_fits_the_contract(visitor, staff):
    schema = {"$ref": "#/components/schemas/SuitingProducts", "components": document()["components"]}
    for client in (visitor, staff):
        body = {"items": ask(client, "pagar besi 600 m2")}
        assert body["items"]
        assert [error.message for error in OAS31Validator(schema).iter_errors(body)] == []


def test_it_costs_at_most_five_statements_however_large_the_catalogue_and_is_not_sent_twice(visitor, staff, store, statements):
    with store.work() as session:
        firm = products_by_sku(session, ["LGM-1"])["LGM-1"].business
        rows = [ProductRow(sku=f"P-{n:03}", name=f"Pagar besi {n}", keywords=[], business=firm) for n in range(80)]
        session.add_all(rows)
        session.flush()
        refresh_products(session, rows)
    path = f"{PATH}?for=pagar+besi&limit=50"
    for client in (visitor, staff):
        for _ in range(2):
            with statements() as seen:
                answer = client.get(path)
            assert len(answer.get_json()["items"]) == 50
            assert 0 < len(seen) <= 5, seen
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
