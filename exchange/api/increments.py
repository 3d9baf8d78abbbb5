"""What changed of the catalogue since a reader's last one, as a UBL document; sent from a finished file."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller, negotiation
from exchange.api.sending import send_publication
from exchange.api.smorest import Blueprint, Query
from exchange.publish.formats.ubl import Ubl
from exchange.publish.increments import NothingChanged, build_increment
from exchange.publish.receivers import receiver_of
from exchange.publish.states import LONGEST
from exchange.wiring import settings, store

bp = Blueprint("increments", "What changed of the catalogue, as one document.", "/api/v1/publications/ubl", answers=())

_SINCE = "Wajib diisi dengan cbc:VersionID dari katalog UBL Anda yang terakhir."
_VARY = ("Cookie", "Authorization")  # also of what the public reads: who is known goes on from its own version at the same address


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
    if not negotiation.quality(Ubl.media_type):
        negotiation.refuse([Ubl.media_type])
    try:
        partner, stage = caller.partner(), caller.reader(CATALOGUE_READ).stage
        receiver = receiver_of(partner, stage, settings().peppol_endpoint_of(partner.ident)) if partner is not None else None
        made = build_increment(store(), settings(), asked["since"], stage, receiver)
    except NothingChanged:
        return Response(status=204, headers={"Cache-Control": "no-cache", "Vary": ", ".join(("Accept", *_VARY))})
    return send_publication(made, {"license": settings().data_licence}, vary=_VARY)
