"""Scores that say why: the parts, what is missing, and the three improvements that bring most for their effort."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from exchange.catalogue.quality.criteria import Criterion, Effort, Record
from exchange.catalogue.quality.firm import FIRM
from exchange.catalogue.quality.product import PRODUCT

CHEAPEST = 3
# a firm's own data and its products count the same; without products half is missing
OWN_SHARE = 0.5


class Part(NamedTuple):
    """What one criterion gave: `points` of `most`; asks: what is missing, None where nothing is or may be asked for."""

    criterion: Criterion
    points: float
    asks: str | None

    @property
    def most(self) -> int:
        """The points that it could give."""
        return self.criterion.points


class Improvement(NamedTuple):
    """
    One thing to mend.

    gain: the points that it brings; of a missing sector the least. product, product_name: of which product of the firm, None for the
    record itself.
    """

    criterion: Criterion
    asks: str
    gain: float
    effort: Effort
    product: str | None = None
    product_name: str | None = None


class Score(NamedTuple):
    """A score in [0, 100] as the sum of its parts, in the order of the table, and all that can be mended, in that order too."""

    score: float
    parts: tuple[Part, ...]
    improvements: tuple[Improvement, ...]

    def cheapest(self) -> list[Improvement]:
        """The three improvements that bring most for their effort."""
        return cheapest(self.improvements)


class FirmScore(NamedTuple):
    """A firm's score: half its own data, half the mean of its products on offer; products: how many, mean: None without any."""

    score: float
    own: Score
    products: int
    mean: float | None
    cheapest: tuple[Improvement, ...]


def points(table: Sequence[Criterion], record: Record, day: date) -> float:
    """The score alone."""
    return sum(each.points * each.look(record, day).share for each in table)


def scored(table: Sequence[Criterion], record: Record, day: date) -> Score:
    """The score of a record (members of its schema) on a day."""
    parts, improvements = [], []
    for each in table:
        share, lack = each.look(record, day)
        parts.append(Part(each, each.points * share, lack.asks if lack else None))
        if lack:
            improvements.append(Improvement(each, lack.asks, each.points * (lack.to - share), lack.effort))
    return Score(sum(part.points for part in parts), tuple(parts), tuple(improvements))


def product_score(record: Record, day: date) -> Score:
    """The score of a product."""
    return scored(PRODUCT, record, day)


def products_mean(records: Iterable[Record], day: date) -> float | None:
    """The mean score of products; a member that a record does not have at all says nothing. None where there is no record."""
    silent: dict[str, Any] = dict.fromkeys(member for each in PRODUCT for member in each.members)
    scores = [points(PRODUCT, {**silent, **record}, day) for record in records]
    return sum(scores) / len(scores) if scores else None


def cheapest(improvements: Iterable[Improvement], count: int = CHEAPEST) -> list[Improvement]:
    """Those that bring most points for a minute of work, the best first; of equals the one that came first."""
    return heapq.nsmallest(count, improvements, key=lambda each: -each.gain / each.effort.minutes)


def firm_points(own: float, products: int, total: float) -> float:
    """A firm's score out of its own points and the sum of its products' scores."""
    return OWN_SHARE * own + (1 - OWN_SHARE) * (total / products if products else 0.0)


def firm_score(record: Record, products: Sequence[Record], day: date) -> FirmScore:
    """
    The score of a firm with its products on offer.

    The gain of an improvement is what it brings to the firm's score. A further product that is worse than the others lowers their mean.
    """
    own = scored(FIRM, record, day)
    each = [(product, product_score(product, day)) for product in products]
    total = sum(score.score for _, score in each)
    mendable = [one._replace(gain=one.gain * OWN_SHARE) for one in own.improvements]
    for product, score in each:
        share = (1 - OWN_SHARE) / len(each)
        mendable += [
            one._replace(gain=one.gain * share, product=product["sku"], product_name=product["name"]) for one in score.improvements
        ]
    mean = total / len(each) if each else None
    return FirmScore(firm_points(own.score, len(each), total), own, len(each), mean, tuple(cheapest(mendable)))
