"""How many demands may go at once because they are no longer listed, even by a run that is proved complete."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Allowance:
    """`least` may always go; `daily` is the share of the known for each day, `most` the share that is never passed."""

    least: int = 5
    daily: Fraction = Fraction(1, 100)
    most: Fraction = Fraction(1, 10)


def allowed_to_withdraw(known: int, days_since_last_complete: float, allowance: Allowance | None = None) -> int:
    """
    The most that may be withdrawn without a person's word.

    Args:
        known: open demands of the source before the run, 0 or more.
        days_since_last_complete: by the node's own clock; below one counts as one (also where the clock went back).
        allowance: the shares.

    Returns:
        max(5, 1 % of the known for each day, never above 10 %), rounded down.
    """
    if known < 0:
        raise ValueError(f"{known} known demands")
    rule = allowance or Allowance()
    share = min(rule.daily * max(Fraction(1), Fraction(days_since_last_complete)), rule.most)
    return max(rule.least, int(share * known))
