"""A case in whole for the office itself: what can follow with all that it lacks, persons, files, history, and where its reports go."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from exchange.agreements.node import Node
from exchange.agreements.oversight import route
from exchange.agreements.rules import UNREAD, Rules
from exchange.agreements.steps import look
from exchange.agreements.told import office_label, step_label, told
from exchange.agreements.verifying import faults
from exchange.store.agreements import AgreementRow, files_of, matches_of_case, objects_of, steps_of


def full(session: Session, node: Node, row: AgreementRow, day: date) -> dict[str, Any]:
    """
    All of a case as of a day, JSON-ready but for its times.

    row: with its partner. Beside the members of `told`: `facts`, `matches`, `files`, `next` (each step that can follow, with its offices
    and everything that it lacks), `oversight`, and `faults` (empty where the case is whole).
    """
    rules, steps = node.rules, steps_of(session, row.id)
    route_of = route(row.instrument, node.home, row.region)
    return told(rules, row, objects_of(session, [row.id])[row.id], steps, day) | {
        "instrument_label": rules.instruments[row.instrument].label,
        "facts": [{"field": name, "label": rules.label(name), "value": value} for name, value in row.facts.items()],
        "matches": [{"demand": one.demand, "product": one.product} for one in matches_of_case(session, row.id)],
        "files": [
            {
                "kind": one.kind, "label": rules.label(one.kind), "sha256": one.sha256, "name": one.name, "size": one.size,
                "made_by": one.made_by, "made_at": one.made_at, "counts": row.papers.get(one.kind) == one.sha256,
            }
            for one in files_of(session, row.id)
        ],
        "history": [
            {
                "number": one.number, "at": one.at, "actor": one.actor, "office": office_label(rules, one.office), "step": one.step,
                "label": step_label(rules, one.step), "article": one.article, "before": one.before, "after": one.after,
                "papers": one.papers, "note": one.note, "digest": one.digest,
            }
            for one in steps
        ],
        "next": [
            {
                "step": step.name, "label": step.label, "to": step.to, "offices": list(step.offices), "article": step.basis,
                "lacks": [lack._asdict() for lack in lacks],
            }
            for step, lacks in look(session, node, row, day)
        ],
        "oversight": route_of._asdict() | {"basis": route_of.article if route_of.verified else f"{route_of.article} ({UNREAD})"},
        "faults": faults(session, node.papers, row),
    }  # fmt: skip


def brief(rules: Rules, row: AgreementRow) -> dict[str, Any]:
    """A case as one line of a list."""
    return {
        "ident": row.ident, "instrument": row.instrument, "category": row.category, "title": row.title, "counterpart": row.counterpart,
        "region": row.region, "partner": row.partner and row.partner.ident, "state": row.state,
        "state_label": rules.states[row.state].label, "since": row.state_since,
        "kb_until": row.kb_until, "starts_on": row.starts_on, "ends_on": row.ends_on, "version": row.version,
    }  # fmt: skip
