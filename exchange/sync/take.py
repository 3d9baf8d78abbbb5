"""A batch of listings against what is known of their source: new, changed, unchanged, skipped or quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from connectors.kit import Connector, RawListing, Refused, Skip, SourceError
from exchange.access.segments import refresh_demands
from exchange.demand.intake import Unfit, check, columns, ident_of
from exchange.store.base import utcnow
from exchange.store.demands import DemandRow, KnownListing, demands_by_ids, known_listings
from exchange.store.quarantine import QuarantineRow, waiting_references
from exchange.store.sources import SourceRow
from exchange.sync.report import Report


class AnotherBuyer(SourceError):
    """The whole list is another buyer's than the one that this source has spoken of so far."""

    rule = "another_buyer"
    state = "unproven"
    advice = "Periksa alamat sumber; bila pembelinya memang lain, daftarkan sebagai sumber baru."


@dataclass
class Known:
    """
    What the exchange knows of one source while a run goes on.

    listings and waiting: what is kept and what lies in quarantine, by reference. buyers_before: of what was shown
    before the run; buyers: of what the run named. seen: references of the run that stay.
    """

    listings: dict[str, KnownListing]
    waiting: set[str]
    buyers_before: frozenset[str]
    live_before: int
    seen: set[str] = field(default_factory=set)
    buyers: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, session: Session, source_id: int) -> Known:
        """The picture before the run."""
        listings = known_listings(session, source_id)
        live = [entry for entry in listings.values() if entry.state == "live"]
        buyers = frozenset(entry.buyer_code for entry in live if entry.buyer_code)
        return cls(listings, set(waiting_references(session, source_id)), buyers, len(live))

    def speaks_of_another(self) -> bool:
        """Whether a source of one buyer now names only others: somebody else's list at the same address."""
        return len(self.buyers_before) == 1 and bool(self.buyers) and not self.buyers & self.buyers_before

    def missing_ids(self) -> list[int]:
        """Row ids of the demands that are shown and that the run did not name."""
        return [entry.row_id for reference, entry in self.listings.items() if entry.state == "live" and reference not in self.seen]


@dataclass(frozen=True)
class Batch:
    """Where a batch goes: one source, one run, one connector, in one transaction."""

    session: Session
    source: SourceRow
    run_id: int
    connector: Connector
    home_region: str

    def take(self, listings: Sequence[RawListing], known: Known, report: Report) -> None:
        """Read the listings and bring their demands up to date; `known` and `report` are carried forward."""
        born: dict[str, DemandRow] = {}
        touched: dict[int, tuple[dict[str, Any], bool]] = {}
        for raw in listings:
            report.fetched += 1
            entry, digest = known.listings.get(raw.reference), raw.content_hash()
            if entry and entry[1:5] == (digest, self.connector.version, "live", False):
                known.seen.add(raw.reference)
                known.buyers.update({entry.buyer_code} - {None})  # type: ignore[arg-type]
                report.unchanged += 1
                continue
            values = self._understood(raw, digest, known, report)
            if values is None:
                continue
            known.seen.add(raw.reference)
            if values["buyer_code"]:
                known.buyers.add(values["buyer_code"])
            if raw.reference in born:  # the source named it twice in one answer: the later one holds
                self._replace(born[raw.reference], values)
            elif entry is None:
                report.new += 1
                born[raw.reference] = DemandRow(
                    ident=ident_of(self.source.name, raw.reference), source_id=self.source.id, source=self.source, **values
                )
            else:
                same = entry.content_hash == digest and entry.state == "live"
                report.unchanged += same
                report.changed += not same
                touched[entry.row_id] = (values, same)
        if known.speaks_of_another():
            raise AnotherBuyer(
                f"Daftar ini milik pembeli lain ({', '.join(sorted(known.buyers)[:3])}), padahal sumber ini sampai sekarang "
                f"hanya memuat {next(iter(known.buyers_before))}; tidak ada yang disimpan."
            )
        self._save(list(born.values()), touched, known)

    def _understood(self, raw: RawListing, digest: str, known: Known, report: Report) -> dict[str, Any] | None:
        """The listing's columns; None where it is skipped or goes to quarantine, which is counted and kept."""
        try:
            values = columns(check(self.connector.translate(raw)), self.source.region)
        except Skip:
            report.skipped += 1
            return None
        except (Refused, Unfit) as wrong:
            self._quarantine(raw, digest, wrong.rule, wrong.message, known, report)
            return None
        except Exception as error:  # a connector's bug costs one listing, not the run
            where = type(error).__name__
            self._quarantine(raw, digest, "connector_raised", f"Konektor gagal membaca data ini ({where}).", known, report)
            return None
        return values | {
            "content_hash": digest,
            "raw_answer": raw.answer,
            "raw_position": raw.position,
            "connector_version": self.connector.version,
        }

    def _quarantine(self, raw: RawListing, digest: str, rule: str, message: str, known: Known, report: Report) -> None:
        """Keep the listing for a person or a mended rule; an older reading of it that is shown stays as it is."""
        report.quarantined += 1
        known.seen.add(raw.reference)
        facts = {
            "run_id": self.run_id,
            "rule": rule[:80],
            "message": message,
            "answer": raw.answer,
            "position": raw.position,
            "content_hash": digest,
            "connector_version": self.connector.version,
        }
        if raw.reference in known.waiting:
            row = waiting_references(self.session, self.source.id)[raw.reference]
            for name, value in facts.items():
                setattr(row, name, value)
            return
        known.waiting.add(raw.reference)
        self.session.add(QuarantineRow(source_id=self.source.id, reference=raw.reference[:200], **facts))

    @staticmethod
    def _replace(row: DemandRow, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)

    def _save(self, born: list[DemandRow], touched: dict[int, tuple[dict[str, Any], bool]], known: Known) -> None:
        """Write the rows, their representations and the feed; a listing that was in quarantine is out of it."""
        self.session.add_all(born)
        renewed = []
        for row in demands_by_ids(self.session, list(touched)):
            values, same = touched[row.id]
            differs = any(getattr(row, name) != value for name, value in values.items() if name not in _PROVENANCE)
            was_missing = row.missing_since is not None or row.state != "live"
            self._replace(row, values)
            row.state, row.missing_since = "live", None
            if differs or was_missing or not same:
                row.version += 1
                row.updated_at = utcnow()
                renewed.append(row)
        self.session.flush()
        for row in born + renewed:
            known.listings[row.reference] = KnownListing(row.id, row.content_hash, row.connector_version, "live", False, row.buyer_code)
        refresh_demands(self.session, born + renewed, self.home_region)
        self._release_from_quarantine({row.reference for row in born + renewed} & known.waiting, known)

    def _release_from_quarantine(self, references: set[str], known: Known) -> None:
        if references:
            waiting = waiting_references(self.session, self.source.id)
            for reference in references:
                waiting[reference].state = "replayed"
            known.waiting -= references


_PROVENANCE = frozenset({"content_hash", "raw_answer", "raw_position", "connector_version"})
