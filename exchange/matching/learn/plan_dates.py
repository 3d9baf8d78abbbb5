"""
When plans of a number were announced: national plan numbers rise with time, and order files name no date.

    python3 -m exchange.matching.learn.plan_dates PLANS.csv[.gz] > exchange/matching/data/plan_dates.csv

PLANS has the columns idrup and tanggalpengumuman. For each step of half a million numbers with enough plans the day of its first
hundredth is kept: later ones were announced again after a revision. Never earlier than the one before.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

STEP, LEAST = 500_000, 100


def days(plans: Iterable[Mapping[str, str]]) -> list[tuple[int, date]]:
    """The first number of each step and the day on which its numbers began to be announced, both rising."""
    steps: defaultdict[int, list[date]] = defaultdict(list)
    for plan in plans:
        said = plan["tanggalpengumuman"][:10]
        if plan["idrup"].isdigit() and said:
            steps[int(plan["idrup"]) // STEP].append(date.fromisoformat(said))
    found: list[tuple[int, date]] = []
    for step, told in sorted(steps.items()):
        if len(told) >= LEAST:
            day = sorted(told)[len(told) // 100]
            found.append((step * STEP, max(day, found[-1][1]) if found else day))
    return found


def main() -> None:
    """Write the table to standard output."""
    if len(sys.argv) != 2:
        sys.exit("usage: python3 -m exchange.matching.learn.plan_dates PLANS.csv[.gz]")
    path = Path(sys.argv[1])
    csv.field_size_limit(1 << 30)
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:
        table = days(csv.DictReader(file))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("number", "day"))
    out.writerows((number, day.isoformat()) for number, day in table)


if __name__ == "__main__":
    main()
