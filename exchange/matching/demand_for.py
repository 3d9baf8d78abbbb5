"""
The open demands for one product, beyond the stored matches: a demand keeps its ten best products alone, so that one which is
eleventh everywhere would never be told what it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain
from math import inf
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.matching.asking import ASKED_FROM
from exchange.matching.engine import Match
from exchange.matching.index import Document
from exchange.matching.matcher import Matcher
from exchange.matching.offers import read_offer
from exchange.matching.part import read_stored
from exchange.matching.phrases import phrases
from exchange.matching.probability import Model
from exchange.matching.rarity import rarity
from exchange.matching.readings import Readings
from exchange.matching.worded import worded
from exchange.store.demands import DemandRow, demands_by_ids
from exchange.store.matches import MatchRow, matches_of_product
from exchange.store.matching import demand_inputs, is_open
from exchange.store.products import ProductRow, product_record

# So many texts are read anew for one question at most.
MOST = 2000


class Wanted(NamedTuple):
    """A demand (with its source) that a product suits, with score and reasons, and their match where one stands in the store."""

    demand: DemandRow
    match: Match
    stored: MatchRow | None


class Looked(NamedTuple):
    """The demands found, best first; weighed: how many were read for it; cut: whether others were left out for their number."""

    found: list[Wanted]
    weighed: int
    cut: bool


def demand_for(
    session: Session,
    product: ProductRow,
    home_region: str,
    folder: Path | None,
    today: date | None = None,
    *,
    top: int = 10,
    most: int = MOST,
    model: Model | None = None,
) -> Looked:
    """
    The open demands that suit a product on offer, best first, the newest of equal ones, at most `top`.

    Reads those that no run read yet, and those that by what the runs read (`readings`) share a word with the product: where they
    are too many, those that share the most of what tells it from others.

    Args:
        product: with its firm loaded. One that is not on offer suits nobody.
        folder: where matching keeps its index (as `rematch` takes it); None or empty: all open demands count as unread.
        today: the day that the time left is reckoned from.
        most: how many demands are read and weighed. model: None for the shipped one.
    """
    if product.state != "active":
        return Looked([], 0, cut=False)
    offer = read_offer(product_record(product), home_region)
    matcher = Matcher([offer], worded(), model=model)
    told, readings = _telling(offer.document), Readings(None if folder is None else folder / "readings")
    ids = _candidates(session, {root: told.get(root, 0.0) for root in matcher.index.name_roots()}, readings)
    needs = [read_stored(demand, today) for demand in demand_inputs(session, ids[:most])]
    matches = [match for _, found in matcher.match(needs, top=1, threshold=ASKED_FROM) for match in found]
    best = {int(match.need): match for match in sorted(matches, key=lambda match: (-match.score, -int(match.need)))[:top]}
    rows = {row.id: row for row in demands_by_ids(session, list(best))}
    stored = matches_of_product(session, product.id, list(best))
    return Looked([Wanted(rows[row_id], match, stored.get(row_id)) for row_id, match in best.items()], len(needs), len(ids) > most)


def _telling(document: Document) -> dict[str, float]:
    """How much each root of a product's names tells, above 0: by where it stands and how rare it is."""
    told: dict[str, float] = {}
    for phrase in chain.from_iterable(map(phrases, (document.name, *document.keywords))):
        for root, weight in zip(phrase.roots, phrase.weights, strict=True):
            told[root] = max(told.get(root, 0.0), weight * rarity(root))
    return told


def _candidates(session: Session, told: Mapping[str, float], readings: Readings) -> list[int]:
    """Ids of the open demands that may suit: first those that no run read, then by what they share of `told`, the newest of equals."""
    shared: dict[int, float] = {}
    for root in sorted(told):
        for row_id in readings.sharing([root]):
            shared[row_id] = shared.get(row_id, 0.0) + told[root]
    known = readings.known()
    found: list[tuple[float, int]] = []
    query = select(DemandRow.id, DemandRow.version).where(*is_open())
    for row_id, version in session.execute(query.execution_options(yield_per=5000)):
        if known.get(row_id) != version:
            found.append((inf, row_id))
        elif row_id in shared:
            found.append((shared[row_id], row_id))
    return [row_id for _, row_id in sorted(found, reverse=True)]
