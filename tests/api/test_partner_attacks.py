"""What somebody may try at the doors for partners, and what comes of it."""

from __future__ import annotations

from base64 import b64encode

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exchange.access.partners import add_partner, new_secret, set_stage
from exchange.access.scopes import SCOPES
from exchange.api.writing import body_record
from exchange.errors import BadRequest
from exchange.store.audit import AuditRow
from exchange.store.base import Store
from exchange.store.partners import AccessTokenRow

LONGEST = "k" + "o" * 39


@pytest.fixture
def secret(store: Store, world) -> str:
    """The secret of a partner with the longest name that there may be and a signed agreement."""
    with store.work() as session:
        row = add_partner(session, LONGEST, "Pemerintah Kota Contoh", "33.74", SCOPES, actor="uji")
        set_stage(session, row, "agreed", actor="uji")
        return new_secret(session, row, actor="uji").word


def ask(client: FlaskClient, ident: str, secret: str):
    basic = b64encode(f"{ident}:{secret}".encode()).decode()
    return client.post("/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"})


@pytest.fixture
def token(client, secret) -> str:
    return ask(client, LONGEST, secret).get_json()["access_token"]


def test_a_token_or_a_secret_in_the_address_opens_nothing(client, secret, token):
    for path in (f"/api/v1/partner?access_token={token}", f"/api/v1/partner?Authorization=Bearer%20{token}"):
        assert client.get(path).status_code in {400, 401}
    query = f"client_id={LONGEST}&client_secret={secret}&grant_type=client_credentials"
    assert client.post(f"/oauth/token?{query}").status_code in {400, 401}
    answer = client.post(f"/oauth/token?{query}", data={"grant_type": "client_credentials"})
    assert answer.status_code in {400, 401} and "access_token" not in answer.text


@pytest.mark.parametrize("ident", ["a\0b", LONGEST + "x", LONGEST + "x" * 9000, "ko\u0301ta", "k'; --", "%"])
def test_no_name_breaks_the_door_or_the_record(client, store, secret, ident):
    answer = ask(client, ident, secret)
    assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client")
    revoked = client.post(
        "/oauth/revoke", data={"token": "x"}, headers={"Authorization": "Basic " + b64encode(f"{ident}:x".encode()).decode()}
    )
    assert revoked.status_code == 401
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == "token.refused")) == 0


def test_wrong_secrets_are_on_record_once_a_minute_and_fill_nothing(client, store, secret):
    for number in range(8):
        assert ask(client, LONGEST, f"tebakan-{number}").status_code == 401
        assert client.post("/oauth/revoke", data={"token": "x", "client_id": LONGEST, "client_secret": f"{number}"}).status_code == 401
        assert ask(client, f"kota-{number}", "x").status_code == 401
    with store.read() as session:
        (act,) = session.scalars(select(AuditRow).where(AuditRow.action == "token.refused"))
        assert (act.ident, act.facts) == (LONGEST, {})
        assert session.scalars(select(AccessTokenRow)).all() == []


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Bearer {}", 200), ("bearer {}", 200), ("BEARER   {}  ", 200),
        ("Bearer\t{}", 401), ("Bearer {}, Bearer {}", 401), ("Bearer {}\u00a0x", 401), ("Token {}", 401), ("{}", 401), ("Bearer,{}", 401),
        ("Bearer " + "A" * 60_000, 401),
    ],
)  # fmt: skip
def test_only_a_bearer_header_with_the_word_itself_is_taken(client, token, said, status):
    assert client.get("/api/v1/partner", headers={"Authorization": said.replace("{}", token)}).status_code == status


def test_a_word_in_another_case_is_another_word(client, token):
    assert client.get("/api/v1/partner", headers={"Authorization": f"Bearer {token.swapcase()}"}).status_code == 401


def test_a_session_beside_a_token_reads_as_the_partner_and_writes_nothing(staff, store, secret, world):
    fresh = staff.application.test_client()
    mine = {"Authorization": f"Bearer {ask(fresh, LONGEST, secret).get_json()['access_token']}"}
    for path in ("/api/v1/matches", "/api/v1/runs"):
        assert staff.get(path).status_code == 200
        assert staff.get(path, headers=mine).status_code == 403
    assert staff.get(f"/api/v1/demands/{world.pulled_demand}").status_code == 200
    assert staff.get(f"/api/v1/demands/{world.pulled_demand}", headers=mine).status_code == 404
    assert staff.get("/api/v1/demands", headers=mine).data == fresh.get("/api/v1/demands", headers=mine).data
    assert staff.post("/api/v1/partner/secrets", headers=mine).status_code == 403
    assert ask(staff, LONGEST, secret).status_code == 403, "no token is got with a session either"


def test_the_method_is_the_one_of_the_request(client, store, secret, token):
    mine = {"Authorization": f"Bearer {token}"}
    held = client.get("/api/v1/partner", headers=mine).get_json()["secrets"][0]["ident"]
    for way in ({"X-HTTP-Method-Override": "DELETE"}, {"X-Method-Override": "DELETE"}, {"X-HTTP-Method": "DELETE"}):
        client.get(f"/api/v1/partner/secrets/{held}", headers=mine | way)
        client.post(f"/api/v1/partner/secrets/{held}?_method=DELETE", headers=mine | way)
    assert client.get("/api/v1/partner", headers=mine).status_code == 200


def test_one_partner_cannot_end_or_see_the_secret_of_another(client, store, secret, token):
    with store.work() as session:
        row = add_partner(session, "kota-lain", "Kota Lain", "33.74", [], actor="uji")
        theirs = new_secret(session, row, actor="uji")
    mine = {"Authorization": f"Bearer {token}"}
    assert client.delete(f"/api/v1/partner/secrets/{theirs.ident}", headers=mine).status_code == 404
    assert theirs.ident not in client.get("/api/v1/partner", headers=mine).text
    assert ask(client, "kota-lain", theirs.word).status_code == 200
    assert ask(client, LONGEST, theirs.word).status_code == 401
    assert ask(client, "kota-lain", secret).status_code == 401


def test_answers_to_partners_are_kept_by_nobody_who_shares_them(client, token, world):
    mine = {"Authorization": f"Bearer {token}"}
    for path in ("/api/v1/partner", "/api/v1/demands", f"/api/v1/demands/{world.private_demand}", "/api/v1/changes", "/api/v1/products"):
        answer = client.get(path, headers=mine)
        assert answer.status_code == 200, path
        assert "Authorization" in answer.headers["Vary"], path
        assert "public" not in answer.headers["Cache-Control"], path
    seen = client.get("/api/v1/demands", headers=mine)
    public = client.get("/api/v1/demands", headers={"If-None-Match": seen.headers["ETag"]})
    assert public.status_code == 200, "what a partner was given validates nothing for others"


def test_what_is_refused_repeats_no_secret(client, secret, token):
    for answer in (
        client.get("/api/v1/partner", headers={"Authorization": f"Bearer {token}x"}),
        ask(client, LONGEST, secret + "x"),
        client.post("/oauth/token", data={"grant_type": "password", "client_id": LONGEST, "client_secret": secret}),
        client.get("/api/v1/products", query_string={"access_token": token}),
    ):
        assert answer.status_code >= 400
        assert secret not in answer.text and token not in orjson.dumps(answer.get_json()).decode(), answer.text


@pytest.mark.parametrize("body", [r'{"a": "x\u0000"}', r'[{"a": [1, {"b": "\u0000"}]}]', r'{"a\u0000": 1}', r'"\u0000"'])
def test_text_with_nul_is_refused_in_a_body_too(app, body):
    with app.test_request_context(method="POST", data=body, content_type="application/json"), pytest.raises(BadRequest, match="NUL"):
        body_record()


def test_a_backslash_before_zeros_is_no_nul(app):
    with app.test_request_context(method="POST", data=r'{"a": "\\u0000"}', content_type="application/json"):
        assert body_record() == {"a": r"\u0000"}
