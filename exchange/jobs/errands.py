"""Errands done by the worker: a source pulled at once, the exchange log proved; each as the command of that name does it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Final

from exchange.access.log_check import check, marks_file, marks_in
from exchange.errors import Busy, ExchangeError
from exchange.jobs.pulling import sync_one
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.claims import FAILED
from exchange.store.errands import CHECK_LOG, DONE, ERRANDS, PULL, ErrandRow

log = logging.getLogger("exchange.errands")
_SIGN_EVERY: Final = 5.0  # seconds between two signs of life
_COUNTS: Final = ("fetched", "new", "changed", "unchanged", "missing", "withdrawn", "quarantined")


class Errands:
    """The worker's part: does what administrators asked for."""

    name = "errand"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def take(self, room: int) -> list[Callable[[], None]]:
        """At most two at once: each holds a thread for as long as its source takes."""
        with self._store.read() as session:
            if not ERRANDS.waits(session, utcnow()):
                return []
        with self._store.work() as session:
            return [partial(run_errand, self._store, self._settings, row) for row in ERRANDS.claim(session, min(room, 2), utcnow())]

    def tidy(self) -> None:
        """Nothing is past its time: what is kept is bounded by number."""


def run_errand(store: Store, settings: Settings, row: ErrandRow) -> None:
    """Do one claimed errand and keep what became of it, unless the claim was lost meanwhile."""
    try:
        told = _DONE_BY[row.kind](store, settings, row)
    except ExchangeError as error:
        _end(store, row, FAILED, trouble=" ".join(filter(None, (error.message, error.mend))))
    except Exception as error:  # a fault of ours costs one errand, not the worker
        log.exception("errand %s %s", row.kind, row.subject)
        _end(store, row, FAILED, trouble=f"Kesalahan dalam ({type(error).__name__}); lihat log.")
    else:
        _end(store, row, DONE, told=told)


def _pull(store: Store, settings: Settings, row: ErrandRow) -> dict[str, Any]:
    """What a pull brought; raises ExchangeError as `sync_source` does where it did not begin."""
    report = sync_one(store, settings, row.subject, beat=_Sign(store, row).beat)
    if report.run is None:
        raise Busy(" ".join(report.reasons) or "Pengambilan tidak dimulai.")
    return {"state": report.state, "reasons": report.reasons} | {name: getattr(report, name) for name in _COUNTS}


def _check_log(store: Store, settings: Settings, _row: ErrandRow) -> dict[str, Any]:
    """What a proof of the whole log found."""
    with store.read() as session:
        found = check(session, marks_in(marks_file(settings)))
    return {"well": found.well, "says": found.says()}


_DONE_BY: Final[dict[str, Callable[[Store, Settings, ErrandRow], dict[str, Any]]]] = {PULL: _pull, CHECK_LOG: _check_log}


class _Sign:
    """Gives a sign of life now and then."""

    def __init__(self, store: Store, row: ErrandRow) -> None:
        self._store, self._row, self._last = store, row, monotonic()

    def beat(self) -> None:
        """Called with every answer and batch of a source."""
        if monotonic() - self._last < _SIGN_EVERY:
            return
        self._last = monotonic()
        with self._store.work() as session:
            ERRANDS.beat(session, self._row.id, self._row.tries, utcnow())


def _end(store: Store, claimed: ErrandRow, state: str, *, told: dict[str, Any] | None = None, trouble: str | None = None) -> None:
    with store.work() as session:
        row = ERRANDS.held(session, claimed.id, claimed.tries)
        if row is None:  # another worker has it, or it was given up: what it says is that one's
            log.warning("errand %s %s was another worker's by its end", claimed.kind, claimed.subject)
            return
        row.state, row.ended_at, row.told, row.trouble = state, utcnow(), told, trouble
