"""Each example of a request's body in the contract is sent as it stands to the service, and does what the contract says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from exchange.api import document
from exchange.store.demands import demand_by_ident
from exchange.store.matches import MatchRow
from exchange.store.products import products_by_sku

from .staged import trade  # isort: skip

CONTRACT = document()
BODIES = [
    (path, method, media, name)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
    if isinstance(operation, dict)
    for media, content in operation.get("requestBody", {}).get("content", {}).items()
    for name in content.get("examples", {"": None})
]


CASE = ("path", "method", "media", "name")


def of(method: str, part: str) -> list[tuple[str, ...]]:
    """The examples of one method under one part of the paths."""
    return [place for place in BODIES if place[1] == method and part in place[0] and place[3]]


def example(path: str, method: str, media: str, name: str) -> Any:
    return CONTRACT["paths"][path][method]["requestBody"]["content"][media]["examples"][name]["value"]


def test_every_body_that_can_be_sent_has_an_example():
    assert [place for place in BODIES if not place[3]] == []


@pytest.mark.parametrize(
    ("path", "method", "media", "name"), [place for place in BODIES if place[1] == "post" and "/partner/demands" in place[0]]
)
def test_a_demand_of_an_example_is_taken(office, path, method, media, name):
    answer = office.open("POST", path, example(path, method, media, name))
    assert answer.status_code in {200, 201}, answer.text
    assert "refused" not in answer.text
    assert str(answer.status_code) in CONTRACT["paths"][path][method]["responses"]


@pytest.mark.parametrize(CASE, of("put", "/demands/"))
def test_a_demand_of_an_example_takes_the_place_of_another(office, path, method, media, name):
    body = example(path, method, media, name)
    made = office.open("POST", "/api/v1/partner/demands", body | {"title": "Yang lama"})
    answer = office.open("PUT", made.headers["Location"], body, If_Match=made.headers["ETag"])
    assert (answer.status_code, answer.get_json()["title"]) == (200, body["title"])


@pytest.mark.parametrize(CASE, of("put", "/matches/"))
def test_an_answer_of_an_example_is_kept(office, store, path, method, media, name):
    office.stage("contracted", sectors=["logam"])
    body = example("/api/v1/partner/demands", "post", "application/json", "full")
    ident = office.open("POST", "/api/v1/partner/demands", body).get_json()["ident"]
    with store.work() as session:
        demand, product = demand_by_ident(session, ident), products_by_sku(session, ["LGM-1"])["LGM-1"]
        row = MatchRow(
            demand_id=demand.id, product_id=product.id, score=Decimal("0.5"), marks=[], model="uji", demand_version=1, product_version=1
        )
        session.add(row)
        session.flush()
        number = row.id
    answer = office.open("PUT", f"/api/v1/partner/matches/{number}/answer", example(path, method, media, name), If_Match="*")
    assert (answer.status_code, answer.get_json()["answer"]["answer"]) == (200, name)


@pytest.mark.parametrize(CASE, of("put", "/deals/"))
def test_an_answer_to_an_offer_of_an_example_is_kept(office, store, path, method, media, name):
    body = example("/api/v1/partner/demands", "post", "application/json", "full")
    ident = office.open("POST", "/api/v1/partner/demands", body).get_json()["ident"]
    with store.work() as session:
        demand, product = demand_by_ident(session, ident), products_by_sku(session, ["LGM-1"])["LGM-1"]
        row = {"score": Decimal("0.5"), "marks": [], "model": "uji", "demand_version": 1, "product_version": 1, "state": "accepted"}
        session.add(MatchRow(demand_id=demand.id, product_id=product.id, **row))
        session.flush()
        deal = trade(session, demand.id, quantity=60).ident
    answer = office.open("PUT", f"/api/v1/partner/deals/{deal}/answer", example(path, method, media, name), If_Match="*")
    assert (answer.status_code, answer.get_json()["answer"]) == (200, name), answer.text


@pytest.mark.parametrize(CASE, of("post", "/oauth/"))
def test_a_form_of_an_example_is_taken_once_the_secret_stands_in_it(office, path, method, media, name):
    given = {"client_secret": office.secret, "token": office.headers["Authorization"][7:]}
    form = {key: given[key] if value == "…" else value for key, value in example(path, method, media, name).items()}
    assert office.client.post(path, data=form).status_code == 200


@pytest.mark.parametrize(CASE, of("post", "/partner/webhooks"))
def test_a_webhook_of_an_example_is_kept(office, path, method, media, name):
    body = example(path, method, media, name)
    answer = office.open("POST", path, body, key=None)
    assert (answer.status_code, answer.get_json()["url"]) == (201, body["url"])
