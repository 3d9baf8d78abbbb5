"""
When a plan was made, by its number: SiRUP numbers the plans of the whole country in one row.

The published files of purchases carry no date of the plan, but its number stands for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exchange.matching.tables import rows

STEP = 500_000
_LEAST = 5
_EARLY = 5.0


@cache
def _table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    found = [(float(row["number"]), float(date.fromisoformat(row["day"]).toordinal())) for row in rows("plan_dates")]
    numbers, days = zip(*found, strict=True)
    return np.array(numbers), np.array(days)


def day_of(number: str) -> float | None:
    """
    The day (proleptic ordinal) on which the plan of this number can first have been made, None where it is no such number.

    Between the known numbers by straight line; beyond the last by the slope of the whole table, before the first its own day.
    """
    if not (number.isascii() and number.isdigit()):
        return None
    numbers, days = _table()
    at = float(number)
    if at > numbers[-1]:
        return float(days[-1] + (at - numbers[-1]) * (days[-1] - days[0]) / (numbers[-1] - numbers[0]))
    return float(np.interp(at, numbers, days))


def learn(numbers: Sequence[int], days: Sequence[int]) -> list[tuple[int, int]]:
    """
    The table of (number, ordinal day) from N plans of known number and day of announcement.

    Of each window of `STEP` numbers the early days count (its 5th percentile), because a plan may be announced again long
    after it was made; windows of fewer than 5 plans are left out. The days never fall: the lower envelope is taken.
    """
    window = np.array(numbers, dtype=np.int64) // STEP
    known = np.array(days, dtype=np.float64)
    found = [
        (int(one) * STEP, float(np.percentile(known[window == one], _EARLY)))
        for one in np.unique(window)
        if (window == one).sum() >= _LEAST
    ]
    lowest = np.minimum.accumulate(np.array([day for _, day in found])[::-1])[::-1]
    return [(number, int(day)) for (number, _), day in zip(found, lowest, strict=True)]
