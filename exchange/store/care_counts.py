"""
How many matches each member of staff looks after, and how many a list leaves out since they rest or are somebody's; one statement.

What else a page counts or shows beside its list goes along in the same statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from exchange.store.demands import DemandRow
from exchange.store.match_steps import MatchStepRow
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
    """
    people: by name; by_kind, facets: of what a list leaves out, as `Tallied` has them of all.

    more: what the parts beside it told, by part and value; step: the one that was asked for, None where there is none.
    """

    people: list[Person]
    by_kind: dict[str, int]
    facets: dict[str, dict[str, int]]
    more: dict[str, dict[str, int]]
    step: MatchStepRow | None = None


def cared(
    session: Session, want: MatchFilter, kinds: Mapping[str, ColumnElement[bool]], shown: ColumnElement[bool] | None, *, left_out: bool,
    beside: Sequence[Select[Any]] = (), step: int | None = None,
) -> Cared:  # fmt: skip
    """
    Count them; one statement.

    Args:
        kinds: conditions on demand and product, by name; shown: such a one that narrows the facets.
        left_out: whether to count what `without` of the filter leaves out too.
        beside: further questions for (part, value, "", number), the part one word; step: the number of a bulk step.
    """
    parts: list[Any] = [_people(), *beside]
    if left_out and want.without is not None:
        few = replace(want, led=MatchRow.id.in_(want.without), without=None)
        for name, kind in kinds.items():
            query = select(literal(f"kind {name}"), literal(""), literal(""), func.count()).select_from(MatchRow)
            parts.append(narrowed_matches(query, replace(few, covered=kind), states_of(few)))
        for name, column in _facets().items():
            one = replace(few, **{OWN[name]: None}, covered=shown if shown is not None else literal(True))
            query = select(literal(f"by {name}"), cast(column, String(20)), literal(""), func.count()).select_from(MatchRow)
            parts.append(narrowed_matches(query.group_by(column), one, states_of(one)))
    found = Cared([], {}, {}, {})
    for part, value, text, count, its in _told(session, parts, step):
        kind, _blank, name = part.partition(" ")
        if kind == "person":
            found.people.append(Person(int(value), text, int(count)))
        elif kind == "kind":
            found.by_kind[name] = int(count)
        elif kind == "by":
            found.facets.setdefault(name, {})[value] = int(count)
        elif kind == "step":
            found = found._replace(step=its)
        else:
            found.more.setdefault(kind, {})[value] = int(count or 0)
    found.people.sort(key=lambda one: one.name)
    return found


def _told(session: Session, parts: list[Any], step: int | None) -> list[Any]:
    """What the parts tell, each row with the step beside it where it is that part's."""
    if step is None:
        return [(*row, None) for row in session.execute(union_all(*parts))]
    told = union_all(*parts, select(literal("step"), literal(""), literal(""), literal(0))).subquery()
    part, value, text, count = told.c
    query = select(part, value, text, count, MatchStepRow).outerjoin(MatchStepRow, and_(part == "step", MatchStepRow.id == step))
    return list(session.execute(query.select_from(told)))


def _people() -> Any:
    waiting = select(func.count()).select_from(MatchCareRow).join(MatchRow, MatchRow.id == MatchCareRow.match_id)
    waiting = waiting.where(MatchCareRow.assignee_id == UserRow.id, MatchRow.state.concat("") == "proposed")
    query = select(
        literal("person").label("part"), cast(UserRow.id, String(20)).label("value"), UserRow.name.label("text"),
        waiting.scalar_subquery().label("number"),
    )  # fmt: skip
    return query.where(UserRow.active, UserRow.role.in_(("admin", "petugas")))


def _facets() -> dict[str, Any]:
    return {
        "state": MatchRow.state,
        "sector": func.coalesce(ProductRow.sector, ""),
        "region": func.coalesce(DemandRow.region, ""),
        "band": BAND,
    }
