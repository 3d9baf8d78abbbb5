"""What one run brought, as the ledger, the command line and the nightly summary show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from exchange.store.runs import COUNTS, RunRow

# what is counted listing by listing, while a run goes on
TAKEN = ("fetched", "new", "changed", "unchanged", "quarantined", "skipped")


@dataclass
class Report:
    """
    Counts of one run of one source.

    fetched: listings that came. missing: known and not in this answer; held: of these not let go; undecided: of these those that
    wait for a person's word, and undecided_offers, which wait as well. state: `complete`, `partial`, `unproven` or `failed`; reasons: why
    it is not complete; notes: why any are held, and what else somebody may want to know of a good run. notice: what somebody must read
    once.
    skips: how many were skipped for which reason, in the connector's words. duplicates: shown demands that say the same as an earlier
    one of the source. drift: members of listings that are new, gone or of another type, as `drift.py` tells them.
    """

    source: str
    state: str = "failed"
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    held: int = 0
    undecided: int = 0
    undecided_offers: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    skipped: int = 0
    duplicates: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    run: int | None = None
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    notice: str | None = None
    drift: list[dict[str, Any]] = field(default_factory=list)
    skips: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, row: RunRow) -> Self:
        """The report of a run that came to its end, from the ledger; wants its source loaded."""
        known = {name: getattr(row, name) for name in COUNTS}
        told = cls(row.source.name, row.state, **known, requests=row.requests, bytes=row.received_bytes, run=row.id)
        told.seconds = (row.ended_at - row.started_at).total_seconds() if row.ended_at else 0.0
        told.reasons, told.notes = list(row.reasons), list(row.facts.get("notes", ()))
        told.skips.update(row.facts.get("skips", {}))
        told.undecided_offers = int(row.facts.get("undecided_offers", 0))
        told.undecided, told.notice = int(row.facts.get("undecided", 0)), row.facts.get("notice")
        told.drift = list(row.facts.get("drift", ()))
        return told

    def as_json(self) -> dict[str, Any]:
        """The report's members, seconds to the millisecond."""
        return asdict(self) | {"seconds": round(self.seconds, 3), "skips": dict(self.skips.most_common())}

    def add(self, counts: Mapping[str, int]) -> None:
        """Count what a committed batch has done."""
        for name, count in counts.items():
            setattr(self, name, getattr(self, name) + count)

    def counted(self, more: Mapping[str, int]) -> dict[str, int]:
        """What the listings so far and a batch to come add up to, by name."""
        names = {name: getattr(self, name) for name in TAKEN}
        return {name: count + more.get(name, 0) for name, count in names.items() if count or more.get(name)}

    @property
    def needs_a_person(self) -> bool:
        """
        Whether somebody should look: something new befell the source, its list is not proved whole, something waits for a word or
        was not understood, or a member is gone or of another type. A source that keeps failing was told about when it began to.
        """
        changed = any(each["what"] != "new" for each in self.drift)
        waits = self.undecided > 0 or self.quarantined > 0
        return self.notice is not None or self.state in {"partial", "unproven"} or waits or changed
