"""
What learning from staff's decisions gains, and what it costs where staff pick what they decide (decision note 0013).

  python3 run.py bench decisions FILE.jsonl --catalogue products.csv

Judged demands stand for staff: a third makes the model beneath, a third is decided on as far as that model proposes it, and the rest
is measured. JSON on standard output: means over splits of the log loss on what is proposed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from exchange.matching.decisions import Counts, Decisions
from exchange.matching.evaluate import catalogue, judged_need, learn_judged, read_judged
from exchange.matching.learn_decisions import learn_decisions
from exchange.matching.learning import learn
from exchange.matching.matcher import THRESHOLD, Matcher

SPLITS = 20
UNASKED = 20
WRITTEN = 0.25
# of the decisions of one sort only some are written down
SITUATIONS = {"all decided": None, "one of four rejections decided": 0.0, "one of four acceptances decided": 1.0}


def measured(path: Path, catalogue_path: Path) -> dict[str, Any]:
    rows = read_judged(path)
    needs = [judged_need(row["demand"]) for row in rows]
    matcher = Matcher(catalogue(catalogue_path))
    pairs = matcher.pairs(needs)
    need = pairs.evidence.need
    keys = [matcher.offers[product].key for product in pairs.evidence.product]
    grades = np.array([rows[at]["grades"].get(key, -1) for at, key in zip(need, keys, strict=True)])
    labels = (grades >= 2).astype(float)
    found: dict[str, dict[str, list[float]]] = {name: {} for name in SITUATIONS}
    for seed in range(SPLITS):
        random = np.random.default_rng(seed)
        third = random.integers(0, 3, len(rows))
        first = np.flatnonzero(third == 0).tolist()
        base = learn_judged(matcher, [rows[at] for at in first], [needs[at] for at in first], "dasar")
        likely = expit(base.logits(pairs.inputs)[1])
        proposed = (grades >= 0) & (likely >= THRESHOLD)
        written = random.random(len(need)) < WRITTEN
        for name, rare in SITUATIONS.items():
            decided = proposed & (third[need] == 1)
            if rare is not None:
                decided &= (labels != rare) | written
            unasked = [
                pair
                for at in np.unique(need[decided])
                for pair in sorted(np.flatnonzero((need == at) & (likely < THRESHOLD)), key=lambda pair: -likely[pair])[:UNASKED]
            ]
            own = (pairs.inputs[decided], labels[decided], need[decided], np.zeros(decided.sum()))
            decisions = Decisions(*own, pairs.inputs[unasked], need[unasked], Counts(0, 0, 0, 0, 0, 0))
            served = {int(at): bool(rows[at]["served"]) for at in np.unique(need[decided])}
            sample = learn("contoh", own[0], own[1], np.ones(len(own[1])), own[2], served, prior=base.weights)
            rest = proposed & (third[need] == 2)
            for which, model in (("beneath", base), ("learned", learn_decisions("x", base, decisions)), ("as a sample", sample)):
                odds = model.logits(pairs.inputs[rest])[1]
                loss = float(np.mean(np.logaddexp(0.0, odds) - labels[rest] * odds))
                found[name].setdefault(which, []).append(loss)
            found[name].setdefault("decisions", []).append(float(decided.sum()))
    return {name: {which: round(float(np.mean(values)), 3) for which, values in told.items()} for name, told in found.items()}


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("path", type=Path)
    wanted.add_argument("--catalogue", type=Path, required=True)
    given = wanted.parse_args()
    json.dump(measured(given.path, given.catalogue), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
