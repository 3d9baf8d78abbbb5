"""Exact values: a quantity with its unit, money with its currency, a period with its precision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Precision(StrEnum):
    """How exactly a date was said; a plan usually names a month, stored as its first day."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Quantity:
    """
    How much of something.

    amount: exact, never negative; None where a unit word stands without a number.
    unit: UN/ECE Rec 20 code (packages as X + Rec 21), None where the word is on no list.
    said: the writer's own words, kept so that nothing is guessed later.
    """

    amount: Decimal | None
    unit: str | None
    said: str

    def __post_init__(self) -> None:
        if self.amount is not None and self.amount < 0:
            raise ValueError(f"quantity {self.amount} is below zero")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact sum in one currency (ISO 4217)."""

    amount: Decimal
    currency: str = "IDR"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, both included, each no more exact than `precision`."""

    start: date | None
    end: date | None
    precision: Precision = Precision.DAY

    def __post_init__(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"period ends {self.end} before it starts {self.start}")
