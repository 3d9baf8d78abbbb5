"""What the contract says beyond the routes: its introduction, and which tier reads which member."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from apispec import APISpec

from exchange.access.policy import TABLES, Tier, fields_of
from exchange.access.segments import PRODUCER
from exchange.access.telling import EVENTS
from schemas.event import BODIES, sample

_ABOUT = """\
Catalogue and demand of one region's node. Everything is read without a login as far as the field policy opens it to
the public; staff read more with the session of their pages.

* Lists: `limit` (1 to 200) and `cursor`; the order is stable and each record comes once, whatever is added meanwhile.
* Copies: `/api/v1/changes` gives everything once and then what changed, with tombstones; the `next` of one answer is the `since`
  of the following one. `wait` holds the answer back until there is something. A 410 says to begin anew.
* Every answer has a strong `ETag`; send it as `If-None-Match` and an unchanged answer is a 304 without a body.
* Decimals are strings, times are UTC, codes name their edition.
* Errors are `application/problem+json` (RFC 9457); `mend` says in Indonesian what to do next.
* Parameters and values that do not exist are refused with the nearest right one, never ignored.
* A member that your tier may not read is absent. `x-tiers` on a member lists the tiers that read it (without it: all),
  `x-conditional-tiers` those that read it of some records only.
"""

# component schema: the policy tables whose records it describes
_DEMAND = ("demand_own_public", "demand_own", "demand_pulled", "demand_beside")
_TABLES = {"Product": ("product",), "Business": ("business",), "Demand": _DEMAND, "Agreement": ("agreement",)}
# lists whose records come in part where `fields` asks for it
_PICKED = ("Product", "Business", "Demand")

# type of event: what it is, and when it comes
_EVENTS = {
    "match.new": (
        "Be told of new matches.",
        "Matches of the partner's own demand that it may read under its contract came to stand, or were opened to it.",
    ),
    "demand.withdrawn": (
        "Be told of withdrawn demand.",
        "The partner's own demand was withdrawn, by whomever; or demand of the node's own region that the partner could read.",
    ),
    "agreement.stage_changed": (
        "Be told what the agreement opens now.",
        "The partner's agreement opens something else, or until another day; or its last day is over.",
    ),
    "deal.offered": (
        "Be told of offers.",
        "The letter of an offer to the partner's own demand was sent, for the first time or after it was written anew.",
    ),
    "deal.revised": (
        "Be told that an offer stands no more.",
        "It is written anew; until it is offered again its address answers 404.",
    ),
    "deal.delivered": ("Be told of deliveries.", "What was received of the partner's order was recorded, or corrected."),
    "deal.closed": ("Be told of the end of a deal.", "The last of what was ordered was received, or the deal was closed with less."),
    "deal.cancelled": (
        "Be told of cancelled deals.",
        "A deal whose letter stood, or that was ordered or declined, was cancelled. What was never offered is told to nobody.",
    ),
    "webhook.test": ("Try a webhook.", "Sent where `POST /api/v1/partner/webhooks/{ident}/test` asks for it, to that address alone."),
}

# what each kind of a partner's answer to a match wants
_ANSWERS = [
    {"properties": {"answer": {"enum": ["interested"], "type": "string"}, "value": {"type": "null"}}, "required": ["answer"]},
    {
        "properties": {
            "answer": {"enum": ["declined"], "type": "string"},
            "reason": {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": r"\S"},
            "value": {"type": "null"},
        },
        "required": ["answer", "reason"],
    },
    {
        "properties": {"answer": {"enum": ["ordered"], "type": "string"}, "value": {"$ref": "#/components/schemas/Money"}},
        "required": ["answer", "value"],
    },
]
# what each kind of a partner's answer to an offer wants
_DEAL_ANSWERS = [
    {
        "properties": {
            "answer": {"enum": ["declined"], "type": "string"},
            "reason": {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": r"\S"},
            "order": {"type": "null"},
        },
        "required": ["answer", "reason"],
    },
    {
        "properties": {"answer": {"enum": ["ordered"], "type": "string"}, "order": {"$ref": "#/components/schemas/DealOrder"}},
        "required": ["answer", "order"],
    },
]


_RECORDED_READS = (
    "products", "products/{sku}", "businesses", "businesses/{ident}", "demands", "demands/{ident}", "changes", "publications/{name}",
    "publications/ubl/changes", "partner/matches", "partner/matches/counts", "partner/matches/{number}",
    "partner/deals", "partner/deals/{ident}",
)  # fmt: skip
RECORDED = frozenset(
    {
        *(("get", f"/api/v1/{path}") for path in _RECORDED_READS),
        ("put", "/api/v1/partner/matches/{number}/answer"),
        ("put", "/api/v1/partner/deals/{ident}/answer"),
    },
)


def info() -> dict[str, Any]:
    """The introduction of the document."""
    return {"description": _ABOUT, "summary": "What a region's small and medium industries make, and what is needed from them."}


def events(spec: APISpec) -> dict[str, Any]:
    """
    The events that partners are told of, as OpenAPI 3.1 has them under `webhooks`; `openapi.finish` adds what all of them bear.

    Their bodies' shapes are put among the components of `spec`.
    """
    told: dict[str, Any] = {}
    for kind, (summary, says) in _EVENTS.items():
        shape = BODIES[kind]
        spec.components.schema(shape.__name__, schema=shape)
        needs = f" The address's token wants the scope `{EVENTS[kind]}`." if EVENTS.get(kind) else ""
        body = {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}, "example": sample(kind)}
        told[kind] = {
            "post": {
                "summary": summary,
                "description": says + needs,
                "tags": ["webhooks"],
                "requestBody": {"required": True, "content": {"application/json": body}},
            }
        }
    return told


def mark_tiers(document: dict[str, Any]) -> None:
    """
    Write into each record's schema who reads what, from the policy itself; `required` is what every reader gets.

    A member that no tier reads is taken out of the contract.
    """
    schemas: dict[str, Any] = document["components"]["schemas"]
    for name, tables in _TABLES.items():
        if name in schemas:
            _mark(schemas[name], tables)
    if "Producer" in schemas:
        _mark(schemas["Producer"], ("business",), PRODUCER)
    for name in _PICKED:
        if f"{name}Page" in schemas:
            _in_part(schemas, name)
    if "MatchAnswer" in schemas:
        schemas["MatchAnswer"]["oneOf"] = deepcopy(_ANSWERS)
    if "DealAnswer" in schemas:
        schemas["DealAnswer"]["oneOf"] = deepcopy(_DEAL_ANSWERS)


def mark_recorded(document: dict[str, Any]) -> None:
    """Say of what the exchange log records that it is refused (503) where it cannot be recorded."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if (method, path) in RECORDED:
                operation["x-problems"] = [*operation.get("x-problems", ()), "503"]


def _in_part(schemas: dict[str, Any], name: str) -> None:
    """Let a list's records lack any member: `fields` asks for some alone."""
    says = f"A {name} of a list: whole, or with the members alone that `fields` names."
    schemas[f"{name}Part"] = {key: deepcopy(value) for key, value in schemas[name].items() if key != "required"} | {"description": says}
    schemas[f"{name}Page"]["properties"]["items"]["items"] = {"$ref": f"#/components/schemas/{name}Part"}


def _mark(schema: dict[str, Any], tables: tuple[str, ...], only: tuple[str, ...] | None = None) -> None:
    members: dict[str, Any] = schema["properties"]
    for member in list(members):
        readers, whole = _tiers(tables, member)
        if not readers or (only and member not in only):
            del members[member]
            continue
        if whole == set(Tier):
            continue
        members[member]["x-tiers"] = [str(tier) for tier in Tier if tier in readers]
        if some := [str(tier) for tier in Tier if tier in readers - whole]:
            members[member]["x-conditional-tiers"] = some
    schema["required"] = sorted(member for member in members if _tiers(tables[:1], member)[1] == set(Tier))


def _tiers(tables: tuple[str, ...], member: str) -> tuple[set[Tier], set[Tier]]:
    """The tiers that read a member of any record, and those of them that read it of each record they are shown."""
    rules: list[Mapping[Tier, Any]] = [TABLES[table].get(member, {}) for table in tables]
    readers = {tier for rule in rules for tier in rule}
    return readers, {tier for tier in readers if any(member in fields_of(table, tier) for table in tables)}
