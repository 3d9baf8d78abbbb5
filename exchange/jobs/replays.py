"""Quarantined listings read again: asked for by a page, done by the worker, however many there are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any

from exchange.errors import ExchangeError
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.claims import FAILED
from exchange.store.replays import DONE, REPLAYS, ReplayRow
from exchange.store.sources import SourceRow
from exchange.sync.again import Replayed, together
from exchange.sync.replay import replay

log = logging.getLogger("exchange.replays")
_SIGN_EVERY = 1.0  # seconds between two signs of progress


class Replays:
    """The worker's part: reads again what pages asked for."""

    name = "replay"

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def take(self, room: int) -> list[Callable[[], None]]:
        """At most two at once: each holds a thread for as long as its archive takes."""
        with self._store.read() as session:
            if not REPLAYS.waits(session, utcnow()):
                return []
        with self._store.work() as session:
            return [partial(read_again, self._store, self._settings, row) for row in REPLAYS.claim(session, min(room, 2), utcnow())]

    def tidy(self) -> None:
        """Nothing is past its time: what is kept is bounded by number."""


def read_again(store: Store, settings: Settings, row: ReplayRow) -> None:
    """Read one claimed cause again and keep what became of it, unless the claim was lost meanwhile."""
    with store.read() as session:
        source = session.get_one(SourceRow, row.source_id) if row.source_id is not None else None
    sign = _Sign(store, row)
    try:
        reports = replay(store, settings, row.asked_by, name=source.name if source else None, rule=row.rule, told=sign.told)
    except ExchangeError as error:
        _end(store, row, FAILED, trouble=" ".join(filter(None, (error.message, error.mend))))
        return
    except Exception as error:  # a fault of ours costs one reading, not the worker
        log.exception("reading %s again", row.rule)
        _end(store, row, FAILED, trouble=f"Kesalahan dalam ({type(error).__name__}); lihat log.")
        return
    troubles = {report.source: report.trouble for report in reports if report.trouble}
    _end(store, row, DONE, told=together(reports) | {"troubles": troubles})


class _Sign:
    """Tells now and then how many listings were looked at."""

    def __init__(self, store: Store, row: ReplayRow) -> None:
        self._store, self._row, self._last = store, row, monotonic()
        self._by_source: dict[str, int] = {}

    def told(self, report: Replayed) -> None:
        """One source's report so far."""
        self._by_source[report.source] = report.looked_at
        if monotonic() - self._last < _SIGN_EVERY:
            return
        self._last = monotonic()
        with self._store.work() as session:
            REPLAYS.beat(session, self._row.id, self._row.tries, utcnow(), read=sum(self._by_source.values()))


def _end(store: Store, claimed: ReplayRow, state: str, *, told: dict[str, Any] | None = None, trouble: str | None = None) -> None:
    with store.work() as session:
        row = REPLAYS.held(session, claimed.id, claimed.tries)
        if row is None:  # another worker has it, or it was given up: what it says is that one's
            log.warning("reading %s again was another worker's by its end", claimed.rule)
            return
        row.state, row.ended_at, row.told, row.trouble = state, utcnow(), told, trouble
        row.read = told["waiting"] if told else row.read
