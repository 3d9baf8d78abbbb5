"""
The field policy as one table: for each kind of record and each field, which tier reads it and in what form.

Deny by default: a field that does not stand here reaches nobody. The tiers rise with the agreement's legal stage.
Change `VERSION` with every change of a rule: stored representations made under another version are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from schemas.business import SOLE_PROPRIETORS

VERSION = "4"


class Tier(StrEnum):
    """Who reads. AGREED: a Kesepakatan Bersama is signed; CONTRACTED: a PKS is in force, in its scope only."""

    PUBLIC = "public"
    AGREED = "agreed"
    CONTRACTED = "contracted"
    STAFF = "staff"


# a tier's bit where several are kept as one number; staff, who are told of every change, have the lowest (store.changes.TOLD)
_BITS = {Tier.STAFF: 1, Tier.CONTRACTED: 2, Tier.AGREED: 4, Tier.PUBLIC: 8}


def bits(tiers: Iterable[str]) -> int:
    """Tiers as one number."""
    return sum(_BITS[Tier(tier)] for tier in set(tiers))


Rule = Callable[[Any, Mapping[str, Any]], Any]
HIDDEN = object()


def _whole(value: Any, record: Mapping[str, Any]) -> Any:
    return value


def _not_of_sole_proprietors(value: Any, record: Mapping[str, Any]) -> Any:
    """A sole proprietor's number or address is a person's; an unknown legal form is taken for one."""
    form = record.get("legal_form")
    return HIDDEN if form is None or form in SOLE_PROPRIETORS else value


def _band(value: Decimal | None, record: Mapping[str, Any]) -> str | None:
    """The power of ten that a number lies in: 180 is `100-1000`; zero and None tell nothing."""
    if not value or value < 0:
        return None
    low = Decimal(10) ** value.adjusted()
    return f"{low:f}-{low * 10:f}"


def _only(*tiers: Tier, rule: Rule = _whole) -> dict[Tier, Rule]:
    return dict.fromkeys(tiers, rule)


P, A, C, S = Tier.PUBLIC, Tier.AGREED, Tier.CONTRACTED, Tier.STAFF
ALL = _only(P, A, C, S)
STAFF = _only(S)
_NIB = _only(P, A, rule=_not_of_sole_proprietors) | _only(C, S)
_PLACE = _only(C, rule=_not_of_sole_proprietors) | _only(S)

BUSINESS: dict[str, dict[Tier, Rule]] = {
    **dict.fromkeys(
        (
            "ident",
            "name",
            "legal_form",
            "sector",
            "kbli",
            "kbli_edition",
            "scale",
            "district",
            "cluster",
            "is_sample",
            "version",
            "updated_at",
        ),
        ALL,
    ),
    "nib": _NIB,
    **dict.fromkeys(("telephone", "email"), _only(C, S)),
    **dict.fromkeys(("address", "subdistrict", "latitude", "longitude"), _PLACE),
    **dict.fromkeys(
        (
            "workers",
            "investment",
            "founded_year",
            "visited_on",
            "visit_note",
            "training_needs",
            "consented_on",
            "consent_refused_on",
            "consent_basis",
        ),
        STAFF,
    ),
}

PRODUCT: dict[str, dict[Tier, Rule]] = {
    **dict.fromkeys(
        (
            "sku", "name", "description", "sector", "kbli", "kbli_edition", "kbki", "kbki_edition", "hs", "hs_edition",
            "unit_said", "unit_code", "price_min", "price_max", "price_valid_until", "lead_time_days", "minimum_order",
            "tkdn_percent", "sni", "halal", "distribution_permit", "keywords", "weight_kg", "photo", "photos", "is_sample",
            "version", "updated_at", "producer", "capacity_period",
        ),
        ALL,
    ),
    "capacity_band": ALL,
    **dict.fromkeys(("capacity_min", "capacity_max"), _only(C, S)),
    # kept empty here: whose prices they are is known when the record is read (`negotiated`)
    "negotiated_prices": _only(C, S),
    "state": STAFF,
}  # fmt: skip

_DEMAND_FIELDS = (
    "ident", "reference", "title", "description", "buyer", "region", "place", "category", "items", "quantity_said", "budget",
    "periods", "eligibility", "method", "status", "published_at", "url", "related", "source", "state", "version", "updated_at",
)  # fmt: skip
# pulled from others: staff alone here; a partner reads its own through the API's own-demand routes
DEMAND_PULLED: dict[str, dict[Tier, Rule]] = {
    **dict.fromkeys(_DEMAND_FIELDS, STAFF),
    **dict.fromkeys(("held", "first_seen_at"), STAFF),
}
# own region's: to all where its owner says so (public), else from a signed Kesepakatan Bersama upwards
DEMAND_OWN: dict[str, dict[Tier, Rule]] = {
    **dict.fromkeys(_DEMAND_FIELDS, _only(A, C, S)),
    **dict.fromkeys(("held", "first_seen_at"), STAFF),
}
DEMAND_OWN_PUBLIC: dict[str, dict[Tier, Rule]] = {
    **dict.fromkeys(_DEMAND_FIELDS, ALL),
    **dict.fromkeys(("held", "first_seen_at"), STAFF),
}
# brought by the partner that reads: all that it brought, whatever its agreement
DEMAND_MINE: dict[str, dict[Tier, Rule]] = dict.fromkeys(_DEMAND_FIELDS, ALL)
# matches of the partner's own demand with what its contract covers; how many there are by commodity from a signed Kesepakatan Bersama
# upwards. What staff noted and who decided is the office's own.
MATCH_MINE: dict[str, dict[Tier, Rule]] = dict.fromkeys(
    (
        "id", "demand", "demand_title", "product", "product_name", "sector", "producer", "score", "verdict", "flip", "marks", "answer",
        "updated_at", "version", "coverage",
    ),
    _only(C, S),
)  # fmt: skip
MATCH_COUNT: dict[str, dict[Tier, Rule]] = dict.fromkeys(("sector", "kbli", "matches", "demands"), _only(A, C, S))
# a case of cooperation, to its own partner at whatever stage: both sides must see the same text, days and way before anything is signed.
# Which matches it came from is the office's own work; persons, notes and the words of drafts stand in no field at all.
AGREEMENT: dict[str, dict[Tier, Rule]] = {
    **dict.fromkeys(
        (
            "ident", "instrument", "category", "title", "counterpart", "region", "extends", "state", "state_label", "basis", "final",
            "since", "kb_until", "starts_on", "ends_on", "objects", "papers", "signers", "history", "opens", "coverage", "version",
            "updated_at",
        ),
        ALL,
    ),
    "partner": STAFF,
}  # fmt: skip
# deals that serve the partner's own demand, as the letter of their offer told it; a firm's contact in the scope of a contract alone
DEAL_MINE: dict[str, dict[Tier, Rule]] = dict.fromkeys(
    (
        "ident", "demand", "demand_title", "state", "letter", "terms", "agreement", "answer", "order", "lines", "offered_value",
        "ordered_value", "delivered_value", "updated_at", "version",
    ),
    ALL,
)  # fmt: skip
DEAL_LINE: dict[str, dict[Tier, Rule]] = {
    **dict.fromkeys(
        (
            "position", "product", "product_name", "producer", "producer_name", "unit", "unit_said", "quantity", "price", "value",
            "ordered_quantity", "ordered_value", "delivered_quantity", "delivered_value", "commodity",
        ),
        ALL,
    ),
    "contact": _only(C, S),
}  # fmt: skip
# told beside a demand where it is read, since it changes without the demand: how its source fares, and as what else it is seen
DEMAND_BESIDE: dict[str, dict[Tier, Rule]] = dict.fromkeys(("source_health", "source_last_good_at", "also_seen"), STAFF)
# which demands are seen twice is the office's own work
DEMAND_LINK: dict[str, dict[Tier, Rule]] = dict.fromkeys(
    ("ident", "source", "reference", "title", "kind", "reason", "state", "decided_by", "decided_at"), STAFF
)

TABLES: dict[str, dict[str, dict[Tier, Rule]]] = {
    "business": BUSINESS,
    "product": PRODUCT,
    "demand_pulled": DEMAND_PULLED,
    "demand_own": DEMAND_OWN,
    "demand_own_public": DEMAND_OWN_PUBLIC,
    "demand_mine": DEMAND_MINE,
    "match_mine": MATCH_MINE,
    "match_count": MATCH_COUNT,
    "agreement": AGREEMENT,
    "deal_mine": DEAL_MINE,
    "deal_line": DEAL_LINE,
    "demand_beside": DEMAND_BESIDE,
    "demand_link": DEMAND_LINK,
}


def view(table: str, record: Mapping[str, Any], tier: Tier) -> dict[str, Any]:
    """
    What one tier reads of a record: the fields that the table opens to it, each through its rule.

    Returns an empty dict where the tier reads nothing. A field that the table does not know is left out.
    """
    rules = TABLES[table]
    seen: dict[str, Any] = {}
    for field, tiers in rules.items():
        rule = tiers.get(tier)
        if rule is None or (field not in record and field != "capacity_band"):
            continue
        if field == "capacity_band":
            seen[field] = _band(record.get("capacity_max"), record)
            continue
        value = rule(record[field], record)
        if value is not HIDDEN:
            seen[field] = value
    return seen


def opened(tier: Tier, below: Tier = Tier.PUBLIC) -> dict[str, dict[str, bool]]:
    """
    What a tier reads beyond another one: table → field → whether it does so for every record of the table.

    A field whose rule differs counts; a table of which the lower tier reads nothing at all is in with all its fields.
    """
    more: dict[str, dict[str, bool]] = {}
    for table, fields in TABLES.items():
        for field, tiers in fields.items():
            rule = tiers.get(tier)
            if rule is not None and rule is not tiers.get(below):
                more.setdefault(table, {})[field] = rule in {_whole, _band}
    return more


@cache
def fields_of(table: str, tier: Tier) -> frozenset[str]:
    """The fields that a tier may filter, sort and export by; those hidden for some records are not among them."""
    return frozenset(f for f, tiers in TABLES[table].items() if tiers.get(tier) in {_whole, _band})
