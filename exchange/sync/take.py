"""A batch of listings against what is known of their source: new, changed, unchanged, skipped or quarantined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Any

from sqlalchemy.orm import Session

from connectors.kit import Connector, RawListing, Refused, Skip
from exchange.access.policy import bits
from exchange.access.segments import canonical_time, demand_table, refresh_demands
from exchange.demand.intake import Unfit, check, columns, ident_of, kept_reference
from exchange.demand.rows import COLUMNS, Made, make, place_of
from exchange.store.base import utcnow
from exchange.store.changes import note_new
from exchange.store.demand_changes import Changed, note_changes
from exchange.store.demands import DemandRow, KnownListing, demands_by_ids, insert_new, rows_by_reference
from exchange.store.quarantine import QuarantineRow, waiting_references
from exchange.store.run_listings import note_listings
from exchange.store.segments import put_new_segments
from exchange.store.sources import SourceRow
from exchange.sync.ahead import Found
from exchange.sync.known import Gain, Known
from exchange.sync.known_pages import KnownPages
from exchange.sync.offers import Offers, Unreadable
from exchange.sync.reader import reader_of

_PROVENANCE = frozenset({"content_hash", "raw_answer", "raw_position", "connector_version"})
_GONE = "Sumber mengatakan bahwa permintaan ini sudah tidak ada."
_NEW = (*COLUMNS, "content_hash", "raw_answer", "raw_position")


@dataclass
class Batch:
    """
    One batch in one transaction; `known` is only read, what is done goes into the gain.

    New listings that are written in the usual way go to the tables in bulk; what is unusual, and what is known already, goes through
    the session, row by row, with the same result.
    """

    session: Session
    source: SourceRow
    run_id: int
    connector: Connector
    home_region: str
    known: Known
    pages: KnownPages
    now: datetime | None = None
    gain: Gain = field(default_factory=Gain)
    _rows: dict[str, QuarantineRow] | None = None
    _changed: set[str] = field(default_factory=set)
    _changes: list[Changed] = field(default_factory=list)

    def __post_init__(self) -> None:
        table = demand_table(self.source, self.home_region)
        self.now = self.now or utcnow()
        self.place = place_of(self.source.name, self.source.region, table, canonical_time(self.now))

    def take(self, listings: Sequence[RawListing], found: Sequence[Found] | None = None) -> Gain:
        """Read the listings and bring their demands up to date. found: what each would be as a new demand, where it was made before."""
        born: dict[str, tuple[Made, RawListing, str]] = {}
        unusual: dict[str, DemandRow] = {}
        touched: dict[str, dict[str, Any]] = {}
        known, version, note = self.known.listings, self.connector.version, self.pages.note
        incremental, waiting, seen, seen_before = self.connector.incremental, self.known.waiting, self.gain.seen, self.known.seen
        unchanged, buyers = 0, self.gain.buyers
        self.gain.counts["fetched"] += len(listings)
        ready: Iterator[Found | None] = repeat(None) if found is None else iter(found)
        if any(raw.supply for raw in listings):
            self._take_offers([raw for raw in listings if raw.supply])
            listings = [raw for raw in listings if not raw.supply]
        for raw, its in zip(listings, ready):  # noqa: B905 - one of them has no end
            reference = kept_reference(raw.reference)
            if incremental:
                self.gain.gone[reference] = raw.gone
                if raw.gone:
                    self.gain.counts["skipped"] += 1
                    self.gain.skips[_GONE] += 1
                    continue
            digest = raw.content_hash() if its is None else its.digest
            entry = known.get(reference)
            if entry and entry[1] == digest and entry[2] == version and entry[3] == "live" and not entry[4]:
                if reference not in seen and reference not in seen_before:  # as `_named` does, for what most listings of a night are
                    unchanged += 1
                    seen.add(reference)
                if buyer := entry[5]:
                    buyers.add(buyer)
                if reference in waiting:
                    self.gain.released.add(reference)
                note(raw.answer, reference)
                continue
            is_new = entry is None and reference not in unusual
            if is_new and its is not None and (made := its.made):
                note(raw.answer, reference)
                self._named(reference, made.buyer_code, "new")
                born[reference] = made, raw, digest
                continue
            translated = self._translated(raw, reference, digest, its)
            if translated is None:
                continue
            note(raw.answer, reference)
            if is_new and translated.get("reference") == reference and (made := make(translated, self.place)):
                self._named(reference, made.buyer_code, "new")
                born[reference] = made, raw, digest  # the source named it twice in one answer: the later one holds
                continue
            values = self._checked(translated, raw, reference, digest)
            if values is None:
                continue
            if entry is None:
                self._named(reference, values["buyer_code"], "new")
                born.pop(reference, None)
                if reference in unusual:
                    self._replace(unusual[reference], values)
                else:
                    ident = ident_of(self.source.name, reference)
                    unusual[reference] = DemandRow(ident=ident, source_id=self.source.id, source=self.source, **values)
            else:
                same = entry.content_hash == digest and entry.state == "live"
                self._named(reference, values["buyer_code"], "unchanged" if same else "changed")
                if not same:
                    self._changed.add(reference)
                touched[reference] = values
        self.gain.counts["unchanged"] += unchanged
        self.known.assure_same_buyer(self.gain)
        self._save_new(born)
        self._save(list(unusual.values()), touched)
        return self.gain

    def _take_offers(self, listings: Sequence[RawListing]) -> None:
        """Keep what is offered apart; for the demand it is skipped, which is counted."""
        offers = Offers.of(self.session, self.source, self.connector, listings)
        for raw in listings:
            reference = kept_reference(raw.reference)
            self.gain.gone[reference] = raw.gone
            self.gain.offered.add(reference)
            try:
                told = offers.take(raw)
            except Skip as skip:
                told = skip.reason
            except Unreadable as wrong:
                self._quarantine(raw, reference, raw.content_hash(), wrong.rule, wrong.message)
                continue
            self.gain.counts["skipped"] += 1
            self.gain.skips[told] += 1
            if reference in self.known.waiting:
                self.gain.released.add(reference)

    def quarantine(self, raw: RawListing, rule: str, message: str) -> Gain:
        """Keep one listing for a person or a mended rule; an older reading of it that is shown stays as it is."""
        self.gain.counts["fetched"] += 1
        self._quarantine(raw, kept_reference(raw.reference), raw.content_hash(), rule, message)
        return self.gain

    def _named(self, reference: str, buyer: str | None, outcome: str) -> None:
        """Count a listing that was understood, once for each reference, and let it out of quarantine."""
        gain = self.gain
        if reference not in gain.seen and reference not in self.known.seen:
            gain.counts[outcome] += 1
            gain.seen.add(reference)
        if buyer:
            gain.buyers.add(buyer)
        if reference in self.known.waiting:
            self.gain.released.add(reference)

    def _translated(self, raw: RawListing, reference: str, digest: str, its: Found | None) -> dict[str, Any] | None:
        """The listing in the wire form; None where it is skipped or goes to quarantine, as is known already or found now."""
        skipped, refused = (None, None) if its is None else (its.skipped, its.refused)
        try:
            if skipped is None and refused is None:
                return self.connector.translate(raw)
        except Skip as skip:
            skipped = skip.reason
        except Refused as wrong:
            refused = wrong.rule, wrong.message
        except Exception as error:  # a connector's bug costs one listing, not the run
            refused = "connector_raised", f"Konektor gagal membaca data ini ({type(error).__name__})."
        if refused is not None:
            self._quarantine(raw, reference, digest, *refused)
        elif skipped is not None:
            self.gain.counts["skipped"] += 1
            self.gain.skips[skipped] += 1
            self.pages.note(raw.answer, None, skipped)
            if reference in self.known.waiting:
                self.gain.released.add(reference)
        return None

    def _checked(self, translated: dict[str, Any], raw: RawListing, reference: str, digest: str) -> dict[str, Any] | None:
        """The demand's columns; None where it breaks the shape and goes to quarantine."""
        try:
            values = columns(check(translated), self.source.region)
        except Unfit as wrong:
            self._quarantine(raw, reference, digest, wrong.rule, wrong.message)
            return None
        except Exception as error:  # what a connector made cannot even be looked at
            self._quarantine(raw, reference, digest, "connector_raised", f"Konektor membuat data yang rusak ({type(error).__name__}).")
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
        self.pages.note(raw.answer, reference, understood=False)
        self.gain.seen.add(reference)
        facts = {
            "run_id": self.run_id,
            "rule": rule[:80],
            "message": message,
            "answer": raw.answer,
            "position": raw.position,
            "content_hash": digest,
            "connector_version": self.connector.version,
            "reader": reader_of(self.connector),
        }
        if reference in self.known.waiting:
            self._replace(self._waiting()[reference], facts)
        elif reference not in self.gain.quarantined:
            self.gain.quarantined.add(reference)
            self.session.add(QuarantineRow(source_id=self.source.id, reference=reference, **facts))

    def _note_changed(self, row_ids: list[int]) -> None:
        note_listings(self.session, self.run_id, "changed", row_ids, self.known.changed)

    def _waiting(self) -> dict[str, QuarantineRow]:
        """What waits of the source, asked once a batch."""
        if self._rows is None:
            self._rows = waiting_references(self.session, self.source.id)
        return self._rows

    @staticmethod
    def _replace(row: Any, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)

    def _save_new(self, born: dict[str, tuple[Made, RawListing, str]]) -> None:
        """Write new demands in bulk, with their segments and their place on the feed."""
        if not born:
            return
        version, source = self.connector.version, self.source.id
        rows = [(*made.row, digest, raw.answer, raw.position) for made, raw, digest in born.values()]
        same = {"source_id": source, "connector_version": version, "first_seen_at": self.now, "updated_at": self.now}
        insert_new(self.session, _NEW, rows, same)
        put_new_segments(self.session, "demand", 1, ((made.ident, made.segments) for made, _, _ in born.values()))
        note_new(self.session, "demand", (made.ident for made, _, _ in born.values()), bits(tier for tier, _ in self.place.tiers))
        for reference, (made, _, digest) in born.items():
            self.gain.listings[reference] = KnownListing(0, digest, version, "live", False, made.buyer_code)

    def _save(self, born: list[DemandRow], touched: dict[str, dict[str, Any]]) -> None:
        """Write the rows, their representations and the feed; a listing that was in quarantine is out of it."""
        self.session.add_all(born)
        ids = {reference: self.known.listings[reference].row_id for reference in touched}
        unread = [reference for reference, row_id in ids.items() if not row_id]
        ids |= rows_by_reference(self.session, self.source.id, unread)
        rows = demands_by_ids(self.session, list(ids.values())) if ids else []
        renewed = [row for row in rows if self._renew(row, touched[row.reference])]
        note_changes(self.session, self.run_id, self._changes, self.now)
        self._changes.clear()
        self.session.flush()
        for row in [*born, *rows]:
            entry = KnownListing(row.id, row.content_hash, row.connector_version, "live", False, row.buyer_code)
            self.gain.listings[row.reference] = entry
        refresh_demands(self.session, born + renewed, self.home_region)
        self._note_changed([row.id for row in rows if row.reference in self._changed])
        if self.gain.released:
            for reference in self.gain.released:
                self._waiting()[reference].state = "replayed"

    def _renew(self, row: DemandRow, values: dict[str, Any]) -> bool:
        """Bring a row up to date; whether anything that is shown of it changed, and with it its version."""
        changed = [name for name, value in values.items() if name not in _PROVENANCE and getattr(row, name) != value]
        differs = row.content_hash != values["content_hash"] or bool(changed)
        was_away = row.missing_since is not None or row.state != "live"
        self._replace(row, values)
        row.state, row.missing_since, row.missing_runs, row.held_why = "live", None, 0, None
        if differs or was_away:
            if changed:
                self._changes.append((row.id, row.version + 1, changed, row.raw_answer, row.raw_position))
            row.version += 1
            row.updated_at = utcnow()
        return differs or was_away
