"""The night's part in what is not kept for ever: the change feed, and what runs noted listing by listing; short transactions only."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.feed import forget_changes
from exchange.store.retention import forget_listings, forget_superseded, old_run_with_listings, runs_in_need

# seconds of one night for what runs noted; what is left then goes the next night
MOST_SECONDS = 900.0


def forget_old(
    store: Store, settings: Settings, beat: Callable[[], None] = lambda: None, most: float = MOST_SECONDS
) -> dict[str, int | bool]:
    """
    Forget what is past its days.

    Returns:
        How many `changes` of the feed, `runs` with their `run_listings`, and superseded `demand_changes` went, and whether that was `all`.
    """
    now, end = utcnow(), time.monotonic() + most
    changes = _forget_changes(store, now - timedelta(days=settings.feed_days), beat)
    runs, listings, whole = _forget_listings(store, now - timedelta(days=settings.run_listing_days), beat, end)
    superseded, all_of_them = _forget_superseded(store, now - timedelta(days=settings.demand_change_days), beat, end)
    return {"changes": changes, "runs": runs, "run_listings": listings, "demand_changes": superseded, "all": whole and all_of_them}


def _forget_changes(store: Store, before: datetime, beat: Callable[[], None]) -> int:
    count, gone = 0, 1
    while gone:
        with store.work() as session:
            gone = forget_changes(session, before)
        count += gone
        beat()
    return count


def _forget_listings(store: Store, before: datetime, beat: Callable[[], None], end: float) -> tuple[int, int, bool]:
    with store.read() as session:
        needed = runs_in_need(session)
    runs, listings, run = 0, 0, 0
    while time.monotonic() < end:
        with store.read() as session:
            found = old_run_with_listings(session, before, needed, run)
        if found is None:
            return runs, listings, True
        run, runs, gone = found, runs + 1, 1
        while gone:
            with store.work() as session:
                gone = forget_listings(session, run)
            listings += gone
            beat()
    return runs, listings, False


def _forget_superseded(store: Store, before: datetime, beat: Callable[[], None], end: float) -> tuple[int, bool]:
    count = 0
    while time.monotonic() < end:
        with store.work() as session:
            piece = forget_superseded(session, before)
        count += piece.gone
        beat()
        if not piece.looked:
            return count, True
    return count, False
