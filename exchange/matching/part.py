"""
A part of a matching run: some demands against the catalogue. Pure, so that it runs alike here, in another process or on a cluster.

What is sent to a worker is small: the folder of the catalogue (or the offers themselves where there is none) and the demands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from exchange.matching.engine import Match
from exchange.matching.matcher import THRESHOLD, TOP, Matcher
from exchange.matching.needs import Need, read_need
from exchange.matching.offers import Offer
from exchange.matching.probability import Model

_SCALE = Decimal("0.000001")


@dataclass(frozen=True)
class Catalogue:
    """What a run matches against; `key` names offers and model, so that a worker indexes them once."""

    key: str
    offers: tuple[Offer, ...]
    model: Model

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalogue) and other.key == self.key


@dataclass(frozen=True, slots=True)
class Matched:
    """What one demand got: its best matches as rows (`sku` and the columns of a match), and how likely anything serves it."""

    demand: int
    version: int
    served: Decimal
    roots: frozenset[str]
    rows: tuple[dict[str, Any], ...]


@lru_cache(maxsize=2)
def matcher(catalogue: Catalogue) -> Matcher:
    """The catalogue's index, made once in each process."""
    return Matcher(catalogue.offers, model=catalogue.model)


def match_part(catalogue: Catalogue, demands: Sequence[Mapping[str, Any]]) -> list[Matched]:
    """
    Match some demands.

    Args:
        demands: members of DemandSchema as `read_need` takes them, with `id` and `version` of the row.

    Returns:
        One for each demand, in their order.
    """
    engine = matcher(catalogue)
    needs = [read_need(demand, str(demand["id"])) for demand in demands]
    found = []
    for demand, (need, best, matches) in zip(demands, engine.match_all(needs, top=TOP, threshold=THRESHOLD), strict=True):
        rows = tuple({"sku": match.offer, **values(match, catalogue.model.name)} for match in matches)
        served = Decimal(catalogue.model.served_probability(best)).quantize(_SCALE)
        found.append(Matched(demand["id"], demand["version"], served, roots(need), rows))
    return found


def values(match: Match, model: str) -> dict[str, Any]:
    """The columns that the engine writes of one match."""
    return {
        "score": Decimal(match.score).quantize(_SCALE),
        "marks": [mark.record() for mark in match.marks],
        "model": model,
        "verdict": match.verdict,
        "flip": None if match.change is None else match.change.says,
    }


def roots(need: Need) -> frozenset[str]:
    """All roots by which a product can meet a demand."""
    return frozenset(root for phrase in need.phrases for root, weight in zip(phrase.roots, phrase.weights, strict=True) if weight > 0)


def reached(catalogue: Catalogue, demands: Sequence[Mapping[str, Any]]) -> list[int]:
    """Ids of those demands that get any match from this catalogue."""
    engine = matcher(catalogue)
    needs = [read_need(demand, str(demand["id"])) for demand in demands]
    return [demand["id"] for demand, (_, matches) in zip(demands, engine.match(needs, top=1), strict=True) if matches]
