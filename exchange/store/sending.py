"""
Which delivery a worker may send now: one at a time for each address, taken by a lease that ends by itself.

All of it is asked inside of writing transactions, which stand in one queue: of two workers only one finds an address free.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from exchange.store.locks import is_dead
from exchange.store.partners import PartnerRow
from exchange.store.webhooks import OPEN_STATES, WebhookDeliveryRow, WebhookRow


def _is_due(now: datetime) -> ColumnElement[bool]:
    wanted = WebhookDeliveryRow.webhook_id == WebhookRow.id, WebhookDeliveryRow.state.in_(OPEN_STATES), WebhookDeliveryRow.next_at <= now
    return select(WebhookDeliveryRow.id).where(*wanted).exists()


def webhooks_due(session: Session, now: datetime, limit: int) -> list[WebhookRow]:
    """
    Addresses that something is due for and that nobody is sending to, the one that was served longest ago first, each with its partner.

    A lease counts for nothing where the process of this machine that took it is no more.
    """
    free = WebhookRow.state == "active", PartnerRow.active, or_(WebhookRow.rest_until.is_(None), WebhookRow.rest_until <= now)
    query = select(WebhookRow).join(WebhookRow.partner).options(contains_eager(WebhookRow.partner)).where(*free, _is_due(now))
    found = session.scalars(query.order_by(func.coalesce(WebhookRow.leased_until, WebhookRow.made_at), WebhookRow.id))
    return [row for row in found if not is_leased(row, now)][:limit]


def is_leased(row: WebhookRow, now: datetime) -> bool:
    """Whether somebody alive is sending to the address now."""
    return bool(row.leased_by) and row.leased_until is not None and row.leased_until > now and not is_dead(row.leased_by or "")


def take_first(session: Session, row: WebhookRow, holder: str, now: datetime, lease: timedelta) -> WebhookDeliveryRow | None:
    """Take an address and the first event that is due for it; None where nothing is due any more."""
    wanted = WebhookDeliveryRow.webhook_id == row.id, WebhookDeliveryRow.state.in_(OPEN_STATES), WebhookDeliveryRow.next_at <= now
    query = select(WebhookDeliveryRow).options(joinedload(WebhookDeliveryRow.event)).where(*wanted)
    first = session.scalars(query.order_by(WebhookDeliveryRow.event_id).limit(1)).first()
    if first is None:
        return None
    row.leased_by, row.leased_until = holder, now + lease
    first.begun_at = first.begun_at or now
    return first


def delivery_held(session: Session, delivery_id: int, holder: str) -> WebhookDeliveryRow | None:
    """A delivery with its address and that one's partner; None where this holder has the address no more, or it is gone."""
    query = select(WebhookDeliveryRow).join(WebhookDeliveryRow.webhook)
    query = query.options(contains_eager(WebhookDeliveryRow.webhook).joinedload(WebhookRow.partner))
    return session.scalars(query.where(WebhookDeliveryRow.id == delivery_id, WebhookRow.leased_by == holder)).first()
