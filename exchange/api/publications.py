"""The catalogue as whole documents, sent from finished files: strong ETag, 304, ranges."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file
from werkzeug.exceptions import NotAcceptable

from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from exchange.publish.base import NothingToPublish, UnknownFormat
from exchange.publish.registry import format_named
from exchange.publish.write import build
from exchange.wiring import settings, store

bp = Blueprint("publications", "The catalogue as one document of a standard format.", "/api/v1/publications", answers=())


@bp.reads(
    "/<name>",
    Query,
    {"type": "string", "format": "binary"},
    content_type="*/*",
    description="The whole public catalogue in the format of that name; 204 while it is empty.",
    marks={"x-problems": [416], "x-empty": True, "x-ranges": True},
)
def one(_asked: dict[str, Any], name: str) -> Response:
    """
    Read the public catalogue as one document.

    It holds what the public reads whoever asks, so that a download can be passed on.
    """
    try:
        media = format_named(name).media_type
        if request.accept_mimetypes and not request.accept_mimetypes.best_match([media]):
            raise NotAcceptable
        made = build(store(), settings(), name)
    except UnknownFormat as error:
        raise NotFound(error.message, mend=error.mend) from error
    except NothingToPublish:
        return Response(status=204, headers={"Cache-Control": "no-cache"})
    response = send_file(
        made.path.absolute(),
        mimetype=made.media_type,
        download_name=f"katalog-{settings().home_region}{made.path.suffix}",
        etag=made.etag,
        last_modified=made.changed_at,
        conditional=True,
    )
    response.headers["Cache-Control"] = "public, max-age=30"
    response.headers["Link"] = f'<{settings().data_licence}>; rel="license"'
    response.vary.add("Accept")
    return response
