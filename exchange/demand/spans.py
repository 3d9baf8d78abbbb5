"""Spans of time that lists of demands are narrowed by, as people write them: months of need, and how soon a selection ends."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

_SPAN = re.compile(r"(20[0-9]{2}|21[0-9]{2})(?:-(?:(0[1-9]|1[0-2])|[TQ]([1-4])))?", re.IGNORECASE)
SOON_DAYS = 14
# the words of an address for how soon the last day of a selection comes
CLOSINGS = ("terbuka", "14-hari", "lewat")


def month_of(said: str, *, end: bool) -> str:
    """
    A month (YYYY-MM) out of `2026-03`, `2026-T1` (a quarter) or `2026`: the first one of it, or (end) the last.

    Raises:
        ValueError: it is none of these.
    """
    found = _SPAN.fullmatch(said)
    if found is None:
        raise ValueError(said)
    year, month, quarter = found.groups()
    number = int(month) if month else (int(quarter) * 3 - (0 if end else 2) if quarter else (12 if end else 1))
    return f"{year}-{number:02}"


def number_of(month: str) -> int:
    """A month (YYYY-MM) as the index of demands has it (`entries.month_number`)."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def days_of(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """The first day of one month (YYYY-MM) and the last day of another; None for None."""
    ends = None if last is None else (int(last[:4]), int(last[5:]))
    return (first and date.fromisoformat(f"{first}-01")) or None, (ends and date(*ends, monthrange(*ends)[1])) or None


def closing_span(closing: str, day: date) -> tuple[int | None, int | None]:
    """The ordinals between which a selection ends that is, on that day, one of `CLOSINGS`; the 14 days are among those still open."""
    today = day.toordinal()
    return {"terbuka": (today, None), "14-hari": (today, today + SOON_DAYS), "lewat": (None, today - 1)}[closing]
