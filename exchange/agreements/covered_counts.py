"""How many matches of a list each state of coverage has, and how to find the few of a rare one."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from sqlalchemy.orm import Session

from exchange.agreements.coverage import STATES, Coverage, Pair
from exchange.store.match_tally import OF_PRODUCT, PLACE, in_places, is_tallied, tallied
from exchange.store.matches import MatchFilter, count_by

_KINDS = Pair(PLACE, *OF_PRODUCT)
# a list by score is walked until a page is full: of one match in N it passes some N times so many; the demands of a place have about
# this many matches for each one that is looked for
_PAGE, _SPREAD = 50, 8
MOST_COUNTED = 10_000


class Counts(NamedTuple):
    """
    whole: matches in the state that the list shows, whatever else it asks; by_state: those that it leaves, by state of coverage.

    facets: as `Tallied` has them, of what the list shows; empty where the kinds do not tell. is_whole: whether there are no more than are
    counted.
    """

    whole: int
    by_state: dict[str, int]
    facets: dict[str, dict[str, int]]
    is_whole: bool = True

    def of(self, state: str | None) -> int:
        """How many of one state of coverage there are, of all together where it is None."""
        return sum(self.by_state.values()) if state is None else self.by_state[state]


def covered_counts(session: Session, coverage: Coverage, want: MatchFilter, shown: str | None = None) -> Counts:
    """
    Count the matches of a filter by what covers them today; one statement. `covered` and `words` of the filter are left aside.

    By the kinds of matches where they tell it; where a score between the bands is asked for, match by match up to `MOST_COUNTED`.

    shown: the state of coverage that the list is narrowed to, which the facets heed.
    """
    want = replace(want, words=None, led=want.only if want.led is None else want.led)
    if is_tallied(want):
        some = {state: coverage.where(state, _KINDS) for state in STATES if state != "none"}
        narrowing = coverage.where(shown, _KINDS) if shown else None
        found = tallied(session, want, some, coverage.regions, narrowing)
        by_state = found.by_kind | {"none": found.left - sum(found.by_kind.values())}
        return Counts(found.whole, {state: by_state[state] for state in STATES}, found.facets)
    counted = count_by(session, want, {state: coverage.where(state) for state in STATES}, MOST_COUNTED + 1)
    return Counts(sum(counted.values()), counted, {}, sum(counted.values()) <= MOST_COUNTED)


def narrowed(want: MatchFilter, coverage: Coverage, state: str | None, counts: Counts) -> MatchFilter:
    """
    The filter of the list itself: of one state of coverage, led by the demands' places where few are to be found among many.
    """
    led = None
    if is_tallied(want) and (state or want.sector is not None or want.region or want.below_score):
        few = counts.of(state)
        if counts.whole * _PAGE > few * few * _SPREAD:
            led = in_places(want, coverage.where(state, _KINDS) if state else None, None if state in (None, "none") else coverage.regions)
    return replace(want, covered=coverage.where(state) if state else None, led=led)
