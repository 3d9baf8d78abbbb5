"""A partner's webhooks: where it is told of events, what became of each, and sending again."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from exchange.access import webhooks
from exchange.access.callers import Partner
from exchange.access.partners import actor_of, named
from exchange.access.webhook_records import delivery_record, delivery_records, webhook_records
from exchange.access.webhooks import sealer, webhook_named
from exchange.api import caller
from exchange.api.answers import JSON, dump, etag, send
from exchange.api.smorest import Blueprint, Query, fault
from exchange.api.writing import Made, body_record, write
from exchange.errors import BadRequest
from exchange.store.webhooks import WebhookRow, webhooks_of
from exchange.wiring import settings, store
from schemas import webhook as shapes

bp = Blueprint("webhooks", "Where the partner of this token is told of events.", "/api/v1/partner/webhooks")

_OWN = "Webhook milik mitra"


@bp.reads("", Query, shapes.Webhooks, scopes=())
def listing(_asked: dict[str, Any]) -> Response:
    """
    List the partner's webhooks.

    The oldest first, with the state of each and how many deliveries stand how.
    """
    asking = caller.partner_with(None, _OWN)
    with store().read() as session:
        body = dump({"items": webhook_records(session, webhooks_of(session, asking.number))})
    return _send(body, asking)


@bp.writes("", "POST", shapes.NewWebhookForm, shapes.NewWebhook, status=201, keyed=None, marks={"x-problems": ["400", "409"]})
def add() -> Response:
    """
    Add a webhook.

    Each type wants the token to have the scope of what it names: `match.new` matches:read, `demand.withdrawn` demand:read. The secret is
    shown this once, and no Idempotency-Key is taken, since the answer would have to be kept: where it was lost, make a new secret.
    """
    record = body_record(1 << 16)

    def work(session: Session, asking: Partner) -> Made:
        form = _checked(record)
        row, secret = webhooks.add_webhook(
            session, named(session, asking.ident), form["url"], form["events"], sealer(settings().secret_key),
            today=settings().day(), scopes=asking.scopes, actor=actor_of(asking.ident),
        )  # fmt: skip
        told = webhook_records(session, [row])[0]
        return Made(told | {"secret": secret}, 201, headers={"Location": f"{bp.url_prefix}/{row.ident}"})

    return write(None, _OWN, work, keyed=None)


def _checked(record: Any) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise BadRequest("Isi permintaan harus objek JSON.", mend="Contohnya ada di /docs.")
    try:
        loaded: dict[str, Any] = shapes.NewWebhookForm().load(record)
    except ValidationError as error:
        said = error.messages if isinstance(error.messages, dict) else {"url": error.messages}
        told = [fault(str(name), str(messages)) for name, messages in said.items()]
        raise BadRequest(
            f"{told[0]['parameter']}: tidak dapat dibaca.", mend="Perbaiki anggota yang disebut; skemanya ada di /docs.", errors=told
        ) from None
    return loaded


@bp.reads("/<ident>", Query, shapes.Webhook, scopes=())
def one(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read one webhook.

    With its last 50 deliveries.
    """
    asking = caller.partner_with(None, _OWN)
    with store().read() as session:
        row = webhook_named(session, ident, asking.number)
        body = dump(webhook_records(session, [row])[0] | {"deliveries": delivery_records(session, row)})
    return _send(body, asking)


@bp.writes("/<ident>", "DELETE", None, None, status=204, keyed=None)
def remove(ident: str) -> Response:
    """
    Remove a webhook.

    What waits for it is not sent any more.
    """

    def work(session: Session, asking: Partner) -> Made:
        webhooks.remove(session, _mine(session, asking, ident), actor=actor_of(asking.ident))
        return Made(None, 204)

    return write(None, _OWN, work, keyed=None)


@bp.writes("/<ident>/secret", "POST", None, shapes.WebhookSecret, status=201, keyed=None)
def rotate(ident: str) -> Response:
    """
    Make a new secret.

    Both sign for 24 hours: `webhook-signature` then has two signatures. Asked for twice, the first secret signs no more. It is shown this
    once, and no Idempotency-Key is taken.
    """

    def work(session: Session, asking: Partner) -> Made:
        row = _mine(session, asking, ident)
        secret = webhooks.rotate(session, row, sealer(settings().secret_key), actor=actor_of(asking.ident))
        return Made({"ident": row.ident, "secret": secret, "old_secret_until": row.old_ends_at}, 201)

    return write(None, _OWN, work, keyed=None)


@bp.writes("/<ident>/test", "POST", None, shapes.WebhookDelivery, status=202, keyed=False, marks={"x-problems": ["400", "409"]})
def test(ident: str) -> Response:
    """
    Send a test event.

    `webhook.test`, to this webhook alone; what became of it stands among its deliveries a moment later. 409 while it is suspended.
    """

    def work(session: Session, asking: Partner) -> Made:
        return Made(delivery_record(webhooks.ping(session, _mine(session, asking, ident), actor=actor_of(asking.ident))), 202)

    return write(None, _OWN, work, keyed=False)


@bp.writes("/<ident>/resume", "POST", None, shapes.WebhookLine, keyed=False, marks={"x-problems": ["400", "409"]})
def resume(ident: str) -> Response:
    """
    Resume a suspended webhook.

    What waits for it is sent, each with its 24 hours anew; what was given up is sent when it is asked for. 409 where the office suspended
    it, or its secret must be made anew.
    """

    def work(session: Session, asking: Partner) -> Made:
        row = _mine(session, asking, ident)
        webhooks.resume(session, row, actor=actor_of(asking.ident), by_partner=True)
        return Made(webhook_records(session, [row])[0])

    return write(None, _OWN, work, keyed=False)


@bp.writes(
    "/<ident>/deliveries/<message>/redeliver", "POST", None, shapes.WebhookDelivery, status=202, keyed=False,
    marks={"x-problems": ["400", "409"]},
)  # fmt: skip
def redeliver(ident: str, message: str) -> Response:
    """
    Send an event again.

    Whatever became of it, with the same `webhook-id` and a new `webhook-timestamp`. 409 while the webhook is suspended.
    """

    def work(session: Session, asking: Partner) -> Made:
        row = _mine(session, asking, ident)
        return Made(delivery_record(webhooks.redeliver(session, row, message, actor=actor_of(asking.ident))), 202)

    return write(None, _OWN, work, keyed=False)


def _mine(session: Session, asking: Partner, ident: str) -> WebhookRow:
    return webhook_named(session, ident, asking.number)


def _send(body: bytes, asking: Partner) -> Response:
    return send(body, asking.reader.tier, etag(asking.reader.tier, JSON, [asking.ident.encode(), body]), private=True)
