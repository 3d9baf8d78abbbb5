"""
What was ordered for a plan: ranks the products of one region's e-catalogue for the text, sum and time of a plan.

Other than a fair offer, an order is one of many: the same thing from many sellers. So besides the words count the seller's whole
assortment, the price against the budget, and when the product came into the catalogue. Every feature is knowledge that holds in any
region; the few weights are learned (`order_learning`) and kept in `data/models/`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from exchange.matching.phrases import phrases
from exchange.matching.tables import rows
from exchange.matching.words import words

Scores = NDArray[np.float64]
CURRENT = "pesanan-1"
FEATURES = (
    "text",  # log of BM25 over name and category, with what classes ask for
    "category",  # BM25 over the category alone, as a share of the best
    "item",  # BM25 of the best single item over the name, as a share of the best
    "backward",  # share of the name that the plan's words cover
    "assortment",  # mean over the items of the seller's best product for it
    "before",  # log of days that the product was there before the plan
    "after",  # log of days that it came after the plan
    "too_dear",  # how far one unit is above the budget, in powers of ten
    "price",  # log of one unit's price against the budget
    "price_squared",
    "whole_budget",  # price times volume meets the budget to a few per cent
    "near_budget",  # and nearly
    "seller_size",  # log of the number of the seller's products
    "price_places",  # log of the number of places that a price is named for
    "name_length",  # log of the number of words of the name
)
_ITEM_BREAK = re.compile(r"[;\n]|Spesifikasi :")
_NUMBER = re.compile(r"\s*(\d[\d.,]*)")
_OPENING = 5.0  # per cent of a catalogue's products: before these it was not open yet


@dataclass(frozen=True, slots=True)
class Listed:
    """A product of an e-catalogue: `category` without the region's name; `prices` in rupiah by place; `since` a day or None."""

    key: str
    name: str
    category: str
    seller: str
    prices: tuple[float, ...]
    since: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: its title, specifications and note; `volume` as a number where it begins with one; `budget` in rupiah, 0 unknown."""

    key: str
    region: str
    texts: tuple[str, ...]
    volume: float
    budget: float
    day: date | None


def volume_of(said: str) -> float:
    """The number that a volume begins with (`12 Kotak`), 1 where it begins with none."""
    found = _NUMBER.match(said)
    try:
        return float(found[1].replace(".", "").replace(",", ".")) if found else 1.0
    except ValueError:
        return 1.0


def day_of(number: str) -> date | None:
    """About when a plan of that national number was announced; None where it is no number."""
    numbers, days = _plan_days()
    if not number.isdigit():
        return None
    return date.fromordinal(round(float(np.interp(int(number), numbers, days))))


@cache
def _plan_days() -> tuple[Scores, Scores]:
    table = rows("plan_dates")
    days = [float(date.fromisoformat(row["day"]).toordinal()) for row in table]
    return np.array([float(row["number"]) for row in table]), np.array(days)


class _Bm25:
    """BM25 over one region's products; here the rarity is the catalogue's own, since all rank the same catalogue."""

    def __init__(self, documents: Sequence[Sequence[str]], k1: float, b: float) -> None:
        number = len(documents)
        held = Counter(word for document in documents for word in set(document))
        self.vocabulary = {word: at for at, word in enumerate(held)}
        self.rarity = np.array([log(1 + (number - count + 0.5) / (count + 0.5)) for count in held.values()])
        length = np.array([len(document) for document in documents], dtype=float)
        norm = k1 * (1 - b + b * length / ((length.mean() if number else 0.0) or 1.0))
        told = [(self.vocabulary[w], at, c) for at, document in enumerate(documents) for w, c in Counter(document).items()]
        word, product, count = np.array(told, dtype=np.int64).reshape(-1, 3).T
        impact = self.rarity[word] * count * (k1 + 1) / (count + norm[product])
        shape = (len(held), number)
        self.impact = sparse.csr_matrix((impact, (word, product)), shape=shape)
        self.mass = sparse.csr_matrix((self.rarity[word], (word, product)), shape=shape)
        self.total = np.maximum(np.bincount(product, self.rarity[word], minlength=number), 1e-6)

    def score(self, query: Mapping[str, float]) -> Scores:
        """The score of every product, above 0 where a word meets."""
        return self._sum(self.impact, query)

    def covered(self, query: Mapping[str, float]) -> Scores:
        """The share of each product's words, by rarity, that the query names, in [0, 1]."""
        return self._sum(self.mass, dict.fromkeys(query, 1.0)) / self.total

    def _sum(self, matrix: sparse.csr_matrix, query: Mapping[str, float]) -> Scores:
        out = np.zeros(matrix.shape[1])
        for word, weight in query.items():
            at = self.vocabulary.get(word)
            if at is not None:
                start, stop = matrix.indptr[at], matrix.indptr[at + 1]
                out[matrix.indices[start:stop]] += weight * matrix.data[start:stop]
        return out


class Shop:
    """The products of one region's e-catalogue, ready to be ranked for any number of plans."""

    def __init__(self, products: Sequence[Listed]) -> None:
        self.keys = [product.key for product in products]
        names = [words(product.name) for product in products]
        categories = [words(product.category) for product in products]
        self._whole = _Bm25([[*name, *category] for name, category in zip(names, categories, strict=True)], 1.5, 0.75)
        self._names = _Bm25(names, 1.2, 0.5)
        self._categories = _Bm25(categories, 1.2, 0.3)
        sellers = [product.seller for product in products]
        self._seller = np.unique(sellers, return_inverse=True)[1] if sellers else np.zeros(0, dtype=np.int64)
        self._price = np.array([max(1.0, float(np.median(product.prices))) if product.prices else np.nan for product in products])
        self._since = np.array([np.nan if product.since is None else product.since.toordinal() for product in products], dtype=float)
        self._steady = {
            "seller_size": np.log(np.bincount(self._seller)[self._seller]) / 3 if sellers else np.zeros(0),
            "price_places": np.log([max(1, len(product.prices)) for product in products]) / 3,
            "name_length": np.log1p([len(name) for name in names]),
        }

    @cached_property
    def _opened(self) -> float:
        known = self._since[~np.isnan(self._since)]
        return float(np.percentile(known, _OPENING)) if len(known) else 0.0

    def inputs(self, plan: Plan) -> Scores:
        """The P x F features of all P products for one plan."""
        query = _query(plan)
        items = _items(plan)
        singles = [self._names.score(dict.fromkeys(item, 1.0)) for item in items]
        best = np.max(singles, axis=0) if singles else np.zeros(len(self.keys))
        columns = self._steady | {
            "text": np.log1p(self._whole.score(query)) / 3,
            "category": _share(self._categories.score(query)),
            "item": _share(best),
            "backward": self._names.covered(query | dict.fromkeys((word for text in plan.texts for word in words(text)), 1.0)),
            "assortment": self._assortment(singles),
            **self._times(plan),
            **self._prices(plan),
        }
        return np.column_stack([columns[name] for name in FEATURES])

    def _assortment(self, singles: Sequence[Scores]) -> Scores:
        sellers = int(self._seller.max()) + 1 if len(self._seller) else 0
        total = np.zeros(sellers)
        for single in singles:
            best = np.zeros(sellers)
            np.maximum.at(best, self._seller, single)
            total += best / (single.max() or 1.0)
        return (total / max(1, len(singles)))[self._seller]

    def _times(self, plan: Plan) -> dict[str, Scores]:
        if plan.day is None:
            nothing = np.zeros(len(self.keys))
            return {"before": nothing, "after": nothing}
        lag = np.nan_to_num(self._since - max(float(plan.day.toordinal()), self._opened))
        return {"before": np.log1p(np.maximum(-lag, 0)), "after": np.log1p(np.maximum(lag, 0))}

    def _prices(self, plan: Plan) -> dict[str, Scores]:
        if plan.budget <= 0:
            nothing = np.zeros(len(self.keys))
            return dict.fromkeys(("too_dear", "price", "price_squared", "whole_budget", "near_budget"), nothing)
        one = np.nan_to_num(np.log10(self._price / plan.budget))
        filled = np.abs(np.nan_to_num(np.log(self._price * plan.volume / plan.budget), nan=99.0))
        return {
            "too_dear": np.clip(one, 0, 1),
            "price": one / 3,
            "price_squared": (one / 3) ** 2,
            "whole_budget": np.exp(-filled / 0.07),
            "near_budget": np.exp(-filled / 0.4),
        }


def _share(score: Scores) -> Scores:
    return score / (score.max(initial=0.0) or 1.0)


def _query(plan: Plan) -> dict[str, float]:
    """Root -> weight over all texts of a plan, with what its classes ask for."""
    query: dict[str, float] = {}
    for text in plan.texts:
        for phrase in phrases(text):
            for one in (phrase, *phrase.members):
                share = one.strength if one.widened else 1.0
                for word, weight in zip(one.roots, one.weights, strict=True):
                    query[word] = max(query.get(word, 0.0), weight * share)
    return query


def _items(plan: Plan) -> list[tuple[str, ...]]:
    """The listed things of a plan, each once, as roots."""
    found = (words(part) for text in plan.texts for part in _ITEM_BREAK.split(text))
    return list(dict.fromkeys(item for item in found if item))


@dataclass(frozen=True, slots=True)
class OrderModel:
    """The weight of each feature."""

    version: str
    weights: Mapping[str, float]

    def rank(self, shop: Shop, plan: Plan) -> NDArray[np.int64]:
        """Places of all products, likeliest first; equal ones in the order of the catalogue."""
        score = shop.inputs(plan) @ np.array([self.weights[name] for name in FEATURES])
        return np.argsort(-np.round(score, 9), kind="stable")


@cache
def shipped_orders(version: str = CURRENT) -> OrderModel:
    """The model that the exchange ships."""
    told = json.loads(files("exchange.matching").joinpath("data", "models", f"{version}.json").read_text("utf-8"))
    return OrderModel(told["version"], told["weights"])
