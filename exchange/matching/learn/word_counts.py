"""
How rare a root is in procurement texts, learned from plans of several governments.

    python3 -m exchange.matching.learn.word_counts PLANS.csv[.gz] > exchange/matching/data/word_counts.csv

PLANS has the columns klpd, namapaket, spesifikasi, keterangan. A root is kept only where it stands in at least `LEAST` distinct
texts of at least `BUYERS` governments, so that names of people, firms and villages stay out.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from exchange.matching.words import words

LEAST, BUYERS = 40, 4
_LONGEST = 3000


def count(plans: Iterable[Mapping[str, str]]) -> tuple[int, dict[str, int]]:
    """Distinct texts, and root -> number of distinct texts that it stands in, for the roots that may be kept."""
    seen: set[str] = set()
    texts: Counter[str] = Counter()
    buyers: defaultdict[str, set[str]] = defaultdict(set)
    for plan in plans:
        text = " ; ".join((plan["namapaket"], plan["spesifikasi"], plan["keterangan"]))[:_LONGEST]
        if text in seen:
            continue
        seen.add(text)
        for root in set(words(text)):
            texts[root] += 1
            buyers[root].add(plan["klpd"])
    kept = {root: number for root, number in texts.items() if number >= LEAST and len(buyers[root]) >= BUYERS and not root[0].isdigit()}
    return len(seen), kept


def main() -> None:
    """Write the table to standard output, the number of texts in its first row under an empty root."""
    if len(sys.argv) != 2:
        sys.exit("usage: python3 -m exchange.matching.learn.word_counts PLANS.csv[.gz]")
    path = Path(sys.argv[1])
    csv.field_size_limit(1 << 30)
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:
        number, kept = count(csv.DictReader(file))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("root", "texts"))
    out.writerow(("", number))
    out.writerows(sorted(kept.items()))


if __name__ == "__main__":
    main()
