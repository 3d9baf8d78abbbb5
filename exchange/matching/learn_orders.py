"""
The weights of `orders.py` from plans whose orders are known.

A conditional (multinomial) logit: of all products of the catalogue, the ordered ones were chosen. Few features, each with the
sign that common sense gives it, strongly held towards 0: it has to carry over to regions whose orders it never saw.

To learn anew:  python -m exchange.matching.learn_orders FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from exchange.matching.orders import FEATURES, Scores

RIDGE = 10.0
_TOP, _OTHERS = 300, 200
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """
    One plan to learn from: C of its catalogue's products.

    features: C x F; chosen: C shares of the ordered products, summing to 1; stands_for: C logarithms of how many products
    each stands for.
    """

    features: Scores
    chosen: NDArray[np.float64]
    stands_for: NDArray[np.float64]


def choice(features: Scores, ordered: NDArray[np.int64]) -> Choice:
    """
    A plan's choice among P products, thinned: the ordered, the 300 whose text is nearest, and 200 of the rest, evenly spaced.

    Args:
        features: P x F.
        ordered: places of the ordered products, at least one.
    """
    near = np.argsort(-features[:, 0], kind="stable")[:_TOP]
    kept = np.union1d(near, ordered)
    rest = np.setdiff1d(np.arange(len(features)), kept)
    some = rest[np.linspace(0, len(rest) - 1, min(_OTHERS, len(rest))).astype(np.int64)] if len(rest) else rest
    places = np.concatenate([kept, some])
    stands_for = np.zeros(len(places))
    if len(some):
        stands_for[len(kept) :] = np.log(len(rest) / len(some))
    return Choice(features[places], np.isin(places, ordered) / len(ordered), stands_for)


def learn(choices: Sequence[Choice], ridge: float = RIDGE) -> NDArray[np.float64]:
    """
    The F weights that make N choices likeliest.

    Args:
        choices: N plans, at least one.
        ridge: how strongly the weights of the standardised features are held towards 0, above 0.

    Source:
        McFadden (1974), "Conditional logit analysis of qualitative choice behavior"; as a ranking loss it is ListNet's
        (Cao et al. 2007) with the ordered products as the target.
    """
    features = np.concatenate([one.features for one in choices]).astype(np.float64)
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    features = (features - mean) / spread
    chosen = np.concatenate([one.chosen for one in choices])
    stands_for = np.concatenate([one.stands_for for one in choices])
    sizes = [len(one.chosen) for one in choices]
    starts = np.cumsum([0, *sizes[:-1]])
    plan = np.repeat(np.arange(len(choices)), sizes)
    wanted = chosen @ features

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        score = features @ weights + stands_for
        highest = np.maximum.reduceat(score, starts)
        odds = np.exp(score - highest[plan])
        total = np.add.reduceat(odds, starts)
        value = float((np.log(total) + highest).sum() - wanted @ weights + ridge * weights @ weights)
        return value, (odds / total[plan]) @ features - wanted + 2 * ridge * weights

    bounds = [(0.0 if sign > 0 else None, 0.0 if sign < 0 else None) for sign in FEATURES.values()]
    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _STEPS})
    return np.asarray(found.x / spread)


def write(weights: NDArray[np.float64], plans: int, regions: int, path: Path) -> None:
    """The table of weights, with what they were learned from."""
    said = f"conditional logit on {plans} plans with orders in {regions} regions; ridge {RIDGE:g}; learn_orders.py"
    lines = [f"{name},{weight:.4f},{'' if at else said}" for at, (name, weight) in enumerate(zip(FEATURES, weights, strict=True))]
    path.write_text("\n".join(["feature,weight,note", *lines, ""]), "utf-8")


if __name__ == "__main__":
    from exchange.matching.purchases import read_folder, usable

    known = usable(read_folder(Path(sys.argv[1])))
    learned = learn([choice(one.features, one.ordered) for one in known])
    table = files("exchange.matching").joinpath("data", "orders.csv")
    write(learned, len(known), len({one.region for one in known}), Path(str(table)))
