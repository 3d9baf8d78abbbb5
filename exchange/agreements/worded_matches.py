"""
Matches whose demand or product speaks of some words, or whose demand is needed in some months, by score.

The demands are told by their index, the products by their search. Where few demands are meant, all their matches are looked at; where
many are, the list by score is walked, and what it passes is asked whether its demand or product is among them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from exchange.agreements.coverage import STATES, Coverage
from exchange.demand.ordering import Numbers
from exchange.demand.searching import Search
from exchange.demand.wants import SPANS, DemandWant, spans_of
from exchange.store.matches import MatchFilter
from exchange.store.postings import Mask
from exchange.store.spoken_matches import matches_of, walked
from schemas.reading.searching import Query

# matches that are counted; demands whose matches are all looked at
MOST_COUNTED, FEW = 10_000, 4_000
# matches a step of the walk; it takes sixteen times as many with each
_STEP, _FASTER = 1_000, 16


class Page(NamedTuple):
    """
    numbers: of the page's matches, in its order. counted: how many there are by state of coverage where all were looked at, else None, and
    there are at least `least`.
    """

    numbers: list[int]
    counted: dict[str, int] | None
    least: int


def worded_page(
    session: Session, coverage: Coverage, want: MatchFilter, words: Query | None, home_region: str, *,
    shown: str | None, limit: int, after: tuple[Decimal, int] | None, among: DemandWant | None = None,
) -> Page:  # fmt: skip
    """
    At most `limit` matches behind `after` that the filter leaves, of one state of coverage where `shown` names it.

    words: of which demand or product must speak, None for none; among: of which the demand must be one, None for any.
    """
    asked = replace(among or DemandWant(), words=words)
    columns = sorted({SPANS[name][0] for name in spans_of(asked)})
    search = Search(session, asked, home_region, everywhere=columns)
    spoken = search.numbers()
    meant = None if among is None or words is None else _mask(search.numbers("words"))
    kinds = {state: coverage.where(state) for state in STATES}
    least = 0
    if len(spoken) <= FEW:
        looked = matches_of(session, want, spoken.tolist(), words, kinds, MOST_COUNTED + 1)
        rows = looked if meant is None else [row for row in looked if _has(meant, row[2])]
        if len(looked) <= MOST_COUNTED:
            counted = Counter({state: sum(row[3 + place] for row in rows) for place, state in enumerate(STATES)})
            place = None if shown is None else 3 + STATES.index(shown)
            its = sorted((-row[0], row[1]) for row in rows if place is None or row[place])
            start = None if after is None else (-int(after[0].scaleb(6)), after[1])
            return Page([number for score, number in its if start is None or (score, number) > start][:limit], dict(counted), len(its))
        least = len(rows)
    narrowed = replace(want, covered=kinds[shown]) if shown else want
    return _walk(session, narrowed, words, (_mask(spoken), meant), limit, after, least)


def _mask(numbers: Numbers) -> Mask:
    mask = np.zeros(int(numbers[-1]) + 2 if len(numbers) else 1, dtype=np.bool_)
    mask[numbers] = True
    return mask


def _has(mask: Mask, number: int) -> bool:
    return number < len(mask) and bool(mask[number])


def _walk(
    session: Session, want: MatchFilter, words: Query | None, marked: tuple[Mask, Mask | None], limit: int,
    after: tuple[Decimal, int] | None, least: int,
) -> Page:  # fmt: skip
    """marked: the demands that speak, and those that are meant, None for all."""
    spoken, meant = marked
    found: list[int] = []
    passed, step = 0, _STEP
    while True:
        rows = walked(session, want, words, step, after)
        for _score, number, demand_id, speaks in rows:
            if _has(spoken, demand_id) or (speaks and (meant is None or _has(meant, demand_id))):
                passed += 1
                if len(found) < limit:
                    found.append(number)
        if len(found) >= limit or len(rows) < step:
            return Page(found, None, max(least, passed))
        after, step = (Decimal(rows[-1][0]).scaleb(-6), rows[-1][1]), step * _FASTER
