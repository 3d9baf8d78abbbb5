"""Tokens, scopes, secrets and stages of partners, over the whole service."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.access.partners import add_partner, end_secret, named, new_secret, set_active, set_rate, set_scopes, set_stage
from exchange.access.scopes import SCOPES
from exchange.settings import Settings
from exchange.store.audit import AuditRow
from exchange.store.base import Store, utcnow
from exchange.store.partners import AccessTokenRow, PartnerSecretRow

IDENT = "kota-contoh"


@pytest.fixture
def secret(store: Store, world) -> str:
    """The secret of a partner that has every scope and no agreement."""
    with store.work() as session:
        row = add_partner(session, IDENT, "Pemerintah Kota Contoh", "33.74", SCOPES, contact="dagang@contoh.example", actor="uji")
        return new_secret(session, row, actor="uji").word


def ask_token(client: FlaskClient, secret: str, *, ident: str = IDENT, **form: str):
    basic = b64encode(f"{ident}:{secret}".encode()).decode()
    data = {"grant_type": "client_credentials", **form}
    return client.post("/oauth/token", data=data, headers={"Authorization": f"Basic {basic}"})


def bearer(client: FlaskClient, secret: str, **form: str) -> dict[str, str]:
    answer = ask_token(client, secret, **form)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}


def test_a_partner_gets_a_token_by_basic_or_in_the_form_and_is_known_by_it(client, secret):
    answer = ask_token(client, secret)
    told = answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, " ".join(SCOPES))
    form = {"grant_type": "client_credentials", "client_id": IDENT, "client_secret": secret}
    other = client.post("/oauth/token", data=form).get_json()
    assert other["access_token"] != told["access_token"]
    for each in (told, other):
        seen = client.get("/api/v1/partner", headers={"Authorization": f"Bearer {each['access_token']}"}).get_json()
        assert (seen["ident"], seen["stage"], seen["token_scopes"]) == (IDENT, "public", list(SCOPES))


@pytest.mark.parametrize(
    ("ident", "word"), [(IDENT, "keliru"), ("kota-lain", None), (IDENT, ""), ("", None), (IDENT, "\udcff"), ("a" * 9000, None)]
)
def test_a_wrong_name_or_secret_gets_no_token_and_is_not_told_which_was_wrong(client, secret, ident, word):
    basic = b64encode(f"{ident}:{secret if word is None else word}".encode("utf-8", "surrogateescape")).decode()
    answer = client.post("/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 401, answer.text
    assert answer.get_json()["error"] == "invalid_client"
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert secret not in answer.text


def test_wrong_requests_for_tokens_are_answered_in_the_words_of_the_standard(client, secret):
    assert ask_token(client, secret, grant_type="password").get_json()["error"] == "unsupported_grant_type"
    assert ask_token(client, secret, scope="catalogue:read agreements:write").get_json()["error"] == "invalid_scope"
    assert client.post("/oauth/token").status_code == 400
    assert client.get("/oauth/token").status_code == 405
    assert client.post("/oauth/token", json={"grant_type": "client_credentials"}).status_code == 415


def test_what_is_kept_of_secrets_and_tokens_is_not_enough_to_use_them(client, store, secret):
    word = bearer(client, secret)["Authorization"].removeprefix("Bearer ")
    with store.read() as session:
        kept = [session.query(PartnerSecretRow).one().digest, session.query(AccessTokenRow).one().digest]
        said = [str(row.facts) for row in session.query(AuditRow)]
    assert secret not in kept and word not in kept
    assert not any(secret in each or word in each for each in said)
    for digest in kept:
        assert client.get("/api/v1/partner", headers={"Authorization": f"Bearer {digest}"}).status_code == 401
        assert ask_token(client, digest).status_code == 401


def test_secrets_do_not_travel_over_an_open_line(client, secret):
    form = {"grant_type": "client_credentials", "client_id": IDENT, "client_secret": secret, "token": "tidak-ada"}
    for path in ("/oauth/token", "/oauth/revoke"):
        answer = client.post(path, data=form, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
        assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_request")
        safe = client.post(path, data=form, base_url="https://bursa.example", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
        assert safe.status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/products", "/api/v1/regions", "/api/v1/partner", "/api/v1/publications/json"])
def test_a_token_that_does_not_hold_is_refused_even_where_none_is_needed(client, secret, path):
    for said in ("Bearer tidak-ada", "Bearer", "Basic eDp5", "Bearer " + "x" * 500, "\udcff"):
        answer = client.get(path, headers={"Authorization": said.encode("utf-8", "surrogateescape").decode("latin-1")})
        assert answer.status_code == 401, said
        assert answer.get_json()["type"] == "/problems/token-tidak-berlaku"
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_ends_with_its_time_its_secret_its_partner_or_by_itself(client, store, secret):
    def works(headers: dict[str, str]) -> bool:
        return client.get("/api/v1/partner", headers=headers).status_code == 200

    with store.work() as session:
        other = new_secret(session, named(session, IDENT), actor="uji")
    first, second, third = bearer(client, secret), bearer(client, other.word), bearer(client, other.word)
    data = {"token": third["Authorization"][7:], "client_id": IDENT, "client_secret": secret}
    assert client.post("/oauth/revoke", data=data).status_code == 200
    assert (works(first), works(second), works(third)) == (True, True, False)
    with store.work() as session:
        end_secret(session, named(session, IDENT), other.ident, actor="uji")
    assert (works(first), works(second)) == (True, False)
    assert ask_token(client, other.word).status_code == 401
    with store.work() as session:
        for token in session.query(AccessTokenRow):
            token.ends_at = utcnow()
    assert not works(first)
    fresh = bearer(client, secret)
    with store.work() as session:
        set_active(session, named(session, IDENT), False, actor="uji")
    assert not works(fresh)
    assert ask_token(client, secret).status_code == 401
    with store.work() as session:
        set_active(session, named(session, IDENT), True, actor="uji")
    assert not works(fresh) and works(bearer(client, secret))


def test_nobody_ends_the_token_of_somebody_else(client, store, secret):
    with store.work() as session:
        row = add_partner(session, "kota-lain", "Kota Lain", "33.74", ["catalogue:read"], actor="uji")
        theirs = new_secret(session, row, actor="uji").word
    mine = bearer(client, secret)
    data = {"token": mine["Authorization"][7:], "client_id": "kota-lain", "client_secret": theirs}
    assert client.post("/oauth/revoke", data=data).status_code == 200
    assert client.get("/api/v1/partner", headers=mine).status_code == 200


def test_a_partner_rotates_its_secret_without_anybodys_help(client, secret):
    mine = bearer(client, secret)
    made = client.post("/api/v1/partner/secrets", headers=mine)
    assert made.status_code == 201
    told = made.get_json()
    fresh = bearer(client, told["client_secret"])
    assert client.post("/api/v1/partner/secrets", headers=fresh).status_code == 409, "two hold at a time"
    held = client.get("/api/v1/partner", headers=fresh).get_json()["secrets"]
    assert [one["hint"] for one in held] == [secret[:4], told["client_secret"][:4]]
    assert client.delete(f"/api/v1/partner/secrets/{held[0]['ident']}", headers=fresh).status_code == 204
    assert client.get("/api/v1/partner", headers=mine).status_code == 401
    assert ask_token(client, secret).status_code == 401
    assert client.delete(f"/api/v1/partner/secrets/{held[0]['ident']}", headers=fresh).status_code == 404
    assert [one["ident"] for one in client.get("/api/v1/partner", headers=fresh).get_json()["secrets"]] == [told["ident"]]


def test_a_scope_that_is_taken_away_is_missing_at_once_and_one_that_is_given_needs_a_new_token(client, store, secret):
    mine = bearer(client, secret)
    with store.work() as session:
        set_scopes(session, named(session, IDENT), ["demand:read"], actor="uji")
    assert client.get("/api/v1/partner", headers=mine).get_json()["token_scopes"] == ["demand:read"]
    narrow = bearer(client, secret)
    with store.work() as session:
        set_scopes(session, named(session, IDENT), SCOPES, actor="uji")
    assert client.get("/api/v1/partner", headers=narrow).get_json()["token_scopes"] == ["demand:read"]


def test_a_stage_opens_for_the_next_request_and_closes_after_its_last_day(client, store, secret, world):
    mine = bearer(client, secret)
    path = f"/api/v1/demands/{world.private_demand}"
    assert client.get(path, headers=mine).status_code == 404
    today = date.today()
    for until, status in ((None, 200), (today + timedelta(days=2), 200), (today - timedelta(days=2), 404)):
        with store.work() as session:
            set_stage(session, named(session, IDENT), "agreed", until=until, actor="uji")
        assert client.get(path, headers=mine).status_code == status
    assert client.get(path).status_code == 404


def test_a_token_without_the_scope_reads_what_anybody_reads(client, store, secret, world):
    with store.work() as session:
        set_stage(session, named(session, IDENT), "agreed", actor="uji")
    narrow = bearer(client, secret, scope="catalogue:read")
    assert client.get(f"/api/v1/demands/{world.private_demand}", headers=narrow).status_code == 404
    listed = client.get("/api/v1/demands", headers=narrow).get_json()["items"]
    assert [each["ident"] for each in listed] == [world.own_demand]
    assert client.get("/api/v1/changes", headers=narrow).get_json() == client.get("/api/v1/changes").get_json()


@pytest.mark.parametrize("path", ["/api/v1/matches", "/api/v1/runs", "/api/v1/products/LGM-1/demands", "/api/v1/products/LGM-1/quality"])
def test_what_is_for_staff_is_denied_to_a_partner_and_says_so(client, secret, path):
    answer = client.get(path, headers=bearer(client, secret))
    assert (answer.status_code, answer.get_json()["missing"]) == (403, ["session"])


def test_a_partner_sees_its_own_use_and_nobody_elses(client, store, secret):
    mine = bearer(client, secret)
    for _ in range(3):
        assert client.get("/api/v1/products", headers=mine).status_code == 200
    assert client.get("/api/v1/products?jenis=1", headers=mine).status_code == 400
    client.get("/api/v1/products")
    used = client.get("/api/v1/partner/use", headers=mine).get_json()["items"]
    told = {line["operation"]: (line["asked"], line["refused"]) for line in used}
    assert told["products.listing"] == (4, 1)
    with store.work() as session:
        row = add_partner(session, "kota-lain", "Kota Lain", "33.74", ["catalogue:read"], actor="uji")
        theirs = new_secret(session, row, actor="uji").word
    assert client.get("/api/v1/partner/use", headers=bearer(client, theirs, ident="kota-lain")).get_json()["items"] == []


def test_a_partners_own_record_is_kept_by_no_cache(client, secret):
    answer = client.get("/api/v1/partner", headers=bearer(client, secret))
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]


def test_who_asks_too_often_is_told_when_to_come_again(app: Flask, store: Store, settings: Settings, secret):
    from dataclasses import replace

    from exchange.app import create_app

    client = create_app(replace(settings, rate_public=20), store).test_client()
    answers = [client.get("/api/v1/regions?limit=1") for _ in range(24)]
    assert {each.status_code for each in answers[:20]} == {200}
    refused = [each for each in answers if each.status_code == 429]
    assert refused or len({each.headers["RateLimit-Policy"] for each in answers}) == 1
    for each in refused:
        assert 1 <= int(each.headers["Retry-After"]) <= 60
        assert each.get_json()["mend"]
    assert re.fullmatch(r'"public";r=\d+;t=\d+', answers[0].headers["RateLimit"])
    mine = bearer(client, secret)
    assert client.get("/api/v1/regions?limit=1", headers=mine).headers["RateLimit-Policy"] == '"partner";q=1200;w=60'
    with store.work() as session:
        set_rate(session, named(session, IDENT), 7, actor="uji")
    assert client.get("/api/v1/regions?limit=1", headers=mine).headers["RateLimit-Policy"] == '"partner";q=7;w=60'
