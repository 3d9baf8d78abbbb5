"""A translated listing as the row, and as the segments, that a new demand has; for listings in bulk that are written in the usual way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import orjson

from exchange.access.policy import Tier
from exchange.access.segments import fields_seen, readers, seen_by
from exchange.demand.intake import ident_of
from schemas.bulk import TOLD_FIELDS, QuickPeriod, ToldDemand, quick

_PERIODS = ("selection", "contract", "use")
_TEXTS = ("title", "description", "place", "category", "quantity_said", "method", "status", "url")
# the columns of a new row that its listing decides, in the order of `Made.row`
COLUMNS = (
    "ident", "reference", *_TEXTS, "region", "buyer_name", "buyer_code", "buyer_unit", "items", "budget_amount", "budget_currency",
    "budget_basis", "domestic_product", "small_business", "related", "published_at",
    *(f"{name}_{part}" for name in _PERIODS for part in ("start", "end", "precision")),
)  # fmt: skip
_NO_BUDGET = (None, None, None)
_NO_PERIOD = (None, None, None)
_encode = msgspec.json.Encoder(order="sorted").encode
_DIGITS = 4


class Place(NamedTuple):
    """
    What all rows of one source share.

    source: its name; region: its own, for listings that name none; table: the policy table that its demands fall under; tiers: those
    that read anything of it, and whether all; now: when the rows are made, in canonical JSON.
    """

    source: str
    region: str
    table: str
    tiers: Sequence[tuple[Tier, bool]]
    now: str


def place_of(source: str, region: str, table: str, now: str) -> Place:
    """The place of one source's demands, by its policy table."""
    return Place(source, region, table, [(tier, fields_seen(table, tier) == TOLD_FIELDS) for tier in readers(table)], now)


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
    ident = ident_of(place.source, demand.reference)
    region = demand.region or place.region
    told = ToldDemand(
        ident, demand.reference, demand.title, demand.description, demand.buyer, region, demand.place, demand.category, demand.items,
        demand.quantity_said, demand.budget, demand.periods, demand.eligibility, demand.method, demand.status, demand.published_at,
        demand.url, demand.related, place.source, place.now, place.now,
    )  # fmt: skip
    try:
        segments = {tier.value: _encode(told) if whole else _segment(told, place.table, tier) for tier, whole in place.tiers}
        items = _encode(demand.items).decode()
        related = _encode(demand.related).decode() if demand.related else "{}"
    except UnicodeEncodeError:  # half a character: the slow way takes it out
        return None
    for body in segments.values():
        if b"\\u0000" in body:
            return None
    buyer, budget, eligibility, periods = demand.buyer, demand.budget, demand.eligibility, demand.periods
    money = _NO_BUDGET if budget is None else (_scaled(budget.amount), budget.currency, budget.basis)
    row = (
        ident, demand.reference, demand.title, demand.description, demand.place, demand.category, demand.quantity_said, demand.method,
        demand.status, demand.url, region, buyer.name, buyer.code, buyer.unit, items, *money, eligibility.domestic_product,
        eligibility.small_business, related, demand.published_at, *_days(periods.selection), *_days(periods.contract), *_days(periods.use),
    )  # fmt: skip
    return Made(ident, buyer.code, row, segments)


def _segment(told: ToldDemand, table: str, tier: Tier) -> bytes:
    """Canonical JSON of what a tier reads that does not read all."""
    return orjson.dumps(seen_by(table, msgspec.to_builtins(told), tier), option=orjson.OPT_SORT_KEYS)


def _days(period: QuickPeriod | None) -> tuple[str | None, str | None, str | None]:
    if period is None:
        return _NO_PERIOD
    start, end = period.start, period.end
    return None if start is None else start.isoformat(), None if end is None else end.isoformat(), period.precision


def _scaled(amount: str) -> int:
    """A sum in plain digits as the whole number of 10^-4 that is kept."""
    whole, _, part = amount.partition(".")
    return int(whole + part.ljust(_DIGITS, "0"))
