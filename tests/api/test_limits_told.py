"""What callers see of the counting of requests: whose minute is whose, and when to come again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exchange.access.partners import named
from exchange.api.limits import Limiter
from exchange.app import create_app
from exchange.store.partners import use_of
from exchange.store.rates import RateRow


def still(app: Flask) -> FlaskClient:
    """A visitor of a service whose minute does not run."""
    app.extensions["exchange.limits"]._clock = lambda: 1_800_000_013.0 // 60 * 60 + 13
    return app.test_client()


def _asked_from(client, address: str):
    return client.get("/api/v1/regions?limit=1", environ_overrides={"REMOTE_ADDR": address})


def test_an_address_is_kept_as_a_word_that_tells_none(settings, store, world):
    client = create_app(replace(settings, rate_public=100), store).test_client()
    for address in ("203.0.113.77", "2001:db8:1:2::77"):
        assert _asked_from(client, address).status_code == 200
    with store.read() as session:
        buckets = session.scalars(select(RateRow.bucket)).all()
    assert len(buckets) == 2
    assert not any(("203" in each and "113" in each) or "db8" in each or each == "77" for each in buckets)
    other = create_app(replace(settings, rate_public=100, secret_key="1" * 64), store).test_client()
    assert _asked_from(other, "203.0.113.77").status_code == 200
    with store.read() as session:
        assert len(session.scalars(select(RateRow.bucket)).all()) == 3, "who lists all addresses cannot tell the word without the key"


def test_a_subscriber_of_ipv6_is_one_caller_and_each_address_of_ipv4_another_however_the_socket_tells_it(settings, store, world):
    client = still(create_app(replace(settings, rate_public=1), store))
    for address, status in (
        ("2001:db8:1:2::1", 200), ("2001:db8:1:2:ffff::9", 429), ("2001:db8:1:3::1", 200),
        ("203.0.113.1", 200), ("::ffff:203.0.113.1", 429), ("::ffff:203.0.113.2", 200), ("203.0.113.2", 429),
    ):  # fmt: skip
        assert _asked_from(client, address).status_code == status, address


def test_a_refusal_says_when_to_come_again_and_what_the_limit_is(settings, store, world):
    client = still(create_app(replace(settings, rate_public=3, rate_token=2), store))
    answers = [_asked_from(client, "203.0.113.5") for _ in range(5)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    assert [each.headers["RateLimit"] for each in answers[:3]] == [f'"public";r={left};t=47' for left in (2, 1, 0)]
    refused = answers[-1]
    assert refused.headers["Retry-After"] == "47"
    assert refused.headers["RateLimit-Policy"] == '"public";q=3;w=60'
    assert refused.headers["RateLimit"] == '"public";r=0;t=47'
    assert (refused.mimetype, refused.get_json()["type"]) == ("application/problem+json", "/problems/terlalu-sering")
    options = client.options("/api/v1/regions", environ_overrides={"REMOTE_ADDR": "203.0.113.5"})
    assert options.status_code != 429
    assert client.get("/healthz", environ_overrides={"REMOTE_ADDR": "203.0.113.5"}).status_code == 200


def test_what_a_partner_used_is_written_within_a_quarter_of_a_minute_whatever_is_borrowed(store, office):
    now = [1_000_000.0]
    its = Limiter(store, lambda: now[0])
    assert its.take("p:1", 1000).allowed
    with store.read() as session:
        number = named(session, office.ident).id
    its.note(number, "products.listing", False)
    now[0] += 14
    its.take("p:1", 1000)
    with store.read() as session:
        assert [row.asked for row in use_of(session, number, date(1970, 1, 1)) if row.operation == "products.listing"] == []
    now[0] += 1
    its.take("p:1", 1000)
    with store.read() as session:
        assert [row.asked for row in use_of(session, number, date(1970, 1, 1)) if row.operation == "products.listing"] == [1]
