"""What is asked of several firms together, what each has, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

FEWEST, MOST = 2, 5


@dataclass(frozen=True, slots=True)
class Ask:
    """
    What is to be made.

    amount: above 0, a whole number of `step`s; step: what shares are multiples of, such as 1 for pieces; unit: for the reader.
    ceiling: the most that it may cost; deadline_days: the longest lead time; certificates: what each product must hold.
    """

    amount: Decimal
    unit: str
    step: Decimal = Decimal(1)
    ceiling: Decimal | None = None
    deadline_days: int | None = None
    certificates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    One product of one firm, amounts in the unit that is asked; a firm may have several, of which one takes part at most.

    capacity: what it makes in the time there is; capacity, unit_price and lead_time_days are None where unknown.
    firm: what tells firms apart; firm_name: for the reader.
    """

    key: str
    firm: str
    firm_name: str
    capacity: Decimal | None
    minimum_order: Decimal = Decimal(0)
    unit_price: Decimal | Fraction | None = None
    lead_time_days: int | None = None
    certificates: frozenset[str] = frozenset()
    sentra: str | None = None


class Share(NamedTuple):
    """What one offer takes of the whole; `percent` has one decimal at most, and those of a combination sum to 100."""

    offer: Candidate
    amount: Decimal
    percent: Decimal
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Combination:
    """
    Shares in key order, summing to the amount asked.

    total_cost, latest_lead_days: None where a price or a lead time is unknown; sentra: the one that all firms sit in.
    within_ceiling: True where there is a ceiling and the known cost keeps to it, None where there is none or it is not tested.
    proved: whether every other combination was ruled out exactly. says: the shares in one Indonesian sentence.
    """

    shares: tuple[Share, ...]
    total_cost: Decimal | None
    latest_lead_days: int | None
    sentra: str | None
    within_ceiling: bool | None
    proved: bool
    says: str


class NoCombination(NamedTuple):
    """
    Why there is none, in one Indonesian sentence.

    reason: `alone` (one firm can), `few` (fewer than two firms can take part), `capacity`, `ceiling` or `minimum_order`; `unfit` where the
    offer that must have a share can have none.
    """

    reason: str
    says: str
