"""The figures that a watcher reads: the last good night, how sources fare, what is shown, held and waiting."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.store.demand_index import MOST_COUNTED, behind_of, standing
from exchange.store.demands import DemandRow, is_held
from exchange.store.feed import last_change
from exchange.store.nights import last_night
from exchange.store.partners import PartnerRow
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import SourceRow
from exchange.store.webhooks import OPEN_STATES, WebhookDeliveryRow, WebhookRow


class Fares(NamedTuple):
    """How one source fares."""

    name: str
    state: str
    health: str
    last_good_at: datetime | None


class Gauges(NamedTuple):
    """
    night_ended: when the last night that came to its end did so, None before the first; night: that night in a few figures.
    live: demands shown, of which `held` are missing at their source; feed: the number of the last change. webhooks: addresses of partners
    whose access is open, by why they are suspended, None for those that are not; undelivered: events on their way, one for each address;
    index_behind: changes that the index of demands has not taken in, counted up to 10,000.
    """

    night_ended: datetime | None
    night: dict[str, Any]
    sources: list[Fares]
    live: int
    held: int
    withdrawn: int
    waiting: int
    feed: int
    webhooks: dict[str | None, int]
    undelivered: int
    index_behind: int


def gauges(session: Session) -> Gauges:
    """All figures in one picture; eight statements, none of which reads a demand's row."""
    night = last_night(session, "done")
    its = select(SourceRow.name, SourceRow.state, SourceRow.health, SourceRow.last_good_at).order_by(SourceRow.name)
    by_state = select(DemandRow.state, func.count()).group_by(DemandRow.state)
    counts = dict(session.execute(by_state).all())
    held = select(func.count()).select_from(DemandRow).where(is_held())
    quarantined = select(func.count()).where(QuarantineRow.state == "waiting")
    theirs = PartnerRow.id == WebhookRow.partner_id, PartnerRow.active
    addresses = select(WebhookRow.reason, func.count()).where(*theirs).group_by(WebhookRow.reason)
    whose = select(WebhookRow.id).where(*theirs)
    on_their_way = select(func.count()).where(WebhookDeliveryRow.webhook_id.in_(whose), WebhookDeliveryRow.state.in_(OPEN_STATES))
    each = (quarantined, on_their_way, behind_of(standing(session)))
    quarantined_now, undelivered, lag = session.execute(select(*(one.scalar_subquery() for one in each))).one()
    return Gauges(
        night.ended_at if night else None,
        night.brief if night else {},
        [Fares(*row) for row in session.execute(its)],
        counts.get("live", 0),
        session.scalar(held) or 0,
        counts.get("withdrawn", 0),
        quarantined_now,
        last_change(session),
        dict(session.execute(addresses).all()),
        undelivered,
        min(lag, MOST_COUNTED),
    )
