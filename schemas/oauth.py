"""What travels when a partner gets a token, as RFC 6749, 7009 and 8414 state it, and what a partner reads of itself."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from schemas.fields import Region, choice

_GRANT = "client_credentials"


def _says(text: str, **more: Any) -> dict[str, Any]:
    return {"description": text, **more}


class _Form(Schema):
    """A form of which members that nobody knows are ignored, as RFC 6749, 3.2, wants."""

    class Meta:
        unknown = INCLUDE


class TokenForm(_Form):
    """A request for an access token."""

    grant_type = choice(_GRANT, required=True)
    scope = fields.String(metadata=_says("Scopes, a space between them; without it all that the partner has."))
    client_id = fields.String(metadata=_says("The partner's name, where it is not in the Authorization header."))
    client_secret = fields.String(metadata=_says("One of its secrets, likewise."))


class Token(Schema):
    """An access token; it is shown once."""

    access_token = fields.String(required=True)
    token_type = choice("Bearer", required=True)
    expires_in = fields.Integer(required=True, metadata=_says("Seconds."))
    scope = fields.String(required=True, metadata=_says("What it may be used for, a space between the scopes."))


class TokenFault(Schema):
    """Why there is no token, in the words of RFC 6749."""

    error = fields.String(required=True)
    error_description = fields.String()


class RevokedForm(_Form):
    """A token that is to end."""

    token = fields.String(required=True, validate=validate.Length(min=1))
    token_type_hint = fields.String()
    client_id = fields.String(metadata=_says("The partner's name, where it is not in the Authorization header."))
    client_secret = fields.String(metadata=_says("One of its secrets, likewise."))


class ServerMetadata(Schema):
    """How tokens are got."""

    issuer = fields.String(required=True)
    token_endpoint = fields.String(required=True)
    revocation_endpoint = fields.String(required=True)
    grant_types_supported = fields.List(fields.String(), required=True)
    response_types_supported = fields.List(fields.String(), required=True)
    scopes_supported = fields.List(fields.String(), required=True)
    token_endpoint_auth_methods_supported = fields.List(fields.String(), required=True)
    revocation_endpoint_auth_methods_supported = fields.List(fields.String(), required=True)
    service_documentation = fields.String(required=True)


class PartnerSecret(Schema):
    """A client secret that holds, without its words."""

    ident = fields.String(required=True, metadata=_says("What it is called when it is ended."))
    hint = fields.String(required=True, metadata=_says("How it begins."))
    made_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True, metadata=_says("When it last gave a token."))


class PartnerWithin(Schema):
    """What a contract (PKS) covers."""

    sectors = fields.List(fields.String(), required=True)
    kbli = fields.List(fields.String(), required=True)


class PartnerSelf(Schema):
    """A partner as it sees itself."""

    ident = fields.String(required=True, metadata=_says("Its name here, and its OAuth client id."))
    name = fields.String(required=True)
    region = Region(required=True)
    scopes = fields.List(fields.String(), required=True, metadata=_says("What its tokens may carry."))
    token_scopes = fields.List(fields.String(), required=True, metadata=_says("What the token of this request carries."))
    stage = choice("public", "agreed", "contracted", required=True, metadata=_says("What its agreement opens today."))
    stage_until = fields.Date(required=True, allow_none=True, metadata=_says("The last day of that; null: no end is known."))
    within = fields.Nested(PartnerWithin, required=True, allow_none=True)
    per_minute = fields.Integer(required=True, metadata=_says("Requests a minute; 0: as many as come."))
    secrets = fields.List(fields.Nested(PartnerSecret), required=True)
    version = fields.Integer(required=True)


class NewSecret(Schema):
    """A client secret, shown this once."""

    ident = fields.String(required=True, metadata=_says("What it is called when it is ended."))
    client_id = fields.String(required=True)
    client_secret = fields.String(required=True)


class UseLine(Schema):
    """How often a partner asked for one operation on one day."""

    day = fields.Date(required=True, metadata=_says("UTC."))
    operation = fields.String(required=True)
    asked = fields.Integer(required=True)
    refused = fields.Integer(required=True, metadata=_says("Of these, answered with 4xx."))


class PartnerUse(Schema):
    """What a partner asked for, the latest day first."""

    items = fields.List(fields.Nested(UseLine), required=True)


class UseDays(Schema):
    """How far back."""

    days = fields.Integer(
        load_default=30,
        validate=validate.Range(1, 400),
        metadata={"description": "Days to look back, 1 to 400.", "wanted": "Harus bilangan bulat 1 sampai 400."},
    )
