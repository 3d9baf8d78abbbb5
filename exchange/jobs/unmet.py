"""
Counting the unmet demand ahead of those who read it: by the night for what was asked for lately, by the worker when somebody asks.

One count at a time on one database. What a count brings replaces the last one in one transaction: one that breaks, or is killed, leaves
the last good one, and the next worker or night begins it again, at most `TRIES` times.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from time import monotonic
from typing import Any

from exchange.errors import Busy, ExchangeError
from exchange.jobs.needs import Need
from exchange.reports.kept import dumped
from exchange.reports.plan import Reports, reports
from exchange.reports.unmet import Wanted
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.listing import demand_regions
from exchange.store.locks import Held, hold, is_held
from exchange.store.unmet import Window
from exchange.store.unmet_counts import TRIES, UnmetCountRow, first_wanted, is_wanted, want_again, want_count

log = logging.getLogger("exchange.unmet")
LOCK = "unmet"
# so many of each sector and cause can be leafed through on the page; the workbook has all
KEPT = 200
# what nobody asked for in so long is not counted ahead any more
_LATELY = timedelta(days=30)


def this_year(settings: Settings) -> Window:
    """What is shown where nothing else is asked for: the year that today lies in."""
    year = settings.day().year
    return Window(home=settings.home_region, first=date(year, 1, 1), last=date(year, 12, 31))


def count_ahead(store: Store, settings: Settings, beat: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """
    Count this year and all that was asked for lately.

    Returns: `counts`, how many were made; `demands`, how many were looked at for this year; `seconds`; `trouble`, None where all went well.
    """
    begun, now = monotonic(), utcnow()
    with store.work() as session:
        row = want_count(session, this_year(settings), None, now)
        want_again(session, now, _LATELY)
        year = row.id
    counts = 0
    try:
        counts = count_waiting(store, settings, beat)
    except Busy:  # a worker counts; it takes these up too
        log.info("a worker counts")
    with store.read() as session:
        kept = session.get_one(UnmetCountRow, year)
        trouble, demands = kept.trouble, kept.demands
    return {"counts": counts, "demands": demands, "seconds": round(monotonic() - begun, 3), "trouble": trouble}


def count_waiting(store: Store, settings: Settings, beat: Callable[[], None] = lambda: None) -> int:
    """
    Make every count that waits, one after the other; how many came to their end.

    Raises:
        Busy: another process counts.
    """
    made = 0
    with hold(store, LOCK, "Hitungan permintaan tidak terlayani") as lock:
        while (row := _begin(store)) is not None:
            made += _count(store, settings, lock, row, beat)
    return made


def _begin(store: Store) -> UnmetCountRow | None:
    """The next count that waits, noted as begun; those that were begun too often are given up."""
    with store.work() as session:
        while (row := first_wanted(session)) is not None and row.tries >= TRIES:
            row.wanted_at, row.trouble = None, f"Hitungan ini {TRIES} kali tidak sampai selesai; lihat log pekerja."
            session.flush()
        if row is not None:
            row.tries += 1
        return row


def _count(store: Store, settings: Settings, lock: Held, row: UnmetCountRow, beat: Callable[[], None]) -> bool:
    def tick() -> None:
        lock.beat()
        beat()

    begun, at = monotonic(), utcnow()
    want = Wanted(sector=row.sector, most=KEPT)
    try:
        with store.read() as session:
            found = reports(session, row.window(settings.home_region), want, tick=tick)
            found = found._replace(asking=demand_regions(session))
    except (Busy, KeyboardInterrupt):
        raise
    except Exception as error:  # one count must end neither the night nor the worker
        log.exception("counting %s", row.asked)
        says = error.message if isinstance(error, ExchangeError) else f"Kesalahan dalam ({type(error).__name__}); lihat log."
        with store.work() as session:
            if (kept := session.get(UnmetCountRow, row.id)) is not None:
                kept.wanted_at, kept.trouble = None, says
        return False
    body = dumped(found)
    with store.work() as session:
        lock.assure(session)
        if (kept := session.get(UnmetCountRow, row.id)) is not None:
            kept.counted_at, kept.seconds, kept.body, kept.demands = at, round(monotonic() - begun, 3), body, looked_at(found)
            kept.wanted_at, kept.tries, kept.trouble = None, 0, None
    return True


def unmet_needs(told: dict[str, Any]) -> list[Need]:
    """What a person must look at after a night's counts."""
    if not told.get("trouble"):
        return []
    mend = "Laporan menampilkan hitungan yang terakhir selesai; jalankan exchange worker, lalu tekan Hitung lagi pada halaman laporan."
    return [Need("laporan", "unmet", str(told["trouble"]), mend, "/laporan/kebutuhan", 1)]


def looked_at(found: Reports) -> int:
    """How many demands a report looked at."""
    return sum(each.demands for each in found.unmet.outcomes.values())


class UnmetCounts:
    """The worker's part: makes the counts that wait, where nobody else does."""

    name = "unmet"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def take(self, room: int) -> list[Callable[[], None]]:
        """One piece of work for all counts that wait."""
        with self._store.read() as session:
            waits = is_wanted(session) and not is_held(session, LOCK)
        return [self._work] if waits else []

    def tidy(self) -> None:
        """Nothing is past its time: what is kept is bounded by number."""

    def _work(self) -> None:
        try:
            count_waiting(self._store, self._settings)
        except Busy:
            log.info("another process counts")
