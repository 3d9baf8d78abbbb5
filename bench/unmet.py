"""
Unmet demand and coverage in number: demands with matches of up to ten products, made up, judged to the end on one database.

  python3 run.py bench unmet [--demands 100000] [--products 20000] [--database URL] [--rounds 3]

Half of the demands met something, with marks as the engine keeps them. JSON on standard output: seconds of the whole report (median of
the rounds), demands a second, peak memory of the process, and how the kept count reads back; seconds of the counts by agreement and of
a page's list, by the way that the page takes and by reading the rows. Floor in the same run: the same rows read once, in the same parts,
and thrown away.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from _unmet_world import HOME, make
from sqlalchemy import func, select

from exchange.agreements.coverage import STATES, Coverage, Reach
from exchange.agreements.covered_counts import covered_counts, narrowed
from exchange.reports.kept import dumped, loaded
from exchange.reports.plan import reports
from exchange.reports.unmet import Wanted
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.matches import MatchFilter, MatchRow, count_by, list_matches
from exchange.store.unmet import Window, asked, candidates

KEPT = 200


def timed(rounds: int, work: Callable[[], Any]) -> float:
    """Median seconds."""
    took = []
    for _ in range(rounds):
        begun = perf_counter()
        work()
        took.append(perf_counter() - begun)
    return median(took)


def floor(store: Store, window: Window) -> int:
    """Read what the report reads, and do nothing with it."""
    read = 0
    with store.read() as session:
        for part in asked(session, window):
            found = candidates(session, [one.row_id for one in part if not one.accepted and not one.fits])
            read += len(part) + sum(map(len, found.values()))
    return read


def coverage() -> Coverage:
    """Five regions under contract for one sector or class each, a province and a region on their way."""
    made = [
        Reach(f"KS-2026-{number:04}", region, frozenset(sectors), frozenset(kbli), number < 5, date(2027, 6, 1), number)
        for number, (region, sectors, kbli) in enumerate(
            (("33.74", ("logam",), ()), ("32.73", (), ("25111",)), ("61.71", ("pangan",), ()), ("33.28", (), ("10710",)),
             ("36.04", ("kimia",), ()), ("33", ("logam",), ()), ("61", (), ()))
        )
    ]  # fmt: skip
    return Coverage(made, HOME)


def covered(store: Store, rounds: int) -> dict[str, Any]:
    """Seconds of what the page of matches asks, for each state of coverage."""
    cover, want = coverage(), MatchFilter(state="proposed")
    with store.read() as session:
        counts = covered_counts(session, cover, want)
        told: dict[str, Any] = {"matches": counts.whole, "by_state": counts.by_state}
        told["counts_seconds"] = round(timed(rounds, lambda: covered_counts(session, cover, want)), 4)
        by_rows = timed(1, lambda: count_by(session, want, {state: cover.where(state) for state in STATES}))
        told["counts_by_rows_seconds"] = round(by_rows, 3)
        for state in STATES:
            small = narrowed(want, cover, state, counts)
            plain = replace(want, covered=cover.where(state))
            ways = {"list": small, "list_by_score": plain}
            told[state] = {"led_by_place": small.led is not None} | {
                f"{name}_seconds": round(timed(rounds, lambda one=one: list_matches(session, one, limit=26)), 4)  # type: ignore[misc]
                for name, one in ways.items()
            }
        for name, one in (
            ("region", MatchFilter(state="proposed", region="33.74")),
            ("sector", MatchFilter(state="proposed", sector="kimia")),
        ):
            told[f"counts_{name}_seconds"] = round(timed(rounds, lambda one=one: covered_counts(session, cover, one)), 4)  # type: ignore[misc]
    return told


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--demands", type=int, default=100_000)
    wanted.add_argument("--products", type=int, default=20_000)
    wanted.add_argument("--rounds", type=int, default=3)
    wanted.add_argument("--database", help="An empty database; without it, SQLite in a folder for the time of the run.")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(given.database or f"sqlite:///{Path(folder) / 'unmet.sqlite3'}")
        migrate.upgrade(store)
        begun = perf_counter()
        make(store, given.demands, given.products)
        made = perf_counter() - begun
        told: dict[str, Any] = {"database": store.engine.dialect.name, "demands": given.demands, "products": given.products}
        told |= {"made_seconds": round(made, 1), "made_peak_mb": _peak()}
        window = Window(home=HOME)
        read, floors, wholes, found = 0, [], [], None
        for _ in range(given.rounds):
            begun = perf_counter()
            read = floor(store, window)
            floors.append(perf_counter() - begun)
            begun = perf_counter()
            with store.read() as session:
                found = reports(session, window, Wanted(most=KEPT))
            wholes.append(perf_counter() - begun)
        assert found is not None
        body = dumped(found)
        told |= {
            "rows_read": read, "floor_seconds": round(median(floors), 2), "report_seconds": round(median(wholes), 2),
            "report_over_floor": round(median(each / low for each, low in zip(wholes, floors, strict=True)), 2),
            "demands_per_second": round(given.demands / median(wholes)), "peak_mb": _peak(),
            "outcomes": {name: each.demands for name, each in found.unmet.outcomes.items()},
            "kept_kb": round(len(body) / 1024), "kept_read_seconds": round(timed(5, lambda: loaded(body)), 4),
        }  # fmt: skip
        semarang = replace(window, region="33.74")
        begun = perf_counter()
        with store.read() as session:
            told["region_demands"] = reports(session, semarang, Wanted(most=KEPT)).unmet.total.demands
        told["region_seconds"] = round(perf_counter() - begun, 2)
        with store.read() as session:
            told["matches_kept"] = session.scalar(select(func.count()).select_from(MatchRow))
        told["coverage"] = covered(store, given.rounds)
        store.close()
    json.dump(told, sys.stdout, indent=1)
    print()


def _peak() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
