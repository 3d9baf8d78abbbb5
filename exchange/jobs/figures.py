"""Counting the figures of maps, charts and reports ahead: by the night, and by the worker when somebody asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

from exchange.errors import Busy, ExchangeError
from exchange.reports.figures import figures
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.demand_sorts import replace_sorts
from exchange.store.figures import TRIES, figure_count, replace_figures, want_figures
from exchange.store.locks import hold, is_held

log = logging.getLogger("exchange.figures")
LOCK = "figures"


def count_figures(store: Store, settings: Settings, beat: Callable[[], None] = lambda: None) -> bool:
    """
    Count all figures anew where that waits; whether it came to its end. What is counted replaces the last count in one transaction.

    Raises:
        Busy: another process counts.
    """
    with hold(store, LOCK, "Hitungan peta dan grafik") as lock:
        if not _begin(store):
            return False

        def tick() -> None:
            lock.beat()
            beat()

        begun, at = monotonic(), utcnow()
        try:
            with store.read() as session:
                found = figures(session, settings.home_region, tick)
        except (Busy, KeyboardInterrupt):
            raise
        except Exception as error:  # a count must end neither the night nor the worker
            log.exception("counting the figures")
            says = error.message if isinstance(error, ExchangeError) else f"Kesalahan dalam ({type(error).__name__}); lihat log."
            with store.work() as session:
                row = want_figures(session, at)
                row.wanted_at, row.trouble = None, says
            return False
        with store.work() as session:
            lock.assure(session)
            replace_figures(session, found.kept)
            replace_sorts(session, found.sorted)
            row = want_figures(session, at)
            row.counted_at, row.demands, row.seconds = at, found.looked, round(monotonic() - begun, 3)
            row.wanted_at, row.tries, row.trouble = None, 0, None
    return True


def _begin(store: Store) -> bool:
    """Whether a count waits, noted as begun; one that was begun too often is given up."""
    with store.work() as session:
        row = figure_count(session)
        if row is None or row.wanted_at is None:
            return False
        if row.tries >= TRIES:
            row.wanted_at, row.trouble = None, f"Hitungan ini {TRIES} kali tidak sampai selesai; lihat log pekerja."
            return False
        row.tries += 1
        return True


def figures_ahead(store: Store, settings: Settings, beat: Callable[[], None] = lambda: None) -> None:
    """The night's part: count anew, where no worker is at it."""
    with store.work() as session:
        want_figures(session, utcnow())
    try:
        count_figures(store, settings, beat)
    except Busy:
        log.info("a worker counts")


class Figures:
    """The worker's part: makes the count that waits, where nobody else does."""

    name = "figures"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def take(self, room: int) -> list[Callable[[], None]]:
        """One piece of work where a count waits."""
        with self._store.read() as session:
            row = figure_count(session)
            waits = row is not None and row.wanted_at is not None and not is_held(session, LOCK)
        return [self._work] if waits else []

    def tidy(self) -> None:
        """Nothing is past its time."""

    def _work(self) -> None:
        try:
            count_figures(self._store, self._settings)
        except Busy:
            log.info("another process counts")
