"""The nightly run: every approved source, then matching, then a summary; one at a time on one database."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exchange.errors import DatabaseTrouble, ExchangeError, StorageFull
from exchange.matching.models import Models
from exchange.matching.run import rematch
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.locks import hold
from exchange.store.nights import close_night, open_night
from exchange.store.runs import answers_in_use, runs_of_night
from exchange.store.sources import all_sources
from exchange.sync.archive import Archive
from exchange.sync.report import Report
from exchange.sync.run import sync_source

log = logging.getLogger("exchange.nightly")
LOCK = "nightly"


@dataclass
class Night:
    """What one night brought: a report a source, the matching's counts, and the time in seconds."""

    sources: list[Report] = field(default_factory=list)
    matching: dict[str, Any] = field(default_factory=dict)
    expired: int = 0
    seconds: float = 0.0

    @property
    def all_well(self) -> bool:
        """Whether nobody needs to look."""
        return not any(report.needs_a_person for report in self.sources)

    def as_json(self) -> dict[str, Any]:
        """The night as JSON."""
        return {
            "sources": [report.as_json() for report in self.sources],
            "matching": self.matching,
            "expired_answers": self.expired,
            "seconds": round(self.seconds, 3),
            "all_well": self.all_well,
        }


def sync_all(
    store: Store,
    settings: Settings,
    names: Sequence[str],
    beat: Callable[[], None] = lambda: None,
    clock: Callable[[], datetime] = utcnow,
    night: int | None = None,
) -> list[Report]:
    """
    Pull sources one after another; one that fails, hangs in another process or breaks costs the others nothing.

    night: the nightly run; a source that came to its end in it already is not asked again.
    beat: a sign of life for the caller's lock; where that is lost, it raises and ends the whole.
    """
    with store.read() as session:
        done = {} if night is None else {name: Report.of(row) for name, row in runs_of_night(session, night).items()}
    reports = []
    for name in names:
        beat()
        if name in done:
            reports.append(done[name])
            continue
        try:
            reports.append(sync_source(store, settings, name, beat=beat, clock=clock, night=night))
        except (StorageFull, DatabaseTrouble):
            raise
        except ExchangeError as error:
            reports.append(Report(name, state="failed", reasons=[error.message] + ([error.mend] if error.mend else [])))
        except Exception as error:  # a fault of ours in one source must not cost the others their night
            log.exception("source %s", name)
            reports.append(Report(name, state="failed", reasons=[f"Kesalahan dalam ({type(error).__name__}); lihat log."]))
    return reports


def nightly(store: Store, settings: Settings) -> Night:
    """
    Pull every approved source, match, and expire what is past retention; a night that was broken off goes on where it stopped.

    Raises:
        Busy: a nightly run is under way already; the message says since when.
        SettingWrong: the model in use cannot be read; the sources were pulled by then.
    """
    begun, night = time.monotonic(), Night()
    with hold(store, LOCK, "Proses malam") as lock:
        with store.work() as session:
            names = [row.name for row in all_sources(session, "approved")]
            number = open_night(session, utcnow(), timedelta(hours=settings.resume_hours)).id
        night.sources = sync_all(store, settings, names, lock.beat, night=number)
        night.matching = rematch(
            store,
            home_region=settings.home_region,
            tick=lambda _done: lock.beat(),
            folder=settings.index(),
            shared=settings.executor,
            model=Models(settings.models()).in_use(),
            today=settings.day(),
        ).record()
        with store.read() as session:
            needed = answers_in_use(session)
        night.expired = Archive(settings.data_dir / "archive").expire(utcnow() - timedelta(days=settings.retention_days), needed)
        night.seconds = time.monotonic() - begun
        with store.work() as session:
            close_night(session, number, utcnow(), night.as_json())
    return night
