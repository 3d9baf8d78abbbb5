"""Measures of rankings and of the score that says whether a demand is served at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

_RESAMPLES = 1000


def measures(rows: Sequence[Mapping[str, Any]], ranked: Sequence[tuple[list[str], float]]) -> dict[str, Any]:
    """The measures of `judged` for some of its rows and their rankings."""
    served = np.array([bool(row["served"]) for row in rows])
    score = np.array([best for _, best in ranked])
    gains, firsts = [], []
    for row, (keys, _) in zip(rows, ranked, strict=True):
        if row["served"]:
            grades = [row["grades"][key] for key in keys if key in row["grades"]]
            gains.append(_gain(grades) / _gain(sorted(grades, reverse=True)))
            firsts.append(grades[0] >= 2)
    error = (score - served) ** 2
    return {
        "n": len(rows),
        "served": int(served.sum()),
        "ndcg_at_10": _mean(gains),
        "p_at_1": _mean(firsts),
        "served_auc": auc(served, score),
        "served_ap": average_precision(served, score),
        "served_precision_at_90_recall": precision_at_recall(served, score, 0.9),
        "brier": round(float(error.mean()), 4),
        "brier_interval": _interval(error, lambda part: float(part.mean())),
    }


def _gain(grades: Sequence[int]) -> float:
    return float(sum((2**grade - 1) / np.log2(at + 2) for at, grade in enumerate(grades[:10])))


def _mean(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def auc(served: NDArray[np.bool_], score: NDArray[np.float64]) -> float | None:
    """Area under the ROC curve, equal scores counted half; None where only one sort is there."""
    yes = int(served.sum())
    no = len(served) - yes
    if not yes or not no:
        return None
    return round(float((rankdata(score)[served].sum() - yes * (yes + 1) / 2) / (yes * no)), 4)


def _curve(served: NDArray[np.bool_], score: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Precision and recall after each distinct score, from the highest down: equal scores enter together."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    hits = np.cumsum(served[order])[last]
    return hits / (last + 1), hits / served.sum()


def average_precision(served: NDArray[np.bool_], score: NDArray[np.float64]) -> float | None:
    """Precision summed over the steps of recall; None where nothing is served."""
    if not served.any():
        return None
    precision, recall = _curve(served, score)
    return round(float(np.sum(np.diff(recall, prepend=0.0) * precision)), 4)


def precision_at_recall(served: NDArray[np.bool_], score: NDArray[np.float64], least: float) -> float | None:
    """The best precision at which at least `least` of the served demands are found."""
    if not served.any():
        return None
    precision, recall = _curve(served, score)
    return round(float(precision[recall >= least].max()), 4)


def _interval(values: NDArray[np.float64], of: Callable[[NDArray[np.float64]], float]) -> list[float]:
    """The 2.5 and 97.5 percentiles over `_RESAMPLES` bootstrap resamples, seed fixed."""
    random = np.random.default_rng(20)
    told = [of(values[random.integers(0, len(values), len(values))]) for _ in range(_RESAMPLES)]
    return [round(float(edge), 4) for edge in np.percentile(told, [2.5, 97.5])]
