"""
What was answered a moment ago, answered again ahead of Flask, as long as nothing that it says has changed.

A kept answer is sent only where no transaction was committed since it was made or looked at last (`store.freshness`), or where the change
feed stands where it stood; tokens are looked up anew after every commit. So nobody reads anything older than by the long way, a token
that was revoked is refused at the next request, and each request counts. What bears a cookie goes the long way.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from exchange.access.callers import ANYBODY, Partner
from exchange.access.partners import partner_by_token
from exchange.api.caller import KNOWN
from exchange.api.limits import Limiter, Verdict, address_word, told
from exchange.api.plumbing import named_by
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.freshness import Freshness, Look, Place

# operations whose answers depend on finished records, the caller's reader and the address alone
ENDPOINTS = frozenset({"products.listing", "products.one", "businesses.listing", "businesses.one", "demands.listing", "demands.one"})
# sent from a file by the long way; that a copy of one is the newest is told here
FILES = frozenset({"publications.one"})
MARK = "exchange.endpoint"
_FILES = "/api/v1/publications/"
_DOORS = ("/api/v1/products", "/api/v1/businesses", "/api/v1/demands", _FILES)
_JSON = frozenset({"*/*", "application/json"})
_OWN = frozenset({"ratelimit", "ratelimit-policy", "x-request-id"})  # headers that belong to one request
_OF_BODIES = frozenset(
    {
        "content-length", "content-type", "content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options",
        "permissions-policy", "cross-origin-opener-policy", "access-control-expose-headers", "cross-origin-resource-policy",
    }
)  # fmt: skip
_LONGEST = 1000
_LARGEST = 1 << 20
_ROOM = 64 << 20
_MOST_TOKENS = 1000

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class _Kept:
    """One answer. stamp, place: of the database before it was made, or when it was found to hold still."""

    endpoint: str
    headers: Headers
    bare: Headers
    tag: str
    body: bytes
    stamp: Any
    place: Place


@dataclass(slots=True)
class _Known:
    """A token's partner, as it stood at that stamp; worth nothing from `until` on (seconds since 1970)."""

    partner: Partner
    stamp: Any
    until: float


class Front:
    """The WSGI application in front of the service's own; keeps at most 64 MiB of answers."""

    def __init__(self, inner: WSGIApplication, database: Store, settings: Settings, limiter: Limiter) -> None:
        self._inner, self._store, self._settings, self._limiter = inner, database, settings, limiter
        self._fresh = Freshness(database)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Any, ...], _Kept] = OrderedDict()
        self._size = 0
        self._tokens: dict[str, _Known] = {}
        self._addresses: dict[str, str] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or by the long way."""
        if not self._may_keep(environ):
            self._know(environ)
            return self._inner(environ, start_response)
        try:
            now = self._fresh.look()
            partner = self._partner(environ, now.stamp)
        except (SQLAlchemyError, sqlite3.Error):
            return self._inner(environ, start_response)
        if partner is None and "HTTP_AUTHORIZATION" in environ:
            return self._inner(environ, start_response)
        environ[KNOWN] = partner
        view = (ANYBODY.word,) if partner is None else (partner.reader.word, partner.scopes)
        is_file = environ["PATH_INFO"].startswith(_FILES)
        coding = environ.get("HTTP_ACCEPT_ENCODING", "")[:100] if is_file else ""
        made_out_to = partner.number if is_file and partner is not None else None  # a file may bear its receiver's name
        key = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""), view, coding, made_out_to)
        kept = self._holding(key, now)
        if is_file and (kept is None or not _has(environ.get("HTTP_IF_NONE_MATCH"), kept.tag)):
            return self._inner(environ, self._noting(key, now, environ, start_response))
        if kept is not None:
            verdict = self._count(environ, partner)
            if verdict is None or verdict.allowed:
                return self._send(kept, environ, partner, verdict, start_response)
        elif environ["REQUEST_METHOD"] == "GET":
            return self._make(key, now, environ, start_response)
        return self._inner(environ, start_response)

    def _may_keep(self, environ: WSGIEnvironment) -> bool:
        return (
            environ["REQUEST_METHOD"] in {"GET", "HEAD"}
            and environ.get("PATH_INFO", "").startswith(_DOORS)
            and "HTTP_COOKIE" not in environ
            and "HTTP_RANGE" not in environ
            and environ.get("HTTP_ACCEPT", "*/*") in _JSON
            and len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", "")) <= _LONGEST
            and self._fresh.can_tell
        )

    def _know(self, environ: WSGIEnvironment) -> None:
        """Spare the long way the look-up of a token that is known, as long as nothing was committed since."""
        if "HTTP_AUTHORIZATION" in environ and environ.get("PATH_INFO", "").startswith("/api/") and self._fresh.can_tell:
            with suppress(SQLAlchemyError, sqlite3.Error):
                environ[KNOWN] = self._partner(environ, self._fresh.look().stamp)

    def _partner(self, environ: WSGIEnvironment, stamp: Any) -> Partner | None:
        """The partner of the request's token; None where it bears none that holds, which the long way tells."""
        header = environ.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        word = header[7:].strip() if header[:7].lower() == "bearer " else ""
        known = self._tokens.get(word)
        if known is not None and known.stamp == stamp and time.time() < known.until:
            return known.partner
        if not 0 < len(word) <= 200:
            return None
        with self._store.read() as session:
            found = partner_by_token(session, word, self._settings.day())
        if found is None:
            self._tokens.pop(word, None)
            return None
        if len(self._tokens) >= _MOST_TOKENS:
            self._tokens.clear()
        # a token ends by its time too, and an agreement by its day: a second is the longest that neither is asked for
        self._tokens[word] = _Known(found, stamp, time.time() + 1)
        return found

    def _holding(self, key: tuple[Any, ...], now: Look) -> _Kept | None:
        """The kept answer, where it holds still."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
        if kept.stamp != now.stamp:
            if kept.place != now.place:
                return None
            kept.stamp = now.stamp
        return kept

    def _count(self, environ: WSGIEnvironment, partner: Partner | None) -> Verdict | None:
        """One request more of the caller's minute; None where it has no limit."""
        its = self._settings
        if partner is not None:
            limit = its.rate_partner if partner.per_minute is None else partner.per_minute
            return self._limiter.take(f"p:{partner.number}", limit) if limit else None
        if not its.rate_public:
            return None
        address = environ.get("REMOTE_ADDR") or ""
        word = self._addresses.get(address)
        if word is None:
            if len(self._addresses) >= _MOST_TOKENS:
                self._addresses.clear()
            word = self._addresses[address] = address_word(address, its.secret_key)
        return self._limiter.take(f"a:{word}", its.rate_public)

    def _send(
        self, kept: _Kept, environ: WSGIEnvironment, partner: Partner | None, verdict: Verdict | None, start_response: StartResponse
    ) -> Iterable[bytes]:
        own: Headers = [("X-Request-Id", named_by(environ.get("HTTP_X_REQUEST_ID", "")) or secrets.token_hex(8))]
        if verdict is not None:
            own += told("public" if partner is None else "partner", verdict)
        if partner is not None:
            self._limiter.note(partner.number, kept.endpoint, False)
        if _has(environ.get("HTTP_IF_NONE_MATCH"), kept.tag):
            start_response("304 NOT MODIFIED", kept.bare + own)
            return [b""]
        start_response("200 OK", kept.headers + own)
        return [kept.body] if environ["REQUEST_METHOD"] == "GET" else [b""]

    def _make(self, key: tuple[Any, ...], now: Look, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Have the answer made by the long way, keep it where it may be kept, and send it."""
        asked_for = environ.pop("HTTP_IF_NONE_MATCH", None)
        since = environ.pop("HTTP_IF_MODIFIED_SINCE", None) if asked_for is not None else None
        caught: list[tuple[str, Headers]] = []

        def catch(status: str, headers: Headers, _exc_info: Any = None) -> Callable[[bytes], object]:
            caught[:] = [(status, headers)]
            return lambda _data: None

        made = self._inner(environ, catch)
        try:
            body = b"".join(made)  # a page of a list: what is larger is asked for by another Accept, and goes the long way
        finally:
            if hasattr(made, "close"):
                made.close()
        status, headers = caught[0]
        kept = self._keepable(environ, status, headers, body, now)
        if kept is not None:
            self._keep(key, kept)
        tag = kept.tag if kept else next((value for name, value in headers if name.lower() == "etag"), "")
        if asked_for is not None and status.startswith("200") and _has(asked_for, tag):
            start_response("304 NOT MODIFIED", _without_body(headers))
            return [b""]
        if since is not None:
            environ["HTTP_IF_MODIFIED_SINCE"] = since
        start_response(status, headers)
        return [body]

    def _noting(self, key: tuple[Any, ...], now: Look, environ: WSGIEnvironment, start_response: StartResponse) -> StartResponse:
        """Passes an answer on, and keeps it where it says that the caller's copy of a file is the newest."""

        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            tag = next((value for name, value in headers if name.lower() == "etag"), "")
            if status.startswith("304") and environ.get(MARK) in FILES and tag:
                bare = [(name, value) for name, value in headers if name.lower() not in _OWN]
                self._keep(key, _Kept(environ[MARK], bare, bare, tag, b"", now.stamp, now.place))
            return start_response(status, headers, *exc_info)

        return start

    @staticmethod
    def _keepable(environ: WSGIEnvironment, status: str, headers: Headers, body: bytes, now: Look) -> _Kept | None:
        endpoint = environ.get(MARK)
        names = {name.lower(): value for name, value in headers}
        if endpoint not in ENDPOINTS or not status.startswith("200") or "set-cookie" in names or "etag" not in names:
            return None
        if len(body) > _LARGEST:
            return None
        same = [(name, value) for name, value in headers if name.lower() not in _OWN]
        return _Kept(endpoint, same, _without_body(same), names["etag"], body, now.stamp, now.place)

    def _keep(self, key: tuple[Any, ...], kept: _Kept) -> None:
        with self._lock:
            old = self._kept.pop(key, None)
            self._size += len(kept.body) - (len(old.body) if old else 0)
            self._kept[key] = kept
            while self._size > _ROOM or len(self._kept) > 20_000:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.body)


def _without_body(headers: Headers) -> Headers:
    """The headers of an answer as its 304 has them; the long way leaves out the same."""
    return [(name, value) for name, value in headers if name.lower() not in _OF_BODIES]


def _has(asked: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag; a weak comparison, as RFC 9110 wants it there."""
    if asked is None or not tag:
        return False
    return asked.strip() == "*" or any(one.strip().removeprefix("W/") == tag for one in asked.split(","))


def install(app: Flask, database: Store, settings: Settings, limiter: Limiter) -> None:
    """Put the front before an app."""
    app.wsgi_app = Front(app.wsgi_app, database, settings, limiter)  # type: ignore[method-assign]
