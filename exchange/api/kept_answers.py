"""Finished answers that a process keeps, as long as nothing that they say has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from exchange.access.disclosures import Disclosure
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


def without_body(headers: Headers) -> Headers:
    """The headers of an answer as its 304 has them; the long way leaves out the same."""
    return [(name, value) for name, value in headers if name.lower() not in _OF_BODIES]


def names_tag(asked: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag; a weak comparison, as RFC 9110 wants it there."""
    if asked is None or not tag:
        return False
    return asked.strip() == "*" or any(one.strip().removeprefix("W/") == tag for one in asked.split(","))
