"""
A part of a matching run: some demands against the catalogue. Pure, so that it runs alike here, in another process or on a cluster.

What is sent to a worker is small: where the catalogue is kept (or itself, packed, where that is nowhere) and the demands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from exchange.matching.catalogue import Catalogue, matcher
from exchange.matching.engine import Mark, Match
from exchange.matching.matcher import THRESHOLD, TOP
from exchange.matching.needs import Need, read_need
from schemas.match import MARK_DEFAULTS

_SCALE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Matched:
    """What one demand got: its best matches as rows (`sku` and the columns of a match), and how likely anything serves it."""

    demand: int
    version: int
    served: Decimal
    roots: frozenset[str]
    rows: tuple[dict[str, Any], ...]


def match_part(catalogue: Catalogue, today: date | None, demands: Sequence[Mapping[str, Any]]) -> list[Matched]:
    """
    Match some demands.

    Args:
        today: the day that the time left is reckoned from, None where no day passes.
        demands: as `store.matching.demand_inputs` gives them.

    Returns:
        One for each demand, in their order.
    """
    engine = matcher(catalogue)
    needs = [read_stored(demand, today) for demand in demands]
    found = []
    for demand, (need, best, matches) in zip(demands, engine.match_all(needs, top=TOP, threshold=THRESHOLD), strict=True):
        rows = tuple({"sku": match.offer, **values(match, catalogue.model)} for match in matches)
        served = Decimal(engine.model.served_probability(best)).quantize(_SCALE)
        found.append(Matched(demand["id"], demand["version"], served, roots(need), rows))
    return found


def read_stored(demand: Mapping[str, Any], today: date | None) -> Need:
    """A demand as `store.matching.demand_inputs` gives it, read; its key is the row's id."""
    return read_need({**demand, "items": orjson.loads(demand["items"])}, str(demand["id"]), today=today)


def values(match: Match, model: str) -> dict[str, Any]:
    """The columns that the engine writes of one match; `marks` as the JSON text that is kept, so that nobody makes it twice."""
    return {
        "score": Decimal(match.score).quantize(_SCALE),
        "marks": f"[{','.join([_told(mark) for mark in match.marks])}]",
        "model": model,
        "verdict": match.verdict,
        "flip": None if match.change is None else match.change.says,
    }


@lru_cache(maxsize=50_000)
def _told(mark: Mark) -> str:
    """A mark as it is kept, made once of all that are the same."""
    record = mark.record()
    return orjson.dumps(
        {name: value for name, value in record.items() if name not in MARK_DEFAULTS or value != MARK_DEFAULTS[name]}
    ).decode()


def roots(need: Need) -> frozenset[str]:
    """All roots by which a product can meet a demand."""
    return frozenset(root for phrase in need.phrases for root, weight in zip(phrase.roots, phrase.weights, strict=True) if weight > 0)


def reached(catalogue: Catalogue, today: date | None, demands: Sequence[Mapping[str, Any]]) -> list[int]:
    """Ids of those demands that get any match from this catalogue."""
    engine = matcher(catalogue)
    needs = [read_stored(demand, today) for demand in demands]
    return [demand["id"] for demand, (_, matches) in zip(demands, engine.match(needs, top=1), strict=True) if matches]
