"""A case as a value: what the rules are asked of and what a step makes of it. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from exchange.agreements.rules import Step


@dataclass(frozen=True, slots=True)
class Object:
    """One object of a case. sector or kbli: what it covers; quantity in unit and value in rupiah: targets of the whole term, or None."""

    commodity: str
    sector: str | None = None
    kbli: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    value: Decimal | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """
    How a case stands.

    facts: by field, dates as ISO words, flags as bool, signers as lists of mappings; papers: the SHA-256 that counts, by kind;
    turn: 1, or more where a signed text was begun anew; matches: (demand, product) by public name.
    """

    instrument: str
    state: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    objects: tuple[Object, ...] = ()
    turn: int = 1
    matches: tuple[tuple[str, str], ...] = ()

    def day(self, name: str) -> date | None:
        """A fact that is a day; None where it is not known."""
        said = self.facts.get(name)
        return date.fromisoformat(said) if isinstance(said, str) and said else None


@dataclass(frozen=True, slots=True)
class Given:
    """What a step is taken with. office: for which office; objects, matches: None leaves them as they are; on: the day it is recorded."""

    office: str
    on: date
    facts: Mapping[str, Any] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    objects: tuple[Object, ...] | None = None
    matches: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the node decides where the law gives no number; see docs/agreements.md. most_years: of a term without a basis of its own."""

    most_years: int = 5
    within_kb: bool = True


def with_given(case: Case, step: Step, given: Given) -> Case:
    """The case with what the step brings, before it moves: what its guards are asked of."""
    facts = {name: value for name, value in case.facts.items() if name not in step.again} | dict(given.facts)
    papers = {name: digest for name, digest in case.papers.items() if name not in step.again} | dict(given.papers)
    objects = case.objects if given.objects is None else given.objects
    return replace(case, facts=facts, papers=papers, objects=objects, matches=case.matches if given.matches is None else given.matches)


def after(case: Case, step: Step, given: Given) -> Case:
    """The case as the step leaves it; asks nothing, so the rules must have been asked before."""
    brought = with_given(case, step, given)
    facts = {name: value for name, value in brought.facts.items() if name not in step.forgets}
    papers = {name: digest for name, digest in brought.papers.items() if name not in step.drops}
    turn = case.turn + 1 if step.new_turn else case.turn
    return replace(brought, state=step.to or case.state, facts=facts, papers=papers, turn=turn)
