"""How many matches each member of staff looks after, and how many a list leaves out since they rest or are somebody's; one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from exchange.store.demands import DemandRow
from exchange.store.match_tally import BAND, OWN
from exchange.store.matches import MatchCareRow, MatchFilter, MatchRow, narrowed_matches, states_of
from exchange.store.products import ProductRow
from exchange.store.users import UserRow


class Person(NamedTuple):
    """Somebody whom a match may be given to. waiting: how many undecided ones are in this person's care."""

    number: int
    name: str
    waiting: int


class Cared(NamedTuple):
    """people: by name; by_kind, facets: of what a list leaves out, as `Tallied` has them of all."""

    people: list[Person]
    by_kind: dict[str, int]
    facets: dict[str, dict[str, int]]


def cared(
    session: Session, want: MatchFilter, kinds: Mapping[str, ColumnElement[bool]], shown: ColumnElement[bool] | None, *, left_out: bool
) -> Cared:
    """
    Count them; one statement.

    Args:
        kinds: conditions on demand and product, by name; shown: such a one that narrows the facets.
        left_out: whether to count what `without` of the filter leaves out too.
    """
    parts: list[Any] = [_people()]
    if left_out and want.without is not None:
        few = replace(want, led=MatchRow.id.in_(want.without), without=None)
        for name, kind in kinds.items():
            query = select(literal(f"kind {name}"), literal(""), literal(""), func.count()).select_from(MatchRow)
            parts.append(narrowed_matches(query, replace(few, covered=kind), states_of(few)))
        for name, column in _facets().items():
            one = replace(few, **{OWN[name]: None}, covered=shown if shown is not None else literal(True))
            query = select(literal(f"by {name}"), cast(column, String(20)), literal(""), func.count()).select_from(MatchRow)
            parts.append(narrowed_matches(query.group_by(column), one, states_of(one)))
    found = Cared([], {}, {})
    for part, value, text, count in session.execute(union_all(*parts)):
        kind, _blank, name = part.partition(" ")
        if kind == "person":
            found.people.append(Person(int(value), text, int(count)))
        elif kind == "kind":
            found.by_kind[name] = int(count)
        else:
            found.facets.setdefault(name, {})[value] = int(count)
    found.people.sort(key=lambda one: one.name)
    return found


def _people() -> Any:
    waiting = select(func.count()).select_from(MatchCareRow).join(MatchRow, MatchRow.id == MatchCareRow.match_id)
    waiting = waiting.where(MatchCareRow.assignee_id == UserRow.id, MatchRow.state.concat("") == "proposed")
    query = select(literal("person"), cast(UserRow.id, String(20)), UserRow.name, waiting.scalar_subquery())
    return query.where(UserRow.active, UserRow.role.in_(("admin", "petugas")))


def _facets() -> dict[str, Any]:
    return {
        "state": MatchRow.state,
        "sector": func.coalesce(ProductRow.sector, ""),
        "region": func.coalesce(DemandRow.region, ""),
        "band": BAND,
    }
