"""
A fast way to hold rows in bulk to DemandSchema: what it accepts, the schema accepts with the same values.

The schema stays the one statement of the shape and the voice that explains a refusal. `quick` reads the ordinary ways of writing a
demand at the speed of msgspec and says None to everything else, to what breaks the shape and to what is merely unusual alike; the
schema then decides. A test holds the two together.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, ValidationError, convert, field

_AMOUNT = Annotated[str, Meta(pattern=r"\A(0|[1-9][0-9]{0,13})(\.[0-9]{0,3}[1-9])?\Z")]
_AWARE = Annotated[datetime, Meta(tz=True)]


class QuickQuantity(Struct, forbid_unknown_fields=True):
    """As QuantitySchema, with the amount in plain digits, four decimals at most."""

    said: Annotated[str, Meta(min_length=1, max_length=400)]
    amount: _AMOUNT | None = None
    unit: Annotated[str, Meta(min_length=1, max_length=3)] | None = None


class QuickClassification(Struct, forbid_unknown_fields=True):
    """As ClassificationSchema."""

    scheme: Annotated[str, Meta(min_length=1, max_length=60)]
    code: Annotated[str, Meta(min_length=1, max_length=80)]
    edition: str | None = None
    title: str | None = None


class QuickItem(Struct, forbid_unknown_fields=True):
    """As ItemSchema."""

    position: Annotated[int, Meta(ge=1, le=2**62)]
    text: Annotated[str, Meta(min_length=1, max_length=8000)]
    specification: str | None = None
    quantity: QuickQuantity | None = None
    classifications: list[QuickClassification] = field(default_factory=list)


class QuickBuyer(Struct, forbid_unknown_fields=True):
    """As BuyerSchema."""

    name: Annotated[str, Meta(min_length=1, max_length=400)]
    code: Annotated[str, Meta(min_length=1, max_length=120)] | None = None
    unit: str | None = None


class QuickBudget(Struct, forbid_unknown_fields=True):
    """As BudgetSchema, with the amount in plain digits, four decimals at most."""

    amount: _AMOUNT
    basis: Literal["package_ceiling", "owner_estimate", "tender_value", "planning_budget", "contract_value"]
    currency: Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")] = "IDR"


class QuickPeriod(Struct, forbid_unknown_fields=True):
    """As PeriodSchema, days as YYYY-MM-DD."""

    start: date | None = None
    end: date | None = None
    precision: Literal["day", "month", "year"] = "day"


class QuickPeriods(Struct, forbid_unknown_fields=True):
    """As PeriodsSchema."""

    selection: QuickPeriod | None = None
    contract: QuickPeriod | None = None
    use: QuickPeriod | None = None


class QuickEligibility(Struct, forbid_unknown_fields=True):
    """As EligibilitySchema."""

    domestic_product: bool | None = None
    small_business: bool | None = None


class QuickDemand(Struct, forbid_unknown_fields=True):
    """As DemandSchema, sums, days and amounts still as they travel; `published_at` in UTC."""

    reference: Annotated[str, Meta(min_length=1, max_length=200)]
    title: Annotated[str, Meta(min_length=1, max_length=2000)]
    buyer: QuickBuyer
    description: str | None = None
    region: Annotated[str, Meta(pattern=r"\A[0-9]{2}(\.[0-9]{2})?\Z")] | None = None
    place: str | None = None
    category: Literal["goods", "services", "works", "consulting", "mixed"] | None = None
    items: list[QuickItem] = field(default_factory=list)
    quantity_said: str | None = None
    budget: QuickBudget | None = None
    periods: QuickPeriods = field(default_factory=QuickPeriods)
    eligibility: QuickEligibility = field(default_factory=QuickEligibility)
    method: str | None = None
    status: Literal["planned", "open", "closed", "cancelled"] = "open"
    published_at: _AWARE | None = None
    url: Annotated[str, Meta(max_length=2000)] | None = None
    related: dict[str, list[str]] = field(default_factory=dict)


class ToldDemand(Struct):
    """A new demand as all of its fields are told: members of DemandSchema as they travel, and its place in the exchange."""

    ident: str
    reference: str
    title: str
    description: str | None
    buyer: QuickBuyer
    region: str
    place: str | None
    category: str | None
    items: list[QuickItem]
    quantity_said: str | None
    budget: QuickBudget | None
    periods: QuickPeriods
    eligibility: QuickEligibility
    method: str | None
    status: str
    published_at: datetime | None
    url: str | None
    related: dict[str, list[str]]
    source: str
    first_seen_at: str
    updated_at: str
    state: str = "live"
    held: bool = False
    version: int = 1


# once while this module is imported: msgspec looks into a type when it is first used, and two threads that do so at once end the process
convert({"reference": "1", "title": "1", "buyer": {"name": "1"}}, QuickDemand)
TOLD_FIELDS = frozenset(ToldDemand.__struct_fields__)


def quick(translated: dict[str, Any]) -> QuickDemand | None:
    """The demand where it is written in an ordinary way and keeps the shape; None where DemandSchema must decide."""
    try:
        demand = convert(translated, QuickDemand)
    except ValidationError:
        return None
    periods, published = demand.periods, demand.published_at
    for period in (periods.selection, periods.contract, periods.use):
        if period is not None and period.start is not None and period.end is not None and period.end < period.start:
            return None
    if published is not None:
        if published.microsecond or not 1901 <= published.year <= 2199:
            return None
        demand.published_at = published.astimezone(UTC)
    return demand
