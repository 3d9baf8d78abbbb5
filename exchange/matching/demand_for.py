"""
The open demands for one product, beyond the stored matches: a demand keeps its ten best products alone, so that one which is
eleventh everywhere would never be told what it is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.matching.asking import ASKED_FROM
from exchange.matching.engine import Match
from exchange.matching.matcher import Matcher
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer
from exchange.matching.readings import Readings
from exchange.matching.worded import worded
from exchange.store.demands import DemandRow, demands_by_ids
from exchange.store.matches import MatchRow, matches_of_product
from exchange.store.matching import demand_inputs, is_open
from exchange.store.products import ProductRow, product_record

# So many texts are read anew for one question at most, the newest demands first.
MOST = 2000


class Wanted(NamedTuple):
    """A demand (with its source) that a product suits, with score and reasons, and their match where one stands in the store."""

    demand: DemandRow
    match: Match
    stored: MatchRow | None


class Looked(NamedTuple):
    """The demands found, best first; weighed: how many were read for it; cut: whether older ones were left out for their number."""

    found: list[Wanted]
    weighed: int
    cut: bool


def demand_for(session: Session, product: ProductRow, home_region: str, folder: Path | None, *, top: int = 10, most: int = MOST) -> Looked:
    """
    The open demands that suit a product on offer, best first, the newest of equal ones, at most `top`.

    Reads those that share a word with the product by what the last run read (`readings`), and those that no run read yet.

    Args:
        product: with its firm loaded. One that is not on offer suits nobody.
        folder: where matching keeps its readings; None or empty: all open demands count as unread.
        most: how many demands are read and weighed.
    """
    if product.state != "active":
        return Looked([], 0, cut=False)
    matcher = Matcher([read_offer(product_record(product), home_region)], worded())
    ids = _candidates(session, matcher.index.name_roots(), Readings(folder), most + 1)
    needs = [read_need(demand, str(demand["id"])) for demand in demand_inputs(session, ids[:most])]
    matches = [match for _, found in matcher.match(needs, top=1, threshold=ASKED_FROM) for match in found]
    best = {int(match.need): match for match in sorted(matches, key=lambda match: (-match.score, -int(match.need)))[:top]}
    rows = {row.id: row for row in demands_by_ids(session, list(best))}
    stored = matches_of_product(session, product.id, list(best))
    return Looked([Wanted(rows[row_id], match, stored.get(row_id)) for row_id, match in best.items()], len(needs), len(ids) > most)


def _candidates(session: Session, roots: set[str], readings: Readings, most: int) -> list[int]:
    """Ids of the newest open demands that may suit, at most `most`."""
    sharing, known = readings.sharing(roots), readings.known()
    found: list[int] = []
    query = select(DemandRow.id, DemandRow.version).where(*is_open()).order_by(DemandRow.id.desc())
    with session.execute(query.execution_options(yield_per=1000)) as rows:
        for row_id, version in rows:
            if row_id in sharing or known.get(row_id) != version:
                found.append(row_id)
                if len(found) == most:
                    break
    return found
