"""
The sums behind maps, charts and the office's reports, by one pass over all demands of other regions.

What is counted, and from when, is said in `exchange.reports.definitions`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from exchange.reports.asked import judged_demands
from exchange.reports.causes import Judged
from exchange.reports.classes import UNREAD
from exchange.store.demand_sorts import Sorted
from exchange.store.figure_inputs import Matched, came_at, matches_of_demands, traded
from exchange.store.figures import Key, Sum
from exchange.store.match_tally import BANDS
from exchange.store.unmet import Window

_PART = 500
_JAKARTA = ZoneInfo("Asia/Jakarta")
_NO_VALUE = Decimal(0)


class Sums:
    """Sums while they grow, and how each demand was sorted. looked: how many demands were looked at."""

    def __init__(self) -> None:
        self.kept: dict[Key, Sum] = {}
        self.sorted = Sorted()
        self.looked = 0

    def add(self, key: Key, number: int = 1, value: Decimal | None = _NO_VALUE, unknown: int | None = None) -> None:
        """Add to one sum; a value that is None is unknown."""
        one = Sum(number, value or _NO_VALUE, int(value is None) if unknown is None else unknown)
        self.kept[key] = self.kept[key] + one if key in self.kept else one

    def demand(self, one: Judged, came: datetime | None, matches: list[Matched]) -> None:
        """Add one demand with its matches, the best first."""
        self.looked += 1
        sector = one.sector if one.outcome == "unmet" or not matches else matches[0].sector or UNREAD
        self.sorted.note(one.row_id, sector, one.outcome, one.cause if one.outcome == "unmet" else None)
        if one.outcome == "twin":  # each need once
            return
        month = f"{one.day:%Y-%m}" if one.day else ""
        part = f"unmet:{one.cause}" if one.outcome == "unmet" else one.outcome
        self.add(("demand", one.region, sector, month, part), value=one.value)
        if came is not None:
            self.add(("arrival", one.region, sector, _month(came), ""), value=one.value)
        for match in matches:
            its = match.sector or UNREAD
            self.add(("match", one.region, its, month, str(bisect_right(BANDS, match.score))))
            self.add(("made", one.region, its, _month(match.made_at), ""))
            if match.decided_at is not None and match.state in ("accepted", "rejected"):
                self.add(("decided", one.region, its, _month(match.decided_at), match.state))


def figures(session: Session, home: str, tick: Callable[[], None] = lambda: None) -> Sums:
    """All sums, in one consistent picture. tick: called for each part of the demands."""
    sums = Sums()
    for part in _parts(judged_demands(session, Window(home=home))):
        tick()
        ids = [one.row_id for one in part]
        came, found = came_at(session, ids), dict[int, list[Matched]]()
        for match in matches_of_demands(session, ids):
            found.setdefault(match.demand_id, []).append(match)
        for one in part:
            sums.demand(one, came.get(one.row_id), found.get(one.row_id, []))
    for each in traded(session):
        sums.add((each.kind, each.region or "", each.sector or UNREAD, f"{each.day:%Y-%m}", ""), each.number, each.value, 0)
    return sums


def _parts(demands: Iterable[Judged]) -> Iterator[list[Judged]]:
    each = iter(demands)
    while part := list(islice(each, _PART)):
        yield part


def _month(at: datetime) -> str:
    """The month of the calendar in Jakarta."""
    return f"{(at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_JAKARTA):%Y-%m}"
