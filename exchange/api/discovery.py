"""Where everything is, for machines: the api-catalog of RFC 9727, and what each kind of problem means."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from exchange.access.policy import Tier
from exchange.api import problems
from exchange.api.answers import JSON, etag, send
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from exchange.publish.picture import offered
from exchange.wiring import settings
from schemas.wire import Problem

LINKSET = "application/linkset+json"
_PROFILE = "https://www.rfc-editor.org/info/rfc9727"

bp = Blueprint("discovery", "Where everything is.", answers=(LINKSET, JSON))


@bp.reads(
    "/.well-known/api-catalog",
    Query,
    {"type": "object", "required": ["linkset"], "properties": {"linkset": {"type": "array", "items": {"type": "object"}}}},
    content_type=LINKSET,
)
def catalog(_asked: dict[str, Any]) -> Response:
    """
    Read the catalogue of this service's APIs.

    After RFC 9727, as a linkset of RFC 9264: contract, page, status and every publication.
    """
    # references relative to this address, as RFC 9264 allows: a Host header is the caller's word, and caches keep this
    links = {
        "anchor": "/api/v1/",
        "service-desc": [{"href": "/openapi.json", "type": "application/json"}],
        "service-doc": [{"href": "/docs", "type": "text/html"}],
        "status": [{"href": "/readyz", "type": JSON}],
        "item": [
            {"href": f"/api/v1/publications/{name}", "type": kind.media_type, "title": kind.title}
            for name, kind in offered(settings()).items()
        ],
    }
    body = orjson.dumps({"linkset": [links]})
    link = '</.well-known/api-catalog>; rel="api-catalog"'
    answer = send(body, Tier.PUBLIC, etag(Tier.PUBLIC, LINKSET, [body]), media=LINKSET, headers={"Link": link})
    if answer.status_code == 200:
        answer.headers["Content-Type"] = f'{LINKSET}; profile="{_PROFILE}"'
    return answer


@bp.reads("/problems/<slug>", Query, Problem)
def problem(_asked: dict[str, Any], slug: str) -> Response:
    """
    Read what the type of a problem means.

    `slug` is the last part of the member `type` of problem details.
    """
    known = problems.known_slugs()
    if slug not in known:
        raise NotFound(f"Tidak ada jenis masalah {slug[:80]!r}.", mend=f"Yang dikenal: {', '.join(sorted(known))}.")
    body = orjson.dumps(known[slug])
    return send(body, Tier.PUBLIC, etag(Tier.PUBLIC, JSON, [body]))
