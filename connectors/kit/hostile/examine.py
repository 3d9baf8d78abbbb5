"""A connector before all scenarios: verdicts, one sentence each."""

from __future__ import annotations

import pkgutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from typing import Any

from connectors.kit.base import Connector
from connectors.kit.hostile import scenarios
from connectors.kit.hostile.base import NotApplicable, Outcome, Play, Result, Scenario, Verdict
from connectors.kit.hostile.checks import same_as
from connectors.kit.hostile.ordinary import Ordinary
from connectors.kit.hostile.rules import broken, place
from connectors.kit.hostile.server import HostileServer
from connectors.kit.hostile.stage import Stage
from connectors.kit.sample import NoSample, Sample

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
    Put a connector to the test, over each of its samples.

    Args:
        wanted: scenarios to play instead of all.
        watch: told of each verdict as it comes.
    """
    certificate = Certificate(getattr(kind, "name", kind.__name__), getattr(kind, "version", "?"))
    begun = time.monotonic()
    chosen = tuple(wanted) if wanted is not None else every_scenario()
    server = HostileServer()
    try:
        for verdict in _verdicts(kind, chosen, server):
            certificate.verdicts.append(verdict)
            if watch is not None:
                watch(verdict)
    finally:
        server.close()
    certificate.seconds = time.monotonic() - begun
    return certificate


def _verdicts(kind: type[Connector], chosen: tuple[Scenario, ...], server: HostileServer) -> Iterator[Verdict]:
    first = every_scenario()[0]
    try:
        cases = {case: _ordinary(kind, sample, server) for case, sample in kind.samples().items()}
        missing = next((f"{case}: {found}".removeprefix(": ") for case, found in cases.items() if isinstance(found, str)), None)
    except NoSample as error:
        cases, missing = {}, str(error)
    except Exception as error:  # a stranger's code may raise anything
        cases, missing = {}, f"Contohnya tidak dapat diambil ({type(error).__name__} di {place(error)})."
    if missing is not None:
        yield Verdict(first, Result.FAILED, missing)
        yield from (Verdict(each, Result.NOT_APPLICABLE, _NOTHING) for each in chosen if each is not first)
        return
    playable = {case: found for case, found in cases.items() if isinstance(found, Ordinary)}
    for scenario in chosen:
        yield _over_all(scenario, playable)


def _ordinary(kind: type[Connector], sample: Sample, server: HostileServer) -> Ordinary | str:
    """The ordinary exchange of a sample, or why there is none that could be damaged."""
    ordinary = Ordinary(Stage(kind, sample, server))
    outcome = ordinary.outcome
    wrong = next(broken(outcome, Play(ordinary.answering({})), ordinary), None)
    if wrong is None and (outcome.state != "complete" or not any(told[0] == "demand" for told in outcome.told)):
        wrong = f"Contoh biasanya berakhir {outcome.in_words()}. {' '.join(outcome.proof.reasons)}"
    return wrong or ordinary


def _over_all(scenario: Scenario, cases: dict[str, Ordinary]) -> Verdict:
    """The verdict over all samples: failed where one failed, not applicable where none can be played."""
    begun = time.monotonic()
    found: dict[str, Verdict] = {}
    for case, ordinary in cases.items():
        if scenario.once and any(each.result is not Result.NOT_APPLICABLE for each in found.values()):
            break
        found[case] = _verdict(scenario, ordinary)
        if found[case].result is Result.FAILED:
            break
    told = {case: each for case, each in found.items() if each.result is not Result.NOT_APPLICABLE} or found
    worst = next((each.result for each in told.values() if each.result is Result.FAILED), next(iter(told.values())).result)
    shown = {case: each.says for case, each in told.items() if each.result is worst}
    if len(cases) == 1 or worst is Result.NOT_APPLICABLE:
        return Verdict(scenario, worst, next(iter(shown.values())), time.monotonic() - begun)
    return Verdict(scenario, worst, " ".join(f"{case or 'utama'}: {says}" for case, says in shown.items()), time.monotonic() - begun)


def _verdict(scenario: Scenario, ordinary: Ordinary) -> Verdict:
    """Play a scenario until one of its plays goes wrong."""
    ends: Counter[str] = Counter()
    try:
        for play in scenario.plays(ordinary):
            outcome, wrong = _played(play, ordinary)
            ends[outcome.in_words()] += 1
            if wrong:
                return Verdict(scenario, Result.FAILED, f"{play.label}: {wrong}".removeprefix(": "))
    except NotApplicable as why:
        return Verdict(scenario, Result.NOT_APPLICABLE, str(why))
    except Exception as error:  # a sample that the scenario did not reckon with is no proof
        return Verdict(scenario, Result.FAILED, f"Skenario ini sendiri gagal ({type(error).__name__} di {place(error)}); laporkan.")
    return Verdict(scenario, Result.PASSED, _summary(ends))


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
        wrong = _unequal(outcome, ordinary.stage.run(replace(play, light=True), past))
    return outcome, wrong


def _unequal(first: Outcome, second: Outcome) -> str | None:
    if first.fingerprint() == second.fingerprint():
        return None
    return f"Dua kali ambil yang sama berbeda hasilnya: {first.in_words()} lalu {second.in_words()}."


def _summary(ends: Counter[str]) -> str:
    """How the plays ended, the most frequent first."""
    if sum(ends.values()) == 1:
        return f"Berakhir {next(iter(ends))}."
    told = [f"{words} ×{times}" for words, times in ends.most_common(4)]
    return f"{sum(ends.values())} percobaan: {'; '.join(told)}{'; …' if len(ends) > 4 else ''}."
