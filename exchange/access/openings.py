"""What a partner's agreements open from which day to which, and which of it holds on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from exchange.access.policy import Tier


class Opening(NamedTuple):
    """
    One agreement's part. since, until: first and last day, None without an end of that side; sectors, kbli: what a contract covers.

    case, article: under what it opens, as the exchange log and the partner are told.
    """

    tier: Tier
    since: date | None
    until: date | None
    sectors: tuple[str, ...]
    kbli: tuple[str, ...]
    case: str
    article: str

    def holds(self, day: date) -> bool:
        """Whether it opens anything on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def kept(self) -> list[Any]:
        """As a row keeps it."""
        since, until = self.since and self.since.isoformat(), self.until and self.until.isoformat()
        return [str(self.tier), since, until, list(self.sectors), list(self.kbli), self.case, self.article]


def opening(kept: Sequence[Any]) -> Opening:
    """One that a row keeps."""
    tier, since, until, sectors, kbli, case, article = kept
    day = date.fromisoformat
    return Opening(Tier(tier), since and day(since), until and day(until), tuple(sectors), tuple(kbli), case, article)


class Standing(NamedTuple):
    """How a partner stands on a day: tier, what a contract covers, the last day that this holds, and under what."""

    tier: Tier
    within: Mapping[str, list[str]]
    until: date | None
    basis: tuple[tuple[str, str], ...]


def standing(openings: Iterable[Opening], day: date) -> Standing:
    """
    What openings come to on a day: the highest tier; of several contracts the objects of all.

    until: the first day on which any of them ends, after which it must be looked at again; None without one.
    """
    holding = [one for one in openings if one.holds(day)]
    contracts = [one for one in holding if one.tier is Tier.CONTRACTED]
    within: dict[str, list[str]] = {}
    if contracts:
        within = {
            "sectors": sorted({name for one in contracts for name in one.sectors}),
            "kbli": sorted({code for one in contracts for code in one.kbli}),
        }
    tier = Tier.CONTRACTED if contracts else Tier.AGREED if holding else Tier.PUBLIC
    until = min((one.until for one in holding if one.until is not None), default=None)
    return Standing(tier, within, until, tuple(dict.fromkeys((one.case, one.article) for one in holding)))
