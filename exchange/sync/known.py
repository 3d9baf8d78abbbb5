"""What the exchange knows of one source while a run goes on, and what one batch adds to it once it is committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.orm import Session

from connectors.kit import SourceError
from exchange.store.demands import KnownListing, known_listings
from exchange.store.quarantine import waiting_references
from exchange.store.supply import live_supply
from exchange.sync.missing import Missing


class AnotherBuyer(SourceError):
    """The whole list is another buyer's than the one that this source has spoken of so far. named: the codes that it bears."""

    rule = "another_buyer"
    state = "unproven"
    advice = "Periksa alamat sumber; bila pembelinya memang lain, daftarkan sebagai sumber baru."

    def __init__(self, message: str, named: frozenset[str] = frozenset()) -> None:
        super().__init__(message)
        self.named = named


@dataclass
class Gain:
    """
    What a batch has done, to be told to `Known` and to the report only after its transaction is committed.

    counts: by the report's names; skips: those skipped, by their reason. listings: entries as they are now. released: references that
    left the quarantine. gone: of a source that says what is gone, whether that was its last word about a reference. offered: references
    of what it offers.
    """

    counts: Counter[str] = field(default_factory=Counter)
    skips: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    buyers: set[str] = field(default_factory=set)
    listings: dict[str, KnownListing] = field(default_factory=dict)
    quarantined: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    gone: dict[str, bool] = field(default_factory=dict)
    offered: set[str] = field(default_factory=set)


class Offered(NamedTuple):
    """How much a source has on offer, and how much of that the last complete run missed."""

    shown: int
    missing: int


@dataclass
class Known:
    """
    The picture of one source.

    listings and waiting: what is kept and what lies in quarantine, by reference. buyers_before: whom its lists spoke of so far;
    buyers: whom this run named. live_before: demands shown before it, of which missing_before were not named by the last complete one;
    offers_before: the same of what it offers. seen: references of the run that stay. gone: references that the source said are gone;
    offered: of what it offers. changed: how many of its listings changed.
    """

    listings: dict[str, KnownListing]
    waiting: set[str]
    buyers_before: frozenset[str]
    live_before: int
    missing_before: int
    offers_before: Offered
    seen: set[str] = field(default_factory=set)
    buyers: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    changed: int = 0

    @classmethod
    def of(cls, session: Session, source_id: int, buyers: Iterable[str]) -> Known:
        """The picture before the run."""
        listings = known_listings(session, source_id)
        live = [entry for entry in listings.values() if entry.state == "live"]
        missing = sum(entry.is_missing for entry in live)
        waiting, offers = set(waiting_references(session, source_id)), live_supply(session, source_id)
        offered = Offered(len(offers), sum(is_missing for _, is_missing in offers.values()))
        return cls(listings, waiting, frozenset(buyers), len(live), missing, offered)

    def assure_same_buyer(self, gain: Gain) -> None:
        """Raise AnotherBuyer when a source of one buyer names only others: somebody else's list at the same address."""
        named = self.buyers | gain.buyers
        if len(self.buyers_before) == 1 and named and not named & self.buyers_before:
            raise AnotherBuyer(
                f"Daftar ini milik pembeli lain ({', '.join(sorted(named)[:3])}), padahal sumber ini sampai sekarang "
                f"hanya memuat {next(iter(self.buyers_before))}; tidak ada yang disimpan.",
                frozenset(named),
            )

    def add(self, gain: Gain) -> None:
        """Take in what a committed batch has done."""
        self.seen |= gain.seen
        self.buyers |= gain.buyers
        self.listings |= gain.listings
        self.waiting = (self.waiting | gain.quarantined) - gain.released
        self.offered |= gain.offered
        self.changed += gain.counts["changed"]
        for reference, is_gone in gain.gone.items():
            (self.gone.add if is_gone else self.gone.discard)(reference)

    def continuity(self, after: int, last_row: int) -> tuple[int, int]:
        """Of the shown demands above one row id and up to another: how many there are, and how many the run named again."""
        proved = [reference for reference, entry in self.listings.items() if entry.state == "live" and after < entry.row_id <= last_row]
        return len(proved), sum(reference in self.seen for reference in proved)

    def missing(self, *, changes_only: bool = False) -> Missing:
        """
        The demands that the run did not name, those aside that the source said are gone.

        changes_only: it named only what changed; then those are missing that were so before, since nothing brought them back.
        """
        named = self.seen | self.gone if self.gone else self.seen
        unnamed = [entry for reference, entry in self.listings.items() if entry.state == "live" and reference not in named]
        first = [] if changes_only else [entry.row_id for entry in unnamed if not entry.is_missing]
        return Missing(first, [entry.row_id for entry in unnamed if entry.is_missing])
