"""
One night over a node for every Indonesian region, in mixed shapes, of which one in twenty misbehaves: time, requests, memory.

  python3 run.py bench night [--sources 514] [--rows 60] [--threads 16] [--database URL]

One server on loopback plays all of them: lists of the service bus, OCDS packages in pages linked to one another, JSON and XML APIs that a
mapping explains. The misbehaving hang, drip, answer 500 for ever, break off in the middle, send a robot check, an empty body, half a
JSON or a body without end. Then a second night over the same. JSON on standard output: for each night the seconds, sources by state,
requests, demands, peak memory of this process and of the largest worker; and whether every well-behaved source was read whole and every
other one said why it was not.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from _many import MISDEEDS, connector_of, options_of, server_script

from exchange.jobs.nightly import nightly
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.demands import count_demands
from exchange.store.sources import SourceRow


def one_night(settings: Settings, bad: set[str]) -> dict[str, Any]:
    store = Store(settings.url())
    started = time.perf_counter()
    told = nightly(store, settings)
    seconds = time.perf_counter() - started
    with store.read() as session:
        demands = count_demands(session)
    store.close()
    states = Counter(report.state for report in told.sources)
    return {
        "seconds": round(seconds, 1),
        "matching_seconds": told.matching["seconds"],
        "states": dict(states),
        "resting": len(told.resting),
        "requests": sum(report.requests for report in told.sources),
        "megabytes": round(sum(report.bytes for report in told.sources) / 1e6, 1),
        "demands": demands,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "largest_worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "well_behaved_all_whole": all(report.state == "complete" for report in told.sources if report.source not in bad),
        "others_all_say_why": all(report.reasons and report.state != "complete" for report in told.sources if report.source in bad),
        "rules": dict(Counter(report.reasons[0][:60] for report in told.sources if report.source in bad and report.reasons).most_common(9)),
    }


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--sources", type=int, default=514)
    wanted.add_argument("--rows", type=int, default=60)
    wanted.add_argument("--threads", type=int, default=16)
    wanted.add_argument("--total-timeout", type=float, default=30.0)
    wanted.add_argument("--database", default="")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = [sys.executable, "-c", server_script(given.rows)]
        server = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            base = server.stdout.readline().strip()
            settings = Settings(
                data_dir=folder,
                database_url=given.database,
                sync_threads=given.threads,
                total_timeout=given.total_timeout,
                read_timeout=10.0,
            )
            store = Store(settings.url())
            migrate.upgrade(store)
            bad = set()
            with store.work() as session:
                for number in range(given.sources):
                    its = f"n{number:03d}"
                    if number % 20 == 7:
                        bad.add(its)
                    misdeed = MISDEEDS[number // 20 % len(MISDEEDS)] if its in bad else ""
                    options = options_of(base, number, misdeed)
                    row = SourceRow(name=its, connector=connector_of(number), region="33.74", options=options, local=True, state="approved")
                    session.add(row)
            store.close()
            told = {"sources": given.sources, "misbehaving": len(bad)}
            json.dump(told | {"first": one_night(settings, bad), "second": one_night(settings, bad)}, sys.stdout)
            print()
        finally:
            server.kill()
            server.wait()
            server.stdout.close()  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
