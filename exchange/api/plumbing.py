"""What every answer to a machine bears: its request's name, who else may read it, the contract's version, and when it will end."""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, request

from exchange.doors import is_machine

_READS = frozenset({"GET", "HEAD"})
_NAMED = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SHOWN = "API-Version, Deprecation, ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Sunset, X-Request-Id"
_ENDING = "exchange_ending"
_bits = random.getrandbits
_AT_ONCE = 256
READY: list[tuple[str, str]] = []
"""Names that `by_chance` gives next: made by the hundred, which costs each of them a tenth of what it costs alone."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=READY.clear)  # a child would name its requests as its parent does


@dataclass(frozen=True, slots=True)
class Ending:
    """
    An operation that will end: since when it should not be used (RFC 9745), when it is gone (RFC 8594), what takes its place (a path)
    and where that is written.
    """

    since: datetime
    sunset: datetime
    successor: str
    written: str = "/docs"


def will_end(app: Flask, endpoint: str, ending: Ending) -> None:
    """Have every answer of this operation say that it will end."""
    app.extensions.setdefault(_ENDING, {})[endpoint] = ending


def request_id() -> str:
    """The name of the request that is being answered: the caller's own where it can be one, else a word of chance."""
    if "exchange_request" not in g:
        g.exchange_request = named_by(request.headers.get("X-Request-Id", "")) or by_chance()[1]
    return str(g.exchange_request)


def by_chance() -> tuple[str, str]:
    """A name that no other request is likely to have, as a header; not a secret, and made without a system call."""
    try:
        return READY.pop()
    except IndexError:
        READY.extend(("X-Request-Id", f"{_bits(64):016x}") for _ in range(_AT_ONCE))
        return "X-Request-Id", f"{_bits(64):016x}"


def named_by(given: str) -> str:
    """A caller's own name of its request, empty where it cannot be one."""
    return given if _NAMED.fullmatch(given) else ""


def register(app: Flask, version: str) -> None:
    """Hang it into an app; version: of the contract."""
    app.after_request(lambda response: _tell(response, version))


def _tell(response: Response, version: str) -> Response:
    request.environ["exchange.endpoint"] = request.endpoint
    if not is_machine(request.path):
        return response
    response.headers.add("X-Request-Id", request_id())
    response.headers.add("API-Version", version)
    _open_to_pages(response)
    _tell_of_ending(response, current_app.extensions.get(_ENDING, {}))
    return response


def _open_to_pages(response: Response) -> None:
    """Let pages of anybody read, without cookies, since a browser sends none to `*`; a preflight asks for nothing else than reading."""
    if request.method in _READS:
        response.headers.add("Access-Control-Allow-Origin", "*")
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return  # the other headers of the copy that the caller has stay with it
        response.headers.add("Access-Control-Expose-Headers", _SHOWN)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    elif request.method == "OPTIONS" and request.headers.get("Access-Control-Request-Method") in _READS:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = "Accept, Authorization, If-None-Match, If-Modified-Since, Range, X-Request-Id"
        response.headers["Access-Control-Max-Age"] = "86400"


def _tell_of_ending(response: Response, endings: dict[str, Any]) -> None:
    ending: Ending | None = endings.get(request.endpoint or "")
    if ending is None:
        return
    response.headers["Deprecation"] = f"@{int(ending.since.timestamp())}"
    response.headers["Sunset"] = format_datetime(ending.sunset.astimezone(UTC), usegmt=True)
    links = [response.headers.get("Link"), f'<{ending.written}>; rel="deprecation"', f'<{ending.successor}>; rel="successor-version"']
    response.headers["Link"] = ", ".join(link for link in links if link)
