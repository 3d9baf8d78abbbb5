"""
Learning the weights of `orders` from orders: of all products of a region the ordered one is to come first.

A conditional logit (softmax over a region's whole catalogue for each plan) with a pull towards 0: few weights, so that what one
region teaches holds in another.

Source:
    McFadden (1974), "Conditional logit analysis of qualitative choice behavior".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from exchange.matching.orders import FEATURES, OrderModel

_STRENGTH = 2.0
_STEPS = 80


def learn_orders(
    version: str, inputs: Sequence[NDArray[np.float64]], ordered: Sequence[Sequence[int]], strength: float = _STRENGTH
) -> OrderModel:
    """
    A model from N plans.

    Args:
        inputs: for each plan the P x F features of its region's products; ordered: for each plan the places of what was ordered.
        strength: of the pull towards 0, on the scale of one spread of a feature.
    """
    every = np.concatenate(inputs)
    spread = every.std(axis=0) + 1e-6
    every = (every - every.mean(axis=0)) / spread
    starts = np.cumsum([0, *(len(one) for one in inputs)])[:-1]
    plan = np.repeat(np.arange(len(inputs)), [len(one) for one in inputs])
    target = np.zeros(len(every))
    for start, places in zip(starts, ordered, strict=True):
        target[start + np.asarray(places, dtype=np.int64)] = 1 / len(places)
    wanted = target @ every

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        score = every @ weights
        most = np.maximum.reduceat(score, starts)
        raised = np.exp(score - most[plan])
        total = np.add.reduceat(raised, starts)
        value = float((np.log(total) + most).sum() - wanted @ weights + strength * weights @ weights)
        return value, (raised / total[plan]) @ every - wanted + 2 * strength * weights

    found = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x / spread
    return OrderModel(version, {name: round(float(value), 4) for name, value in zip(FEATURES, found, strict=True)})
