"""
What each part of the matching adds: the same measures with one part taken away.

  python3 run.py bench ablation FILE.jsonl --catalogue products.csv

JSON on standard output. Judged demands by five folds; nothing is measured by a model that saw it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from exchange.matching import evaluate, index, phrases, tables, words
from exchange.matching.probability import FEATURES

TABLES = {
    "whole": (),
    "without what classes ask for": ("asked",),
    "without spellings and phrases": ("spellings",),
    "without kinds that are no goods": ("kinds",),
    "without decisive heads": ("decisive",),
    "without boilerplate weights": ("boilerplate",),
    "without purpose and place markers": ("context",),
    "without own roots": ("roots",),
}
_rows = tables.rows


def forget() -> None:
    """Everything that was read by the tables of before."""
    for module in (words, phrases, tables, index):
        for thing in vars(module).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()
    from exchange.matching import needs

    needs._readings.cache_clear()
    needs._counted.cache_clear()


def judged(path: Path, catalogue: Path) -> dict[str, Any]:
    told = {}
    for name, left in TABLES.items():
        without = lambda table, left=left: () if table in left else _rows(table)  # noqa: E731
        words.rows = phrases.rows = without
        forget()
        told[name] = evaluate.judged(path, catalogue, fit=True)["all"]
    words.rows = phrases.rows = _rows
    forget()
    told["without learning (evidence alone)"] = evidence_alone(path, catalogue)
    return told


def evidence_alone(path: Path, catalogue: Path) -> dict[str, Any]:
    from exchange.matching.probability import Model

    plain = Model("evidence", {name: 1.0 if name == "value" else 0.0 for name in FEATURES}, 0.0)
    return evaluate.judged(path, catalogue, model=plain)["all"]


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("path", type=Path)
    wanted.add_argument("--catalogue", type=Path, required=True)
    given = wanted.parse_args()
    json.dump(judged(given.path, given.catalogue), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
