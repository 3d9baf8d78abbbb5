"""What is told of webhooks, the same to their partner, on the command line and on the staff's pages; never a secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from connectors.kit.masking import mask
from exchange.store.base import utcnow
from exchange.store.webhooks import Standing, WebhookDeliveryRow, WebhookRow, deliveries_of, standings


def webhook_records(session: Session, rows: Sequence[WebhookRow]) -> list[dict[str, Any]]:
    """Addresses as their partner reads them."""
    counts = standings(session, [row.id for row in rows])
    return [_record(row, counts.get(row.id, Standing())) for row in rows]


def _record(row: WebhookRow, counts: Standing) -> dict[str, Any]:
    signs = row.old_ends_at is not None and row.old_ends_at > utcnow()
    return {
        "ident": row.ident, "url": row.url, "events": row.events, "state": row.state, "reason": row.reason, "since": row.since,
        "old_secret_until": row.old_ends_at if signs else None, "good_at": row.good_at, "counts": counts._asdict(), "made_at": row.made_at,
    }  # fmt: skip


def for_staff(session: Session, rows: Sequence[WebhookRow]) -> list[dict[str, Any]]:
    """The same for the office: with the partner, and the address masked, since it may hold a key."""
    told = zip(webhook_records(session, rows), rows, strict=True)
    return [record | {"partner": row.partner.ident, "url": mask(row.url), "local": row.local} for record, row in told]


def delivery_record(row: WebhookDeliveryRow) -> dict[str, Any]:
    """One delivery (its event loaded)."""
    return {
        "message": row.event.ident, "type": row.event.type, "state": row.state, "tries": row.tries, "made_at": row.event.made_at,
        "last_at": row.last_at, "next_at": row.next_at, "status": row.status, "trouble": row.trouble,
    }  # fmt: skip


def delivery_records(session: Session, row: WebhookRow, limit: int = 50) -> list[dict[str, Any]]:
    """An address's last deliveries, the latest event first."""
    return [delivery_record(each) for each in deliveries_of(session, row.id, limit)]
