"""Quarantined listings read again: asked for by a page, done by the worker, however many there are."""

from __future__ import annotations

from typing import Any, Final

from exchange.jobs.claimed import ClaimedWork, Sign, kept
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.replays import REPLAYS, ReplayRow
from exchange.store.sources import SourceRow
from exchange.sync.again import Replayed, together
from exchange.sync.replay import replay

_SIGN_EVERY: Final = 1.0  # seconds between two signs of progress


class Replays(ClaimedWork[ReplayRow]):
    """The worker's part: reads again what pages asked for."""

    name, queue = "replay", REPLAYS

    def do(self, row: ReplayRow) -> None:
        """One cause."""
        read_again(self._store, self._settings, row)


def read_again(store: Store, settings: Settings, row: ReplayRow) -> None:
    """Read one claimed cause again and keep what became of it, unless the claim was lost meanwhile."""
    kept(store, REPLAYS, row, lambda: _read(store, settings, row))


def _read(store: Store, settings: Settings, row: ReplayRow) -> dict[str, Any]:
    with store.read() as session:
        source = session.get_one(SourceRow, row.source_id) if row.source_id is not None else None
    sign, by_source = Sign(store, REPLAYS, row, _SIGN_EVERY), dict[str, int]()

    def looked(report: Replayed) -> None:
        """Tell now and then how many listings were looked at."""
        by_source[report.source] = report.looked_at
        sign.beat(read=sum(by_source.values()))

    reports = replay(store, settings, row.asked_by, name=source.name if source else None, rule=row.rule, told=looked)
    told = together(reports)
    troubles = {report.source: report.trouble for report in reports if report.trouble}
    return {"told": told | {"troubles": troubles}, "read": told["waiting"]}
