"""The worker's kind of work that brings the index of demands up to date behind those who write them, one step at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from exchange.demand.indexing import advance, is_behind
from exchange.settings import Settings
from exchange.store.base import Store


class DemandIndex:
    """Nothing is claimed: where two workers reckon the same step, the second one's is not written, and it takes the next."""

    name = "demand-index"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._busy = threading.Lock()

    def take(self, room: int) -> list[Callable[[], None]]:
        """The next step, where there is one and this worker is not at one."""
        if room < 1 or not self._busy.acquire(blocking=False):
            return []
        try:
            with self._store.read() as session:
                waits = is_behind(session)
        except BaseException:
            self._busy.release()
            raise
        if not waits:
            self._busy.release()
            return []
        return [self._step]

    def tidy(self) -> None:
        """Nothing of it grows old."""

    def _step(self) -> None:
        try:
            advance(self._store, self._settings.home_region)
        finally:
            self._busy.release()
