"""
Time and memory of matching made-up demands with a catalogue, reasons included, without a database.

    python3 run.py bench explain [--demands N] [--catalogue products.csv]

JSON on standard output: seconds of each stage and of the whole, demands per second, peak memory of the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from pathlib import Path
from time import perf_counter

from _demands import demands

from exchange.matching.evaluate import catalogue
from exchange.matching.matcher import Matcher
from exchange.matching.needs import read_need

SAMPLE = Path(__file__).resolve().parents[1] / "exchange" / "demo" / "data" / "products.csv"


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--demands", type=int, default=5000)
    wanted.add_argument("--catalogue", type=Path, default=SAMPLE)
    given = wanted.parse_args()
    if not given.catalogue.is_file():
        sys.exit(f"{given.catalogue} is not here; name a catalogue with --catalogue")
    listings = list(demands(given.demands))
    offers = catalogue(given.catalogue)

    started = perf_counter()
    matcher = Matcher(offers)
    indexed = perf_counter()
    needs = [read_need(listing) for listing in listings]
    read = perf_counter()
    records = [[mark.record() for mark in match.marks] for _, matches in matcher.match(needs) for match in matches]
    done = perf_counter()

    json.dump(
        {
            "model": matcher.model.version,
            "demands": len(needs),
            "products": len(offers),
            "matches": len(records),
            "seconds": round(done - started, 3),
            "index_seconds": round(indexed - started, 3),
            "read_seconds": round(read - indexed, 3),
            "match_seconds": round(done - read, 3),
            "demands_per_second": round(len(needs) / (done - started)),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        },
        sys.stdout,
    )
    print()


if __name__ == "__main__":
    main()
