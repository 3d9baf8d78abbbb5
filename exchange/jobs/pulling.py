"""
Many sources side by side: processes through the executor seam, threads inside of each, since a source mostly waits.

Each source alone: one that hangs, floods or breaks costs the others nothing. Sources of one host go to one process, which spaces its
requests to that host.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from exchange.errors import DatabaseTrouble, ExchangeError, StorageFull
from exchange.executor import executor, rarely_collecting
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.runs import runs_of_night
from exchange.store.sources import all_sources
from exchange.sync.ahead import keep_to_one_process
from exchange.sync.report import Report
from exchange.sync.run import sync_source

log = logging.getLogger("exchange.pulling")
# starting processes takes about as long as some sources do
_WORTH_SHARING = 16
_BEAT = 5.0


def sync_all(
    store: Store,
    settings: Settings,
    names: Sequence[str],
    beat: Callable[[], None] = lambda: None,
    clock: Callable[[], datetime] = utcnow,
    night: int | None = None,
) -> list[Report]:
    """
    Pull sources; one that fails, hangs in another process or breaks costs the others nothing.

    night: the nightly run; a source that came to its end in it already is not asked again.
    beat: a sign of life for the caller's lock; where that is lost, it raises and ends the whole.

    Returns:
        A report each, in the order of the names.

    Raises:
        StorageFull, DatabaseTrouble: nothing more can be kept; what other sources brought by then is.
    """
    with store.read() as session:
        done = {} if night is None else {name: Report.of(row) for name, row in runs_of_night(session, night).items()}
        hosts = {row.name: urlsplit(str(row.options.get("url", ""))).netloc for row in all_sources(session) if not row.local}
    left = [name for name in names if name not in done]
    if len(left) >= _WORTH_SHARING and settings.executor != "serial":
        done |= _shared_out(store, settings, _shares(left, hosts), beat, night)
        left = [name for name in left if name not in done]
    done |= {report.source: report for report in _in_threads(store, settings, left, beat, clock=clock, night=night)}
    return [done[name] for name in names]


def sync_one(store: Store, settings: Settings, name: str, **more: Any) -> Report:
    """One source's report, whatever happens to it; only what ends the whole night is raised."""
    try:
        return sync_source(store, settings, name, **more)
    except (StorageFull, DatabaseTrouble):
        raise
    except ExchangeError as error:
        return Report(name, state="failed", reasons=[error.message] + ([error.mend] if error.mend else []), notice=error.message)
    except Exception as error:  # a fault of ours in one source must not cost the others their night
        log.exception("source %s", name)
        says = f"Kesalahan dalam ({type(error).__name__}); lihat log."
        return Report(name, state="failed", reasons=[says], notice=says)


def _shares(names: Sequence[str], hosts: Mapping[str, str]) -> list[list[str]]:
    """The names for each process, sources of one host together, about as many to each."""
    together: dict[str, list[str]] = {}
    for name in names:
        together.setdefault(hosts.get(name) or name, []).append(name)
    shares: list[list[str]] = [[] for _ in range(min(os.cpu_count() or 1, len(together)))]
    for group in sorted(together.values(), key=len, reverse=True):
        min(shares, key=len).extend(group)
    return shares


def _shared_out(
    store: Store, settings: Settings, shares: Sequence[list[str]], beat: Callable[[], None], night: int | None
) -> dict[str, Report]:
    """The reports of all shares; those of a process that died are left to the caller, who takes its sources over."""
    done: dict[str, Report] = {}
    store.close()  # a worker opens connections of its own
    with executor(settings.executor, len(shares)) as pool:
        waiting: set[Future[list[Report]]] = {pool.submit(pull_share, settings, share, night) for share in shares}
        while waiting:
            ended, waiting = wait(waiting, timeout=_BEAT, return_when=FIRST_COMPLETED)
            beat()
            for future in ended:
                try:
                    done |= {report.source: report for report in future.result()}
                except BrokenExecutor:
                    log.error("a worker process died; its sources are taken over")
    return done


def pull_share(settings: Settings, names: Sequence[str], night: int | None) -> list[Report]:
    """Pull some sources in a process of their own."""
    keep_to_one_process()
    store = Store(settings.url())
    try:
        return _in_threads(store, settings, names, lambda: None, night=night)
    finally:
        store.close()


def _in_threads(store: Store, settings: Settings, names: Sequence[str], beat: Callable[[], None], **more: Any) -> list[Report]:
    """Pull sources in this process, several at a time; what ends the night is raised after the others came to their end."""
    if settings.executor == "serial" or len(names) < 2:
        reports = []
        for name in names:
            beat()
            reports.append(sync_one(store, settings, name, beat=beat, **more))
        return reports
    with rarely_collecting(), ThreadPoolExecutor(max(1, min(settings.sync_threads, len(names))), "source") as threads:
        futures = [threads.submit(sync_one, store, settings, name, **more) for name in names]
        while wait(futures, timeout=_BEAT).not_done:
            beat()
        return [future.result() for future in futures]
