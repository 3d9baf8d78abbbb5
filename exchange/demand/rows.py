"""A translated listing as the row, and as the segments, that a new demand has; for listings in bulk that are written in the usual way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import orjson

from exchange.access.policy import Tier
from exchange.access.segments import seen_by
from exchange.demand.intake import ident_of
from schemas.bulk import quick

_PERIODS = ("selection", "contract", "use")
_TEXTS = ("title", "description", "place", "category", "quantity_said", "method", "status", "url")
# the columns of a new row that its listing decides, in the order of `Made.row`
COLUMNS = (
    "ident", "reference", *_TEXTS, "region", "buyer_name", "buyer_code", "buyer_unit", "items", "budget_amount", "budget_currency",
    "budget_basis", "domestic_product", "small_business", "related", "published_at",
    *(f"{name}_{part}" for name in _PERIODS for part in ("start", "end", "precision")),
)  # fmt: skip
_NO_BUDGET = {"amount": None, "currency": None, "basis": None}
_NO_PERIOD = {"start": None, "end": None, "precision": None}
_DIGITS = 4


class Place(NamedTuple):
    """
    What all rows of one source share.

    source: its name; region: its own, for listings that name none; table: the policy table that its demands fall under; tiers: those
    that read anything of it; now: when the rows are made, in canonical JSON.
    """

    source: str
    region: str
    table: str
    tiers: Sequence[Tier]
    now: str


class Made(NamedTuple):
    """A new demand. row: values of `COLUMNS` as the driver takes them, `published_at` a time; segments: canonical JSON by tier."""

    ident: str
    buyer_code: str | None
    row: tuple[Any, ...]
    segments: dict[str, bytes]


def make(translated: dict[str, Any], place: Place) -> Made | None:
    """
    The new demand that a translated listing is; None where it is not written in the usual way, or breaks the shape.

    What it gives is what `intake.check`, `intake.columns` and `segments.demand_segments` give for the same listing.
    """
    demand = quick(translated)
    if demand is None or not demand.reference.isprintable():
        return None
    told: dict[str, Any] = msgspec.to_builtins(demand)
    ident = ident_of(place.source, demand.reference)
    region = told["region"] or place.region
    told["ident"], told["region"], told["source"], told["state"], told["held"], told["version"] = (
        ident,
        region,
        place.source,
        "live",
        False,
        1,
    )
    told["first_seen_at"] = told["updated_at"] = place.now
    try:
        segments = {tier.value: orjson.dumps(seen_by(place.table, told, tier), option=orjson.OPT_SORT_KEYS) for tier in place.tiers}
        items = orjson.dumps(told["items"]).decode()
        related = orjson.dumps(told["related"]).decode() if demand.related else "{}"
    except TypeError:  # half a character: the slow way takes it out
        return None
    for body in segments.values():
        if b"\\u0000" in body:
            return None
    buyer, budget, eligibility = told["buyer"], told["budget"] or _NO_BUDGET, told["eligibility"]
    periods: list[Any] = []
    for name in _PERIODS:
        period = told["periods"][name] or _NO_PERIOD
        periods += period["start"], period["end"], period["precision"]
    row = (
        ident, demand.reference, *[told[name] for name in _TEXTS], region, buyer["name"], buyer["code"], buyer["unit"], items,
        _scaled(budget["amount"]), budget["currency"], budget["basis"], eligibility["domestic_product"], eligibility["small_business"],
        related, demand.published_at, *periods,
    )  # fmt: skip
    return Made(ident, buyer["code"], row, segments)


def _scaled(amount: str | None) -> int | None:
    """A sum in plain digits as the whole number of 10^-4 that is kept."""
    if amount is None:
        return None
    whole, _, part = amount.partition(".")
    return int(whole + part.ljust(_DIGITS, "0"))
