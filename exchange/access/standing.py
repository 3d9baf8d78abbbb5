"""How a partner stands today, for staff: what it may, its secrets without their words, what it used."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from exchange.access.callers import reader_of
from exchange.access.policy import Tier
from exchange.store.base import utcnow
from exchange.store.partners import PartnerRow, all_partners, last_used, secrets_of, use_by_partner, use_of

DAYS = 30


def stage_today(row: PartnerRow, today: date) -> Tier:
    """The stage that holds on that day: `public` once the last day of the one that was given is over."""
    return reader_of(row, today).stage


def standings(session: Session, today: date) -> list[dict[str, Any]]:
    """All partners by name, with what they asked for in the last DAYS days, and when each last got a token."""
    used, last = use_by_partner(session, _since()), last_used(session)
    return [
        {
            "ident": row.ident, "name": row.name, "region": row.region, "active": row.active,
            "stage": str(stage_today(row, today)), "stage_until": row.stage_until,
            "asked": used.get(row.id, (0, 0))[0], "refused": used.get(row.id, (0, 0))[1], "last_used": last.get(row.id),
        }
        for row in all_partners(session)
    ]  # fmt: skip


def standing(session: Session, row: PartnerRow, today: date, usual_rate: int) -> dict[str, Any]:
    """
    One partner in whole.

    usual_rate: requests a minute of a partner without a number of its own. `stage` is the one that holds on that day, `stage_said` the one
    that was given; `use` has a line for each operation of the last DAYS days, the most asked for first.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in use_of(session, row.id, _since()):
        counts[line.operation][0] += line.asked
        counts[line.operation][1] += line.refused
    use = [{"operation": name, "asked": asked, "refused": refused} for name, (asked, refused) in counts.items()]
    return {
        "ident": row.ident, "name": row.name, "region": row.region, "contact": row.contact, "active": row.active, "scopes": row.scopes,
        "stage": str(stage_today(row, today)), "stage_said": row.stage, "stage_until": row.stage_until, "within": row.within or None,
        "per_minute": usual_rate if row.per_minute is None else row.per_minute, "own_rate": row.per_minute is not None,
        "secrets": [
            {"ident": one.ident, "hint": one.hint, "made_by": one.made_by, "made_at": one.made_at, "used_at": one.used_at}
            for one in secrets_of(session, row.id, utcnow())
        ],
        "asked": sum(each["asked"] for each in use), "refused": sum(each["refused"] for each in use),
        "use": sorted(use, key=lambda each: (-each["asked"], each["operation"])),
        "last_used": last_used(session).get(row.id), "made_at": row.made_at,
    }  # fmt: skip


def _since() -> date:
    return utcnow().date() - timedelta(days=DAYS)
