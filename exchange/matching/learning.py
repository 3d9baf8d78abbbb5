"""
Learning the weights of the probability from labelled pairs: judged demands, or what staff accepted and rejected.

Few rows teach few numbers, so the weights are drawn towards what is known beforehand (`PRIOR`): a works contract buys no goods
whether or not the sample holds one. Labels: 1 a fair offer, 0 not.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from exchange.matching.probability import FEATURES, Model

PRIOR: Mapping[str, float] = {
    "value": 1.0,
    "forward": 0.5,
    "backward": 0.7,
    "head_same": 0.5,
    "head_elsewhere": -1.0,
    "head_missing": -1.0,
    "heading": -1.0,
    "whole": 2.0,
    "kind": -4.0,
    "services": -0.7,
    "works": -5.0,
    "consulting": -6.0,
    "catering": 1.5,
}
_STRENGTH = 6.0
_SERVED_STRENGTH = 0.1
_TINY = 1e-6


def learn(
    version: str,
    inputs: NDArray[np.float64],
    labels: NDArray[np.float64],
    importance: NDArray[np.float64],
    need: NDArray[np.int64],
    served: Mapping[int, bool],
    prior: Mapping[str, float] = PRIOR,
    strength: float = _STRENGTH,
) -> Model:
    """
    A model from N labelled pairs.

    Args:
        inputs: N x F, see `probability.FEATURES`; labels: N of 0 or 1; importance: N weights of 0 and above.
        need: number of each pair's demand; every demand counts as the square root of its pairs, so that long lists do not rule.
        served: for each demand's number whether anything serves it; a demand without a pair has best probability 0.
        prior: expected weights, 0 where none is named; strength: of the pull towards them, on the scale of one spread of a feature.
    """
    spread = inputs.std(axis=0) if len(inputs) else np.zeros(len(FEATURES))
    spread[spread < _TINY] = 1.0
    expected = np.array([prior.get(name, 0.0) for name in FEATURES]) * spread
    per_need = np.bincount(need, weights=importance) if len(need) else np.zeros(1)
    weight = importance / np.sqrt(np.maximum(per_need[need], 1.0))
    found = _logistic(inputs / spread, labels, weight, expected, strength)
    weights, intercept = found[1:] / spread, float(found[0])
    probability = expit(inputs @ weights + intercept)
    best = np.array([probability[need == one].max(initial=_TINY) for one in served])
    outcome = np.array(list(served.values()), dtype=np.float64)
    log_odds = np.log(best / np.maximum(1.0 - best, _TINY))[:, None]
    base, slope = _logistic(log_odds, outcome, np.ones(len(outcome)), np.ones(1), _SERVED_STRENGTH)
    named = {name: round(float(value), 4) for name, value in zip(FEATURES, weights, strict=True)}
    return Model(version, named, round(intercept, 4), (round(float(slope), 4), round(float(base), 4)))


def adapt(
    version: str,
    base: Model,
    inputs: NDArray[np.float64],
    labels: NDArray[np.float64],
    weight: NDArray[np.float64],
    strength: float = _STRENGTH,
) -> Model:
    """
    A model that differs from another one as far as N labelled pairs ask for it.

    Weights and intercept are drawn alike to those of `base`, on the scale of one unit of a feature: by the spread of the features
    among the pairs a rare one would move the most. Without pairs it is `base` by another name. What the demand's best pair tells
    (`served`) stays as it was.

    Args:
        inputs: N x F, see `probability.FEATURES`; labels: N in [0, 1], 1 a fair offer, between them a probability of one.
        weight: N weights of 0 and above.
    """
    expected = np.array([base.weights[name] for name in FEATURES])
    found = _logistic(inputs, labels, weight, expected, strength, base.intercept)
    named = {name: round(float(value), 4) for name, value in zip(FEATURES, found[1:], strict=True)}
    return Model(version, named, round(float(found[0]), 4), base.served)


def _logistic(
    inputs: NDArray[np.float64],
    labels: NDArray[np.float64],
    weight: NDArray[np.float64],
    expected: NDArray[np.float64],
    strength: float,
    intercept: float | None = None,
) -> NDArray[np.float64]:
    """Intercept and weights of a logistic regression with a Gaussian prior around `expected`; the intercept is free where None is."""
    pulled, middle = (0.0, 0.0) if intercept is None else (strength, intercept)

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_odds = inputs @ at[1:] + at[0]
        away, off = at[1:] - expected, at[0] - middle
        prior = 0.5 * strength * (away @ away) + 0.5 * pulled * off**2
        total = float(weight @ (np.logaddexp(0.0, log_odds) - labels * log_odds) + prior)
        slope = weight * (expit(log_odds) - labels)
        return total, np.concatenate([[slope.sum() + pulled * off], inputs.T @ slope + strength * away])

    start = np.concatenate([[middle], expected])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)
