"""
The quality of the whole catalogue in one pass: how the scores lie, and the lowest ones.

The night keeps each product's score for its version and the day (a score changes with the calendar: prices run out, visits age); what
changed since is reckoned where it is asked for, so that what is told is always what a pass over all records would tell.
Memory is that of one page and, for firms, of one sum for each.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from exchange.catalogue.quality.firm import FIRM
from exchange.catalogue.quality.product import PRODUCT
from exchange.catalogue.quality.records import record_of
from exchange.catalogue.quality.score import FirmScore, Score, firm_points, firm_score, points, product_score
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow, business_record
from exchange.store.products import ProductRow
from exchange.store.quality import firm_columns, products_with_photos
from exchange.store.quality_scores import keep_scores, kept_scores, unkept_columns

BANDS = 10
_PRODUCT = tuple(dict.fromkeys(("sku", "business_id", "name", *(member for each in PRODUCT for member in each.members))))
_KEPT = ("id", "version", *_PRODUCT)
_FIRM = tuple(dict.fromkeys(("id", "ident", "consent_refused_on", *(member for each in FIRM for member in each.members))))


class Place(NamedTuple):
    """A place in the list by score: the score and, of equals, the name (SKU, or the firm's public name)."""

    score: float
    name: str


class Survey(NamedTuple):
    """How the scores lie. bands: how many in each ten points, 100 in the last; mean: None where there is none; lowest: from below."""

    records: int
    mean: float | None
    bands: tuple[int, ...]
    lowest: list[Place]


def survey_products(session: Session, day: date, *, sector: str | None = None, limit: int = 25, after: Place | None = None) -> Survey:
    """The products on offer; lowest: at most `limit` behind `after`."""
    return _surveyed((Place(score, sku) for score, sku, _ in _scores(session, day, sector)), limit, after)


def keep(store: Store, day: date) -> int:
    """Reckon and keep the scores that do not hold on a day yet; how many there were. The reckoning holds nobody up."""
    with store.read() as session:
        found = [(record["id"], record["version"], points(PRODUCT, record, day)) for record in unkept_columns(session, _KEPT, day)]
    with store.work() as session:
        keep_scores(session, day, found)
    return len(found)


def _scores(session: Session, day: date, sector: str | None = None) -> Iterator[Sequence[Any]]:
    """(score, SKU, firm's row id) of the products on offer: as they are kept, and reckoned where they are not."""
    yield from kept_scores(session, day, sector)
    for record in unkept_columns(session, _PRODUCT, day, sector):
        yield points(PRODUCT, record, day), record["sku"], record["business_id"]


def survey_firms(session: Session, day: date, *, sector: str | None = None, limit: int = 25, after: Place | None = None) -> Survey:
    """The firms of a sector or of all, each with all its products on offer."""
    return _surveyed((Place(score, ident) for ident, score in scores_of_firms(session, day, sector=sector)), limit, after)


def scores_of_firms(session: Session, day: date, *, sector: str | None = None) -> Iterator[tuple[str, float]]:
    """(public name, score) of each firm of a sector or of all; in no order."""
    sums: dict[int, list[float]] = defaultdict(lambda: [0, 0.0])
    for score, _sku, firm in _scores(session, day):
        its = sums[firm]
        its[0] += 1
        its[1] += score
    for record in firm_columns(session, _FIRM, sector):
        its = sums.get(record["id"], [0, 0.0])
        yield record["ident"], firm_points(points(FIRM, record, day), int(its[0]), its[1])


def quality_of_firm(session: Session, firm: BusinessRow, day: date) -> tuple[FirmScore, list[tuple[Score, ProductRow]]]:
    """A firm's score, and the products on offer that it is made of, each with its own."""
    offered = [(record_of(row, photos), row) for row, photos in products_with_photos(session, firm.id) if row.state == "active"]
    records = [record for record, _row in offered]
    its = [(product_score(record, day), row) for record, row in offered]
    return firm_score(business_record(firm), records, day), its


def _surveyed(found: Iterable[Place], limit: int, after: Place | None) -> Survey:
    bands, total = [0] * BANDS, 0.0
    lowest: list[Place] = []  # bounded: cut to the least whenever it holds a thousand more
    for place in found:
        bands[min(int(place.score * BANDS // 100), BANDS - 1)] += 1
        total += place.score
        if after is None or place > after:
            lowest.append(place)
            if len(lowest) > limit + 1000:
                lowest = heapq.nsmallest(limit, lowest)
    records = sum(bands)
    return Survey(records, total / records if records else None, tuple(bands), heapq.nsmallest(limit, lowest))
