"""The worker's part over a table of work (`store.claims`): takes what waits, does each piece, and keeps what became of it."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Final, Generic, TypeVar

from exchange.errors import ExchangeError
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.claims import DONE, FAILED, ClaimedRow, Queue

R = TypeVar("R", bound=ClaimedRow)
log = logging.getLogger("exchange.claimed")
_AT_ONCE: Final = 2  # pieces of one kind: each holds a thread for as long as a source or an archive takes


class ClaimedWork(Generic[R]):
    """One kind of work of the worker, of which a table keeps what waits. name: as the worker's log calls it."""

    name: str
    queue: Queue[Any]

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    @abstractmethod
    def do(self, row: R) -> None:
        """Do one claimed piece to its end, whichever that is; raises nothing that is known of."""

    def take(self, room: int) -> list[Callable[[], None]]:
        """Claim what waits, at most `room` and two at once."""
        with self._store.read() as session:
            if not self.queue.waits(session, utcnow()):
                return []
        with self._store.work() as session:
            return [partial(self.do, row) for row in self.queue.claim(session, min(room, _AT_ONCE), utcnow())]

    def tidy(self) -> None:
        """Nothing is past its time: what is kept is bounded by number."""


class Sign(Generic[R]):
    """Gives a sign of life for a claimed row, at most one in `every` seconds."""

    def __init__(self, store: Store, queue: Queue[R], row: R, every: float) -> None:
        self._store, self._queue, self._row, self._every, self._last = store, queue, row, every, monotonic()

    def beat(self, **values: Any) -> None:
        """Called as often as one likes; values: columns that tell how far it is."""
        if monotonic() - self._last < self._every:
            return
        self._last = monotonic()
        with self._store.work() as session:
            self._queue.beat(session, self._row.id, self._row.tries, utcnow(), **values)


def kept(store: Store, queue: Queue[R], claimed: R, work: Callable[[], dict[str, Any]]) -> None:
    """
    Do a claimed piece and keep what became of it: `done` with the columns that the work tells, or `failed` with the trouble.

    Where the claim was lost meanwhile nothing is kept: what the row says is another worker's, or that it was given up.
    """
    try:
        values = {"state": DONE, **work()}
    except Exception as error:  # a fault of ours costs one piece, not the worker
        if not isinstance(error, ExchangeError):
            log.exception("%s %s", claimed.__tablename__, claimed.id)
        values = {"state": FAILED, "trouble": trouble_of(error)}
    with store.work() as session:
        row = queue.held(session, claimed.id, claimed.tries)
        if row is None:
            log.warning("%s %s was another worker's by its end", claimed.__tablename__, claimed.id)
            return
        for name, value in (values | {"ended_at": utcnow()}).items():
            setattr(row, name, value)


def trouble_of(error: Exception) -> str:
    """What a page says of an error: its own sentence and advice, or that it is a fault of ours, which the log tells in full."""
    if isinstance(error, ExchangeError):
        return " ".join(filter(None, (error.message, error.mend)))
    return f"Kesalahan dalam ({type(error).__name__}); lihat log."
