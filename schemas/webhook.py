"""What a partner sends and gets about its webhooks, and the events that come by them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from schemas.demand import Strict
from schemas.fields import choice

EVENT_TYPES = (
    "match.new", "demand.withdrawn", "agreement.stage_changed", "deal.offered", "deal.revised", "deal.delivered", "deal.closed",
    "deal.cancelled",
)  # fmt: skip
STATES = ("active", "suspended")
REASONS = ("failing", "gone", "office", "key")
DELIVERY_STATES = ("waiting", "failed", "sent", "given_up")


def _says(text: str, **more: Any) -> dict[str, Any]:
    return {"description": text, **more}


class NewWebhookForm(Strict):
    """An address that is to be told of events."""

    url = fields.String(
        required=True,
        validate=validate.Length(1, 500),
        metadata=_says("HTTPS, on the internet.", example="https://dagang.kota-contoh.go.id/webhook", pattern="^https://[^#]+$"),
    )
    events = fields.List(choice(*EVENT_TYPES), required=True, validate=validate.Length(1), metadata=_says("Types to be told of."))


class WebhookCounts(Schema):
    """How many deliveries are in which state."""

    waiting = fields.Integer(required=True, metadata=_says("Not tried yet."))
    failed = fields.Integer(required=True, metadata=_says("Tried in vain, and tried again."))
    sent = fields.Integer(required=True, metadata=_says("Taken."))
    given_up = fields.Integer(required=True, metadata=_says("Tried no more, until they are asked for."))


class WebhookLine(Schema):
    """One address."""

    ident = fields.String(required=True)
    url = fields.String(required=True)
    events = fields.List(choice(*EVENT_TYPES), required=True)
    state = choice(*STATES, required=True)
    reason = choice(
        *REASONS,
        required=True,
        allow_none=True,
        metadata=_says(
            "Why it is suspended: nothing taken for 24 hours; answered 410; by the office; its secret must be made anew. Null while active."
        ),
    )
    since = fields.AwareDateTime(required=True, allow_none=True, metadata=_says("Since when it is suspended."))
    old_secret_until = fields.AwareDateTime(
        required=True, allow_none=True, metadata=_says("How long the secret before signs beside the new one; null: one secret signs.")
    )
    good_at = fields.AwareDateTime(required=True, allow_none=True, metadata=_says("When it last took an event."))
    counts = fields.Nested(WebhookCounts, required=True)
    made_at = fields.AwareDateTime(required=True)


class Webhooks(Schema):
    """The partner's addresses."""

    items = fields.List(fields.Nested(WebhookLine), required=True)


class NewWebhook(WebhookLine):
    """An address that was just added, with its secret, shown this once."""

    secret = fields.String(required=True, metadata=_says("whsec_ and the key in base64, as Standard Webhooks has it."))


class WebhookSecret(Schema):
    """A secret, shown this once."""

    ident = fields.String(required=True, metadata=_says("The address that it is for."))
    secret = fields.String(required=True, metadata=_says("whsec_ and the key in base64, as Standard Webhooks has it."))
    old_secret_until = fields.AwareDateTime(required=True, allow_none=True)


class WebhookDelivery(Schema):
    """One event on its way to an address."""

    message = fields.String(required=True, metadata=_says("The event's identifier, as the header webhook-id has it on every try."))
    type = choice(*EVENT_TYPES, "webhook.test", required=True)
    state = choice(*DELIVERY_STATES, required=True)
    tries = fields.Integer(required=True)
    made_at = fields.AwareDateTime(required=True, metadata=_says("When it happened."))
    last_at = fields.AwareDateTime(required=True, allow_none=True, metadata=_says("The last try."))
    next_at = fields.AwareDateTime(required=True, allow_none=True, metadata=_says("The next try, while the address is active."))
    status = fields.Integer(required=True, allow_none=True, metadata=_says("Of the last answer; null where none came."))
    trouble = fields.String(required=True, allow_none=True, metadata=_says("What was wrong with the last try, Indonesian."))


class Webhook(WebhookLine):
    """One address with its last 50 deliveries, the latest event first."""

    deliveries = fields.List(fields.Nested(WebhookDelivery), required=True)
