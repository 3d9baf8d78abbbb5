"""Opaque cursors: a page goes on behind the last record of the one before, whatever was added meanwhile."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from flask import Response, request
from marshmallow import fields, validate

from exchange.access.policy import Tier
from exchange.api import answers
from exchange.api.smorest import Query, fault, refuse

DEFAULT, MOST = 50, 200
_LONGEST = 1200
_NO_FILTERS = frozenset({"limit", "cursor", "fields", "facets"})
R = TypeVar("R")


class PageQuery(Query):
    """How much of a list, and from where."""

    limit = fields.Integer(
        load_default=DEFAULT,
        validate=validate.Range(1, MOST),
        metadata={"description": f"Records a page, 1 to {MOST}.", "wanted": f"Harus bilangan bulat 1 sampai {MOST}."},
    )
    cursor = fields.String(
        load_default=None,
        allow_none=False,
        validate=validate.Length(1, _LONGEST),
        metadata={
            "description": "`next` of the page before, with the same filters and order.",
            "wanted": "Bukan kursor layanan ini; pakai nilai `next` dari halaman sebelumnya.",
        },
    )


def start(asked: Mapping[str, Any], shape: Callable[[Any], bool]) -> Any:
    """
    The key behind which the page begins; None for the first one.

    asked: the loaded query. shape: tells whether a key is of this list's kind.

    Raises:
        BadRequest: the cursor is none of this service, or was given out for other filters.
    """
    cursor = asked["cursor"]
    if cursor is None:
        return None
    try:
        mark, key = orjson.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeEncodeError, binascii.Error, TypeError):
        mark, key = None, None
    if not isinstance(mark, str) or not shape(key):
        refuse([fault("cursor", "Bukan kursor layanan ini; mulai lagi tanpa cursor.")])
    if mark != _mark(asked):
        refuse([fault("cursor", "Kursor ini milik saringan yang lain; mulai lagi tanpa cursor.")])
    return key


def is_name(key: Any) -> bool:
    """Whether a key is a public name."""
    return isinstance(key, str) and 0 < len(key) <= 80 and "\0" not in key


def is_row(key: Any) -> bool:
    """Whether a key is a row number."""
    return isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**62


def send_page(
    rows: Sequence[R],
    asked: Mapping[str, Any],
    tier: Tier,
    key: Callable[[R], Any],
    body: Callable[[R], bytes],
    *,
    private: bool = False,
    facets: bytes | None = None,
    behind: int | None = None,
) -> Response:
    """
    A page of a list, `Link: rel="next"` with it where there is more.

    rows: at most one more than asked["limit"]; the one too many only tells that the list goes on.
    private: the list is one caller's own, and no shared cache keeps it. facets: counts, as JSON. behind: changes that are not
    in it yet.
    """
    limit = asked["limit"]
    shown = rows[:limit]
    onward = None
    if len(rows) > limit:
        onward = urlsafe_b64encode(orjson.dumps([_mark(asked), key(shown[-1])])).rstrip(b"=").decode()
    parts = [body(row) for row in shown]
    headers = {}
    if onward:
        kept = {name: value for name, value in request.args.items() if name != "cursor"}
        headers["Link"] = f'<{request.path}?{urlencode(kept | {"cursor": onward})}>; rel="next"'
    shape = f"{answers.JSON};{','.join(asked.get('fields') or ())}"
    whole = answers.join(parts, onward, facets, behind)
    return answers.send(whole, tier, answers.etag(tier, shape, [whole]), headers=headers, private=private)


def _mark(asked: Mapping[str, Any]) -> str:
    """What a cursor belongs to: the list, its filters and its order, not the size of its pages nor what is told of each record."""
    filters = sorted((name, _word(value)) for name, value in asked.items() if name not in _NO_FILTERS and value is not None)
    return blake2b(orjson.dumps([request.path, filters]), digest_size=6).hexdigest()


def _word(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
