"""From which day to which day a demand can be served; pure, the reference day is the need's own."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from exchange.matching.needs import Need
from schemas.values import Precision

_HUNDREDTH = Decimal("0.01")
_LONGEST_MONTH = 31
_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")


class Window(NamedTuple):
    """
    start: the first day that work can begin on, `start_last` the last one that the source's words allow; end: the last day
    that delivery can fall on, `end_first` the first one that the words allow. Two of a pair differ where a month or a year was
    named. None where nothing says it.
    """

    start: date | None = None
    start_last: date | None = None
    end: date | None = None
    end_first: date | None = None

    @property
    def days(self) -> int | None:
        """Days between start and end at most; below 0 where the end lies before the start."""
        return None if self.start is None or self.end is None else (self.end - self.start).days

    @property
    def sure_days(self) -> int | None:
        """Days between start and end at least."""
        return None if self.start_last is None or self.end_first is None else (self.end_first - self.start_last).days

    @property
    def months(self) -> Decimal | None:
        """
        Months that can be worked in, from start to end, both days counted: whole ones, and of the rest a hundredth part of 31
        days, rounded down; a month that is named counts whole. None where an end is open.
        """
        return None if self.start is None or self.end is None else _months(self.start, self.end)


@lru_cache(maxsize=1024)
def window(need: Need) -> Window:
    """
    Work begins with the contract, else when the buyer is chosen, but never before `need.today`; it is due when the contract
    ends, else when the use ends.
    """
    contract, selection, use = (need.periods.get(name) or {} for name in ("contract", "selection", "use"))
    start, start_last = _spread(contract, "start")
    if start is None:
        start, start_last = _spread(selection, "end")
    if need.today is not None:
        start = need.today if start is None else max(start, need.today)
        start_last = need.today if start_last is None else max(start_last, need.today)
    end_first, end = _spread(contract, "end")
    if end is None:
        end_first, end = _spread(use, "end")
    return Window(start, start_last, end, end_first)


def _spread(period: Mapping[str, Any], name: str) -> tuple[date | None, date | None]:
    """The first and last day that one end of a period may mean, by its precision."""
    day = period.get(name)
    if day is None:
        return None, None
    precision = period.get("precision") or Precision.DAY
    if precision == Precision.MONTH:
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    if precision == Precision.YEAR:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return day, day


@lru_cache(maxsize=4096)
def _months(start: date, end: date) -> Decimal:
    if end < start:
        return Decimal(0)
    after = end + timedelta(days=1)
    whole = (after.year - start.year) * 12 + after.month - start.month
    if later(start, whole) > after:
        whole -= 1
    rest = Decimal((after - later(start, whole)).days) / _LONGEST_MONTH
    return whole + rest.quantize(_HUNDREDTH, ROUND_FLOOR)


def later(day: date, months: int) -> date:
    """The same day so many months later, the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4096)
def day_said(day: date) -> str:
    """A day as Indonesians write it: 3 Juni 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
