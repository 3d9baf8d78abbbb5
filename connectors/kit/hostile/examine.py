"""A connector before all scenarios: verdicts, one sentence each."""

from __future__ import annotations

import pkgutil
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from connectors.kit.base import Connector
from connectors.kit.hostile import scenarios
from connectors.kit.hostile.base import NotApplicable, Outcome, Play, Result, Scenario, Verdict
from connectors.kit.hostile.checks import same_as
from connectors.kit.hostile.ordinary import Ordinary
from connectors.kit.hostile.rules import broken
from connectors.kit.hostile.server import HostileServer
from connectors.kit.hostile.stage import Stage
from connectors.kit.sample import NoSample

Watcher = Callable[[Verdict], None]
_NOTHING = "Tidak ada contoh biasa yang dapat dirusak."


@dataclass(slots=True)
class Certificate:
    """All verdicts over one connector."""

    connector: str
    version: str
    verdicts: list[Verdict] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether no scenario failed."""
        return not self.count(Result.FAILED)

    def count(self, result: Result) -> int:
        """How many scenarios ended so."""
        return sum(verdict.result is result for verdict in self.verdicts)

    def failed(self) -> list[str]:
        """The names of the scenarios that failed."""
        return [verdict.scenario.name for verdict in self.verdicts if verdict.result is Result.FAILED]

    def as_json(self) -> dict[str, Any]:
        """For reports."""
        return {
            "connector": self.connector,
            "version": self.version,
            "certified": self.passed,
            **{str(result): self.count(result) for result in Result},
            "seconds": round(self.seconds, 2),
            "scenarios": [verdict.as_json() for verdict in self.verdicts],
        }


@cache
def every_scenario() -> tuple[Scenario, ...]:
    """All scenarios of the folder `scenarios`, `ordinary` first, then by file and place in it."""
    found: list[Scenario] = []
    for module in sorted(each.name for each in pkgutil.iter_modules(scenarios.__path__, f"{scenarios.__name__}.")):
        own = module.rpartition(".")[2]
        found += [each for each in vars(import_module(module)).values() if isinstance(each, Scenario) and each.subject == own]
    double = [name for name, times in Counter(each.name for each in found).items() if times > 1]
    if double:
        raise ValueError(f"two scenarios named {', '.join(double)}")
    return tuple(sorted(found, key=lambda each: each.name != "ordinary"))


def certify(kind: type[Connector], wanted: Iterable[Scenario] | None = None, watch: Watcher | None = None) -> Certificate:
    """
    Put a connector to the test.

    Args:
        wanted: scenarios to play instead of all.
        watch: told of each verdict as it comes.
    """
    certificate = Certificate(getattr(kind, "name", kind.__name__), getattr(kind, "version", "?"))
    begun = time.monotonic()
    chosen = tuple(wanted) if wanted is not None else every_scenario()

    def note(verdict: Verdict) -> None:
        certificate.verdicts.append(verdict)
        if watch is not None:
            watch(verdict)

    server = HostileServer()
    try:
        ordinary, missing = _ordinary(kind, server)
        if ordinary is None:
            note(Verdict(every_scenario()[0], Result.FAILED, missing))
            chosen = tuple(each for each in chosen if each is not every_scenario()[0])
        for scenario in chosen:
            note(Verdict(scenario, Result.NOT_APPLICABLE, _NOTHING) if ordinary is None else _verdict(scenario, ordinary))
    finally:
        server.close()
    certificate.seconds = time.monotonic() - begun
    return certificate


def _ordinary(kind: type[Connector], server: HostileServer) -> tuple[Ordinary | None, str]:
    """The connector's ordinary exchange, or why there is none that could be damaged."""
    try:
        ordinary = Ordinary(Stage(kind, kind.sample(), server))
    except NoSample as error:
        return None, str(error)
    outcome = ordinary.outcome
    wrong = next(broken(outcome, Play(ordinary.answering({})), ordinary), None)
    if wrong is None and (outcome.state != "complete" or not any(told[0] == "demand" for told in outcome.told)):
        wrong = f"Contoh biasanya berakhir {outcome.in_words()}. {' '.join(outcome.proof.reasons)}"
    return (None, wrong) if wrong else (ordinary, "")


def _verdict(scenario: Scenario, ordinary: Ordinary) -> Verdict:
    """Play a scenario until one of its plays goes wrong."""
    begun = time.monotonic()
    ends: Counter[str] = Counter()
    try:
        for play in scenario.plays(ordinary):
            outcome, wrong = _played(play, ordinary)
            ends[outcome.in_words()] += 1
            if wrong:
                label = f"{play.label}: " if play.label else ""
                return Verdict(scenario, Result.FAILED, label + wrong, time.monotonic() - begun)
    except NotApplicable as why:
        return Verdict(scenario, Result.NOT_APPLICABLE, str(why), time.monotonic() - begun)
    return Verdict(scenario, Result.PASSED, _summary(ends), time.monotonic() - begun)


def _played(play: Play, ordinary: Ordinary) -> tuple[Outcome, str | None]:
    """What came of a play, and the first thing that is wrong with it."""
    past = ordinary.past
    outcome = ordinary.stage.run(play, past)
    wrong = next(broken(outcome, play, ordinary), None)
    if wrong is None:
        wrong = next((each for check in play.checks if (each := check(outcome, ordinary))), None)
    if wrong is None and play.like is not None:
        wrong = same_as(ordinary.stage.run(play.like, past))(outcome, ordinary)
    if wrong is None and play.twice:
        wrong = _unequal(outcome, ordinary.stage.run(play, past))
    return outcome, wrong


def _unequal(first: Outcome, second: Outcome) -> str | None:
    if first.fingerprint() == second.fingerprint():
        return None
    return f"Dua kali tarik yang sama berbeda hasilnya: {first.in_words()} lalu {second.in_words()}."


def _summary(ends: Counter[str]) -> str:
    """How the plays ended, the most frequent first."""
    if sum(ends.values()) == 1:
        return f"Berakhir {next(iter(ends))}."
    told = [f"{words} ×{times}" for words, times in ends.most_common(4)]
    return f"{sum(ends.values())} percobaan: {'; '.join(told)}{'; …' if len(ends) > 4 else ''}."

