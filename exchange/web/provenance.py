"""Where each part of a record comes from: the act that last changed it, or the kept answer that it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from exchange.store.audit import AuditRow
from exchange.store.demand_changes import DemandChangeRow
from exchange.store.demands import DemandRow
from exchange.web.acts import act_word

LOOKED_AT = 200  # acts of one record
# the parts of a demand as pages name them → its columns
DEMAND_PARTS = {
    "title": ("title",), "description": ("description",), "buyer": ("buyer_name", "buyer_code", "buyer_unit"),
    "region": ("region", "place"),
    "category": ("category",), "items": ("items", "quantity_said"), "budget": ("budget_amount", "budget_currency", "budget_basis"),
    "selection": ("selection_start", "selection_end", "selection_precision"),
    "contract": ("contract_start", "contract_end", "contract_precision"), "use": ("use_start", "use_end", "use_precision"),
    "eligibility": ("domestic_product", "small_business"), "method": ("method",), "demand_status": ("status",),
    "published_at": ("published_at",), "url": ("url",),
}  # fmt: skip


class Origin(NamedTuple):
    """
    One part. at: None where it is not on record; what: the act in words; who: the actor.

    where: file, sheet and row, or the place in the kept answer whose digest is `answer`.
    """

    field: str
    at: datetime | None = None
    what: str | None = None
    who: str | None = None
    where: str | None = None
    answer: str | None = None


def of_record(acts: Iterable[AuditRow], fields: Iterable[str]) -> list[Origin]:
    """Each field with the latest act that changed it; acts: the latest first."""
    found: dict[str, Origin] = {}
    for act in acts:
        for field in _changed(act.facts):
            if field not in found:
                found[field] = Origin(field, act.at, act_word(act.action), act.actor, act.facts.get("origin"))
    return [found.get(field, Origin(field)) for field in fields]


def _changed(facts: dict[str, Any]) -> Iterable[str]:
    changes = facts.get("changes")
    if isinstance(changes, dict):
        return changes
    after = facts.get("after")  # of a proposal that was applied
    return after if isinstance(after, dict) else ()


def of_demand(row: DemandRow, changes: Sequence[DemandChangeRow]) -> list[Origin]:
    """
    Each part with the retrieval that last changed it; changes: the latest first.

    A part that none of them names stands as it first came, where every version is on record; else when it changed is not.
    """
    whole = len(changes) == row.version - 1
    found = []
    for part, columns in DEMAND_PARTS.items():
        if all(getattr(row, name) in (None, [], {}) for name in columns):
            continue
        its = next((change for change in changes if not set(columns).isdisjoint(change.fields)), None)
        if its is not None:
            found.append(Origin(part, its.at, where=str(its.raw_position + 1), answer=its.raw_answer))
        elif row.version == 1:
            found.append(Origin(part, row.first_seen_at, where=str(row.raw_position + 1), answer=row.raw_answer))
        else:
            found.append(Origin(part, row.first_seen_at if whole else None))
    return found
