"""Ready bytes as answers: strong ETags, 304, what caches may keep, and for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson
from flask import Response, request

from exchange.access.policy import VERSION as POLICY
from exchange.access.policy import Tier
from exchange.access.segments import canonical
from exchange.api.disclosing import settle

JSON = "application/json"
_VARY = ("Cookie", "Authorization", "Accept")


def etag(tier: Tier, media: str, parts: Iterable[bytes]) -> str:
    """
    A strong validator: the same only where tier, policy version, representation and content are the same.

    The bytes are part of it, since a product's segment also changes with its firm, without a version of its own. 96 bits of SHA-256,
    which most processors have instructions for: a page of 100 products takes half as long as by BLAKE2.
    """
    digest = sha256(f"{tier}|{POLICY}|{media}".encode())
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return f"{POLICY}-{digest.hexdigest()[:24]}"


def send(
    body: bytes, tier: Tier, tag: str, *, media: str = JSON, headers: Mapping[str, str] | None = None, private: bool = False
) -> Response:
    """
    A body with its validator, or 304 where the caller has it already.

    What the public reads may be kept by shared caches for half a minute; what others read, and what is private, by nobody else. What it
    tells a partner beyond the public is noted; raises NotRecorded where it cannot be.
    """
    response = Response(body, mimetype=media)
    response.headers.update(headers or {})
    response.set_etag(tag)
    response.vary.update(_VARY)
    response.headers["Cache-Control"] = "public, max-age=30" if tier is Tier.PUBLIC and not private else "private, no-cache"
    response.make_conditional(request)
    return settle(response)


def send_one(segment: tuple[int, bytes], tier: Tier) -> Response:
    """One record as its stored segment; the tag begins with the record's version."""
    version, body = segment
    return send(body, tier, f"{version}-{etag(tier, JSON, [body])}")


def join(bodies: Sequence[bytes], onward: str | None, facets: bytes | None = None, behind: int | None = None) -> bytes:
    """A page of a list from finished records, none of them parsed or dumped again; facets, behind: told where they are given."""
    beside = b"" if facets is None else b',"facets":' + facets
    beside += b"" if behind is None else b',"behind":%d' % behind
    return b'{"items":[' + b",".join(bodies) + b'],"next":' + orjson.dumps(onward) + beside + b"}"


def dump(record: Mapping[str, Any]) -> bytes:
    """A record without stored segments (matches, runs, regions) in the same canonical JSON."""
    return canonical({name: _number(value) for name, value in record.items()})


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
