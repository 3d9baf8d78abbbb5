"""The factory: the one place where the web service is put together."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable
from http import HTTPStatus
from multiprocessing.util import Finalize
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from exchange import api, doors, log, web, wiring
from exchange.api import front
from exchange.api.feed_wait import end_by_signal
from exchange.api.limits import limiter
from exchange.api.logbook import logbook
from exchange.api.plumbing import request_id
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.wiring import share

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_log = logging.getLogger(__name__)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies, none of which goes out with an answer that shared caches keep."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The cookie's session; where a request bears no cookie at all, an empty one, for which no signature is made ready."""
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session's cookie, and that the answer depends on it, unless the answer is everybody's."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


class _Service(Flask):
    """The service, which repeats no address in its log: a part of a path may be a key, as an upload link's is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none here is a coroutine, which Flask would look for a dozen times a request."""
        return func

    def log_exception(
        self, exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | BaseException | None
    ) -> None:
        """Log what broke by the route that was asked for."""
        _log.error("%s %s (%s)", request.method, request.url_rule or "no route", request_id(), exc_info=exc_info)


def served() -> WSGIApplication:
    """
    The service as a server's own process makes it, with the project's log, which no process inherits.

    It is the method that answers, ahead of Flask, and not the app, through which each request would only pass.
    """
    log.configure(logging.WARNING)
    app = create_app()
    end_by_signal(app)
    with app.app_context():
        # a server's worker is a child of multiprocessing, which ends without what atexit was given
        Finalize(None, limiter().write_use, exitpriority=1)
        Finalize(None, logbook().end, exitpriority=2)
    _collect_little()
    return app.wsgi_app.__call__  # type: ignore[operator, no-any-return]  # which mypy takes for a name of a type


def _collect_little() -> None:
    """
    What is loaded by now stays, so the collector of circles need not look through it.

    Lists that read thousands of rows set it off, and one look through all that a service has loaded costs a quarter of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def create_app(settings: Settings | None = None, store: Store | None = None) -> Flask:
    """
    The service over one database.

    settings: read from the environment where absent. store: made from the settings where absent; the caller who
    hands one in closes it. The database must have been set up by `exchange init`.
    """
    settings = (settings or Settings.from_env(os.environ)).with_secret()
    app = _Service("exchange.web")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
    )
    app.session_interface = _Sessions()
    share(app.extensions, settings, store or Store(settings.url()))
    doors.register(app)
    api.register(app)
    web.register(app)
    app.jinja_env.globals["request_name"] = request_id  # what the log calls a request, which neither pages nor API know of each other
    with app.app_context():
        front.install(app, wiring.store(), settings, limiter(), logbook())
    if settings.secure_cookies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.after_request(_harden)
    return app


def _harden(response: Response) -> Response:
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        return response  # the headers of the copy that the caller has stay with it (RFC 9110, 15.4.5)
    there = {name.lower() for name, _ in response.headers}
    for name, value in _HEADERS.items():
        if name.lower() not in there:
            response.headers.add(name, value)
    return response
