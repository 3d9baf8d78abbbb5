"""
What a source's next list is measured by: its last complete runs and, where a person accepted another normal, that and what came since.

Each measure that was accepted (`SourceRow.accepted`) says of which run it is; complete runs before that one no longer count for it. So
one that was not accepted goes on as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from connectors.kit.completeness import DoubtKind
from exchange.store.runs import RunRow


class Yardstick(NamedTuple):
    """
    The measures of one source.

    brought: how much whole lists brought, the newest last; volume: how much of it a person accepted, None where nobody did. buyers: whom
    they spoke of. unnamed: the share of listings without an id of their own, None where nothing is known. after, last_row: rows of
    demands above the one and up to the other are known from whole lists; most: how many of them a whole list can be expected to name at
    most, None where there is no other bound than how many there are.
    """

    brought: tuple[int, ...]
    volume: int | None
    buyers: frozenset[str]
    unnamed: float | None
    after: int
    last_row: int
    most: int | None

    @classmethod
    def of(cls, accepted: Mapping[str, Any] | None, runs: Sequence[RunRow]) -> Self:
        """From what was accepted, and the source's complete runs, the latest first."""
        told = accepted or {}
        volume, buyers = told.get(DoubtKind.VOLUME), told.get(DoubtKind.BUYERS)
        unnamed, known = told.get(DoubtKind.UNNAMED), told.get(DoubtKind.CONTINUITY)
        measured = _since(unnamed, runs)
        shares = [float(run.facts.get("unnamed_share", 0.0)) for run in measured[:1]]
        last_row = int(runs[0].facts.get("last_row", 0)) if runs else 0
        brought = tuple(run.fetched for run in reversed(_since(volume, runs)))
        return cls(
            brought=(int(volume["value"]), *brought) if volume else brought,
            volume=int(volume["value"]) if volume else None,
            buyers=frozenset(buyers["value"] if buyers else ()) | _buyers(_since(buyers, runs)),
            unnamed=shares[0] if shares else float(unnamed["value"]) if unnamed else None,
            after=int(known["after"]) if known else 0,
            last_row=max(last_row, int(known["value"])) if known else last_row,
            most=max([int(known["named"]), *_named(_since(known, runs))]) if known else None,
        )


def _since(measure: Mapping[str, Any] | None, runs: Sequence[RunRow]) -> Sequence[RunRow]:
    return [run for run in runs if run.id > measure["run"]] if measure else runs


def _buyers(runs: Sequence[RunRow]) -> frozenset[str]:
    """Whom complete runs spoke of; what a doubtful run named proves nothing about the next."""
    return frozenset(str(buyer) for run in runs for buyer in run.facts.get("buyers", ()))


def _named(runs: Sequence[RunRow]) -> list[int]:
    return [int(run.facts["named"]) for run in runs if "named" in run.facts and not run.facts.get("changes_only")]
