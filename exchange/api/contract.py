"""What the contract says beyond the routes: its introduction, and which tier reads which member."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from exchange.access.policy import TABLES, Tier, fields_of
from exchange.access.segments import PRODUCER

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
_TABLES = {"Product": ("product",), "Business": ("business",), "Demand": _DEMAND}

# what each kind of a partner's answer to a match wants
_ANSWERS = [
    {"properties": {"answer": {"enum": ["interested"], "type": "string"}, "value": {"type": "null"}}},
    {
        "properties": {
            "answer": {"enum": ["declined"], "type": "string"},
            "reason": {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": r"\S"},
            "value": {"type": "null"},
        },
        "required": ["reason"],
    },
    {
        "properties": {"answer": {"enum": ["ordered"], "type": "string"}, "value": {"$ref": "#/components/schemas/Money"}},
        "required": ["value"],
    },
]


_RECORDED_READS = (
    "products", "products/{sku}", "businesses", "businesses/{ident}", "demands", "demands/{ident}", "changes", "publications/{name}",
    "publications/ubl/changes", "partner/matches", "partner/matches/counts", "partner/matches/{number}",
)  # fmt: skip
RECORDED = frozenset(
    {*(("get", f"/api/v1/{path}") for path in _RECORDED_READS), ("put", "/api/v1/partner/matches/{number}/answer")},
)


def info() -> dict[str, Any]:
    """The introduction of the document."""
    return {"description": _ABOUT, "summary": "What a region's small and medium industries make, and what is needed from them."}


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
    for name in _TABLES:
        if f"{name}Page" in schemas:
            _in_part(schemas, name)
    if "MatchAnswer" in schemas:
        schemas["MatchAnswer"]["oneOf"] = deepcopy(_ANSWERS)


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
