"""The catalogue as whole documents, sent from finished files, each with its manifest and its signature."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response
from marshmallow import fields, validate

from exchange.access.policy import Tier
from exchange.access.scopes import CATALOGUE_READ
from exchange.api import caller, filters, negotiation
from exchange.api.answers import JSON, etag, send
from exchange.api.sending import send_publication
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound, StageMissing
from exchange.publish.base import NothingToPublish, Receiver, UnknownFormat
from exchange.publish.keys import Ring
from exchange.publish.lacking import lacking, told
from exchange.publish.picture import offered
from exchange.publish.receivers import receiver_of
from exchange.publish.registry import format_named
from exchange.publish.signing import JOSE, manifest_of, signature_of
from exchange.publish.write import Publication, build, built_before
from exchange.wiring import settings, store
from schemas.publication import READERS, Manifest, PublicationList

KEYS = "/api/v1/keys"

bp = Blueprint("publications", "The catalogue as one document of a standard format.", "/api/v1/publications", answers=())

_HELD = {"x-problems": ("401", "403")}
_FOR_STAGE = {Tier.AGREED: "Terbitan bagi penanda tangan Kesepakatan Bersama", Tier.CONTRACTED: "Terbitan dalam lingkup PKS"}
_SIGNED = {
    Tier.AGREED: "yang telah menandatangani Kesepakatan Bersama",
    Tier.CONTRACTED: "dengan PKS yang berlaku",
}


class ReaderQuery(Query):
    """Whose reading of the catalogue."""

    tier = filters.one_of("Whose reading of the catalogue; without it the public's, so that a download can be passed on.", *READERS)


class FileQuery(ReaderQuery):
    """Which file."""

    sha256 = fields.String(
        load_default=None,
        allow_none=False,
        validate=validate.Regexp(r"^[0-9a-f]{64}\Z"),
        metadata={
            "description": "The file that has this SHA-256, also one that another took the place of less than an hour ago.",
            "wanted": "Harus SHA-256 dari berkas yang diunduh: 64 angka heksadesimal kecil.",
            "pattern": "^[0-9a-f]{64}$",
        },
    )


@bp.reads("", ReaderQuery, PublicationList, negotiates=True, marks=_HELD)
def listing(asked: dict[str, Any]) -> Response:
    """
    List the publications.

    Each format with its size, hash, signature, how many products are in it, and what was left out and why.
    """
    tier = _tier(asked)
    if not negotiation.quality(JSON):
        negotiation.refuse([JSON])
    day = settings().day()
    items = []
    receiver = _receiver(tier)
    for name, kind in offered(settings(), receiver).items():
        try:
            made = build(store(), settings(), name, tier, receiver)
        except NothingToPublish:
            continue
        items.append((kind.title, made))
    with store().read() as session:
        price = told(lacking(session, tier, day))
    lines = [_line(title, made) | {"lacking": price, "as_of": day.isoformat()} for title, made in items]
    body = orjson.dumps({"items": lines, "keys": KEYS})
    links = [f'<{settings().data_licence}>; rel="license"']
    links += ['</api/v1/publications/dcat>; rel="describedby"'] if "dcat" in offered(settings()) else []
    return send(body, tier, etag(tier, JSON, [body]), headers={"Link": ", ".join(links)})


@bp.reads(
    "/<name>",
    ReaderQuery,
    {"description": "The document, in its format."},
    content_type="*/*",
    description="The whole catalogue in the format of that name; 204 while it is empty.",
    marks={"x-problems": ("401", "403", "416"), "x-empty": True, "x-ranges": True},
)
def one(asked: dict[str, Any], name: str) -> Response:
    """
    Read the catalogue as one document.

    It holds what the public reads whoever asks, so that a download can be passed on; with `tier` what that tier reads.
    """
    tier = _tier(asked)
    try:
        media = format_named(name).media_type
    except UnknownFormat as error:
        raise NotFound(error.message, mend=error.mend) from error
    if not negotiation.quality(media):
        negotiation.refuse([media], f"Kirim tajuk Accept: {media}. Format lain dan jenisnya ada di /api/v1/publications.")
    return answer(name, tier)


def answer(name: str, tier: Tier, *, vary: tuple[str, ...] = (), location: bool = False) -> Response:
    """
    The publication of that name for that tier; 204 where an empty catalogue has no document.

    location: also say where it stands by itself, for who asked elsewhere.
    """
    try:
        made = build(store(), settings(), name, tier, _receiver(tier))
    except NothingToPublish:
        empty = Response(status=204, headers={"Cache-Control": "no-cache"})
        empty.vary.update(("Accept", *vary))
        return empty
    links = {"license": settings().data_licence, "describedby": _address(made, "/manifest")}
    response = send_publication(made, links, vary=vary)
    if location:
        response.headers["Content-Location"] = _address(made)
    return response


@bp.reads("/<name>/manifest", FileQuery, Manifest, negotiates=True, marks={"x-problems": ("401", "403"), "x-empty": True})
def manifest(asked: dict[str, Any], name: str) -> Response:
    """
    Read what the node vouches for in a publication.

    File name, size, SHA-256, products and what was left out, version, licence and terms: the very bytes that are signed.
    """
    made = _meant(asked, name, JSON)
    if made is None:
        return Response(status=204, headers={"Cache-Control": "no-cache"})
    tier = Tier(made.tier)
    body = manifest_of(made, Ring(settings().data_dir).signing())
    return send(body, tier, etag(tier, JSON, [body]), headers={"Link": f'<{_address(made, "/signature")}>; rel="related"; type="{JOSE}"'})


@bp.reads(
    "/<name>/signature",
    FileQuery,
    {"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"},
    content_type=JOSE,
    negotiates=True,
    marks={"x-problems": ("401", "403"), "x-empty": True},
)
def signature(asked: dict[str, Any], name: str) -> Response:
    """
    Read the signature of a publication.

    A compact JWS (Ed25519) whose payload is the manifest; the keys are at /api/v1/keys. Ask by the `sha256` of what you downloaded.
    """
    made = _meant(asked, name, JOSE)
    if made is None:
        return Response(status=204, headers={"Cache-Control": "no-cache"})
    tier = Tier(made.tier)
    body = signature_of(made, Ring(settings().data_dir).signing())
    return send(
        body, tier, etag(tier, JOSE, [body]), media=JOSE, headers={"Link": f'<{KEYS}>; rel="related"; type="application/jwk-set+json"'}
    )


def _tier(asked: dict[str, Any]) -> Tier:
    """
    The tier that is asked for, where the caller reads at least as much.

    Raises:
        Unauthenticated, ScopeMissing, StageMissing or Denied, each with what is missing.
    """
    wanted, order = Tier(asked["tier"] or Tier.PUBLIC), list(Tier)
    stage = caller.reader(CATALOGUE_READ).stage
    if order.index(wanted) <= order.index(stage):
        return wanted
    if wanted is Tier.STAFF:
        caller.staff_only("Terbitan bagi petugas")
    caller.partner_with(CATALOGUE_READ, _FOR_STAGE[wanted])
    raise StageMissing(
        f"{_FOR_STAGE[wanted]} hanya untuk daerah {_SIGNED[wanted]}.",
        mend=f"Pakai tier={stage}, atau hubungi kantor yang menerbitkan katalog ini.",
        missing=[f"stage:{wanted}"],
    )


def _receiver(tier: Tier) -> Receiver | None:
    """The partner that asks, whom it is made out to; None for the public's, and for staff, who read what everybody of a tier does."""
    asking = caller.partner()
    return None if asking is None else receiver_of(asking, tier, settings().peppol_endpoint_of(asking.ident))


def _meant(asked: dict[str, Any], name: str, media: str) -> Publication | None:
    """The file that a manifest or a signature is asked of; None where an empty catalogue has none."""
    tier = _tier(asked)
    if not negotiation.quality(media):
        negotiation.refuse([media])
    try:
        if asked["sha256"]:
            made = built_before(settings(), name, asked["sha256"], tier, _receiver(tier))
        else:
            made = build(store(), settings(), name, tier, _receiver(tier))
    except UnknownFormat as error:
        raise NotFound(error.message, mend=error.mend) from error
    except NothingToPublish:
        return None
    if made is None:
        raise NotFound(
            f"Tidak ada terbitan {name} dengan SHA-256 itu, sekarang atau dalam satu jam terakhir.",
            mend="Unduh lagi, lalu minta tanda tangan dari SHA-256 yang baru. Bila tetap tidak ada, isi unduhannya bukan dari simpul ini.",
        )
    return made


def _address(made: Publication, part: str = "") -> str:
    """Where a publication or a part of it stands: a part by the content that it speaks of."""
    asked = {} if made.tier == Tier.PUBLIC else {"tier": made.tier}
    asked |= {"sha256": made.etag} if part else {}
    return f"/api/v1/publications/{made.format}{part}" + (f"?{urlencode(asked)}" if asked else "")


def _line(title: str, made: Publication) -> dict[str, Any]:
    said = made.statement
    members = (
        "format",
        "media_type",
        "tier",
        "file",
        "sha256",
        "size",
        "products",
        "left_out",
        "version",
        "changed_at",
        "licence",
        "terms",
    )
    return {name: said[name] for name in members} | {
        "title": title,
        "gzip_size": made.gzip.bytes if made.gzip else None,
        "href": _address(made),
        "manifest": _address(made, "/manifest"),
        "signature": _address(made, "/signature"),
    }
