"""
Which partner is told of what by its webhooks: the events, written in the transaction of the change that they tell of.

An event names resources and where they are read, never their fields: what a partner may read of them is decided where it reads them. So
an event that arrives late tells nothing that was taken from the partner meanwhile. Where no partner asked for a type of event, the
change costs one statement.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from exchange.access.callers import reader_of
from exchange.access.coverage import covers, shown_to
from exchange.access.policy import Tier
from exchange.access.scopes import DEMAND_READ, MATCHES_READ
from exchange.access.segments import canonical_time, demand_table, readers
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow
from exchange.store.owners_matches import note_told, untold_matches
from exchange.store.partners import PartnerRow, lapsed_partners
from exchange.store.webhooks import WebhookEventRow, WebhookRow, put_event, subscribed
from schemas.event import MOST_NAMED

MATCH_NEW: Final = "match.new"
DEMAND_WITHDRAWN: Final = "demand.withdrawn"
STAGE_CHANGED: Final = "agreement.stage_changed"
DEAL_OFFERED: Final = "deal.offered"
DEAL_REVISED: Final = "deal.revised"
DEAL_DELIVERED: Final = "deal.delivered"
DEAL_CLOSED: Final = "deal.closed"
DEAL_CANCELLED: Final = "deal.cancelled"
DEALS: Final = (DEAL_OFFERED, DEAL_REVISED, DEAL_DELIVERED, DEAL_CLOSED, DEAL_CANCELLED)
TEST: Final = "webhook.test"  # nobody asks for it: it goes to the one address that is tried

# type: the scope without which a partner is not told, None for none
EVENTS: Final[dict[str, str | None]] = {
    MATCH_NEW: MATCHES_READ,
    DEMAND_WITHDRAWN: DEMAND_READ,
    STAGE_CHANGED: None,
    **dict.fromkeys(DEALS, MATCHES_READ),
}
AT_ONCE = 1000
T = TypeVar("T")


def may_be_told(kind: str, scopes: Iterable[str]) -> bool:
    """Whether these scopes are enough for a type of event."""
    scope = EVENTS.get(kind)
    return scope is None or scope in scopes


def tell(session: Session, kind: str, to: Sequence[WebhookRow], data: dict[str, Any]) -> WebhookEventRow:
    """Put an event on its ways to some addresses of one partner."""
    body = orjson.dumps({"type": kind, "timestamp": canonical_time(utcnow()), "data": data})
    return put_event(session, f"msg_{secrets.token_hex(12)}", kind, to[0].partner_id, body, to)


def _listening(session: Session, kind: str) -> Iterator[tuple[PartnerRow, list[WebhookRow]]]:
    """Each partner that is to be told of a type of event, with its addresses that asked for it."""
    found: dict[int, list[WebhookRow]] = {}
    for row in subscribed(session, kind):
        if may_be_told(kind, row.partner.scopes):
            found.setdefault(row.partner_id, []).append(row)
    return ((rows[0].partner, rows) for rows in found.values())


def visible_matches(partner: PartnerRow, today: date) -> ColumnElement[bool] | None:
    """The condition under which a partner reads a match of its own demand on that day; None where it reads none."""
    within = reader_of(partner, today).within
    return None if within is None or partner.source_id is None else and_(covers(within), shown_to(Tier.CONTRACTED))


def tell_matches(session: Session, today: date | None, demand_ids: Sequence[int] | None = None) -> int:
    """
    Tell each partner of the matches of its own demand that it reads and was not told of.

    demand_ids: those of these demands (at most 500), None for the first thousand of each partner. today: None where no day passes.

    Returns: how many matches were told of; 0 where nothing is left.
    """
    count = 0
    for partner, rows in _listening(session, MATCH_NEW):
        covered = visible_matches(partner, today or date.min)
        if covered is None or partner.source_id is None:
            continue
        found = untold_matches(session, partner.source_id, covered, AT_ONCE, demand_ids)
        for part in _parts(found):
            named = [{"id": number, "demand": ident, "address": f"/api/v1/partner/matches/{number}"} for number, ident in part]
            tell(session, MATCH_NEW, rows, {"matches": named})
        note_told(session, [number for number, _ in found])
        count += len(found)
    return count


def pass_over_matches(session: Session, partner: PartnerRow, today: date) -> None:
    """Take what a partner reads already for told: whoever begins to listen is told of what comes from now on."""
    covered = visible_matches(partner, today)
    while covered is not None and partner.source_id is not None:
        found = untold_matches(session, partner.source_id, covered, AT_ONCE)
        if not found:
            return
        note_told(session, [number for number, _ in found])


def tell_withdrawn(session: Session, demands: Sequence[DemandRow], home_region: str) -> None:
    """
    Tell of demands (each with its source) that were just withdrawn, by whomever: to the partner that brought them, and to those that read
    them as demand of the own region until now.
    """
    if not demands:
        return
    today = utcnow().astimezone(ZoneInfo("Asia/Jakarta")).date()
    for partner, rows in _listening(session, DEMAND_WITHDRAWN):
        tier = reader_of(partner, today).tier
        seen = []
        for demand in demands:
            if demand.source_id == partner.source_id:
                seen.append({"ident": demand.ident, "own": True, "address": f"/api/v1/partner/demands/{demand.ident}"})
            elif tier in readers(demand_table(demand.source, home_region)):
                seen.append({"ident": demand.ident, "own": False, "address": f"/api/v1/demands/{demand.ident}"})
        for part in _parts(seen):
            tell(session, DEMAND_WITHDRAWN, rows, {"demands": part})


def tell_deal(session: Session, kinds: Sequence[str], ident: str, demand: DemandRow) -> None:
    """Tell the partner that brought a demand what happened to a deal that serves it, and that it may read; nobody else is told."""
    for kind in kinds:
        for partner, rows in _listening(session, kind):
            if partner.source_id == demand.source_id:
                tell(session, kind, rows, {"deal": ident, "demand": demand.ident, "address": f"/api/v1/partner/deals/{ident}"})


def tell_stage(session: Session, partner: PartnerRow, stage: str) -> None:
    """Tell a partner that its agreement opens something else, or for another time, than before."""
    for listening, rows in _listening(session, STAGE_CHANGED):
        if listening.id == partner.id:
            until = partner.stage_until and partner.stage_until.isoformat()
            tell(session, STAGE_CHANGED, rows, {"stage": stage, "stage_until": until, "address": "/api/v1/partner"})


def tell_lapses(session: Session, today: date) -> int:
    """Tell partners, each once, that the last day of their agreement is over and that they read as the public does; how many there were."""
    lapsed = lapsed_partners(session, today)
    for partner in lapsed:
        partner.lapse_told = partner.stage_until
        tell_stage(session, partner, Tier.PUBLIC)
    return len(lapsed)


def _parts(found: Sequence[T]) -> Iterator[Sequence[T]]:
    return (found[start : start + MOST_NAMED] for start in range(0, len(found), MOST_NAMED))
