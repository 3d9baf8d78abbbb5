"""How many demands may go at once because they are no longer listed, even by runs that are proved complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Allowance:
    """
    What a source may lose without a person's word.

    least: so many may always go. daily: the share of the known that goes in a day, believed of a source that is not known yet.
    runs: from so many complete runs on a source's own history is believed instead, at its `quantile`.
    """

    least: int = 5
    daily: float = 0.01
    runs: int = 5
    quantile: float = 0.95


class Loss(NamedTuple):
    """What one complete run of a source found gone for good: `lost` of `known` demands within `days` of the clock on the wall."""

    known: int
    lost: int
    days: float


def daily_share(losses: Sequence[Loss], allowance: Allowance | None = None) -> float:
    """
    The share of its demands that a source is taken to lose in a day, in [0, 1].

    Its own history's high quantile (the smallest rate that is not exceeded in so many of its runs), once there are enough complete
    runs; before that the prior. A run that knew nothing before, or took no time, tells nothing.
    """
    rule = allowance or Allowance()
    told = (loss for loss in losses if loss.known > 0 and loss.days > 0)
    rates: list[float] = sorted(1 - (1 - min(1.0, loss.lost / loss.known)) ** (1 / loss.days) for loss in told)
    if len(rates) < rule.runs:
        return rule.daily
    return rates[max(0, ceil(rule.quantile * len(rates)) - 1)]


def allowed_to_withdraw(known: int, days: float, losses: Sequence[Loss] = (), allowance: Allowance | None = None) -> int:
    """
    The most that may be withdrawn without a person's word.

    Args:
        known: open demands of the source before the run, 0 or more.
        days: since its last complete run, by the clock on the wall; a clock that went back counts as no time.
        losses: the source's own history; allowance: the rule.

    Returns:
        What is left of `known` after losing the daily share every day, taken from `known`, rounded down; `least` at least. So a source
        that is read again after five months is judged by five months.
    """
    if known < 0:
        raise ValueError(f"{known} known demands")
    rule = allowance or Allowance()
    share: float = 1 - (1 - daily_share(losses, rule)) ** max(0.0, days)
    return max(rule.least, floor(share * known + 1e-6))
