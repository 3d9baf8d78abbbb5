"""Photos of products: the bytes that `photos` of a product names, to whoever reads the product."""

from __future__ import annotations

from typing import Any

from flask import Response

from exchange.access.photos import DOOR, may_read
from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller, negotiation
from exchange.api.sending import send_photo
from exchange.api.smorest import Blueprint, Query
from exchange.catalogue.firms.consent import files_of
from exchange.errors import BadRequest, FileUnreadable, NotFound
from exchange.wiring import settings, store
from schemas.product import PHOTO_MEDIA

bp = Blueprint("photos", "Photos of products, each named by the SHA-256 of its bytes.", DOOR, answers=())


@bp.reads(
    "/<digest>",
    Query,
    {"type": "string", "format": "binary", "description": "The picture."},
    content_type=PHOTO_MEDIA,
    negotiates=True,
    marks={"x-problems": ("416", "503"), "x-ranges": True},
)
def one(_asked: dict[str, Any], digest: str) -> Response:
    """
    Read a photo of a product.

    `photos` of a product names it. It is read by whoever reads one of the products that show it, and answers 404 from the moment on in
    which none is left: caches must ask each time (`no-cache`), and are told 304 as long as it may be read.
    """
    tier = caller.reader(CATALOGUE_READ).tier
    with store().read() as session:
        found = may_read(session, digest, tier)
    if not found:
        raise NotFound("Tidak ada foto itu yang dapat Anda baca.", mend="Alamat fotonya ada di `photos` pada produknya: /api/v1/products.")
    if not negotiation.quality(PHOTO_MEDIA):
        negotiation.refuse([PHOTO_MEDIA])
    try:
        body = files_of(settings()).read(digest)
    except (NotFound, BadRequest, OSError) as error:
        raise FileUnreadable("Foto ini ada, tetapi berkasnya tidak terbaca.", mend="Pulihkan folder data dari cadangan.") from error
    return send_photo(body, digest, tier)
