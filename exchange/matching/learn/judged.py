"""
The weights of the probability, learned from judged demands.

    python3 -m exchange.matching.learn.judged VERSION CATALOGUE.csv JUDGED.jsonl... > exchange/matching/data/models/VERSION.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from exchange.matching.evaluate import catalogue, judged_need, learn_judged, read_judged
from exchange.matching.matcher import Matcher


def main() -> None:
    """Write the model to standard output."""
    if len(sys.argv) < 4:
        sys.exit("usage: python3 -m exchange.matching.learn.judged VERSION CATALOGUE.csv JUDGED.jsonl...")
    version, products, *paths = sys.argv[1:]
    rows = [row for path in paths for row in read_judged(Path(path))]
    model = learn_judged(Matcher(catalogue(Path(products))), rows, [judged_need(row["demand"]) for row in rows], version)
    json.dump(model.record() | {"learned_from": f"{len(rows)} judged demands"}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
