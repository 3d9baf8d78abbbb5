from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from marshmallow import Schema, fields

from exchange.access.policy import Tier
from exchange.api import caller
from exchange.api.smorest import Api, Blueprint
from exchange.errors import Conflict, StorageFull, Unauthenticated
from exchange.settings import Settings
from exchange.store.base import Store

PROBLEM = "application/problem+json"


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == PROBLEM
    body: dict[str, Any] = answer.get_json()
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert body["title"]
    assert body["mend"]
    assert body["instance"].startswith("/")
    assert answer.headers["Cache-Control"] == "no-store"
    return body


MISTAKEN = [
    ("sektor=logam", "sektor", "sector"),
    ("sector=logaam", "sector", "logam"),
    ("distrik=Citangkil", "distrik", "district"),
    ("district=Citangkel", "district", "Citangkil"),
    ("limit=0", "limit", None),
    ("limit=201", "limit", None),
    ("limit=sepuluh", "limit", None),
    ("limit=1&limit=2", "limit", None),
    ("kbli=25x", "kbli", None),
    ("q=", "q", None),
    ("q=%00", "q", None),
    ("cursor=", "cursor", None),
]


def test_what_cannot_be_understood_is_named_with_the_nearest_right_word(visitor):
    for query, parameter, nearest in MISTAKEN:
        body = problem(visitor.get(f"/api/v1/products?{query}"), 400)
        assert body["errors"][0]["parameter"] == parameter
        assert body["errors"][0].get("nearest") == nearest
        if nearest:
            assert nearest in body["mend"]


NOT_THERE = [
    ("demands?region=99.99", "region"),
    ("demands?region=Semarang", "region"),
    ("demands?updated_since=kemarin", "updated_since"),
    ("demands?updated_since=2026-11-01T00:00:00", "updated_since"),
    ("demands?updated_since=0001-01-01T00:00:00%2B07:00", "updated_since"),
    ("demands?status=opn", "status"),
    ("regions?parent=3", "parent"),
    ("regions/36.72?fields=name", "fields"),
    ("products/LGM-1?fields=name", "fields"),
    ("publications/json?tingkat=staff", "tingkat"),
]


def test_values_that_do_not_exist_are_refused(visitor):
    for path, parameter in NOT_THERE:
        assert problem(visitor.get(f"/api/v1/{path}"), 400)["errors"][0]["parameter"] == parameter


NO_SCORES = ["2", "-1", "NaN", "0.1234567", "1e-9", "x", "Infinity"]


def test_a_score_beyond_its_bounds_is_refused(staff):
    for score in NO_SCORES:
        assert problem(staff.get(f"/api/v1/matches?min_score={score}"), 400)["errors"][0]["parameter"] == "min_score"
        assert staff.get("/api/v1/matches?min_score=0.731373").get_json()["items"]
        assert not staff.get("/api/v1/matches?min_score=0.731374").get_json()["items"]


NOWHERE = [
    "/api",
    "/api/v1/produk",
    "/api/v1/products/tidak-ada",
    "/api/v1/businesses/x",
    "/api/v1/demands/x",
    "/api/v1/regions/99",
    "/api/v1/publications/ublx",
    "/docs/none.js",
    "/problems/none",
    "/.well-known/none",
    "/healthz/x",
]


def test_what_is_not_there_is_a_problem_and_never_a_page(visitor):
    for path in NOWHERE:
        problem(visitor.get(path), 404)


def test_a_name_with_nul_is_refused_like_a_filter_with_it(visitor):
    for path, named in (("products/%00", "sku"), ("demands/d%00x", "ident"), ("products?%00=a", "alamat"), ("products?q%00=a", "q")):
        assert problem(visitor.get(f"/api/v1/{path}"), 400)["errors"][0]["parameter"] == named


def test_a_number_beyond_64_bits_names_nothing(staff):
    for number in (2**63, 10**19, "9" * 5000):
        for kind in ("runs", "matches"):
            problem(staff.get(f"/api/v1/{kind}/{number}"), 404)


READ_ONLY = ["/api/v1/products", "/openapi.json", "/docs", "/docs/init.js", "/healthz", "/.well-known/api-catalog"]


def test_another_method_is_405_and_allow_names_the_right_ones(visitor):
    for path in READ_ONLY:
        answer = visitor.delete(path)
        problem(answer, 405)
        assert {"GET", "HEAD"} <= {word.strip() for word in answer.headers["Allow"].split(",")}


NEGOTIATED = ["/api/v1/products", "/api/v1/publications/json", "/.well-known/api-catalog"]


def test_a_representation_that_does_not_exist_is_406(visitor):
    for path in NEGOTIATED:
        problem(visitor.get(path, headers={"Accept": "image/png"}), 406)
        with visitor.get(path, headers={"Accept": "text/html,*/*;q=0.1"}) as answer:
            assert answer.status_code == 200


class Body(Schema):
    amount = fields.Integer(required=True)


@pytest.fixture
def writing(settings: Settings, store: Store) -> Flask:
    """An app with the mended extension and one route that takes a body, and routes that fail."""
    from exchange.api import problems

    app = Flask("writing")
    problems.register(app)
    api = Api(app, {})
    bp = Blueprint("things", "Things.", "/api/things")

    @bp.route("", methods=["POST"])
    @bp.arguments(Body)
    @bp.response(201, Body)
    def make(data: dict[str, Any]) -> dict[str, Any]:
        return data

    @bp.route("/<kind>", methods=["GET"])
    def fail(kind: str) -> Response:
        raise {"busy": Conflict("Sedang diubah."), "full": StorageFull("/srv/rahasia penuh")}.get(kind, RuntimeError("rahasia"))

    api.register_blueprint(bp)
    return app


def test_a_body_of_another_type_is_415_and_a_wrong_one_400(writing):
    client = writing.test_client()
    assert client.post("/api/things", json={"amount": 1}).status_code == 201
    problem(client.post("/api/things", data="amount=1", content_type="application/x-www-form-urlencoded"), 415)
    problem(client.post("/api/things", data="x"), 415)
    problem(client.post("/api/things", data="{", content_type="application/json"), 400)
    assert problem(client.post("/api/things", json={"amount": "x"}), 400)["errors"][0]["parameter"] == "amount"
    assert problem(client.post("/api/things", json={"amount": 1, "amont": 1}), 400)["errors"][0]["nearest"] == "amount"


WRITES = ["POST", "PUT", "PATCH", "DELETE"]


def test_a_writing_request_on_the_word_of_a_session_cookie_is_refused(app, world):
    for path in ("/api/v1/things", "/oauth/things"):
        app.add_url_rule(path, path, lambda: Response(status=201), methods=WRITES)
    app.add_url_rule("/halaman", "halaman", lambda: Response(status=201), methods=WRITES)
    client = app.test_client()
    for known in (False, True):
        if known:
            found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/masuk").text)
            assert (
                client.post("/masuk", data={"csrf_token": found[1], "name": "petugas", "password": "kata-sandi-uji-coba"}).status_code
                == 303
            )
        for method in WRITES:
            for path in ("/api/v1/things", "/oauth/things"):
                answer = client.open(path, method=method, json={})
                if known:
                    assert "hanya berlaku untuk membaca" in problem(answer, 403)["detail"]
                else:
                    assert answer.status_code == 201
            assert client.open("/halaman", method=method).status_code == 201
    assert client.get("/api/v1/runs").status_code == 200


def test_a_failure_tells_nothing_of_the_inside(writing):
    client = writing.test_client()
    for kind in ("broken", "full"):
        answer = client.get(f"/api/things/{kind}")
        problem(answer, answer.status_code)
        assert answer.status_code >= 500
        assert "rahasia" not in answer.text
    assert problem(client.get("/api/things/busy"), 409)["detail"] == "Sedang diubah."


def test_a_service_without_a_login_knows_the_public_alone(writing):
    with writing.test_request_context("/api/things", headers={"Cookie": "session=x"}):
        assert caller.tier() is Tier.PUBLIC
        with pytest.raises(Unauthenticated):
            caller.staff_only("Ini")


def test_a_failing_view_of_the_whole_service_is_a_problem_too(app, monkeypatch):
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("rahasia")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("exchange.api.searched.page", broken)
    answer = app.test_client().get("/api/v1/products")
    problem(answer, 500)
    assert "rahasia" not in answer.text


def test_pages_keep_their_own_errors(visitor):
    answer = visitor.get("/tidak-ada")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_every_type_of_problem_can_be_looked_up(visitor):
    body = visitor.get("/api/v1/products?x=1").get_json()
    told = visitor.get(body["type"])
    assert told.status_code == 200
    assert told.get_json()["title"] == body["title"]


def test_health_is_told_without_and_readiness_with_the_database(visitor, tmp_path: Path):
    from exchange.app import create_app

    assert visitor.get("/healthz").get_json() == {"status": "ok"}
    assert visitor.get("/readyz").get_json() == {"status": "ready"}
    store = Store(f"sqlite:///{tmp_path / 'never-set-up.sqlite3'}")
    bare = create_app(Settings(data_dir=tmp_path, secret_key="0" * 64), store).test_client()
    assert bare.get("/healthz").status_code == 200
    problem(bare.get("/readyz"), 503)
    store.close()
