"""
A part of a matching run: some demands against the catalogue. Pure, so that it runs alike here, in another process or on a cluster.

What is sent to a worker is small: where the catalogue is kept (or itself, packed, where that is nowhere) and the demands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from exchange.executor import rarely_collecting
from exchange.matching.catalogue import Catalogue, matcher
from exchange.matching.engine import Mark, Match
from exchange.matching.matcher import THRESHOLD, TOP, Matcher
from exchange.matching.needs import Need, read_need
from exchange.matching.readings import root_hash

_MILLION = 1_000_000


class Matched(NamedTuple):
    """
    What one demand got.

    served: how likely anything serves it, in millionths; roots: hashes of what it says (`readings`); rows: its best matches as
    (SKU, score in millionths, marks as JSON text, verdict, flip), as `store.matching.Found` has them.
    """

    demand: int
    version: int
    served: int
    roots: tuple[int, ...]
    rows: tuple[tuple[str, int, str, str, str | None], ...]


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
    found = []
    with rarely_collecting():
        needs = [read_stored(demand, today) for demand in demands]
        for demand, (need, best, matches) in zip(demands, engine.match_all(needs, top=TOP, threshold=THRESHOLD), strict=True):
            rows = tuple([_row(match) for match in matches])
            served = round(engine.model.served_probability(best) * _MILLION)
            found.append(Matched(demand["id"], demand["version"], served, hashes(need), rows))
    return found


def read_stored(demand: Mapping[str, Any], today: date | None) -> Need:
    """A demand as `store.matching.demand_inputs` gives it, read; its key is the row's id."""
    return read_need({**demand, "items": orjson.loads(demand["items"])}, str(demand["id"]), today=today)


def _row(match: Match) -> tuple[str, int, str, str, str | None]:
    marks = orjson.dumps([kept_mark(mark) for mark in match.marks]).decode()
    return match.offer, round(match.score * _MILLION), marks, match.verdict, None if match.change is None else match.change.says


def kept_mark(mark: Mark) -> tuple[Any, ...]:
    """A mark in the order of its members (schemas/match.py, `KEPT_MARK`), less what most have in common at its end."""
    if mark.change is not None:
        return (*mark[:-1], tuple(mark.change))
    return mark[:-1] if mark.asks else mark[:-2] if mark.blocks else mark[:-3]


def hashes(need: Need) -> tuple[int, ...]:
    """The hashes of all roots by which a product can meet a demand, ascending."""
    found: set[int] = set()
    for phrase in need.phrases:
        found.update(_hashed(phrase.roots, phrase.weights))
    return tuple(sorted(found))


@lru_cache(maxsize=50_000)
def _hashed(roots: tuple[str, ...], weights: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(root_hash(root) for root, weight in zip(roots, weights, strict=True) if weight > 0)


def reached(engine: Matcher, today: date | None, demands: Sequence[Mapping[str, Any]]) -> list[int]:
    """Ids of those demands that get any match from these products."""
    needs = [read_stored(demand, today) for demand in demands]
    return [demand["id"] for demand, (_, matches) in zip(demands, engine.match(needs, top=1), strict=True) if matches]
