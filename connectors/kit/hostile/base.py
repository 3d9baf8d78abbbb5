"""
What a scenario is: a name, what it plays, and what has to hold.

A scenario takes a connector's ordinary exchange, damages it, and yields plays; each says how the server behaves and what is expected
beyond the rules that hold for every play (`rules.py`).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from connectors.kit.answer import RunFacts
from connectors.kit.base import RawListing, Window
from connectors.kit.completeness import Proof, ProofState
from connectors.kit.errors import SourceError
from connectors.kit.hostile.server import Answerer, Asked
from connectors.kit.limits import MIB, Limits

if TYPE_CHECKING:
    from connectors.kit.hostile.ordinary import Ordinary

YEAR = Window(None, datetime(2026, 2, 1, tzinfo=UTC))
LIMITS = Limits(
    connect=5.0, read=10.0, total=30.0, longest_pause=5.0, tries=3, redirects=3, sent=MIB, expanded=2 * MIB, evidence=4096,
    containers=50_000, values=200_000, requests=60, pages=12, listings=2_000,
)  # fmt: skip
"""Bounds of a play: the kit's own rules with little patience, so that a bomb need not be large nor a flood long."""

QUICK = replace(LIMITS, connect=1.0, read=0.3, total=0.4, longest_pause=0.2, tries=2)
"""Bounds for servers that keep one waiting."""

Told = tuple[str, Any]
"""What a listing became: ("demand", wire form), ("skip", reason) or ("refused", (rule, message))."""


class NotApplicable(Exception):
    """A scenario that says nothing about this connector; the message says why (Indonesian)."""


@dataclass(slots=True)
class Outcome:
    """
    What one play led to.

    broke: what the connector raised besides SourceError. late: it did not end in its time; endless: it gave more listings than it may.
    wire: what was asked of the server. kept: answers that were kept, by digest, and whether they were whole; keeps: how often.
    resolved, connected: names and addresses asked for through the guarded way out; outside: those reached for beside it.
    paused: seconds of each pause. taken: rows of answers that were known already. said: all that was logged and printed; shown: the
    connector's repr. peak: bytes of memory, where it was measured.
    """

    listings: list[RawListing] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    error: SourceError | None = None
    broke: BaseException | None = None
    late: bool = False
    endless: bool = False
    proof: Proof = field(default_factory=lambda: Proof(ProofState.FAILED))
    facts: RunFacts = field(default_factory=RunFacts)
    wire: list[Asked] = field(default_factory=list)
    kept: dict[str, bool] = field(default_factory=dict)
    keeps: int = 0
    resolved: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    paused: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    said: str = ""
    shown: str = ""
    seconds: float = 0.0
    peak: int | None = None
    taken: int = 0

    @property
    def references(self) -> list[str]:
        """The references, in order."""
        return [raw.reference for raw in self.listings]

    @property
    def state(self) -> str:
        """What the run is worth."""
        return str(self.proof.state)

    def demands(self) -> dict[str, Told]:
        """What became of each listing, by reference."""
        return dict(zip(self.references, self.told, strict=False))

    def fingerprint(self) -> tuple[Any, ...]:
        """All that must be the same when the same is played again."""
        error = (self.error.rule, self.error.message) if self.error else None
        return self.state, error, type(self.broke), [(raw.reference, raw.content_hash()) for raw in self.listings], self.told

    def in_words(self) -> str:
        """The outcome in a few words."""
        if self.error is not None:
            return f"{self.state} ({self.error.rule})"
        return f"{self.state}, {len(self.listings)} data"


Check = Callable[[Outcome, "Ordinary"], str | None]
"""What is wrong with an outcome (Indonesian); None where nothing is."""


@dataclass(frozen=True, slots=True)
class Play:
    """
    One run of the connector against one behaviour of the server.

    answer: who answers. checks: what is expected. label: which variant, for the sentence.
    gone: references that may be absent from a complete run, since the source truly dropped them; fresh: references that the ordinary
    exchange does not have and this one may, None for any. like: another play whose outcome this one must equal in its demands.
    base: the address that the settings name, where it is not the server's own. names: what host names resolve to, one list a time
    asked, the last for ever; lead: whether connections to those addresses are led to the server. full: the archive has no room.
    resumed: the run is first broken off after so many answers and then taken up. leave: listings after which the reader stops.
    known: every answer is taken for one that came before byte for byte. twice: played twice, for equal outcomes; light: one of a
    crowd, whose listings are not tried for every promise. seconds: it must end within. memory: MiB that it may fill, None where that
    is not measured.
    """

    answer: Answerer
    checks: tuple[Check, ...] = ()
    label: str = ""
    limits: Limits = LIMITS
    gone: frozenset[str] = frozenset()
    fresh: frozenset[str] | None = frozenset()
    like: Play | None = None
    base: str | None = None
    local: bool = True
    names: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    lead: bool = False
    tls: ssl.SSLContext | None = None
    greeting: bytes | None = None
    window: Window = YEAR
    full: bool = False
    resumed: int | None = None
    leave: int | None = None
    known: bool = False
    twice: bool = True
    light: bool = False
    seconds: float = 15.0
    memory: int | None = None


class Result(StrEnum):
    """How a scenario ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One scenario over one connector: how it ended, and why in one sentence (Indonesian)."""

    scenario: Scenario
    result: Result
    says: str
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """For reports."""
        return {
            "scenario": self.scenario.name,
            "subject": self.scenario.subject,
            "title": self.scenario.title,
            "result": str(self.result),
            "says": self.says,
            "seconds": round(self.seconds, 3),
        }


Plays = Callable[["Ordinary"], Iterable[Play]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """
    name: its function's. subject: its file's. title: what is played (Indonesian). documentation: what is played and what must hold.
    once: played over the connector's first sample alone, since another one would show nothing new.
    """

    name: str
    subject: str
    title: str
    documentation: str
    plays: Plays = field(repr=False)
    once: bool = False


def scenario(title: str, *, once: bool = False) -> Callable[[Plays], Scenario]:
    """Make a scenario of a function that yields plays; its docstring says what is played and what has to hold."""

    def make(plays: Plays) -> Scenario:
        documentation = " ".join((plays.__doc__ or "").split())
        if not documentation:
            raise ValueError(f"scenario {plays.__name__} says nothing about itself")
        return Scenario(plays.__name__, plays.__module__.rpartition(".")[2], title, documentation, plays, once)

    return make
