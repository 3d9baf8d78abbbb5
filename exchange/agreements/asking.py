"""What a rule is asked with, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from exchange.agreements.case import Case, Given, Policy


class Lack(NamedTuple):
    """One thing that a step lacks. says: what (Indonesian); article: why; mend: what to do next."""

    what: str
    says: str
    article: str
    mend: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a guard looks at: the case with what the step brings, what it brings, the node's policy, and the case before it."""

    case: Case
    given: Given
    policy: Policy
    before: Case | None = None

    def fact(self, name: str) -> Any:
        """A fact of the case."""
        return self.case.facts.get(name)


Guard = Callable[[Asked], Iterator[Lack]]
