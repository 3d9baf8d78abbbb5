"""Which demands are searched for, as the terms and the columns of the index that tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from exchange.demand.entries import ANY, HELD, LIVE, TITLE, term_of
from exchange.store.demand_sorts import place_of
from exchange.store.postings import Entry
from schemas.reading.searching import MOST_WORDS, SAID, Query

WORD: Final = "word "


@dataclass(frozen=True, kw_only=True)
class DemandWant:
    """
    Which demands are searched for; None leaves a thing open.

    reader: the bit of who asks, None for whoever may see those too that are withdrawn. words: as they were typed. region: may be a
    province. source: a row id. held, live: whether only those. budget_from, budget_to: 10^-4 rupiah; deadline_from, deadline_to:
    ordinals of days between which the last day of the selection lies; since: microseconds since 1970. need_from, need_to: months of need
    (`entries.month_number`), both included. sector, outcome, cause: as the figures were last counted, in words of `demand_sorts.SORTS`;
    once: only what they count, each need once.
    """

    reader: int | None = None
    words: Query | None = None
    region: str | None = None
    status: str | None = None
    category: str | None = None
    source: int | None = None
    held: bool = False
    live: bool = False
    budget_from: int | None = None
    budget_to: int | None = None
    deadline_from: int | None = None
    deadline_to: int | None = None
    since: int | None = None
    need_from: int | None = None
    need_to: int | None = None
    sector: str | None = None
    outcome: str | None = None
    cause: str | None = None
    once: bool = False


_SAME = ("reader", "region", "status", "category", "source")
# each narrows by a column: its name, and what is kept of the values
SPANS: Mapping[str, tuple[str, Any]] = {
    "budget_from": ("budget", lambda its, least: its > least),
    "budget_to": ("budget", lambda its, most: (its > 0) & (its <= most + 1)),
    "deadline_from": ("deadline", lambda its, first: its >= max(first, 1)),
    "deadline_to": ("deadline", lambda its, last: (its > 0) & (its <= last)),
    "since": ("changed", lambda its, since: its >= since),
    "need_from": ("need", lambda its, first: its >= max(first, 1)),
    "need_to": ("need", lambda its, last: (its > 0) & (its <= last)),
    "sector": ("sector", lambda its, word: its == place_of("sector", word)),
    "outcome": ("outcome", lambda its, word: its == place_of("outcome", word)),
    "cause": ("cause", lambda its, word: its == place_of("cause", word)),
    "once": ("outcome", lambda its, _yes: (its > 0) & (its != place_of("outcome", "twin"))),
}
# the members that narrow by a column that a facet counts, where these have another name; and all words together
BY_FACET: Mapping[str, tuple[str, ...]] = {"need": ("need_from", "need_to"), "deadline": ("deadline_from", "deadline_to"),
                                              "words": tuple(f"word {place}" for place in range(MOST_WORDS))}  # fmt: skip


def spans_of(want: DemandWant) -> dict[str, Any]:
    """The members of `SPANS` that narrow, with what they narrow to."""
    given = {name: getattr(want, name) for name in SPANS}
    return {name: limit for name, limit in given.items() if limit is not None and limit is not False}


class Group(NamedTuple):
    """Terms of which one is enough: whole ones, and beginnings of terms."""

    terms: tuple[str, ...]
    beginnings: tuple[str, ...] = ()

    def in_titles(self) -> Group:
        """The same words where they stand in titles."""
        return Group(tuple(TITLE + term for term in self.terms), tuple(TITLE + one for one in self.beginnings))

    def has(self, entry: Entry) -> bool:
        """Whether a demand has one of them."""
        return any(term in self.terms or (self.beginnings and term.startswith(self.beginnings)) for term in entry.terms)


def groups_of(want: DemandWant) -> dict[str, Group]:
    """What must all be fulfilled: by the want's member, or by `WORD` and its place."""
    groups = {} if want.reader is not None or want.live else {"any": Group((ANY,))}
    groups |= {name: Group((term_of(name, value),)) for name in _SAME if (value := getattr(want, name)) is not None}
    if want.held:
        groups["held"] = Group((HELD,))
    if want.live:
        groups["live"] = Group((LIVE,))
    if want.words is not None:
        for place, word in enumerate(want.words.roots):
            begun = want.words.beginning if place == len(want.words.roots) - 1 else None
            groups[f"{WORD}{place}"] = Group((word,), () if begun is None else (begun, SAID + begun))
    return groups
