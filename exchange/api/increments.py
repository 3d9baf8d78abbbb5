"""What changed of the catalogue since a reader's last one, as a UBL document; sent from a finished file."""

from __future__ import annotations

from typing import Any

from flask import Response, request, send_file
from marshmallow import fields, validate
from werkzeug.exceptions import NotAcceptable

from exchange.access.policy import Tier
from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller
from exchange.api.disclosing import settle, tell_file
from exchange.api.smorest import Blueprint, Query
from exchange.publish.formats.ubl import Ubl
from exchange.publish.increments import NothingChanged, build_increment
from exchange.publish.receivers import receiver_of
from exchange.publish.states import LONGEST
from exchange.wiring import settings, store

bp = Blueprint("increments", "What changed of the catalogue, as one document.", "/api/v1/publications/ubl", answers=())

_SINCE = "Wajib diisi dengan cbc:VersionID dari katalog UBL Anda yang terakhir."
_VARY = ("Accept", "Cookie", "Authorization")


class Since(Query):
    """Where the reader's copy stands."""

    since = fields.String(
        required=True,
        allow_none=False,
        validate=validate.Length(1, LONGEST),
        error_messages={"required": _SINCE},
        metadata={"description": "cbc:VersionID of the reader's last document, full or of changes.", "wanted": _SINCE},
    )


@bp.reads(
    "/changes",
    Since,
    {"description": "The document, in its format."},
    content_type="*/*",
    description="A UBL Catalogue with one line for each product that changed: Add, Update, or Delete, the tombstone. 204 where none did.",
    marks={"x-problems": [410, 416], "x-empty": True, "x-ranges": True},
)
def changes(asked: dict[str, Any]) -> Response:
    """
    Read what changed since a UBL catalogue.

    Apply the lines to your copy of that catalogue and you have the one of now; `cbc:VersionID` is the next `since`. A version of the
    public catalogue stays one of the public catalogue, whoever asks, and one that a contract opened is gone on from under the very same
    contract alone. 410: nobody can go on from there, read the full catalogue.
    """
    if request.accept_mimetypes and not request.accept_mimetypes.best_match([Ubl.media_type]):
        raise NotAcceptable
    try:
        partner, stage = caller.partner(), caller.reader(CATALOGUE_READ).stage
        receiver = receiver_of(partner, stage) if partner is not None else None
        made = build_increment(store(), settings(), asked["since"], stage, receiver)
    except NothingChanged:
        return Response(status=204, headers={"Cache-Control": "no-cache", "Vary": ", ".join(_VARY)})
    response = send_file(
        made.path.absolute(),
        mimetype=made.media_type,
        download_name=f"katalog-{settings().home_region}-perubahan{Ubl.suffix}",
        etag=made.etag,
        last_modified=made.changed_at,
        conditional=True,
    )
    response.headers["Cache-Control"] = "public, max-age=30" if made.tier is Tier.PUBLIC else "private, no-cache"
    response.headers["Link"] = f'<{settings().data_licence}>; rel="license"'
    response.vary.update(_VARY)
    tell_file(Ubl.name, made.etag, made.told)
    return settle(response)
