"""A finished file or a photo as an answer: coding, strong ETag of each coding, 304, ranges, digest."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from http import HTTPStatus

from flask import Response, request, send_file

from exchange.access.policy import Tier
from exchange.api.disclosing import settle, tell_file
from exchange.api.negotiation import takes_gzip
from exchange.publish.increments import Increment
from exchange.publish.write import Publication
from schemas.product import PHOTO_MEDIA


def send_publication(made: Publication | Increment, links: Mapping[str, str], *, vary: tuple[str, ...] = ()) -> Response:
    """
    A publication, or what changed since one, from its file; packed with gzip where the caller takes that.

    links: relation → target, for Link. vary: what else the choice of the file hung on. What the public reads may be kept by
    shared caches for half a minute, what others read by nobody else. Parts are parts of the bytes with the coding that is told. Raises
    NotRecorded where what it tells a partner cannot be noted.
    """
    packed = made.gzip if takes_gzip() else None
    chosen = packed or made
    _drop_odd_range()
    response = send_file(
        chosen.path.absolute(),
        mimetype=made.media_type,
        download_name=made.name,
        etag=chosen.etag,
        last_modified=made.made_at,
        conditional=True,
    )
    if packed and response.status_code != 304:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Repr-Digest"] = _digest(chosen.etag)
    response.headers["Cache-Control"] = "public, max-age=30" if made.tier == Tier.PUBLIC else "private, no-cache"
    response.headers["Link"] = ", ".join(f'<{target}>; rel="{relation}"' for relation, target in links.items())
    response.vary.update(("Accept", "Accept-Encoding", *vary, *(() if made.tier == Tier.PUBLIC else ("Cookie", "Authorization"))))
    tell_file(made.format, made.etag, made.told)
    return settle(response)


def send_photo(body: bytes, sha256: str, tier: Tier) -> Response:
    """
    A photo, a part of it, or 304 where the caller has it.

    Its validator is its SHA-256, the same for all who read it, since its bytes are. Any cache may keep it, a shared one what the public
    reads, and must ask before it gives it again: who may read it can end at any time. It cannot run in a page that shows it.
    """
    _drop_odd_range()
    response = Response(body, mimetype=PHOTO_MEDIA)
    response.set_etag(sha256)
    response.headers["Repr-Digest"] = _digest(sha256)
    response.headers["Cache-Control"] = f"{'public' if tier is Tier.PUBLIC else 'private'}, no-cache"
    response.vary.update(("Cookie", "Authorization", "Accept"))
    response.make_conditional(request, accept_ranges=True, complete_length=len(body))
    if response.status_code != HTTPStatus.NOT_MODIFIED:
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response


def _digest(sha256: str) -> str:
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"


def _drop_odd_range() -> None:
    """RFC 9110, 14.2: a range that cannot be read, of a unit that is not known, or one of several is passed over and the whole is sent."""
    asked = request.range
    if "Range" in request.headers and (asked is None or asked.units != "bytes" or len(asked.ranges) != 1):
        del request.environ["HTTP_RANGE"]
