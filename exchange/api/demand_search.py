"""Demands that are searched, ordered or counted, as a caller's tier may ask for them, and the page that answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from flask import Response
from sqlalchemy.orm import Session

from exchange.access.policy import Tier, bits
from exchange.access.searching import MONEY, micros, scaled
from exchange.api.paging import send_page
from exchange.api.searched import read_words
from exchange.api.sparse import picked
from exchange.demand.entries import day_number
from exchange.demand.ordering import DemandOrder, Found
from exchange.demand.searching import Search
from exchange.demand.wants import DemandWant
from exchange.store.finding import Order
from exchange.store.reading import Segment
from exchange.store.segments import segments_of
from exchange.store.sources import source_by_name

# the members of a demand whose words it is found by
WORDS: Final = ("title", "description", "items", "buyer", "place", "reference")
_NOBODY = -1


class Page(NamedTuple):
    """Records, one more than the page holds where the list goes on, the cursor's key of each, counts as JSON, and how far behind it is."""

    rows: list[Segment]
    keys: dict[str, Any]
    facets: bytes | None
    behind: int


def is_searched(asked: Mapping[str, Any]) -> bool:
    """Whether the list comes from the index: it is searched by words or a deadline, counted, or in another order than by name."""
    return any(asked[name] for name in ("q", "facets", "deadline_from", "deadline_to")) or (asked["sort"] or "ident") != "ident"


def want_of(session: Session, asked: Mapping[str, Any], tier: Tier, since: datetime | None) -> DemandWant:
    """What is searched for, as the index keeps it."""
    source = None
    if asked["source"] is not None:
        row = source_by_name(session, asked["source"])
        source = _NOBODY if row is None else row.id
    return DemandWant(
        reader=bits([tier]),
        words=read_words(asked["q"]),
        source=source,
        budget_from=scaled(asked["budget_min"], MONEY),
        budget_to=scaled(asked["budget_max"], MONEY),
        deadline_from=day_number(asked["deadline_from"]) or None,
        deadline_to=day_number(asked["deadline_to"]) or None,
        since=None if since is None else micros(since),
        **{name: asked[name] for name in ("region", "status", "category")},
    )


def page(
    session: Session, asked: Mapping[str, Any], order: Order, tier: Tier, since: datetime | None, after: Any, home_region: str
) -> Page:
    """One page of what is found, in the caller's tier."""
    search = Search(session, want_of(session, asked, tier, since), home_region, ranked=order.column == "relevance")
    behind = None if after is None else Found(0, after, None) if isinstance(after, str) else Found(0, after[1], after[0])
    found = search.page(DemandOrder(order.column, order.down), limit=asked["limit"] + 1, after=behind)
    bodies = segments_of(session, "demand", tier, [hit.ident for hit in found]) if found else {}
    keys = {hit.ident: hit.ident if order.column == "ident" else [hit.value, hit.ident] for hit in found}
    counts = None
    if asked["facets"]:
        told = search.counts(list(dict.fromkeys(asked["facets"])))
        listed = {name: [{"value": value, "count": count} for value, count in values] for name, values in told.items()}
        counts = orjson.dumps(listed)
    return Page([Segment(hit.ident, *bodies[hit.ident]) for hit in found if hit.ident in bodies], keys, counts, search.behind())


def send(page: Page, asked: Mapping[str, Any], tier: Tier) -> Response:
    """The page as it is told."""
    body = picked(asked["fields"])
    return send_page(page.rows, asked, tier, key=lambda row: page.keys[row.ident], body=body, facets=page.facets, behind=page.behind)
