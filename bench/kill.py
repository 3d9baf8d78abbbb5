"""
A night of three sources killed at random moments and resumed, until it is done; what is in the database then, held to a calm night's.

  python3 run.py bench kill [--kills 500] [--seed 1] [--database URL]

Two nights each round: everything new, then changed, unreadable, gone and new listings. A process forked from this one, which has all
modules loaded, pulls the sources, one of them in many pages; it gets SIGKILL after a random while and is forked again, until it ends
by itself. Rounds follow, each on an empty database, until so many were killed. JSON on standard output: how often at which stage, and
whether all that is kept is equal, times and row numbers apart. Without --database in an own SQLite file; with one, everything in
that database is dropped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from _emptied import emptied
from _nights import NAMES, night, server_script
from sqlalchemy import select

from exchange.jobs.pulling import sync_all
from exchange.settings import Settings
from exchange.store.base import Store
from exchange.store.changes import ChangeRow
from exchange.store.demands import DemandRow
from exchange.store.locks import LockRow, take
from exchange.store.nights import close_night, last_night, open_night
from exchange.store.quarantine import QuarantineRow
from exchange.store.runs import COUNTS, RunRow
from exchange.store.segments import SegmentRow
from exchange.store.sources import SourceRow
from exchange.sync import run
from exchange.sync.archive import Archive

BEGUN = datetime(2027, 1, 4, 18, tzinfo=UTC)
_TIMES = {"id", "source_id", "run_id", "first_seen_at", "updated_at", "missing_since"}


BATCH = 500
"""Smaller than a node's, so that these sources, which are small, are killed between their batches too."""


def prepare(settings: Settings, base: str) -> None:
    """An empty database with the three sources, approved."""
    store = emptied(settings.url())
    with store.work() as session:
        for name, connector in NAMES.items():
            options = {"url": f"{base}/{name}"}
            session.add(SourceRow(name=name, connector=connector, region="33.74", options=options, local=True, state="approved"))
    store.close()


def pull(settings: Settings, number: int) -> int:
    """One night's pull in a process of its own; 0 once every source was read."""
    store = Store(settings.url())
    now = BEGUN + timedelta(days=number)
    with store.work() as session:
        last = last_night(session, "done")
        if last is not None and last.started_at == now:
            return 0  # killed after its work was done
        night_id = open_night(session, now, timedelta(hours=1)).id
    reports = sync_all(store, settings, list(NAMES), clock=lambda: now, night=night_id)
    with store.work() as session:
        close_night(session, night_id, now, {})
    store.close()
    return 0 if all(report.run for report in reports) else 1


def picture(settings: Settings) -> dict[str, str]:
    """Digests of all that is kept, by kind, without times and row numbers."""
    store = Store(settings.url())
    archive = Archive(settings.data_dir / "archive")
    told: dict[str, Any] = {}
    with store.read() as session:
        names = {row.id: row.name for row in session.scalars(select(SourceRow))}
        demands = session.scalars(select(DemandRow)).all()
        told["demands"] = sorted(
            repr(_columns(row) | {"source": names[row.source_id], "missing": bool(row.missing_since)}) for row in demands
        )
        told["segments"] = sorted(
            repr((row.kind, row.ident, row.tier, row.version, _timeless(row.body))) for row in session.scalars(select(SegmentRow))
        )
        changes: dict[str, list[Any]] = {}
        for change in session.scalars(select(ChangeRow).order_by(ChangeRow.id)):
            changes.setdefault(change.ident, []).append((change.version, change.op))
        told["changes"] = sorted(changes.items())
        waiting = session.scalars(select(QuarantineRow)).all()
        told["quarantine"] = sorted(repr({name: value for name, value in _columns(row).items() if name != "at"}) for row in waiting)
        runs = session.scalars(select(RunRow).order_by(RunRow.source_id, RunRow.id))
        told["runs"] = [(names[run.source_id], run.state, run.reasons, [getattr(run, name) for name in COUNTS]) for run in runs]
        left = [row.name for row in session.scalars(select(LockRow))]
        for digest in {row.raw_answer for row in demands} | {row.answer for row in waiting}:
            archive.read(digest)
    with store.work() as session:  # the dead may have left theirs; whoever comes next must get them
        told["locks"] = [name for name in left if take(session, name, "next") is not None]
    store.close()
    return {name: hashlib.sha256(repr(rows).encode()).hexdigest()[:16] for name, rows in told.items()}


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in _TIMES}


def _timeless(body: bytes) -> str:
    return repr(sorted((name, repr(value)) for name, value in orjson.loads(body).items() if name not in _TIMES))


def forked(settings: Settings, number: int) -> int:
    """The id of a process that pulls one night."""
    child = os.fork()
    if child:
        return child
    try:
        os._exit(pull(settings, number))
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        os._exit(2)


def stage(settings: Settings) -> str:
    """How far the night was that has just been killed."""
    store = Store(settings.url())
    with store.read() as session:
        run = session.scalars(select(RunRow).order_by(RunRow.id.desc()).limit(1)).first()
    store.close()
    if run is None or run.state != "running":
        return "between sources"
    return "after some batches" if run.facts["progress"]["taken"] else "before the first batch"


def killed_round(settings: Settings, longest: float, chance: random.Random, stages: Counter[str], most: int) -> int:
    """Two nights, killed at random until they end by themselves; how many were killed, `most` at most."""
    kills = 0
    for number in range(2):
        night(settings, number)
        while True:
            child = forked(settings, number)
            if kills < most:
                time.sleep(chance.uniform(0.0, longest))
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):
                if os.WEXITSTATUS(status):
                    raise SystemExit(f"the pull ended with {os.WEXITSTATUS(status)}")
                break
            kills += 1
            stages[stage(settings)] += 1
    return kills


def main() -> None:
    run.BATCH = BATCH
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--kills", type=int, default=500)
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--database", default="")
    given = wanted.parse_args()
    chance = random.Random(given.seed)
    stages: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = subprocess.Popen(
            [sys.executable, "-c", server_script(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            assert server.stdout is not None
            base = server.stdout.readline().strip()
            calm = Settings(data_dir=folder / "calm", database_url=given.database)
            (folder / "calm").mkdir()
            prepare(calm, base)
            started = time.perf_counter()
            for number in range(2):
                night(calm, number)
                pull(calm, number)
            seconds = time.perf_counter() - started
            wanted_picture = picture(calm)
            kills = rounds = 0
            unlike: Counter[str] = Counter()
            while kills < given.kills:
                rounds += 1
                settings = Settings(data_dir=folder / f"round{rounds}", database_url=given.database)
                settings.data_dir.mkdir()
                prepare(settings, base)
                kills += killed_round(settings, seconds / 5, chance, stages, given.kills - kills)
                found = picture(settings)
                unlike.update(kind for kind in found if found[kind] != wanted_picture[kind])
        finally:
            server.kill()
            server.wait()
            server.stdout.close()  # type: ignore[union-attr]
    told = {"kills": kills, "rounds": rounds, "calm_seconds": round(seconds, 3), "stages": dict(stages)}
    json.dump(told | {"equal": not unlike, "unlike": dict(unlike)}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
