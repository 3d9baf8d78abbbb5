"""What a node says of its publications: one line for each format, what is signed of it, and the keys that prove it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from schemas.fields import Region, choice

# who a publication may be made for; what is read in an agreement's scope only (contracted) is made out to one partner
READERS = ("public", "agreed", "contracted", "staff")
KEY_STATES = ("active", "retired", "revoked")


def _says(text: str) -> dict[str, Any]:
    return {"description": text}


class CountedFor(Schema):
    """A number of products and the reason for it."""

    reason = fields.String(
        required=True, metadata=_says("not_consented, withdrawn, not_prepared; price_missing, price_expired; more may come.")
    )
    says = fields.String(required=True, metadata=_says("The reason in words, Indonesian."))
    products = fields.Integer(required=True)


class Publisher(Schema):
    """Who published it."""

    name = fields.String(required=True)
    region = Region(required=True)


def _left_out() -> fields.List[Any]:
    return fields.List(fields.Nested(CountedFor), required=True, metadata=_says("Products that are kept and not in it, by reason."))


def _version() -> fields.String:
    return fields.String(required=True, metadata=_says("A word for the state of the catalogue; another state has another word."))


class Manifest(Schema):
    """What the node's signature vouches for: one file and what is in it."""

    file = fields.String(required=True, metadata=_says("What a download is called."))
    format = fields.String(required=True)
    media_type = fields.String(required=True)
    tier = choice(*READERS, required=True, metadata=_says("Whose reading of the catalogue it is."))
    receiver = fields.String(required=True, allow_none=True, metadata=_says("Region of the partner that it is made out to."))
    publisher = fields.Nested(Publisher, required=True)
    sha256 = fields.String(required=True, metadata=_says("Of the file as it is without a content coding, hexadecimal."))
    size = fields.Integer(required=True, metadata=_says("In bytes, without a content coding."))
    products = fields.Integer(required=True)
    left_out = _left_out()
    lacking = fields.List(
        fields.Nested(CountedFor),
        required=True,
        metadata=_says("Products in it without a price, or whose price was past its day, on the day (Jakarta) of the newest change."),
    )
    version = _version()
    changed_at = fields.AwareDateTime(required=True, allow_none=True, metadata=_says("When that change was made, UTC; null without any."))
    licence = fields.String(required=True, metadata=_says("URI of the licence."))
    terms = fields.String(required=True, metadata=_says("Terms beside the licence, in words."))
    kid = fields.String(required=True, metadata=_says("The key of /api/v1/keys that signs."))


class PublicationLine(Schema):
    """One format of the catalogue: what is sent under its address now."""

    format = fields.String(required=True)
    title = fields.String(required=True)
    media_type = fields.String(required=True)
    tier = choice(*READERS, required=True)
    href = fields.String(required=True, metadata=_says("Its address on this node."))
    manifest = fields.String(
        required=True, metadata=_says("Address of the manifest of this very file, for an hour after another takes its place.")
    )
    signature = fields.String(required=True, metadata=_says("Address of its signature, likewise."))
    file = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True, metadata=_says("In bytes, without a content coding."))
    gzip_size = fields.Integer(
        required=True, allow_none=True, metadata=_says("With Content-Encoding gzip; null where that is not offered.")
    )
    products = fields.Integer(required=True)
    left_out = _left_out()
    lacking = fields.List(
        fields.Nested(CountedFor),
        required=True,
        metadata=_says("Products in it without a price, or whose price is past its day, on the day `as_of`."),
    )
    as_of = fields.Date(required=True, metadata=_says("The day that prices were held against, Jakarta."))
    version = _version()
    changed_at = fields.AwareDateTime(required=True, allow_none=True)
    licence = fields.String(required=True)
    terms = fields.String(required=True)


class PublicationList(Schema):
    """All formats; one that has no document for an empty catalogue is not in it while it is empty."""

    items = fields.List(fields.Nested(PublicationLine), required=True)
    keys = fields.String(required=True, metadata=_says("Address of the keys that prove the signatures."))


class PublicKey(Schema):
    """A key as RFC 8037 writes it, and what the node says of it."""

    kty = choice("OKP", required=True)
    crv = choice("Ed25519", required=True)
    alg = choice("EdDSA", required=True)
    use = choice("sig", required=True)
    kid = fields.String(required=True, metadata=_says("RFC 7638 thumbprint."))
    x = fields.String(required=True, metadata=_says("The public key, base64url."))
    state = choice(*KEY_STATES, required=True, metadata=_says("active signs; retired proves what it signed; revoked proves nothing."))
    valid_from = fields.AwareDateTime(required=True, metadata=_says("Since when it signs."))
    valid_until = fields.AwareDateTime(required=True, allow_none=True, metadata=_says("When that ended; null while it signs."))
    reason = fields.String(metadata=_says("Why it was revoked."))


class KeySet(Schema):
    """All keys that this node ever signed with (RFC 7517), the newest first."""

    keys = fields.List(fields.Nested(PublicKey), required=True)
