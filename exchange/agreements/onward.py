"""Which steps go on the way of a case, and which papers the steps of each stage take: read off the rule table."""

from __future__ import annotations

from typing import Final

from exchange.agreements.rules import OPENS, Rules, State, Step

START: Final = "identifikasi"  # where every case begins
_RANK: Final = {tier: rank for rank, tier in enumerate(OPENS)}


def onward(rules: Rules, state: str, step: Step) -> bool:
    """Whether a step goes on the way from a state: neither within it, nor back, nor out of it, nor to where less is open."""
    if step.to is None:
        return False
    order, here, to = list(rules.states), rules.states[state], rules.states[step.to]
    return not to.final and order.index(to.name) > order.index(here.name) and _RANK[to.opens] >= _RANK[here.opens]


def stage_steps(rules: Rules, state: str, instrument: str) -> list[Step]:
    """The steps by which a stage is gone through: those within it and onward; where nothing goes onward, also those that end the case."""
    there = rules.steps_from(state, instrument)
    ahead = [step for step in there if onward(rules, state, step)]
    ends = [step for step in there if not ahead and step.to is not None and rules.states[step.to].final]
    return [step for step in there if step.to is None or step in ahead or step in ends]


def possible(rules: Rules, instrument: str) -> frozenset[str]:
    """The states that a case of an instrument can come to, its first one among them."""
    found, wave = {START}, [START]
    while wave:
        wave = [step.to for here in wave for step in rules.steps_from(here, instrument) if step.to and step.to not in found]
        found.update(wave)
    return frozenset(found)


def papers_at(rules: Rules, state: str, instrument: str) -> frozenset[str]:
    """The papers that the steps of a stage take."""
    return frozenset(paper for step in stage_steps(rules, state, instrument) for paper in step.brings())


def stages_of(rules: Rules, instrument: str, papers: frozenset[str]) -> list[State]:
    """The stages whose steps take one of these papers, in the order of the table."""
    there = possible(rules, instrument)
    return [state for state in rules.states.values() if state.name in there and papers & papers_at(rules, state.name, instrument)]


def next_with(rules: Rules, state: str, instrument: str, papers: frozenset[str]) -> State | None:
    """The nearest stage further on whose steps take one of these papers; None where none does."""
    seen, wave = {state}, [state]
    while wave:
        steps = [step for here in wave for step in rules.steps_from(here, instrument) if onward(rules, here, step)]
        wave = list(dict.fromkeys(step.to for step in steps if step.to and step.to not in seen))
        seen.update(wave)
        found = next((there for there in wave if papers & papers_at(rules, there, instrument)), None)
        if found is not None:
            return rules.states[found]
    return None
