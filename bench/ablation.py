"""
What each part of the matching adds: the same measures with one part taken away.

  python3 run.py bench ablation FILE.jsonl --catalogue products.csv
  python3 run.py bench ablation FOLDER

JSON on standard output. Judged demands by five folds, orders (a folder of them) by leaving one region out; nothing is measured by a
model that saw it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from exchange.matching import evaluate, index, orders, phrases, purchases, tables, words
from exchange.matching.probability import FEATURES
from schemas.reading import roots

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
ORDERS = {
    "whole": (),
    "without the category's words": ("category",),
    "without what one seller has of the list": ("covered", "seller_has"),
    "without time": ("listed_before", "listed_after"),
    "without prices": ("too_dear", "fits_exactly", "fits_nearly", "divides"),
    "without sizes of sellers and of areas": ("seller_size", "price_areas"),
    "the words alone": tuple(name for name in orders.FEATURES if name not in ("text", "category")),
}
_rows, _roots = tables.rows, roots.table


def forget() -> None:
    """Everything that was read by the tables of before."""
    for module in (words, phrases, tables, index, roots):
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
        roots.table = dict if "roots" in left else _roots
        forget()
        told[name] = evaluate.judged(path, catalogue, fit=True)["all"]
    words.rows, phrases.rows, roots.table = _rows, _rows, _roots
    forget()
    told["without learning (evidence alone)"] = evidence_alone(path, catalogue)
    return told


def evidence_alone(path: Path, catalogue: Path) -> dict[str, Any]:
    from exchange.matching.probability import Model

    plain = Model("evidence", {name: 1.0 if name == "value" else 0.0 for name in FEATURES}, 0.0)
    return evaluate.judged(path, catalogue, model=plain)["all"]


def ordered(folder: Path) -> dict[str, Any]:
    """The order model without some of its features: their columns say nothing, and the rest is learned anew."""
    known = purchases.usable(purchases.read_folder(folder))
    names, told = list(orders.FEATURES), {}
    for name, left in ORDERS.items():
        kept = np.array([feature not in left for feature in names], dtype=np.float32)
        fewer = [replace(one, features=one.features * kept) for one in known]
        told[name] = purchases.ranked_by_folds(fewer)
    return told


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("path", type=Path)
    wanted.add_argument("--catalogue", type=Path)
    given = wanted.parse_args()
    if given.catalogue is None and not given.path.is_dir():
        wanted.error("judged demands need --catalogue; without it name a folder of orders")
    json.dump(judged(given.path, given.catalogue) if given.catalogue else ordered(given.path), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
