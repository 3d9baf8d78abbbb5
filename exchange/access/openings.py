"""What a partner's agreements open from which day to which, and which of it holds on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from exchange.access.policy import Tier


class PriceList(NamedTuple):
    """
    A version of a case's price list as it holds on a day. since, until: first and last day of all that it says, None without an end.

    A version never changes, so equal ones say the same: case, number and days stand for the prices themselves.
    """

    case: str
    number: int
    since: date | None
    until: date | None


class Opening(NamedTuple):
    """
    One agreement's part. since, until: first and last day, None without an end of that side; sectors, kbli: what a contract covers.

    case, article: under what it opens, as the exchange log and the partner are told. prices: versions of the price list that it opens, each
    with its first day (None: the opening's own).
    """

    tier: Tier
    since: date | None
    until: date | None
    sectors: tuple[str, ...]
    kbli: tuple[str, ...]
    case: str
    article: str
    prices: tuple[tuple[int, date | None], ...] = ()

    def holds(self, day: date) -> bool:
        """Whether it opens anything on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def kept(self) -> list[Any]:
        """As a row keeps it."""
        since, until = self.since and self.since.isoformat(), self.until and self.until.isoformat()
        told = [str(self.tier), since, until, list(self.sectors), list(self.kbli), self.case, self.article]
        return [*told, [[number, day and day.isoformat()] for number, day in self.prices]] if self.prices else told

    def price_list(self, day: date) -> PriceList | None:
        """
        The version of its price list that holds on that day; None where it opens none.

        Of those whose first day has come the last one that was agreed; it ends on the day before the next one begins.
        """
        begun = [number for number, since in self.prices if since is None or since <= day] if self.holds(day) else []
        if not begun:
            return None
        chosen = max(begun)
        coming = [since - timedelta(days=1) for number, since in self.prices if number > chosen and since is not None]
        first = dict(self.prices)[chosen]
        since = self.since if first is None or (self.since is not None and first < self.since) else first
        return PriceList(self.case, chosen, since, min([*coming, *([self.until] if self.until else [])], default=None))


def opening(kept: Sequence[Any]) -> Opening:
    """One that a row keeps."""
    tier, since, until, sectors, kbli, case, article, *more = kept
    day = date.fromisoformat
    prices = tuple((int(number), first and day(first)) for number, first in (more[0] if more else ()))
    return Opening(Tier(tier), since and day(since), until and day(until), tuple(sectors), tuple(kbli), case, article, prices)


class Standing(NamedTuple):
    """How a partner stands on a day: tier, what a contract covers, the last day that this holds, under what, and at which prices."""

    tier: Tier
    within: Mapping[str, list[str]]
    until: date | None
    basis: tuple[tuple[str, str], ...]
    prices: tuple[PriceList, ...] = ()


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
    prices = tuple(sorted(found for one in contracts if (found := one.price_list(day)) is not None))
    return Standing(tier, within, until, tuple(dict.fromkeys((one.case, one.article) for one in holding)), prices)
