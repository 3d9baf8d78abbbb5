"""Finished answers that a process keeps, as long as nothing that they say has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple
from wsgiref.types import WSGIEnvironment

from exchange.access.disclosures import Disclosure, Noted
from exchange.store.freshness import Look, Place

OWN = frozenset({"ratelimit", "ratelimit-policy", "x-request-id"})  # headers that belong to one request
_OF_BODIES = frozenset(
    {
        "content-length", "content-type", "content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options",
        "permissions-policy", "cross-origin-opener-policy", "access-control-expose-headers", "cross-origin-resource-policy",
    }
)  # fmt: skip
LARGEST = 1 << 20  # bytes of one answer
_ROOM = 64 << 20
_MOST = 20_000

Headers = list[tuple[str, str]]
Asked = tuple[str | None, ...]


@dataclass(slots=True)
class Kept:
    """
    One answer. stamp, place: of the database before it was made, or when it was found to hold still. told: what it tells its readers
    beyond the public, None where that is nothing.
    """

    endpoint: str
    headers: Headers
    bare: Headers
    tag: str
    body: bytes
    stamp: Any
    place: Place
    told: Disclosure | None = None


class Ready(NamedTuple):
    """
    What one caller's request is answered by while that stamp holds, from `since` to before `until`.

    strip: what is left of the caller's minute behind each further request (`Limiter.ready`), None where it has no limit, and what stands
    before and behind that number; tally: where a partner's requests are counted; noted: for the exchange log, None where nothing beyond
    the public is told.
    """

    stamp: Any
    since: float
    until: float
    status: str
    headers: Headers
    body: bytes
    strip: list[int] | None
    before: str
    behind: str
    tally: list[None] | None
    noted: Noted | None


class Shelf:
    """At most 64 MiB of answers by what they answer; the longest unasked is let go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()
        self._size = 0

    def holding(self, key: tuple[Any, ...], now: Look) -> Kept | None:
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

    def keep(self, key: tuple[Any, ...], kept: Kept) -> bool:
        """Put an answer in the place of the one before; whether any was let go for it, which nobody else should hold on to then."""
        with self._lock:
            old = self._kept.pop(key, None)
            self._size += len(kept.body) - (len(old.body) if old else 0)
            self._kept[key] = kept
            let_go = old is not None
            while self._size > _ROOM or len(self._kept) > _MOST:
                _, gone = self._kept.popitem(last=False)
                self._size -= len(gone.body)
                let_go = True
            return let_go


def asked_of(environ: WSGIEnvironment) -> Asked:
    """What tells requests apart that are answered by the short way; one that does not say who asks, or for what, is like no other."""
    get = environ.get
    return (
        get("PATH_INFO"), get("QUERY_STRING"), get("HTTP_AUTHORIZATION"), get("HTTP_IF_NONE_MATCH"), get("HTTP_ACCEPT"),
        get("HTTP_ACCEPT_ENCODING"), get("REMOTE_ADDR"), get("REQUEST_METHOD"),
    )  # fmt: skip


def without_body(headers: Headers) -> Headers:
    """The headers of an answer as its 304 has them; the long way leaves out the same."""
    return [(name, value) for name, value in headers if name.lower() not in _OF_BODIES]


def names_tag(asked: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag; a weak comparison, as RFC 9110 wants it there."""
    if asked is None or not tag:
        return False
    return asked.strip() == "*" or any(one.strip().removeprefix("W/") == tag for one in asked.split(","))
