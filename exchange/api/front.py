"""
What was answered a moment ago, answered again ahead of Flask, as long as nothing that it says has changed.

A kept answer is sent only where no transaction was committed since it was made or looked at last (`store.freshness`), or where the change
feed stands where it stood; tokens are looked up anew after every commit. So nobody reads anything older than by the long way, a token
that was revoked is refused at the next request, and each request counts. What bears a cookie goes the long way.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from exchange.access.callers import ANYBODY, Partner
from exchange.access.disclosures import Noted
from exchange.access.partners import partner_by_token
from exchange.api.caller import KNOWN
from exchange.api.disclosing import ELSEWHERE, TOLD
from exchange.api.kept_answers import LARGEST, OWN, Asked, Headers, Kept, Ready, Shelf, asked_of, names_tag, without_body
from exchange.api.limits import Limiter, address_word, around_left, left_told, policy_told, resets_in
from exchange.api.logbook import Logbook
from exchange.api.plumbing import READY, by_chance, named_by
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.freshness import Freshness, Look
from exchange.store.wal_index import SIZE

# operations whose answers depend on finished records, the caller's reader and the address alone
ENDPOINTS = frozenset({"products.listing", "products.one", "businesses.listing", "businesses.one", "demands.listing", "demands.one"})
# sent from a file by the long way; that a copy of one is the newest is told here
FILES = frozenset({"publications.one"})
MARK = "exchange.endpoint"
_FILES = "/api/v1/publications/"
_DOORS = ("/api/v1/products", "/api/v1/businesses", "/api/v1/demands", _FILES)
_JSON = frozenset({"*/*", "application/json"})
_LONGEST = 1000
_MOST_TOKENS = 1000
_MOST_READY = 4096
_now = time.time


@dataclass(slots=True)
class _Known:
    """A token's partner, as it stood at that stamp; worth nothing from `until` on (seconds since 1970)."""

    partner: Partner
    stamp: Any
    until: float


class Front:
    """The WSGI application in front of the service's own; keeps at most 64 MiB of answers."""

    def __init__(self, inner: WSGIApplication, database: Store, settings: Settings, limiter: Limiter, logbook: Logbook) -> None:
        self._inner, self._store, self._settings, self._limiter, self._logbook = inner, database, settings, limiter, logbook
        self._fresh = Freshness(database)
        self._kept = Shelf()
        self._tokens: dict[str, _Known] = {}
        self._ready: dict[Asked, Ready] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """
        Answer from what is kept, or by the long way.

        What is ready is answered right here, by few steps that touch little: a server's threads take turns on its processors, and what
        a request costs is less its steps than the memory that each thread must fetch anew.
        """
        get = environ.get
        told: Headers | None = None
        noted: Noted | None = None
        try:
            stamp, since, until, status, headers, body, strip, before, behind, tally, noted = self._ready[
                environ["PATH_INFO"], environ["QUERY_STRING"], get("HTTP_AUTHORIZATION"), get("HTTP_IF_NONE_MATCH"), get("HTTP_ACCEPT"),
                get("HTTP_ACCEPT_ENCODING"), get("REMOTE_ADDR"), environ["REQUEST_METHOD"]
            ]  # fmt: skip
            header = self._fresh.header
            if (
                since <= _now() < until
                and "HTTP_COOKIE" not in environ
                and "HTTP_RANGE" not in environ
                and (header[:SIZE] == stamp if header is not None else self._holds(stamp))
            ):
                name = READY.pop() if "HTTP_X_REQUEST_ID" not in environ else _name(environ)
                told = [*headers, name] if strip is None else [*headers, name, ("RateLimit", f"{before}{strip.pop()}{behind}")]
        except (KeyError, IndexError, ValueError):  # nothing is ready, names or the caller's minute are used up, or the index is another
            told = None
        if told is None:
            return self._find(environ, start_response)
        if noted is not None and not self._logbook.note(noted):
            return self._inner(environ, start_response)
        if tally is not None:
            tally.append(None)
        start_response(status, told)
        return [body]

    def _holds(self, stamp: Any) -> bool:
        try:
            return self._fresh.still(stamp)
        except (SQLAlchemyError, sqlite3.Error):
            return False

    def _find(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
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
        kept = self._kept.holding(key, now)
        if is_file and (kept is None or not names_tag(environ.get("HTTP_IF_NONE_MATCH"), kept.tag)):
            return self._inner(environ, self._noting(key, now, environ, start_response))
        if kept is not None:
            return self._answer(kept, now, partner, environ, start_response)
        if environ["REQUEST_METHOD"] == "GET":
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
        if "HTTP_AUTHORIZATION" not in environ:
            return None
        word = _word(environ)
        known = self._tokens.get(word)
        if known is not None and known.stamp == stamp and _now() < known.until:
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
        self._tokens[word] = _Known(found, stamp, _now() + 1)
        return found

    def _answer(
        self, kept: Kept, now: Look, partner: Partner | None, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """
        Send a kept answer as this caller's request gets it, counted and noted, and have it ready for the same request until the second is
        over; a caller whose minute is used up, or of whom no note is taken, is told by the long way.
        """
        its = self._settings
        known = names_tag(environ.get("HTTP_IF_NONE_MATCH"), kept.tag)
        status, headers = ("304 NOT MODIFIED", kept.bare) if known else ("200 OK", kept.headers)
        body = b"" if known or environ["REQUEST_METHOD"] == "HEAD" else kept.body
        second = int(_now())
        until, tally, noted = second + 1.0, None, None
        if partner is None:
            policy, limit, bucket = "public", its.rate_public, f"a:{address_word(environ.get('REMOTE_ADDR') or '', its.secret_key)}"
        else:
            policy, limit, bucket = "partner", its.rate_partner if partner.per_minute is None else partner.per_minute, f"p:{partner.number}"
            until = min(until, self._tokens[_word(environ)].until)
            tally = self._limiter.tally(partner.number, kept.endpoint)
            noted = Noted(partner, kept.endpoint, kept.told) if kept.told is not None and body else None
        told, strip = [*headers, _name(environ)], None
        if limit:
            verdict = self._limiter.take(bucket, limit)
            if not verdict.allowed:
                return self._inner(environ, start_response)
            headers = [*headers, policy_told(policy, limit)]
            told = [*headers, told[-1], left_told(policy, verdict.remaining, verdict.resets)]
            strip = self._limiter.ready(bucket)
        if noted is not None and not self._logbook.note(noted):
            return self._inner(environ, start_response)
        if tally is not None:
            tally.append(None)
        if not limit or strip is not None:
            if len(self._ready) >= _MOST_READY:
                self._ready.clear()
            around = around_left(policy, resets_in(second))
            self._ready[asked_of(environ)] = Ready(now.stamp, second, until, status, headers, body, strip, *around, tally, noted)
        start_response(status, told)
        return [body]

    def _keep(self, key: tuple[Any, ...], kept: Kept) -> None:
        """Keep an answer; what is ready holds on to no body that the shelf let go, so that its bound is one of memory."""
        if self._kept.keep(key, kept):
            self._ready.clear()

    def _make(self, key: tuple[Any, ...], now: Look, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Have the answer made by the long way, keep it where it may be kept, and send it."""
        asked_for = environ.pop("HTTP_IF_NONE_MATCH", None)
        since = environ.pop("HTTP_IF_MODIFIED_SINCE", None) if asked_for is not None else None
        caught: list[tuple[str, Headers]] = []
        environ[ELSEWHERE] = True

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
        noted: Noted | None = environ.get(TOLD)
        kept = _keepable(environ, status, headers, body, now)
        if kept is not None:
            self._keep(key, kept)
        tag = kept.tag if kept else next((value for name, value in headers if name.lower() == "etag"), "")
        if asked_for is not None and status.startswith("200") and names_tag(asked_for, tag):
            start_response("304 NOT MODIFIED", without_body(headers))
            return [b""]
        if since is not None:
            environ["HTTP_IF_MODIFIED_SINCE"] = since
        if noted is not None and not self._logbook.note(noted):
            del environ[ELSEWHERE]
            return self._inner(environ, start_response)
        start_response(status, headers)
        return [body]

    def _noting(self, key: tuple[Any, ...], now: Look, environ: WSGIEnvironment, start_response: StartResponse) -> StartResponse:
        """Passes an answer on, and keeps it where it says that the caller's copy of a file is the newest."""

        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            tag = next((value for name, value in headers if name.lower() == "etag"), "")
            if status.startswith("304") and environ.get(MARK) in FILES and tag:
                bare = [(name, value) for name, value in headers if name.lower() not in OWN]
                self._keep(key, Kept(environ[MARK], bare, bare, tag, b"", now.stamp, now.place))
            return start_response(status, headers, *exc_info)

        return start


def _name(environ: WSGIEnvironment) -> tuple[str, str]:
    """The request's name, the caller's own where it can be one, as a header."""
    given = named_by(environ.get("HTTP_X_REQUEST_ID", ""))
    return ("X-Request-Id", given) if given else by_chance()


def _word(environ: WSGIEnvironment) -> str:
    """The bearer's token, empty where there is none."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    return str(header[7:].strip()) if header[:7].lower() == "bearer " else ""


def _keepable(environ: WSGIEnvironment, status: str, headers: Headers, body: bytes, now: Look) -> Kept | None:
    """A finished answer as it is kept; None where it may not be."""
    endpoint = environ.get(MARK)
    names = {name.lower(): value for name, value in headers}
    if endpoint not in ENDPOINTS or not status.startswith("200") or "set-cookie" in names or "etag" not in names or len(body) > LARGEST:
        return None
    same = [(name, value) for name, value in headers if name.lower() not in OWN]
    noted: Noted | None = environ.get(TOLD)
    told = None if noted is None else noted.what
    return Kept(endpoint, same, without_body(same), names["etag"], body, now.stamp, now.place, told)


def install(app: Flask, database: Store, settings: Settings, limiter: Limiter, logbook: Logbook) -> None:
    """Put the front before an app."""
    app.wsgi_app = Front(app.wsgi_app, database, settings, limiter, logbook)  # type: ignore[method-assign]
