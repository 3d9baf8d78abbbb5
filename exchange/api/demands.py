"""Demands: for everybody those of the own region whose owner says so; for staff all."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from sqlalchemy.orm import Session

from exchange.access.policy import Tier, fields_of, view
from exchange.access.scopes import DEMAND_READ
from exchange.api import caller, demand_search, filters, searched
from exchange.api.answers import dump, send_one
from exchange.api.disclosing import tell_demands
from exchange.api.paging import PageQuery, send_page, start
from exchange.api.searched import Facet, Searched
from exchange.api.smorest import Blueprint, Query
from exchange.api.sparse import fields_param, picked
from exchange.demand.links import also_seen
from exchange.errors import NotFound
from exchange.matching.combine.terms import Combination
from exchange.matching.combining import Together, offered_together
from exchange.store.demands import demand_by_ident
from exchange.store.matches import MatchFilter, list_matches
from exchange.store.reading import DemandWant, demand_page
from exchange.store.segments import segments_of
from exchange.wiring import settings, store
from schemas.combination import Combinations
from schemas.demand import CATEGORIES, STATUSES
from schemas.wire import Demand, page_of

bp = Blueprint("demands", "What buyers need. Without a login: the own region's demand that its owner made public.", "/api/v1/demands")

_CANDIDATES = 40
TABLES = ("demand_own_public", "demand_own", "demand_pulled")

# a tier is shown a demand whole or not at all, so the table of the most open ones speaks for the list
READS: filters.Reads = {"q": tuple(("demand_own_public", name) for name in demand_search.WORDS)} | {
    name: (("demand_own_public", field),) for name, field in (
    ("region", "region"), ("status", "status"), ("category", "category"), ("source", "source"), ("budget_min", "budget"),
    ("budget_max", "budget"), ("deadline_from", "periods"), ("deadline_to", "periods"), ("changed_since", "updated_at"),
    ("updated_since", "updated_at"),
)}  # fmt: skip
SORTS = {
    "ident": ("ident", (("demand_own_public", "ident"),)),
    "updated_at": ("changed", READS["changed_since"]),
    "budget": ("budget", READS["budget_min"]),
    "deadline": ("deadline", READS["deadline_from"]),
    "relevance": ("relevance", READS["q"]),
}
FACETS = {name: Facet(name, name, READS[name]) for name in ("region", "status", "category", "source")}
SEARCHED = Searched("demand", "ident", READS, SORTS, FACETS, TABLES, frozenset({"budget", "deadline"}))


class DemandQuery(PageQuery):
    """Filters of the list of demands."""

    q = filters.text(
        "Words, all of which stand in the title, the description, the items, the buyer's name or unit, the place or the reference; as in "
        "the list of products.",
        longest=200,
    )
    region = filters.region_code("Kemendagri code of the buyer's region; a province takes in its regencies and cities.")
    status = filters.one_of("Where the procurement stands.", *STATUSES)
    category = filters.one_of("What is bought.", *CATEGORIES)
    source = filters.text("Name of the source that it came from.")
    budget_min = filters.Amount("Least budget, rupiah.")
    budget_max = filters.Amount("Largest budget, rupiah.")
    deadline_from = filters.day("First day on which the buyer may be chosen at the latest: the end of `periods.selection`.")
    deadline_to = filters.day("Last day on which the buyer may be chosen at the latest.")
    changed_since = filters.moment("Only demands that changed at or after this time.")
    updated_since = filters.moment("The same, by its older name.")
    sort = SEARCHED.sort_param()
    facets = SEARCHED.facets_param()
    fields = fields_param(*TABLES)  # type: ignore[assignment]  # marshmallow takes it off the class


@bp.reads("", DemandQuery, page_of(Demand, facets=tuple(FACETS), behind=True))
def listing(asked: dict[str, Any]) -> Response:
    """
    List and search demands.

    Without a login those of this region whose owner opened them to all. By public name, or by `sort`. What is searched, ordered or counted
    comes from an index that follows the records; `behind` says how far.
    """
    reader = caller.reader(DEMAND_READ)
    tier = reader.tier
    searched.check(asked, SEARCHED, tier)
    filters.check_region(asked["region"])
    order = searched.order_of(asked, SEARCHED)
    after = start(asked, searched.is_key(order, SEARCHED.nullable))
    since = max((time for time in (asked["changed_since"], asked["updated_since"]) if time is not None), default=None)
    if demand_search.is_searched(asked):
        with store().read() as session:
            page = demand_search.page(session, asked, order, tier, since, after, settings().home_region)
            tell_demands(session, reader, [(row.ident, row.body) for row in page.rows[: asked["limit"]]], asked["fields"])
        return demand_search.send(page, asked, tier)
    told = {name: asked[name] for name in ("region", "status", "category", "source")}
    want = DemandWant(budget_from=asked["budget_min"], budget_to=asked["budget_max"], since=since, **told)
    with store().read() as session:
        rows = demand_page(session, tier, want, limit=asked["limit"] + 1, after=after)
        tell_demands(session, reader, [(row.ident, row.body) for row in rows[: asked["limit"]]], asked["fields"])
    return send_page(rows, asked, tier, key=lambda row: row.ident, body=picked(asked["fields"]))


@bp.reads("/<ident>", Query, Demand)
def one(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read one demand.

    One that the caller may not read is answered like one that does not exist. To staff it also says how its source fares, and as
    what else it is seen.
    """
    reader = caller.reader(DEMAND_READ)
    tier = reader.tier
    with store().read() as session:
        found = segments_of(session, "demand", tier, [ident]).get(ident)
        tell_demands(session, reader, [(ident, found[1])] if found else [])
        beside = _beside(session, ident, tier) if found else {}
    if found is None:
        raise NotFound(f"Tidak ada permintaan {ident[:80]!r} yang dapat Anda baca.", mend="Cari di /api/v1/demands.")
    return send_one((found[0], dump(orjson.loads(found[1]) | beside) if beside else found[1]), tier)


def _beside(session: Session, ident: str, tier: Tier) -> dict[str, Any]:
    """
    What is told beside a demand where it alone is read: how its source fares, and as what else it is seen; as far as the tier reads it.

    Neither is part of the record that lists and the feed carry: both change while the demand stays as it is.
    """
    row = demand_by_ident(session, ident) if fields_of("demand_beside", tier) else None
    if row is None:
        return {}
    told: dict[str, Any] = {"source_health": row.source.health, "source_last_good_at": row.source.last_good_at}
    if seen := _also_seen(session, row.id, tier):
        told["also_seen"] = seen
    return view("demand_beside", told, tier)


def _also_seen(session: Session, demand_id: int, tier: Tier) -> list[dict[str, Any]]:
    """The demand's links, as far as the tier reads of them."""
    return [view("demand_link", each, tier) for each in also_seen(session, demand_id)]


@bp.reads("/<ident>/combinations", Query, Combinations, staff=True)
def combinations(_asked: dict[str, Any], ident: str) -> Response:
    """
    Read what firms can offer together.

    For each item that no firm makes alone: two to five firms with their shares, or why there are none.
    """
    caller.staff_only("Gabungan usaha")
    with store().read() as session:
        row = demand_by_ident(session, ident)
        if row is None:
            raise NotFound(f"Tidak ada permintaan {ident[:80]!r}.", mend="Cari di /api/v1/demands.")
        matches = list_matches(session, MatchFilter(demand_id=row.id), limit=_CANDIDATES)
    firms = {match.product.sku: match.product.business.ident for match in matches}
    items = [_combination(one, firms) for one in offered_together(row, matches)]
    return send_one((row.version, dump({"demand": row.ident, "items": items})), caller.tier())


def _combination(one: Together, firms: dict[str, str]) -> dict[str, Any]:
    told = one.result
    record: dict[str, Any] = {"item": one.item, "said": one.said, "unit": one.unit, "says": told.says}
    if not isinstance(told, Combination):
        nothing = dict.fromkeys(("total_cost", "latest_lead_days", "sentra", "within_ceiling"))
        return record | {"shares": [], "reason": told.reason} | nothing
    shares = [
        {"product": share.offer.key, "business": firms[share.offer.key], "business_name": share.offer.firm_name, "amount": share.amount,
         "percent": share.percent, "cost": share.cost, "lead_time_days": share.offer.lead_time_days}
        for share in told.shares
    ]  # fmt: skip
    return record | {
        "shares": shares, "reason": None, "total_cost": told.total_cost, "latest_lead_days": told.latest_lead_days,
        "sentra": told.sentra, "within_ceiling": told.within_ceiling,
    }  # fmt: skip
