"""What is answered ahead of Flask is what the long way answers, at every moment, whoever asks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from exchange.access.partners import end_secret, named, set_active, set_scopes, set_stage
from exchange.access.scopes import SCOPES
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.api.front import ENDPOINTS, Front
from exchange.store.base import Store, utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.feed import renew_epoch
from exchange.store.partners import AccessTokenRow, secrets_of
from exchange.store.products import ProductRow, products_by_sku, products_of_business
from exchange.store.rates import RateRow

PATHS = [
    "/api/v1/products", "/api/v1/products?limit=2", "/api/v1/products?sector=logam", "/api/v1/products/LGM-1", "/api/v1/products/OFF-1",
    "/api/v1/products?sektor=logam", "/api/v1/businesses", "/api/v1/demands", "/api/v1/demands/d-0000000000000002",
    "/api/v1/demands/d-0000000000000001", "/api/v1/publications/json", "/api/v1/publications/ubl?tier=public",
]  # fmt: skip
OWN = {"ratelimit", "ratelimit-policy", "x-request-id", "date"}


def seen(answer: TestResponse) -> tuple[Any, ...]:
    """What an answer says, less what belongs to one request."""
    headers = sorted((name.lower(), value) for name, value in answer.headers if name.lower() not in OWN)
    body: Any = answer.data
    if answer.mimetype == "application/problem+json":
        body = {name: value for name, value in (answer.get_json() if body else {}).items() if name != "request_id"}
        headers = [pair for pair in headers if pair[0] != "content-length"]
    return answer.status_code, headers, body


def price(store: Store, number: int) -> None:
    with store.work() as session:
        row = products_by_sku(session, ["LGM-1"])["LGM-1"]
        row.price_max, row.version = Decimal(900000 + number), row.version + 1
        refresh_products(session, [row])


def consent(store: Store) -> None:
    """A firm's consent given or taken back, with its products."""
    with store.work() as session:
        row = session.query(BusinessRow).filter(BusinessRow.name == "CV Karya Logam").one()
        row.consented_on = None if row.consented_on else utcnow().date()
        refresh_businesses(session, [row])
        refresh_products(session, products_of_business(session, row.id))


def partner(store: Store, office: Any, number: int) -> None:
    """Something about the partner changes."""
    with store.work() as session:
        row = named(session, office.ident)
        if number == 0:
            set_stage(session, row, "public" if row.stage == "agreed" else "agreed", actor="uji")
        elif number == 1:
            set_scopes(session, row, ["demand:read"] if len(row.scopes) > 1 else SCOPES, actor="uji")
        else:
            set_active(session, row, not row.active, actor="uji")


def nothing(store: Store) -> None:
    """A commit that has nothing to do with what is read."""
    with store.work() as session:
        session.add(RateRow(bucket=f"x{utcnow().timestamp()}", window=0, used=0))


CALLERS = ["anybody", "partner", "garbled"]
ACTS = st.one_of(
    st.tuples(
        st.just("read"),
        st.sampled_from(PATHS),
        st.sampled_from(["anybody", "partner", "garbled"]),
        st.sampled_from(["GET", "HEAD"]),
        st.booleans(),
    ),
    st.tuples(st.just("price"), st.integers(1, 9)),
    st.tuples(st.just("consent")),
    st.tuples(st.just("partner"), st.integers(0, 2)),
    st.tuples(st.just("nothing")),
    st.tuples(st.just("epoch")),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=4, max_size=14))
def test_it_answers_at_every_moment_what_the_long_way_answers(app: Flask, store, office, acts):
    front = app.wsgi_app
    assert isinstance(front, Front)
    short, long = Client(front), Client(front._inner)
    tags: dict[str, str] = {}
    for act, *more in acts:
        if act == "price":
            price(store, *more)
        elif act == "consent":
            consent(store)
        elif act == "partner":
            partner(store, office, *more)
        elif act == "nothing":
            nothing(store)
        elif act == "epoch":
            with store.work() as session:
                renew_epoch(session)
        else:
            path, who, method, conditional = more
            headers = {"anybody": {}, "partner": office.headers, "garbled": {"Authorization": "Bearer bukan-token"}}[who]
            if conditional and path in tags:
                headers = headers | {"If-None-Match": tags[path]}
            if path in tags and "publications" in path:
                headers = headers | {"Accept-Encoding": "gzip"}
            for _ in range(2):
                mine, theirs = (client.open(path, method=method, headers=headers) for client in (short, long))
                with mine, theirs:
                    assert seen(mine) == seen(theirs), (path, who, method, headers)
            tags[path] = theirs.headers.get("ETag", tags.get(path, '"x"'))


def counted(app: Flask) -> list[str]:
    """The endpoints that Flask itself answered, from now on."""
    asked: list[str] = []
    app.before_request_funcs.setdefault(None, []).append(lambda: asked.append("long"))
    return asked


@pytest.mark.parametrize("path", ["/api/v1/products?limit=2", "/api/v1/products/LGM-1", "/api/v1/businesses", "/api/v1/demands"])
def test_the_second_answer_does_not_reach_flask_until_something_that_it_says_changes(app, store, visitor, office, path):
    asked = counted(app)
    for headers in ({}, office.headers):
        asked.clear()
        first = app.test_client().get(path, headers=headers)
        tag = first.headers["ETag"]
        assert app.test_client().get(path, headers=headers).data == first.data
        assert app.test_client().get(path, headers=headers | {"If-None-Match": tag}).status_code == 304
        nothing(store)
        assert app.test_client().get(path, headers=headers).data == first.data
        assert len(asked) == 1
    price(store, 1)
    app.test_client().get(path)
    assert len(asked) == 2


def test_a_token_that_was_ended_is_refused_at_the_next_request(app, store, office):
    path = "/api/v1/products?limit=2"
    for end in ("token", "secret", "partner"):
        with store.work() as session:
            set_active(session, named(session, office.ident), True, actor="uji")
        form = {"grant_type": "client_credentials", "client_id": office.ident, "client_secret": office.secret}
        answer = office.client.post("/oauth/token", data=form)
        if answer.status_code != 200:
            continue
        headers = {"Authorization": f"Bearer {answer.get_json()['access_token']}"}
        assert [app.test_client().get(path, headers=headers).status_code for _ in range(3)] == [200] * 3
        with store.work() as session:
            row = named(session, office.ident)
            if end == "token":
                session.query(AccessTokenRow).delete()
            elif end == "partner":
                set_active(session, row, False, actor="uji")
            else:
                end_secret(session, row, secrets_of(session, row.id, utcnow())[0].ident, actor="uji")
        assert app.test_client().get(path, headers=headers).status_code == 401, end


def test_every_kept_answer_counts_against_the_callers_minute(app, store, office):
    from dataclasses import replace

    from exchange.app import create_app
    from exchange.wiring import settings as its

    with app.app_context():
        narrow = create_app(replace(its(), rate_public=20, rate_partner=20), store)
    client = narrow.test_client()
    for headers in ({}, office.headers):
        statuses = [client.get("/api/v1/products?limit=2", headers=headers).status_code for _ in range(45)]
        assert statuses.count(200) <= 40, "two minutes at most"
        assert statuses[-1] == 429
        assert set(statuses) == {200, 429}


def test_what_a_partner_reads_by_the_short_way_is_in_its_use(app, store, office):
    for _ in range(5):
        assert app.test_client().get("/api/v1/products?limit=2", headers=office.headers).status_code == 200
    used = office.get("/api/v1/partner/use").get_json()["items"]
    assert [line["asked"] for line in used if line["operation"] == "products.listing"] == [5]


def test_a_page_with_a_session_never_goes_the_short_way(app, visitor, staff):
    visitor.get("/api/v1/products")
    asked = counted(app)
    for _ in range(2):
        assert len(staff.get("/api/v1/products").get_json()["items"]) == 5
    assert len(asked) == 2


def test_what_is_kept_stays_within_its_room(app, visitor, monkeypatch):
    from exchange.api import kept_answers

    monkeypatch.setattr(kept_answers, "_ROOM", 6000)
    kept = app.wsgi_app._kept
    for limit in range(1, 60):
        for _ in range(2):
            assert visitor.get(f"/api/v1/products?limit={limit}").status_code == 200
    assert 0 < kept._size <= 6000
    assert kept._size == sum(len(each.body) for each in kept._kept.values())
    there = {id(each.body) for each in kept._kept.values()}
    for _ in range(2):
        visitor.get("/api/v1/products?limit=59")
    assert app.wsgi_app._ready
    assert {id(each.body) for each in app.wsgi_app._ready.values()} <= there


def test_the_operations_of_the_short_way_are_operations(app):
    assert set(app.view_functions) >= ENDPOINTS
    assert ProductRow.__tablename__ == "product"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_that_a_copy_of_a_file_is_the_newest_is_told_without_flask_until_it_is_not(app, store, world, coding):
    path, client = "/api/v1/publications/ubl", app.test_client()
    headers = {"Accept-Encoding": coding}
    with client.get(path, headers=headers) as first:
        headers["If-None-Match"] = first.headers["ETag"]
    with client.get(path, headers=headers) as known:
        assert known.status_code == 304
    asked = counted(app)
    with client.get(path, headers=headers) as again:
        assert (again.status_code, again.headers["ETag"], asked) == (304, headers["If-None-Match"], [])
    with client.get(path, headers=headers | {"If-None-Match": '"lain"'}) as whole:
        assert whole.status_code == 200 and len(whole.data) > 100
    price(store, 1)
    with client.get(path, headers=headers) as changed:
        assert (changed.status_code, len(asked)) == (200, 2)
