"""The events that come by webhooks, as they are posted: they name resources and where these are read, never what is in them."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from schemas.fields import choice

MOST_NAMED = 100  # resources that one event names; more are told by further events


def _says(text: str, **more: Any) -> dict[str, Any]:
    return {"description": text, **more}


def _address(like: str) -> fields.String:
    says = "Where it is read with the partner's token: a path of this node."
    return fields.String(required=True, metadata=_says(says, example=like, pattern="^/api/v1/"))


def _when() -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, metadata=_says("When it happened, UTC."))


class NamedMatch(Schema):
    """A match of the partner's own demand."""

    id = fields.Integer(required=True, validate=validate.Range(1))
    demand = fields.String(required=True, metadata=_says("The demand's `ident`."))
    address = _address("/api/v1/partner/matches/17")


class NamedMatches(Schema):
    """What a `match.new` names."""

    matches = fields.List(fields.Nested(NamedMatch), required=True, validate=validate.Length(1, MOST_NAMED))


class MatchNew(Schema):
    """Matches that the partner reads under its contract and was not told of."""

    type = choice("match.new", required=True)
    timestamp = _when()
    data = fields.Nested(NamedMatches, required=True)


class NamedDemand(Schema):
    """A demand that was withdrawn."""

    ident = fields.String(required=True)
    own = fields.Boolean(required=True, metadata=_says("Whether the partner brought it itself; else it is demand of the node's region."))
    address = _address("/api/v1/partner/demands/kota-contoh:PB-2027-014")


class NamedDemands(Schema):
    """What a `demand.withdrawn` names."""

    demands = fields.List(fields.Nested(NamedDemand), required=True, validate=validate.Length(1, MOST_NAMED))


class DemandWithdrawn(Schema):
    """Demands that the partner brought or could read, and that are withdrawn."""

    type = choice("demand.withdrawn", required=True)
    timestamp = _when()
    data = fields.Nested(NamedDemands, required=True)


class NewStage(Schema):
    """What an `agreement.stage_changed` names."""

    stage = fields.String(required=True, metadata=_says("Public, agreed or contracted; expect new words.", example="contracted"))
    stage_until = fields.Date(required=True, allow_none=True, metadata=_says("Its last day; null: none is set."))
    address = _address("/api/v1/partner")


class StageChanged(Schema):
    """The partner's agreement opens something else, or until another day, than before."""

    type = choice("agreement.stage_changed", required=True)
    timestamp = _when()
    data = fields.Nested(NewStage, required=True)


class NamedDeal(Schema):
    """The deal that a `deal.…` names."""

    deal = fields.String(required=True, metadata=_says("Its `ident`."))
    demand = fields.String(required=True, metadata=_says("The `ident` of the partner's demand that it serves."))
    address = _address("/api/v1/partner/deals/TR-2026-0001")


def _of_deal(kind: str, name: str, says: str) -> type[Schema]:
    members = {"type": choice(kind, required=True), "timestamp": _when(), "data": fields.Nested(NamedDeal, required=True)}
    return type(name, (Schema,), members | {"__doc__": says, "__module__": __name__})


DealOffered = _of_deal("deal.offered", "DealOffered", "The letter of an offer was sent, for the first time or anew.")
DealRevised = _of_deal(
    "deal.revised", "DealRevised", "An offer stands no more: it is written anew, and not read until it is offered again."
)
DealDelivered = _of_deal(
    "deal.delivered", "DealDelivered", "What was received of an order was recorded, or what was recorded was corrected."
)
DealClosed = _of_deal("deal.closed", "DealClosed", "All that was ordered was received, or the deal was closed with less.")
DealCancelled = _of_deal("deal.cancelled", "DealCancelled", "A deal that had been offered was cancelled.")


class TriedWebhook(Schema):
    """What a `webhook.test` names."""

    webhook = fields.String(required=True, metadata=_says("The address that is tried: its `ident`."))


class WebhookTest(Schema):
    """Sent to one address where it is asked for, and never else."""

    type = choice("webhook.test", required=True)
    timestamp = _when()
    data = fields.Nested(TriedWebhook, required=True)


# type of event: the shape of its body
BODIES: Final[dict[str, type[Schema]]] = {
    "match.new": MatchNew,
    "demand.withdrawn": DemandWithdrawn,
    "agreement.stage_changed": StageChanged,
    "deal.offered": DealOffered,
    "deal.revised": DealRevised,
    "deal.delivered": DealDelivered,
    "deal.closed": DealClosed,
    "deal.cancelled": DealCancelled,
    "webhook.test": WebhookTest,
}

# type of event: what one names, made up
SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "match.new": {"matches": [{"id": 17, "demand": "kota-contoh:PB-2027-014", "address": "/api/v1/partner/matches/17"}]},
    "demand.withdrawn": {
        "demands": [{"ident": "kota-contoh:PB-2027-014", "own": True, "address": "/api/v1/partner/demands/kota-contoh:PB-2027-014"}]
    },
    "agreement.stage_changed": {"stage": "contracted", "stage_until": "2027-12-31", "address": "/api/v1/partner"},
    **{
        f"deal.{what}": {"deal": "TR-2026-0001", "demand": "kota-contoh:PB-2027-014", "address": "/api/v1/partner/deals/TR-2026-0001"}
        for what in ("offered", "revised", "delivered", "closed", "cancelled")
    },
    "webhook.test": {"webhook": "wh_5f0c2e9a6d3f41b7"},
}


def sample(kind: str) -> dict[str, Any]:
    """A whole event of a type, made up."""
    return {"type": kind, "timestamp": "2026-11-27T19:05:12Z", "data": SAMPLES[kind]}
