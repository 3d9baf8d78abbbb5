"""
The worker: does what waits in the database, whoever put it there, beside the server or alone.

A kind of work is one class with `take`, which claims pieces of it in the database and gives what is to be done with each, and `tidy`. A
worker that is killed leaves its claims to lapse: another one does that work again. Two workers never claim the same piece.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from time import monotonic, sleep
from typing import Protocol

from exchange.jobs.account_letters import AccountLetters
from exchange.jobs.demand_index import DemandIndex
from exchange.jobs.errands import Errands
from exchange.jobs.exports import Exports
from exchange.jobs.figures import Figures
from exchange.jobs.import_work import Imports
from exchange.jobs.looks import SourceLooks
from exchange.jobs.replays import Replays
from exchange.jobs.twins import Twins
from exchange.jobs.unmet import UnmetCounts
from exchange.jobs.webhooks import Webhooks
from exchange.settings import Settings
from exchange.store.base import Store

log = logging.getLogger("exchange.worker")
THREADS = 8
PAUSE = 1.0  # seconds between two looks where nothing waits
_LONGEST_PAUSE = 30.0
_TIDY_EVERY = 3600.0


class Kind(Protocol):
    """One kind of work."""

    name: str

    def take(self, room: int) -> list[Callable[[], None]]:
        """Claim at most so many pieces; what is to be done with each, in a thread of its own."""
        ...

    def tidy(self) -> None:
        """Drop what is past its time; called now and then."""
        ...


# what the worker does, in this order
KINDS: tuple[Callable[[Store, Settings], Kind], ...] = (
    Webhooks, Twins, AccountLetters, SourceLooks, Replays, Errands, UnmetCounts, DemandIndex, Figures, Imports, Exports,
)  # fmt: skip


class Worker:
    """
    One worker over one database.

    alive: asked at every look; where it says no, whoever started the worker is gone and it ends.
    """

    def __init__(
        self, store: Store, settings: Settings, kinds: Sequence[Kind] | None = None, *, alive: Callable[[], bool] = lambda: True
    ) -> None:
        self._kinds = [make(store, settings) for make in KINDS] if kinds is None else list(kinds)
        self._alive = alive
        self._stopping = False
        self._running: set[Future[None]] = set()

    def stop(self) -> None:
        """Take nothing more, end what is under way, leave. A flag and no lock, so that a signal's handler may call it at any moment."""
        self._stopping = True

    def run(self, *, once: bool = False) -> int:
        """
        Work until told to stop, or (once) until nothing waits; how many pieces were done.

        A database that does not answer is asked again, less and less often.
        """
        done, troubles, tidied = 0, 0, monotonic()
        with ThreadPoolExecutor(THREADS, "worker") as threads:
            while not self._stopping and self._alive():
                try:
                    taken = self._take(threads)
                    troubles = 0
                    if monotonic() - tidied > _TIDY_EVERY:
                        tidied = monotonic()
                        for kind in self._kinds:
                            kind.tidy()
                except Exception as error:
                    if once:
                        raise
                    troubles, taken = troubles + 1, 0
                    log.error("looking for work: %s", type(error).__name__)
                if once and not taken and not self._running:
                    break
                done += self._wait(taken, min(_LONGEST_PAUSE, PAUSE * 2 ** min(troubles, 5)))
            done += self._ended(wait(self._running).done)
        return done

    def _take(self, threads: ThreadPoolExecutor) -> int:
        """Begin what there is room for; how many pieces."""
        taken = 0
        for kind in self._kinds:
            room = THREADS - len(self._running)
            if room > 0:
                tasks = kind.take(room)
                self._running |= {threads.submit(task) for task in tasks}
                taken += len(tasks)
        return taken

    def _wait(self, taken: int, pause: float) -> int:
        """Until a piece is done where any is under way, else for a pause; how many were done."""
        if not self._running:
            end = monotonic() + pause
            while not taken and not self._stopping and self._alive() and (left := end - monotonic()) > 0:
                sleep(min(left, PAUSE))
            return 0
        return self._ended(wait(self._running, timeout=pause, return_when=FIRST_COMPLETED).done)

    def _ended(self, ended: set[Future[None]]) -> int:
        self._running -= ended
        for each in ended:
            if error := each.exception():
                log.error("a piece of work broke", exc_info=error)
        return len(ended)
