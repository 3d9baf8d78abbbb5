"""One source, one run: keep each answer, read it, and let go only of what a complete run and the guard allow."""

from __future__ import annotations

import logging
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from connectors.kit import Connector, Fetch, SourceError, Window
from connectors.kit.completeness import Facts, ProofState, judge
from exchange.errors import Busy, Conflict, NotFound, StorageFull
from exchange.settings import Settings
from exchange.store import locks
from exchange.store.base import Store, utcnow
from exchange.store.runs import complete_runs
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.archive import Archive
from exchange.sync.ledger import Keeper, close_run, open_run
from exchange.sync.missing import settle
from exchange.sync.registry import connector_for, limits_of
from exchange.sync.report import Report
from exchange.sync.take import AnotherBuyer, Batch, Known

log = logging.getLogger("exchange.sync")

BATCH = 500
T = TypeVar("T")


def sync_source(store: Store, settings: Settings, name: str, *, clock: Callable[[], datetime] = utcnow) -> Report:
    """
    Bring one source's demand up to date.

    Returns:
        The report; a source that fails is reported, not raised.

    Raises:
        NotFound, Conflict: there is no such source, or no person approved it.
        Busy: another process reads it right now.
        StorageFull: there is no room to keep its answers; the run is on record as failed.
    """
    with store.read() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        if source.state != "approved":
            raise Conflict(f"Sumber {name!r} belum disetujui (keadaannya {source.state}).", mend=f"exchange source approve {name}")
    lock, holder = f"source:{name}", f"{platform.node()}:{os.getpid()}:{time.monotonic_ns()}"
    with store.work() as session:
        held = locks.take(session, lock, holder)
        if held:
            raise Busy(f"Sumber {name!r} sedang ditarik oleh proses lain sejak {held.beat:%H:%M} UTC.", mend="Tunggu sampai selesai.")
    try:
        return _Run(store, settings, source, lock, holder, clock).go()
    finally:
        with store.work() as session:
            locks.give_back(session, lock, holder)


class _Run:
    """One run from its first request to its closed ledger row."""

    def __init__(self, store: Store, settings: Settings, source: SourceRow, lock: str, holder: str, clock: Callable[[], datetime]) -> None:
        self.store, self.settings, self.source = store, settings, source
        self.lock, self.holder = lock, holder
        self.started_at = clock()
        self.begun = time.monotonic()
        self.connector = connector_for(source)
        self.report = Report(source.name)
        with store.work() as session:
            self.known = Known.of(session, source.id)
            done = complete_runs(session, source.id)
            self.last_complete = done[0].started_at if done else None
            self.volumes = tuple(row.fetched for row in reversed(done))
            self.report.run = open_run(session, source.id, self.connector.version, self.started_at)

    def go(self) -> Report:
        """Pull, judge, settle; whatever happens, the ledger row is closed."""
        keep = Keeper(self.store, Archive(self.settings.data_dir / "archive"), self.report.run or 0)
        error: SourceError | None = None
        fetch = Fetch(
            keep,
            self.connector.approved(),
            local=self.source.local,
            limits=limits_of(self.settings),
            contact=self.settings.contact,
        )
        try:
            with fetch:
                error = self._pull(fetch)
        except BaseException as cause:
            self._abandon(cause)
            raise
        self._finish(fetch, error)
        return self.report

    def _pull(self, fetch: Fetch) -> SourceError | None:
        """Read all listings, a batch to a transaction; what ended the run early, if anything did."""
        window = Window(since=self.last_complete, until=self.started_at)
        try:
            for listings in _batches(self.connector.listings(fetch, window), BATCH):
                with self.store.work() as session:
                    source = session.merge(self.source, load=False)
                    batch = Batch(session, source, self.report.run or 0, self.connector, self.settings.home_region)
                    batch.take(listings, self.known, self.report)
                    if not locks.renew(session, self.lock, self.holder):
                        raise Busy(f"Kunci sumber {self.source.name!r} diambil alih proses lain; penarikan ini dihentikan.")
        except AnotherBuyer as error:
            for name in ("new", "changed", "unchanged", "quarantined", "skipped"):  # that batch was rolled back
                setattr(self.report, name, 0)
            return error
        except SourceError as error:
            return error
        except (StorageFull, Busy):
            raise
        except Exception as error:  # a connector's bug fails its source and no other
            log.error("connector %s raised %s at %s", self.connector.name, type(error).__name__, _place(error))
            return _broken(self.connector, error)
        return None

    def _finish(self, fetch: Fetch, error: SourceError | None) -> None:
        report, facts = self.report, fetch.facts
        proof = judge(
            Facts(
                listed=report.fetched,
                lengths_agree=facts.lengths_agree,
                last_page=facts.last_page,
                total=facts.total,
                buyers=frozenset(self.known.buyers),
                known_buyers=self.known.buyers_before,
                volumes=self.volumes,
                error=error,
            )
        )
        report.state, report.reasons = str(proof.state), list(proof.reasons)
        report.requests, report.bytes = facts.requests, facts.bytes_sent
        if error is not None:
            report.reasons.append(error.mend)
        with self.store.work() as session:
            missing = self.known.missing_ids()
            if proof.state == ProofState.COMPLETE:
                settle(session, missing, self.known.live_before, self.last_complete, self.started_at, self.settings, report)
            elif error is None:
                report.missing = report.held = len(missing)
            report.seconds = time.monotonic() - self.begun
            close_run(session, report, {"rule": error.rule if error else None, "superseded": facts.superseded})
        log.info("source %s: %s", report.source, report.state, extra={"report": report.as_json()})

    def _abandon(self, cause: BaseException) -> None:
        """Close the ledger row of a run that ends by a full disk, a lost lock or a person's Ctrl-C."""
        self.report.reasons = [str(cause) or f"Dihentikan ({type(cause).__name__})."]
        with self.store.work() as session:
            close_run(session, self.report, {"rule": "stopped"})


def _broken(connector: Connector, error: Exception) -> SourceError:
    """The connector's own failure, without the words of the exception: they may repeat what the source sent."""
    return SourceError(
        f"Konektor {connector.name} gagal ({type(error).__name__} di {_place(error)}).",
        mend="Laporkan kepada penulis konektor; jawaban asli tersimpan di arsip.",
    )


def _place(error: Exception) -> str:
    """File and line where an exception rose."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "?"  # noqa: PTH119 - a name, no path


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` things; what came before an error is handed on before it is raised."""
    walk = iter(things)
    while True:
        batch: list[T] = []
        try:
            batch.extend(islice(walk, size))
        except Exception:
            if batch:
                yield batch
            raise
        if not batch:
            return
        yield batch
