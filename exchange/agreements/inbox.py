"""The inbox of matches: what a list is asked for, how many it has, and what of it is new to a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_
from sqlalchemy.orm import Session

from exchange.agreements.coverage import STATES, Coverage
from exchange.agreements.covered_counts import Counts, covered_counts
from exchange.agreements.worded_matches import Page, worded_page
from exchange.demand.spans import month_of, number_of
from exchange.demand.wants import DemandWant
from exchange.store.care_counts import Cared, cared
from exchange.store.demand_sorts import product_sector
from exchange.store.match_care import NOBODY, in_care
from exchange.store.match_tally import is_tallied, places_of_state
from exchange.store.matches import MatchFilter, MatchRow, conditions_of, states_of
from exchange.store.saved_searches import Search, count_new
from schemas.reading.searching import read_query

MINE, ALL = "saya", "semua"
# the filters of the list that a saved search keeps, as the address names them
FILTERS = ("cari", "status", "sektor", "daerah", "nilai", "di_bawah", "dari", "sampai", "sekali", "cakupan", "orang", "tunda", "alasan")
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
    least, below, text = asked.get("nilai"), asked.get("di_bawah"), asked.get("cari")
    return MatchFilter(
        state=None if state == ALL else state,
        sector=product_sector(asked.get("sektor") or None),
        region=asked.get("daerah") or None,
        least_score=Decimal(least) / 100 if least and int(least) else None,
        below_score=Decimal(below) / 100 if below else None,
        words=read_query(text) if text else None,
        only=and_(*only) if only else None,
        without=without,
    )


def among_of(asked: Mapping[str, str]) -> DemandWant | None:
    """
    Which demands the matches are to be of, where an address asks for months of need (`dari`, `sampai`) or for what the figures count
    (`sekali`: each need once, and none of the own region's); None where it asks for neither.
    """
    first, last = (number_of(month_of(asked[name], end=name == "sampai")) if asked.get(name) else None for name in ("dari", "sampai"))
    once = bool(asked.get("sekali"))
    if first is None and last is None and not once:
        return None
    # the matches' own filter says the region too: said here, fewer demands are led to
    return DemandWant(region=asked.get("daerah") or None, need_from=first, need_to=last, once=once, live=once)


def is_searched(asked: Mapping[str, str]) -> bool:
    """Whether a list is found by the index of demands: by words, or by when its demands are needed."""
    return bool(asked.get("cari")) or among_of(asked) is not None


def searched_page(
    session: Session, coverage: Coverage, asked: Mapping[str, str], want: MatchFilter, home_region: str, *,
    limit: int, after: tuple[Decimal, int] | None = None,
) -> Page:  # fmt: skip
    """A page of a list that `is_searched`; want: of the same address. Of words that cannot be searched for nothing is found."""
    if asked.get("cari") and want.words is None:
        return Page([], dict.fromkeys(STATES, 0), 0)
    shown = asked.get("cakupan") or None
    return worded_page(session, coverage, want, want.words, home_region, shown=shown, limit=limit, after=after, among=among_of(asked))


def inbox_counts(
    session: Session, coverage: Coverage, want: MatchFilter, shown: str | None, *,
    beside: Sequence[Select[Any]] = (), step: int | None = None, worded: bool = False,
) -> tuple[Counts, Cared]:  # fmt: skip
    """
    How many matches the list has, as `covered_counts` says it, less those that rest or are somebody's where the list leaves them out; and
    who looks after how many.

    Args:
        beside, step: what is asked along with it, as `cared` takes it.
        worded: whether the list `is_searched`, which the counts do not heed: then only the regions are told that the reader may choose.
    """
    kinds = {state: coverage.where(state) for state in STATES}
    if worded:
        care = cared(session, want, {}, None, left_out=False, beside=[*beside, places_of_state(want)], step=step)
        return Counts(0, dict.fromkeys(STATES, 0), {"region": care.more.get("place", {})}), care
    counts = covered_counts(session, coverage, want, shown)
    narrowing = coverage.where(shown) if shown else None
    care = cared(session, want, kinds, narrowing, left_out=is_tallied(want), beside=beside, step=step)
    by_state = {state: max(0, number - care.by_kind.get(state, 0)) for state, number in counts.by_state.items()}
    facets = {
        name: {value: number - care.facets.get(name, {}).get(value, 0) for value, number in found.items()}
        for name, found in counts.facets.items()
    }
    return counts._replace(by_state=by_state, facets=facets), care


class New(NamedTuple):
    """
    How many matches of a search are new to its reader (`number`); is_whole: whether there are no more than were counted; by_night: whether
    the last night counted them, and not the page.
    """

    number: int
    is_whole: bool = True
    by_night: bool = False


def since_of(search: Search) -> int:
    """The number after which a search's matches are looked at for what is new."""
    return max(search.seen_id, search.newest - MOST_NEW)


def new_counts(session: Session, searches: Sequence[Search], coverage: Coverage, day: date, reader: int) -> dict[int, New]:
    """
    What is new of each search, by its number; one statement, which looks at the newest matches once for all of them.

    One that `is_searched` is told as the last night counted it.
    """
    found, least, wanted = new_wanted(searches, coverage, day, reader)
    return with_counts(found, count_new(session, least, wanted))


def with_counts(found: Mapping[int, New], counts: Mapping[str, int]) -> dict[int, New]:
    """What is new, with the numbers that were counted."""
    return {search: new._replace(number=counts.get(str(search), new.number)) for search, new in found.items()}


def new_wanted(
    searches: Sequence[Search], coverage: Coverage, day: date, reader: int
) -> tuple[dict[int, New], int, dict[str, list[ColumnElement[bool]]]]:
    """What is known of each search without counting; after which match to count, and what for each search that is to be counted."""
    wanted: dict[str, list[ColumnElement[bool]]] = {}
    found: dict[int, New] = {}
    for search in searches:
        whole = search.seen_id >= search.newest - MOST_NEW
        if search.newest <= search.seen_id:
            found[search.row.id] = New(0)
        elif is_searched(search.row.asked):
            look = search.look
            found[search.row.id] = New(look.counted if look and look.counted_to > search.seen_id else 0, whole, by_night=True)
        else:
            found[search.row.id] = New(0, whole)
            wanted[str(search.row.id)] = [MatchRow.id > since_of(search), *_conditions(search.row.asked, coverage, day, reader)]
    return found, min((since_of(search) for search in searches if str(search.row.id) in wanted), default=0), wanted


def new_by_words(session: Session, search: Search, coverage: Coverage, day: date, reader: int, home_region: str) -> int:
    """How many matches of a search that `is_searched` are new to its reader."""
    want = want_of(search.row.asked, day, reader, since_of(search))
    shown = search.row.asked.get("cakupan") or None
    page = searched_page(session, coverage, search.row.asked, replace(want, led=want.only), home_region, limit=1)
    if page.counted is None:
        return page.least
    return page.counted[shown] if shown else sum(page.counted.values())


def _conditions(asked: Mapping[str, Any], coverage: Coverage, day: date, reader: int) -> list[ColumnElement[bool]]:
    want = want_of(asked, day, reader)
    shown = asked.get("cakupan")
    want = replace(want, covered=coverage.where(shown)) if shown else want
    return [MatchRow.state.in_(states_of(want)), *conditions_of(want)]
