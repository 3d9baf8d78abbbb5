"""A batch of listings against what is known of their source: new, changed, unchanged, skipped or quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from connectors.kit import Connector, RawListing, Refused, Skip
from exchange.access.segments import refresh_demands
from exchange.demand.intake import Unfit, check, columns, ident_of, kept_reference
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow, KnownListing, demands_by_ids
from exchange.store.quarantine import QuarantineRow, waiting_references
from exchange.store.sources import SourceRow
from exchange.sync.known import Gain, Known

_PROVENANCE = frozenset({"content_hash", "raw_answer", "raw_position", "connector_version"})


@dataclass
class Batch:
    """One batch in one transaction; `known` is only read, what is done goes into the gain."""

    session: Session
    source: SourceRow
    run_id: int
    connector: Connector
    home_region: str
    known: Known
    gain: Gain = field(default_factory=Gain)
    _rows: dict[str, QuarantineRow] | None = None

    def take(self, listings: Sequence[RawListing]) -> Gain:
        """Read the listings and bring their demands up to date."""
        born: dict[str, DemandRow] = {}
        touched: dict[int, dict[str, Any]] = {}
        for raw in listings:
            self.gain.counts["fetched"] += 1
            reference, digest = kept_reference(raw.reference), raw.content_hash()
            entry = self.known.listings.get(reference)
            if entry and entry[1:5] == (digest, self.connector.version, "live", False):
                self._named(reference, entry.buyer_code, "unchanged")
                continue
            values = self._understood(raw, reference, digest)
            if values is None:
                continue
            if entry is None:
                self._named(reference, values["buyer_code"], "new")
                if reference in born:  # the source named it twice in one answer: the later one holds
                    self._replace(born[reference], values)
                else:
                    ident = ident_of(self.source.name, reference)
                    born[reference] = DemandRow(ident=ident, source_id=self.source.id, source=self.source, **values)
            else:
                same = entry.content_hash == digest and entry.state == "live"
                self._named(reference, values["buyer_code"], "unchanged" if same else "changed")
                touched[entry.row_id] = values
        self.known.assure_same_buyer(self.gain)
        self._save(list(born.values()), touched)
        return self.gain

    def quarantine(self, raw: RawListing, rule: str, message: str) -> Gain:
        """Keep one listing for a person or a mended rule; an older reading of it that is shown stays as it is."""
        self.gain.counts["fetched"] += 1
        self._quarantine(raw, kept_reference(raw.reference), raw.content_hash(), rule, message)
        return self.gain

    def _named(self, reference: str, buyer: str | None, outcome: str) -> None:
        """Count a listing that was understood, once for each reference, and let it out of quarantine."""
        if reference not in self.gain.seen and reference not in self.known.seen:
            self.gain.counts[outcome] += 1
        self.gain.seen.add(reference)
        if buyer:
            self.gain.buyers.add(buyer)
        if reference in self.known.waiting:
            self.gain.released.add(reference)

    def _understood(self, raw: RawListing, reference: str, digest: str) -> dict[str, Any] | None:
        """The listing's columns; None where it is skipped or goes to quarantine, which is counted and kept."""
        try:
            values = columns(check(self.connector.translate(raw)), self.source.region)
        except Skip:
            self.gain.counts["skipped"] += 1
            return None
        except (Refused, Unfit) as wrong:
            self._quarantine(raw, reference, digest, wrong.rule, wrong.message)
            return None
        except Exception as error:  # a connector's bug costs one listing, not the run
            message = f"Konektor gagal membaca data ini ({type(error).__name__})."
            self._quarantine(raw, reference, digest, "connector_raised", message)
            return None
        return values | {
            "reference": reference,
            "content_hash": digest,
            "raw_answer": raw.answer,
            "raw_position": raw.position,
            "connector_version": self.connector.version,
        }

    def _quarantine(self, raw: RawListing, reference: str, digest: str, rule: str, message: str) -> None:
        self.gain.counts["quarantined"] += 1
        self.gain.seen.add(reference)
        facts = {
            "run_id": self.run_id,
            "rule": rule[:80],
            "message": message,
            "answer": raw.answer,
            "position": raw.position,
            "content_hash": digest,
            "connector_version": self.connector.version,
        }
        if reference in self.known.waiting:
            self._replace(self._waiting()[reference], facts)
        elif reference not in self.gain.quarantined:
            self.gain.quarantined.add(reference)
            self.session.add(QuarantineRow(source_id=self.source.id, reference=reference, **facts))

    def _waiting(self) -> dict[str, QuarantineRow]:
        """What waits of the source, asked once a batch."""
        if self._rows is None:
            self._rows = waiting_references(self.session, self.source.id)
        return self._rows

    @staticmethod
    def _replace(row: Any, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)

    def _save(self, born: list[DemandRow], touched: dict[int, dict[str, Any]]) -> None:
        """Write the rows, their representations and the feed; a listing that was in quarantine is out of it."""
        self.session.add_all(born)
        renewed = [row for row in demands_by_ids(self.session, list(touched)) if self._renew(row, touched[row.id])]
        self.session.flush()
        for row in born + renewed:
            entry = KnownListing(row.id, row.content_hash, row.connector_version, "live", False, row.buyer_code)
            self.gain.listings[row.reference] = entry
        refresh_demands(self.session, born + renewed, self.home_region)
        if self.gain.released:
            for reference in self.gain.released:
                self._waiting()[reference].state = "replayed"

    def _renew(self, row: DemandRow, values: dict[str, Any]) -> bool:
        """Bring a row up to date; whether anything that is shown of it changed, and with it its version."""
        differs = row.content_hash != values["content_hash"] or any(
            getattr(row, name) != value for name, value in values.items() if name not in _PROVENANCE
        )
        was_away = row.missing_since is not None or row.state != "live"
        self._replace(row, values)
        row.state, row.missing_since, row.missing_runs, row.held_why = "live", None, 0, None
        if differs or was_away:
            row.version += 1
            row.updated_at = utcnow()
        return differs or was_away
