"""The inbox of matches: what a list is asked for, how many it has, and what of it is new to a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from exchange.agreements.coverage import STATES, Coverage
from exchange.agreements.covered_counts import Counts, covered_counts
from exchange.agreements.worded_matches import worded_page
from exchange.store.care_counts import Cared, cared
from exchange.store.match_care import NOBODY, in_care
from exchange.store.match_tally import is_tallied
from exchange.store.matches import MatchFilter, MatchRow, conditions_of, states_of
from exchange.store.saved_searches import Search, count_new
from schemas.reading.searching import read_query

MINE, ALL = "saya", "semua"
# the filters of the list that a saved search keeps, as the address names them
FILTERS = ("cari", "status", "sektor", "daerah", "nilai", "cakupan", "orang", "tunda", "alasan")
# of what is new no more than the newest so many numbers are looked at
MOST_NEW = 20_000


def want_of(asked: Mapping[str, str], day: date, reader: int, since: int | None = None) -> MatchFilter:
    """
    The filter that an address asks for, once its values are checked; its coverage (`cakupan`) is left aside.

    Args:
        asked: by the names of `FILTERS`; day: today, for the node; reader: the account that `saya` means.
        since: the number of the match after which the list begins.
    """
    state = asked.get("status") or "proposed"
    said: int | str | None = asked.get("orang") or None
    person = reader if said == MINE else NOBODY if said == NOBODY else None if said is None else int(said)
    resting = True if asked.get("tunda") else False if state == "proposed" else None
    among, without = in_care(day, person, resting=resting)
    only: list[ColumnElement[bool]] = []
    if among is not None:
        only.append(MatchRow.id.in_(among))
    if code := asked.get("alasan"):
        only.append(and_(MatchRow.reason_code == code, MatchRow.reason_code.is_not(None)))
    if since is not None:
        only.append(MatchRow.id > since)
    least, text = asked.get("nilai"), asked.get("cari")
    return MatchFilter(
        state=None if state == ALL else state,
        sector=asked.get("sektor") or None,
        region=asked.get("daerah") or None,
        least_score=Decimal(least) / 100 if least and int(least) else None,
        words=read_query(text) if text else None,
        only=and_(*only) if only else None,
        without=without,
    )


def inbox_counts(session: Session, coverage: Coverage, want: MatchFilter, shown: str | None) -> tuple[Counts, Cared]:
    """
    How many matches the list has, as `covered_counts` says it, less those that rest or are somebody's where the list leaves them out; and
    who looks after how many.
    """
    counts = covered_counts(session, coverage, want, shown)
    kinds = {state: coverage.where(state) for state in STATES}
    care = cared(session, want, kinds, coverage.where(shown) if shown else None, left_out=is_tallied(want))
    by_state = {state: max(0, number - care.by_kind.get(state, 0)) for state, number in counts.by_state.items()}
    facets = {
        name: {value: number - care.facets.get(name, {}).get(value, 0) for value, number in found.items()}
        for name, found in counts.facets.items()
    }
    return counts._replace(by_state=by_state, facets=facets), care


class New(NamedTuple):
    """How many matches of a search are new to its reader (`number`); is_whole: whether there are no more than were counted."""

    number: int
    is_whole: bool = True


def since_of(search: Search) -> int:
    """The number after which a search's matches are looked at for what is new."""
    return max(search.seen_id, search.newest - MOST_NEW)


def new_counts(session: Session, searches: Sequence[Search], coverage: Coverage, day: date, reader: int) -> dict[int, New]:
    """
    What is new of each search, by its number; one statement, which looks at the newest matches once for all of them.

    A search by words is told as the last night counted it.
    """
    wanted: dict[str, list[ColumnElement[bool]]] = {}
    found: dict[int, New] = {}
    for search in searches:
        whole = search.seen_id >= search.newest - MOST_NEW
        if search.newest <= search.seen_id:
            found[search.row.id] = New(0)
        elif search.row.asked.get("cari"):
            look = search.look
            found[search.row.id] = New(look.counted if look and look.counted_to > search.seen_id else 0, whole)
        else:
            found[search.row.id] = New(0, whole)
            wanted[str(search.row.id)] = [MatchRow.id > since_of(search), *_conditions(search.row.asked, coverage, day, reader)]
    least = min((since_of(search) for search in searches if str(search.row.id) in wanted), default=0)
    for number, count in count_new(session, least, wanted).items():
        found[int(number)] = found[int(number)]._replace(number=count)
    return found


def new_by_words(session: Session, search: Search, coverage: Coverage, day: date, reader: int, home_region: str) -> int:
    """How many matches of a search by words are new to its reader."""
    want = want_of(search.row.asked, day, reader, since_of(search))
    words, shown = want.words, search.row.asked.get("cakupan") or None
    if words is None:
        return 0
    page = worded_page(session, coverage, replace(want, led=want.only), words, home_region, shown=shown, limit=1, after=None)
    if page.counted is None:
        return page.least
    return page.counted[shown] if shown else sum(page.counted.values())


def _conditions(asked: Mapping[str, Any], coverage: Coverage, day: date, reader: int) -> list[ColumnElement[bool]]:
    want = want_of(asked, day, reader)
    shown = asked.get("cakupan")
    want = replace(want, covered=coverage.where(shown)) if shown else want
    return [MatchRow.state.in_(states_of(want)), *conditions_of(want)]
