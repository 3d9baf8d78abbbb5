"""
Webhooks: where a partner is told of events, the events themselves (an outbox), and what became of each on its way.

An event is written in the transaction of the change that it tells of, together with one delivery for each address that asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from exchange.store.base import BigId, Row, utcnow
from exchange.store.partners import PartnerRow
from exchange.store.types import UtcDateTime

# waiting: not tried yet; failed: tried in vain, and tried again at next_at; given_up: tried no more unless somebody asks for it
OPEN_STATES = ("waiting", "failed")
DELIVERY_STATES = ("waiting", "failed", "sent", "given_up")
_PART = 500


class WebhookRow(Row):
    """
    One address of a partner.

    events: the types that it asked for. secret: sealed, as is old_secret, which signs beside it until old_ends_at. local: the operator
    lets it be on this machine, and without TLS. state: `active` or `suspended`, then with a reason (one of `access.webhooks.REASONS`)
    and since when. good_at: the last success; failures: tries in vain since, in a row; rest_until: no try before. leased_by and
    leased_until: the worker that is sending to it now, one at a time, in the order of the events; without a name: when it was served last.
    """

    __tablename__ = "webhook"
    __table_args__ = (Index(None, "partner_id"),)

    ident: Mapped[str] = mapped_column(String(30), unique=True)
    partner_id: Mapped[int] = mapped_column(BigId, ForeignKey("partner.id"))
    url: Mapped[str] = mapped_column(String(500))
    events: Mapped[list[str]] = mapped_column(default=list)
    secret: Mapped[str] = mapped_column(String(200))
    old_secret: Mapped[str | None] = mapped_column(String(200))
    old_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    local: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="active")
    reason: Mapped[str | None] = mapped_column(String(12))
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    good_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str | None] = mapped_column(String(120))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)

    partner: Mapped[PartnerRow] = relationship(lazy="raise")


class WebhookEventRow(Row):
    """One event for one partner. ident: `msg_…`, the same on every way and try; body: the bytes that are signed and sent."""

    __tablename__ = "webhook_event"
    __table_args__ = (Index(None, "made_at"), Index(None, "partner_id"))

    ident: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(String(40))
    partner_id: Mapped[int] = mapped_column(BigId, ForeignKey("partner.id"))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class WebhookDeliveryRow(Row):
    """
    One event on its way to one address.

    tries: since it was last begun; begun_at: the first of them, from which the time to give up is counted. status: of the last answer,
    None where none came; trouble: what was wrong with the last try (Indonesian).
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "webhook_id"),
        Index(None, "webhook_id", "state", "next_at"),
    )

    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("webhook_event.id"))
    webhook_id: Mapped[int] = mapped_column(BigId, ForeignKey("webhook.id"))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[int | None]
    trouble: Mapped[str | None] = mapped_column(Text)

    event: Mapped[WebhookEventRow] = relationship(lazy="raise")
    webhook: Mapped[WebhookRow] = relationship(lazy="raise")


class Standing(NamedTuple):
    """How many deliveries of an address are in which state."""

    waiting: int = 0
    failed: int = 0
    sent: int = 0
    given_up: int = 0


def subscribed(session: Session, kind: str) -> list[WebhookRow]:
    """The addresses that asked for a type of event, suspended ones too, each with its partner, whose access is open; one statement."""
    query = select(WebhookRow).options(joinedload(WebhookRow.partner)).join(WebhookRow.partner).where(PartnerRow.active)
    return [row for row in session.scalars(query.order_by(WebhookRow.id)) if kind in row.events]


def webhooks_of(session: Session, partner_id: int | None = None) -> list[WebhookRow]:
    """A partner's addresses, or all, the oldest first, each with its partner."""
    query = select(WebhookRow).options(joinedload(WebhookRow.partner)).order_by(WebhookRow.id)
    return list(session.scalars(query if partner_id is None else query.where(WebhookRow.partner_id == partner_id)))


def silent_webhooks(session: Session) -> list[WebhookRow]:
    """Suspended addresses that nobody of the office suspended, of partners whose access is open; each with its partner, by its name."""
    query = select(WebhookRow).options(joinedload(WebhookRow.partner)).join(WebhookRow.partner)
    query = query.where(PartnerRow.active, WebhookRow.state == "suspended", WebhookRow.reason.is_distinct_from("office"))
    return list(session.scalars(query.order_by(PartnerRow.ident, WebhookRow.id)))


def webhook_by_ident(session: Session, ident: str) -> WebhookRow | None:
    """The address of that name, with its partner."""
    return session.scalars(select(WebhookRow).options(joinedload(WebhookRow.partner)).where(WebhookRow.ident == ident)).first()


def put_event(session: Session, ident: str, kind: str, partner_id: int, body: bytes, to: Iterable[WebhookRow]) -> WebhookEventRow:
    """Put an event on its ways; the same transaction must hold what it tells of."""
    now = utcnow()
    event = WebhookEventRow(ident=ident, type=kind, partner_id=partner_id, body=body, made_at=now)
    session.add(event)
    session.flush()
    session.add_all(WebhookDeliveryRow(event_id=event.id, webhook_id=row.id, state="waiting", tries=0, next_at=now) for row in to)
    session.flush()
    return event


def deliveries_of(session: Session, webhook_id: int, limit: int = 50) -> list[WebhookDeliveryRow]:
    """An address's deliveries with their events, the latest event first."""
    query = select(WebhookDeliveryRow).options(joinedload(WebhookDeliveryRow.event)).where(WebhookDeliveryRow.webhook_id == webhook_id)
    return list(session.scalars(query.order_by(WebhookDeliveryRow.event_id.desc()).limit(limit)))


def delivery_of(session: Session, webhook_id: int, message: str) -> WebhookDeliveryRow | None:
    """The delivery of one event to an address, with the event."""
    query = select(WebhookDeliveryRow).options(joinedload(WebhookDeliveryRow.event)).join(WebhookDeliveryRow.event)
    return session.scalars(query.where(WebhookDeliveryRow.webhook_id == webhook_id, WebhookEventRow.ident == message)).first()


def standings(session: Session, webhook_ids: Sequence[int]) -> dict[int, Standing]:
    """How the deliveries of these addresses stand; of one without any nothing is told."""
    query = select(WebhookDeliveryRow.webhook_id, WebhookDeliveryRow.state, func.count()).where(
        WebhookDeliveryRow.webhook_id.in_(webhook_ids)
    )
    found: dict[int, Standing] = {}
    for webhook_id, state, count in session.execute(query.group_by(WebhookDeliveryRow.webhook_id, WebhookDeliveryRow.state)):
        found[webhook_id] = found.get(webhook_id, Standing())._replace(**{state: count})
    return found


def begin_again(session: Session, webhook_id: int, now: datetime) -> None:
    """Have all that an address still waits for tried at once, with its whole time before it."""
    still = WebhookDeliveryRow.webhook_id == webhook_id, WebhookDeliveryRow.state.in_(OPEN_STATES)
    anew: dict[str, Any] = {"state": "waiting", "tries": 0, "begun_at": None, "next_at": now}
    session.execute(update(WebhookDeliveryRow).where(*still).values(anew), execution_options={"synchronize_session": False})


def remove_webhook(session: Session, row: WebhookRow) -> None:
    """Take an address away with what is on its way there."""
    session.execute(delete(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == row.id))
    session.delete(row)
    session.flush()


def forget_events(session: Session, before: datetime) -> int:
    """Drop some events that were made before a time, with their deliveries, whatever became of them; how many, 0 where none is left."""
    ids = session.scalars(select(WebhookEventRow.id).where(WebhookEventRow.made_at < before).limit(_PART)).all()
    session.execute(delete(WebhookDeliveryRow).where(WebhookDeliveryRow.event_id.in_(ids)))
    session.execute(delete(WebhookEventRow).where(WebhookEventRow.id.in_(ids)))
    return len(ids)
