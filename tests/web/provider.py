"""An OIDC provider of one's own on loopback: it signs tokens, and tells lies when asked to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "simpul", "rahasia-klien"


@dataclass
class Provider:
    """
    A provider. person: claims of whoever logs in; lie: changes the claims before they are signed; metadata: what it says of itself
    beside the usual; sign: how a token is made. codes: what was given out, each good once.
    """

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "orang-1", "email": "sari@contoh.invalid", "email_verified": True})
    lie: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    metadata: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[Provider, dict[str, Any]], str] | None = None
    answer_issuer: str | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [RSAKey.generate_key(2048, {"kid": "satu", "use": "sig", "alg": "RS256"})])
    exchanged: int = 0

    def allow(self, address: str) -> str:
        """What its login page does once the person agrees: the address that the browser is sent back to."""
        query = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert query["client_id"] == CLIENT
        code = f"kode-{len(self.codes)}"
        self.codes[code] = query
        back = {"code": code, "state": query["state"]} | ({"iss": self.answer_issuer} if self.answer_issuer else {})
        return f"{urlsplit(query['redirect_uri']).path}?{urlencode(back)}"

    def token(self, query: dict[str, str]) -> str:
        """The ID token for a login."""
        now = int(time.time())
        claims = self.person | {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": query["nonce"]}
        claims = self.lie(claims)
        return self.sign(self, claims) if self.sign else signed(self, claims)


def signed(provider: Provider, claims: dict[str, Any], **header: Any) -> str:
    """A token by the provider's newest key."""
    key = provider.keys[-1]
    return jwt.encode({"alg": "RS256", "kid": key.kid} | header, claims, key)


def by_the_public_key(provider: Provider, claims: dict[str, Any]) -> str:
    """A token whose maker takes the provider's public key for a shared secret."""
    key = OctKey.import_key(provider.keys[-1].as_pem(private=False).replace(b"-----", b""))
    return jwt.encode({"alg": "HS256", "kid": provider.keys[-1].kid}, claims, key, algorithms=["HS256"])


def unsigned(_provider: Provider, claims: dict[str, Any]) -> str:
    """A token that says it needs no signature."""
    from base64 import urlsafe_b64encode

    import orjson

    parts = [urlsafe_b64encode(orjson.dumps(part)).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)]
    return ".".join([*parts, ""])


def _app(provider: Provider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Any:
        its = provider.issuer
        told = {"issuer": its, "authorization_endpoint": f"{its}/izin", "token_endpoint": f"{its}/token", "jwks_uri": f"{its}/kunci"}
        return jsonify(told | provider.metadata)

    @app.get("/kunci")
    def keys() -> Any:
        return jsonify({"keys": [key.as_dict(private=False) for key in provider.keys]})

    @app.post("/token")
    def token() -> Any:
        provider.exchanged += 1
        known = request.authorization
        by_form = request.form.get("client_id"), request.form.get("client_secret")
        if ((known and (known.username, known.password)) or by_form) != (CLIENT, SECRET):
            return jsonify({"error": "invalid_client"}), 401
        query = provider.codes.pop(request.form["code"], None)
        fits = query and create_s256_code_challenge(request.form["code_verifier"]) == query["code_challenge"]
        if not fits or request.form["redirect_uri"] != query["redirect_uri"]:
            return jsonify({"error": "invalid_grant"}), 400
        return jsonify({"access_token": "x", "token_type": "Bearer", "id_token": provider.token(query)})

    return app


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider, answering."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, _app(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
