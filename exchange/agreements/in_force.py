"""Which cases of cooperation between regions cover trade on some day of a span, by the stage in which they are now."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from exchange.access.policy import Tier
from exchange.agreements.node import Node
from exchange.agreements.opens import openings_of
from exchange.store.agreements import cases_with_objects


def in_force(session: Session, node: Node, first: date | None, last: date | None, day: date) -> dict[str, str]:
    """
    The region of each such case by its public name; one statement.

    Args:
        first, last: the days of the span, both included, None for no bound on that side; `day` alone where both are None.

    On one day these are the cases that hold in `coverage_of`. What a case was in before its present stage is not asked.
    """
    if first is None and last is None:
        first = last = day
    states = [name for name, state in node.rules.states.items() if not state.final and state.opens == "contracted"]
    found = {}
    for row, objects in cases_with_objects(session, states):
        if row.instrument != "ksdd" or row.region is None:
            continue
        spans = [(one.since, one.until) for one in openings_of(node.rules, row, objects) if one.tier is Tier.CONTRACTED]
        if any(
            (last is None or since is None or since <= last) and (first is None or until is None or first <= until)
            for since, until in spans
        ):
            found[row.ident] = row.region
    return found
