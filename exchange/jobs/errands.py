"""Errands done by the worker: a source pulled at once, the exchange log proved; each as the command of that name does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from exchange.access.log_check import check, marks_file, marks_in
from exchange.errors import Busy
from exchange.jobs.claimed import ClaimedWork, Sign, kept
from exchange.jobs.pulling import sync_one
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.errands import CHECK_LOG, ERRANDS, PULL, ErrandRow

_SIGN_EVERY: Final = 5.0  # seconds between two signs of life
_COUNTS: Final = ("fetched", "new", "changed", "unchanged", "missing", "withdrawn", "quarantined")


class Errands(ClaimedWork[ErrandRow]):
    """The worker's part: does what administrators asked for."""

    name, queue = "errand", ERRANDS

    def do(self, row: ErrandRow) -> None:
        """One errand."""
        run_errand(self._store, self._settings, row)


def run_errand(store: Store, settings: Settings, row: ErrandRow) -> None:
    """Do one claimed errand and keep what became of it, unless the claim was lost meanwhile."""
    kept(store, ERRANDS, row, lambda: {"told": _DONE_BY[row.kind](store, settings, row)})


def _pull(store: Store, settings: Settings, row: ErrandRow) -> dict[str, Any]:
    """What a pull brought; raises ExchangeError as `sync_source` does where it did not begin."""
    report = sync_one(store, settings, row.subject, beat=Sign(store, ERRANDS, row, _SIGN_EVERY).beat)
    if report.run is None:
        raise Busy(" ".join(report.reasons) or "Pengambilan tidak dimulai.")
    return {"state": report.state, "reasons": report.reasons} | {name: getattr(report, name) for name in _COUNTS}


def _check_log(store: Store, settings: Settings, _row: ErrandRow) -> dict[str, Any]:
    """What a proof of the whole log found."""
    with store.read() as session:
        found = check(session, marks_in(marks_file(settings)))
    return {"well": found.well, "says": found.says()}


_DONE_BY: Final[dict[str, Callable[[Store, Settings, ErrandRow], dict[str, Any]]]] = {PULL: _pull, CHECK_LOG: _check_log}
