"""
Access tokens for partners: OAuth 2.0 client credentials (RFC 6749, 4.4) and their revocation (RFC 7009), by Authlib.

Tokens are words of chance whose hash is kept, so that one that is revoked is worth nothing to the very next request. The answers, errors
too, are as those standards state them, not problem details.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, cast

import orjson
from authlib.common.security import generate_token
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload
from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from flask import Request, Response, request

from exchange.access.partners import TOKEN_LIFE, actor_of, digest_of, keep_token, secret_for
from exchange.access.policy import Tier
from exchange.access.scopes import SCOPES, in_order
from exchange.api.answers import JSON, etag, send
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from exchange.store.audit import acted_since, audit
from exchange.store.base import utcnow
from exchange.store.partners import end_tokens, partner_by_ident
from exchange.wiring import settings, store
from schemas.oauth import RevokedForm, ServerMetadata, Token, TokenFault, TokenForm

FORM = "application/x-www-form-urlencoded"
_METHODS = ("client_secret_basic", "client_secret_post")
REFUSED = "token.refused"
REFUSALS_APART = timedelta(minutes=1)

bp = Blueprint("oauth", "Access tokens for partners.", takes=(FORM,))


class _Client(ClientMixin):  # type: ignore[misc]
    """A partner as Authlib knows clients; whether it is there at all is told only together with its secret."""

    def __init__(self, ident: str) -> None:
        self.ident = ident
        self.secret = ""
        self.scopes: list[str] = []

    def get_client_id(self) -> str:
        return self.ident

    def check_client_secret(self, client_secret: str) -> bool:
        with store().read() as session:
            found = secret_for(session, self.ident, client_secret)
            if found is None:
                return False
            self.secret, self.scopes = client_secret, found[0].scopes
        return True

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in _METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == ClientCredentialsGrant.GRANT_TYPE)

    def get_allowed_scope(self, scope: str | None) -> str:
        """What a token gets: all that the partner has, or what is asked for where it has that; one more is an error, not less."""
        if not scope:
            return " ".join(self.scopes)
        wanted = scope.split()
        if not set(wanted) <= set(self.scopes):
            raise InvalidScopeError()
        return " ".join(in_order(wanted))


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = list(_METHODS)


class _Asked(OAuth2Request):  # type: ignore[misc]
    """A request as Authlib reads it; whether the line is safe is asked in `_is_open`, which knows this machine."""

    def __init__(self, its: Request) -> None:
        super().__init__(its.method, "https://" + its.host, headers=its.headers)
        self._request = its
        self.payload = FlaskOAuth2Payload(its)

    @property
    def args(self) -> Any:
        return self._request.args

    @property
    def form(self) -> Any:
        return self._request.form


class _Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server without any setting of the app's."""

    def create_oauth2_request(self, _request: Any) -> _Asked:
        """The request that is being answered."""
        return _Asked(request)


def _token(client: _Client, scope: str | None = None, **_: Any) -> dict[str, Any]:
    word, life = generate_token(43), int(TOKEN_LIFE.total_seconds())
    return {"token_type": "Bearer", "access_token": word, "expires_in": life, "scope": client.get_allowed_scope(scope)}


def _keep(token: dict[str, Any], asked: OAuth2Request) -> None:
    """Keep the token that is about to be sent; the secret may have ended since it was checked."""
    client, scopes = cast(_Client, asked.client), token["scope"].split()
    with store().work() as session:
        found = secret_for(session, client.ident, client.secret)
        if found is None:
            raise InvalidClientError(status_code=HTTPStatus.UNAUTHORIZED)
        keep_token(session, token["access_token"], *found, scopes)
        audit(session, actor_of(client.ident), "token", "partner", client.ident, secret=found[1].ident, scopes=scopes)


_server = _Server(query_client=_Client, save_token=_keep)
_server.register_grant(_Grant)
_server.register_token_generator("default", _token)


@bp.submits("/oauth/token", TokenForm, Token, FORM, TokenFault)
def token() -> Response:
    """
    Get an access token.

    OAuth 2.0 client credentials: the partner's name and one of its secrets, by HTTP Basic or in the form. A token holds for an hour.
    """
    if fault := _unread():
        return fault
    answer = cast(Response, _server.create_token_response())
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        _note_refusal()
    return _closed(answer)


@bp.submits("/oauth/revoke", RevokedForm, None, FORM, TokenFault)
def revoke() -> Response:
    """
    End an access token.

    After RFC 7009; the client is known as at /oauth/token. 200 also where there is no such token.
    """
    if fault := _unread():
        return fault
    try:
        client = cast(_Client, _server.authenticate_client(_Asked(request), list(_METHODS)))
    except InvalidClientError as error:
        _note_refusal()
        return _closed(cast(Response, _server.handle_error_response(_Asked(request), error)))
    word = request.form.get("token")
    if not word:
        return _fault(HTTPStatus.BAD_REQUEST, "invalid_request", "The parameter token is missing.")
    with store().work() as session:
        row = partner_by_ident(session, client.ident)
        if row is not None and end_tokens(session, partner_id=row.id, digest=digest_of(word)):
            audit(session, actor_of(client.ident), "token.end", "partner", client.ident)
    return _closed(Response(status=HTTPStatus.OK))


@bp.reads("/.well-known/oauth-authorization-server", Query, ServerMetadata, marks={"x-problems": [404]})
def metadata(_asked: dict[str, Any]) -> Response:
    """
    Read how tokens are got.

    After RFC 8414; its addresses begin with the one that the office gave this node, never with the Host header, which anybody makes up.
    """
    home = settings().base_url
    if not home:
        raise NotFound(
            "Simpul ini belum menyebut alamatnya sendiri.", mend="Token diminta di /oauth/token; pengelola dapat mengisi EXCHANGE_BASE_URL."
        )
    told = {
        "issuer": home,
        "token_endpoint": f"{home}/oauth/token",
        "revocation_endpoint": f"{home}/oauth/revoke",
        "grant_types_supported": [ClientCredentialsGrant.GRANT_TYPE],
        "response_types_supported": [],
        "scopes_supported": list(SCOPES),
        "token_endpoint_auth_methods_supported": list(_METHODS),
        "revocation_endpoint_auth_methods_supported": list(_METHODS),
        "service_documentation": f"{home}/docs",
    }
    body = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return send(body, Tier.PUBLIC, etag(Tier.PUBLIC, JSON, [body]))


def _is_open() -> bool:
    """Whether a secret would travel readable: not by HTTPS, and not within this machine."""
    if request.is_secure:
        return False
    try:
        return not ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return True


def _unread() -> Response | None:
    """The refusal of a request whose secret came over an open line, or whose Basic header holds no text (Authlib would fail over it)."""
    if _is_open():
        return _fault(HTTPStatus.BAD_REQUEST, "invalid_request", "Send secrets over HTTPS only.")
    basic = request.authorization
    if request.headers.get("Authorization", "").lower().startswith("basic") and (basic is None or "\0" in (basic.username or "")):
        return _fault(HTTPStatus.UNAUTHORIZED, "invalid_client", "The Authorization header cannot be read.")
    return None


def _fault(status: int, error: str, description: str) -> Response:
    body = orjson.dumps({"error": error, "error_description": description})
    return _closed(Response(body, status, mimetype=JSON))


def _closed(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="mitra", charset="UTF-8"'
    return answer


def _note_refusal() -> None:
    """Keep on record that somebody tried in a partner's name: once a minute, so that nobody fills the database by trying."""
    ident = request.authorization.username if request.authorization else request.form.get("client_id")
    if not ident or "\0" in ident:
        return
    with store().read() as session:
        row = partner_by_ident(session, ident)
        if row is None or acted_since(session, REFUSED, "partner", row.ident, utcnow() - REFUSALS_APART):
            return
    with store().work() as session:
        audit(session, actor_of(row.ident), REFUSED, "partner", row.ident)
