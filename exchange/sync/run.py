"""One source, one run: keep each answer, read it, and let go only of what a complete run and the guard allow."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlalchemy.orm import Session

from connectors.kit import Fetch, SourceError, Window
from connectors.kit.answer import KnownAnswer
from connectors.kit.completeness import ProofState
from exchange.errors import Conflict, DatabaseTrouble, ExchangeError, NotFound
from exchange.executor import rarely_collecting
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.demands import last_row, value_shown
from exchange.store.locks import Held, hold
from exchange.store.runs import complete_runs
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.ahead import Ahead, Prepared
from exchange.sync.archive import Archive
from exchange.sync.batches import batches, broken, place
from exchange.sync.drift import in_words, note_drift
from exchange.sync.health import after_failure, after_list, keep
from exchange.sync.increments import cursor_of, keep_cursor, settle_gone
from exchange.sync.known import AnotherBuyer, Gain, Known
from exchange.sync.known_pages import KnownPages, Page
from exchange.sync.ledger import Keeper, close_run, earlier_answers, note_progress, open_run, stop_run
from exchange.sync.links import link_after
from exchange.sync.members import Sample
from exchange.sync.missing import Before, losses, settle
from exchange.sync.offers import settle_supply
from exchange.sync.proof import facts_of, nothing_understood, proof_of, volumes_of
from exchange.sync.registry import connector_for, fetch_for
from exchange.sync.report import Report
from exchange.sync.take import Batch
from exchange.sync.yardstick import Yardstick

log = logging.getLogger("exchange.sync")

BATCH = 4000
BUYERS = 1000
T = TypeVar("T")


def sync_source(
    store: Store,
    settings: Settings,
    name: str,
    *,
    clock: Callable[[], datetime] = utcnow,
    beat: Callable[[], None] | None = None,
    night: int | None = None,
) -> Report:
    """
    Bring one source's demand up to date.

    beat: called with every answer and every batch, for a lock that the caller holds. night: the nightly run that it is part of.

    Returns:
        The report; a source that fails is reported, not raised.

    Raises:
        NotFound, Conflict: there is no such source, or no person approved it.
        Busy: another process reads it right now, or took over because this one gave no sign of life.
        StorageFull: there is no room to keep its answers; the run is on record as failed.
        DatabaseTrouble: the database does not take what every batch needs; the run is on record as failed.
    """
    with store.read() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        if source.state != "approved":
            raise Conflict(f"Sumber {name!r} belum disetujui (keadaannya {source.state}).", mend=f"exchange source approve {name}")
    with hold(store, f"source:{name}", f"Pengambilan sumber {name!r}") as lock:
        return _Run(store, settings, source, lock, clock, beat, night).go()


class _Run:
    """One run from its first request to its closed ledger row."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        source: SourceRow,
        lock: Held,
        clock: Callable[[], datetime],
        beat: Callable[[], None] | None,
        night: int | None,
    ) -> None:
        self.store, self.settings, self.source, self.lock = store, settings, source, lock
        self._also_beat = beat or (lambda: None)
        self.begun = time.monotonic()
        self.connector = connector_for(source)
        self.report = Report(source.name)
        with store.work() as session:
            done = complete_runs(session, source.id)
            self.yard = Yardstick.of(source.accepted, done)
            self.known = Known.of(session, source.id, self.yard.buyers)
            self.last_complete = done[0].started_at if done else None
            self.losses = losses(session, source.id, done)
            resume = timedelta(hours=settings.resume_hours)
            shown = self.known.live_before
            self.opened = open_run(session, source.id, self.connector.version, clock(), shown=shown, resume=resume, night=night)
            self.shown = self.opened.shown + (self.known.offers_before.shown if self.connector.incremental else 0)
            self.volumes = volumes_of(self.connector, self.yard, self.shown, self.known)
        self.started_at, self.report.run = self.opened.started_at, self.opened.run_id
        self.report.add(self.opened.counts)
        self.report.skips.update(self.opened.skips)
        self.taken, self.known_rows, self.sample = 0, 0, Sample()
        self._standing: tuple[str, Page] | None = None
        self.pages = KnownPages(settings.index() / "pages" / source.name, self.connector.version)

    def go(self) -> Report:
        """Pull, judge, settle; whatever happens, the ledger row is closed."""
        with self.store.read() as session:
            before = earlier_answers(session, self.source.id, self.opened.run_id)
        self.keep = keep = Keeper(self.store, Archive(self.settings.data_dir / "archive"), self.opened, self.beat, before)
        hooks: dict[str, Any] = {"recall": keep.recall, "earlier": keep.earlier, "take_known": self._take_known}
        hooks |= {"known": self._known, "remember": self.pages.remember}
        hooks["cursor"] = cursor_of(self.source, self.connector)
        fetch = fetch_for(self.source, self.connector, keep, self.settings, **hooks)
        try:
            with keep, fetch, rarely_collecting():
                error = self._pull(fetch)
                keep.settle()
            self._finish(fetch, error)
        except BaseException as cause:
            self._abandon(cause)
            raise
        return self.report

    def beat(self) -> None:
        """A sign of life for the source's lock and for whoever called."""
        self.lock.beat()
        self._also_beat()

    def _pull(self, fetch: Fetch) -> SourceError | None:
        """Read all listings, a batch to a transaction; what ended the run early, if anything did."""
        window = Window(since=self.last_complete, until=self.started_at)
        try:
            with Ahead.of(self.source, self.connector, self.settings) as ahead:
                for prepared in ahead.prepared(batches(self.connector.listings(fetch, window), BATCH), self.known.listings):
                    self._take(prepared)
        except SourceError as error:
            return error
        except ExchangeError:
            raise
        except DBAPIError as error:
            raise DatabaseTrouble.of(error) from error
        except Exception as error:  # a connector's bug fails its source and no other
            log.error("connector %s raised %s at %s", self.connector.name, type(error).__name__, place(error))
            return broken(self.connector, error)
        return None

    def _take(self, prepared: Prepared) -> None:
        """One batch, its answers kept; where the database refuses a value, row by row, and what it refuses goes to quarantine."""
        self.keep.settle()
        listings = prepared.listings
        try:
            self._commit(lambda batch: batch.take(listings, prepared.found), len(listings), prepared.now)
        except AnotherBuyer:
            self.report.add({"fetched": len(listings)})
            raise
        except OperationalError:
            raise
        except StatementError:
            for raw in listings:
                try:
                    self._commit(lambda batch, raw=raw: batch.take([raw]), 1)  # type: ignore[misc]
                except OperationalError:
                    raise
                except StatementError as error:
                    says = f"Basis data tidak dapat menyimpan data ini ({type(error.orig).__name__})."
                    self._commit(lambda batch, raw=raw, says=says: batch.quarantine(raw, "not_storable", says), 1)  # type: ignore[misc]
        self.sample.add([raw for raw in listings if not raw.gone and not raw.supply])
        self.beat()

    def _known(self, answer: str, calm: Callable[[], bytes]) -> KnownAnswer | None:
        """What an answer holds that came before and stands; nothing is counted yet."""
        page = self.pages.known(answer, calm, self.known.listings)
        self._standing = (answer, page) if page else None
        return KnownAnswer(page.rows, page.superseded, page.around or {}, page.references) if page else None

    def _take_known(self, answer: str, rows: int) -> bool:
        """Whether every row of an answer is known to stand as it says; it is counted then, and nothing of it is read again."""
        listings = self.known.listings
        standing = self._standing
        page = standing[1] if standing and standing[0] == answer else self.pages.standing(answer, rows, listings)
        if page is None:
            return False
        self.pages.take(answer, page)
        counted = self.taken >= self.opened.taken
        fresh = set(page.references) - self.known.seen
        self.known_rows += rows
        self.taken += rows
        self.known.seen |= fresh
        self.known.buyers |= {buyer for reference in page.references if (buyer := listings[reference].buyer_code)}
        if counted:
            self.report.add({"fetched": rows, "unchanged": len(fresh), "skipped": rows - len(page.references)})
            self.report.skips.update(page.skips)
        return True

    def _commit(self, work: Callable[[Batch], Gain], listings: int, now: datetime | None = None) -> None:
        """
        Do one piece of work in a transaction; it is told to the report and to what is known once it is committed.

        What an earlier part of this run had committed is gone through again, to know what it named, and counted no second time.
        """
        counted = self.taken >= self.opened.taken
        with self.store.work() as session:
            source = session.merge(self.source, load=False)
            facts = self.report.run or 0, self.connector, self.settings.home_region, self.known, self.pages, now
            gain = work(Batch(session, source, *facts))
            if counted:
                note_progress(session, self.opened, self.taken + listings, self.report.counted(gain.counts), self.report.skips + gain.skips)
        self.taken += listings
        self.known.add(gain)
        if counted:
            self.report.add(gain.counts)
            self.report.skips.update(gain.skips)

    def _finish(self, fetch: Fetch, error: SourceError | None) -> None:
        report, facts = self.report, fetch.facts
        missing = self.known.missing(changes_only=facts.changes_only)
        judged = facts_of(report, facts, self.known, self.yard, self.connector, volumes=self.volumes, error=error)
        proof = proof_of(judged, self.connector, self.shown)
        if error is None and not facts.changes_only:
            with self.store.read() as session:
                proof = nothing_understood(session, self.source.id, report) or proof
        report.state, report.reasons = str(proof.state), list(proof.reasons)
        report.requests, report.bytes = facts.requests, facts.bytes_sent
        report.notes += facts.notes[:20]
        if error is not None:
            report.reasons.append(error.mend)
        pause = (self.started_at - self.last_complete).total_seconds() / 86400 if self.last_complete else None
        before = Before(self.opened.shown, pause, self.losses)
        link_after(self.store, self.source.id, report)
        with self.store.work() as session:
            self.lock.assure(session)
            whole = proof.state == ProofState.COMPLETE
            report.drift = note_drift(session, self.source, self.connector, self.sample, fetched=report.fetched, complete=whole)
            report.notes += map(in_words, report.drift)
            if proof.state == ProofState.COMPLETE:
                settle(session, missing, before, self.started_at, self.settings, report)
                settle_gone(session, self.source.id, self.known.gone, before, self.started_at, self.settings, report)
                settle_supply(session, self.source.id, self.known, facts.changes_only, before, self.started_at, self.settings, report)
                keep_cursor(session, self.source.id, self.connector, facts.cursor)
            elif error is None:
                report.missing = report.held = len(missing)
            report.seconds = time.monotonic() - self.begun
            self._note_health(session, came=error is None or report.fetched > 0)
            buyers = [] if self.connector.incremental else sorted(self.known.buyers)[:BUYERS]
            told: dict[str, object] = {"rule": error.rule if error else None, "superseded": facts.superseded, "buyers": buyers}
            told |= {"shown_before": before.shown, "days_before": before.days, "notes": report.notes, "undecided": report.undecided}
            told |= {
                "undecided_offers": report.undecided_offers,
                "notice": report.notice,
                "drift": report.drift,
                "skips": dict(report.skips),
                "last_row": last_row(session, self.source.id),
                "value": value_shown(session, self.source.id),
                "unnamed_share": self._unnamed_share(),
                "changes_only": facts.changes_only,
                "named": len(self.known.seen),
                "doubts": [asdict(doubt) for doubt in proof.doubts],
            }
            close_run(session, report, told)
        if proof.state == ProofState.COMPLETE:
            self.pages.save(self.known.listings)
        log.info("source %s: %s", report.source, report.state, extra={"report": report.as_json()})

    def _unnamed_share(self) -> float:
        """Of the listings, the share without an id of their own; of answers that were not read again nobody counted them."""
        share = self.connector.unnamed / self.report.fetched if self.report.fetched else 0.0
        return max(share, self.yard.unnamed or 0.0) if self.known_rows else share

    def _note_health(self, session: Session, *, came: bool) -> None:
        """How the source fares after this run; what is new of it is told once."""
        source = session.get(SourceRow, self.source.id)
        assert source is not None, "a source is never deleted"
        health = after_list(source, self.started_at, self.settings) if came else after_failure(source, self.started_at, self.settings)
        keep(source, health)
        self.report.notice = health.notice

    def _abandon(self, cause: BaseException) -> None:
        """Close the ledger row of a run that ends by a full disk, a lost lock or a person's Ctrl-C."""
        says = cause.message if isinstance(cause, ExchangeError) else f"Dihentikan ({type(cause).__name__})."
        self.report.state, self.report.reasons = "failed", [says]
        with self.store.work() as session:
            stop_run(session, self.report, self.opened, max(self.taken, self.opened.taken))
