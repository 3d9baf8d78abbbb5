"""
Which product of a region's catalogue an office orders for a plan: few features of a pair, and their weighted sum.

The features are knowledge rather than remembered rows: do the words meet, does one seller have all that is listed, can the
budget pay for it, was it in the catalogue when the plan was made. They are the same in every region; only their weights are
learned (`learn_orders.py`) and kept in `data/orders.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from exchange.matching.phrases import phrases
from exchange.matching.plan_clock import day_of
from exchange.matching.tables import rows
from exchange.matching.words import words

# feature -> the sign its weight may have: 1 more is better, -1 worse, 0 either
FEATURES = {
    "text": 1,
    "category": 1,
    "covered": 1,
    "seller_has": 1,
    "listed_before": -1,
    "listed_after": -1,
    "too_dear": -1,
    "fits_exactly": 1,
    "fits_nearly": 1,
    "divides": 1,
    "seller_size": 0,
    "price_areas": 0,
}
K1, B = 1.5, 0.75
_CATALOGUE_OPENS = 5.0
_LIST_BREAK = re.compile(r"[;\n]|\bspesifikasi\s*:", re.IGNORECASE)
_COUNT = re.compile(r"\s*(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?")
_EXACT, _NEAR = 0.07, 0.4
_WHOLE, _MOST_PIECES = 0.002, 100

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Plan:
    """A procurement plan as its office wrote it; `budget` in rupiah, None where it was not said."""

    key: str
    title: str
    specification: str = ""
    note: str = ""
    volume: str = ""
    budget: float | None = None

    @property
    def texts(self) -> tuple[str, str, str]:
        """All that it says in words."""
        return self.title, self.specification, self.note

    @property
    def items(self) -> list[tuple[str, ...]]:
        """The words of the title and of each listed item, equal ones once, in reading order."""
        found = (words(part) for text in self.texts for part in _LIST_BREAK.split(text))
        return list(dict.fromkeys(item for item in found if item))


@dataclass(frozen=True, slots=True)
class Listed:
    """A catalogue's product; price in rupiah (the middle one of its areas), `listed` the ordinal day of its approval, None unknown."""

    key: str
    name: str
    category: str = ""
    seller: str = ""
    price: float | None = None
    price_areas: int = 1
    listed: int | None = None


class _Texts:
    """P texts of words as an inverted index, V x P; `impact` their BM25 weights, `rarity` the idf of each word that stands there."""

    def __init__(self, texts: Sequence[Sequence[str]], b: float) -> None:
        self.vocabulary: dict[str, int] = {}
        at = [(self.vocabulary.setdefault(word, len(self.vocabulary)), place) for place, text in enumerate(texts) for word in text]
        pairs = np.array(at, dtype=np.int64).reshape(-1, 2)
        shape = (len(self.vocabulary), len(texts))
        counts = sparse.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
        counts.sum_duplicates()
        held = np.diff(counts.indptr)
        self.idf = np.log1p((len(texts) - held + 0.5) / (held + 0.5)).astype(np.float32)
        length = np.array([len(text) for text in texts], dtype=np.float64)
        norm = K1 * (1 - b + b * length / (length.mean() if length.any() else 1.0))
        idf = np.repeat(self.idf, held)
        self.impact = counts.copy()
        self.impact.data = idf * counts.data * (K1 + 1) / (counts.data + norm[counts.indices])
        self.rarity = counts
        self.rarity.data = idf.astype(np.float64)

    def query(self, asked: Sequence[Mapping[str, float]]) -> sparse.csr_matrix:
        """N queries as an N x V matrix; words that no text has are left out."""
        cells = [
            (row, self.vocabulary[word], weight)
            for row, query in enumerate(asked)
            for word, weight in query.items()
            if word in self.vocabulary
        ]
        found = np.array(cells, dtype=np.float64).reshape(-1, 3)
        shape = (len(asked), len(self.vocabulary))
        return sparse.csr_matrix((found[:, 2], (found[:, 0].astype(np.int64), found[:, 1].astype(np.int64))), shape=shape)

    def bm25(self, query: Mapping[str, float]) -> NDArray[np.float64]:
        """P scores, 0 and above."""
        return np.asarray((self.query([query]) @ self.impact).toarray()[0])


class Catalogue:
    """The P products of one region in the order of their keys, so that the order of a file changes nothing; `region` its name."""

    def __init__(self, region: str, products: Sequence[Listed]) -> None:
        self.products = sorted(products, key=lambda product: (len(product.key), product.key))
        self.place = {product.key: place for place, product in enumerate(self.products)}
        own = {*words(region), "provinsi", "kabupaten", "kota", "perintah", "daerah"}
        names = [words(product.name) for product in self.products]
        categories = [tuple(word for word in words(product.category) if word not in own) for product in self.products]
        self._whole = _Texts([(*name, *category) for name, category in zip(names, categories, strict=True)], B)
        self._names = _Texts(names, 0.5)
        self._categories = _Texts(categories, 0.3)
        self._name_total = np.maximum(np.asarray(self._names.rarity.sum(axis=0)).ravel(), 1e-6)
        _, self._seller = np.unique([product.seller for product in self.products], return_inverse=True)
        by_seller = np.argsort(self._seller, kind="stable")
        self._starts = np.flatnonzero(np.diff(self._seller[by_seller], prepend=-1))
        self._sold = self._names.impact[:, by_seller].astype(np.float32)
        self._listed = np.array([np.nan if product.listed is None else product.listed for product in self.products])
        self._price = np.array([product.price or np.nan for product in self.products])

    @cached_property
    def _opened(self) -> float:
        """The day since when there is a catalogue to order from: nothing is ordered before."""
        known = self._listed[~np.isnan(self._listed)]
        return float(np.percentile(known, _CATALOGUE_OPENS)) if len(known) else 0.0

    @cached_property
    def _standing(self) -> Scores:
        """P x 2: how many products the seller has, for how many areas the product has a price, in logarithms."""
        size = np.log(np.bincount(self._seller)[self._seller])
        areas = np.log([max(1, product.price_areas) for product in self.products])
        return np.stack([size, areas], axis=1).astype(np.float32)

    def features(self, plan: Plan) -> Scores:
        """P x F: the features of the plan with every product, in the order of `FEATURES`; 0 where one cannot tell."""
        query = asked_words(plan)
        columns = [
            np.log1p(self._whole.bm25(query)),
            _share_of_best(self._categories.bm25(query)),
            self._covered(query),
            self._seller_has(plan),
            *self._times(plan),
            *self._prices(plan),
        ]
        return np.concatenate([np.stack(columns, axis=1).astype(np.float32), self._standing], axis=1)

    def _covered(self, query: Mapping[str, float]) -> NDArray[np.float64]:
        """How much of the product's name the plan says, each word by its rarity, in [0, 1]."""
        met = (self._names.query([dict.fromkeys(query, 1.0)]) @ self._names.rarity).toarray()[0]
        return np.asarray(met / self._name_total)

    def _seller_has(self, plan: Plan) -> NDArray[np.float64]:
        """How well the seller's products meet all the plan lists: mean over items of its best product by the best of all, in [0, 1]."""
        items = plan.items
        if not items:
            return np.zeros(len(self.products))
        met = (self._names.query([dict.fromkeys(item, 1.0) for item in items]).astype(np.float32) @ self._sold).toarray()
        best = np.maximum.reduceat(met, self._starts, axis=1).astype(np.float64)
        top = best.max(axis=1, keepdims=True)
        return np.asarray((best / np.where(top > 0, top, 1.0)).mean(axis=0)[self._seller])

    def _times(self, plan: Plan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Days, in logarithms, that the product was listed before and after the plan was made (or the catalogue opened)."""
        day = day_of(plan.key)
        if day is None:
            return np.zeros(len(self.products)), np.zeros(len(self.products))
        late = np.nan_to_num(self._listed - max(day, self._opened))
        return np.log1p(np.maximum(-late, 0)), np.log1p(np.maximum(late, 0))

    def _prices(self, plan: Plan) -> Sequence[NDArray[np.float64]]:
        """
        Budget against price, four columns.

        How far the price is beyond the budget, in powers of ten up to 1; how near the stated volume at this price comes to the
        budget, strictly and loosely; whether the budget is a whole number of pieces up to 100. The last three are in [0, 1].
        """
        if not plan.budget or plan.budget <= 0:
            return (np.zeros(len(self.products)),) * 4
        known = ~np.isnan(self._price)
        pieces = plan.budget / np.where(known, self._price, plan.budget)
        off = np.abs(np.log(volume(plan.volume) / pieces))
        whole = np.clip(np.round(pieces), 1, _MOST_PIECES)
        divides = np.exp(-np.abs(pieces / whole - 1) / _WHOLE)
        beyond = np.clip(-np.log10(pieces), 0, 1)
        return [beyond, *(np.where(known, one, 0.0) for one in (np.exp(-off / _EXACT), np.exp(-off / _NEAR), divides))]


def _share_of_best(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else scores


def volume(said: str) -> float:
    """The first number of a volume ("5 Unit", "5.548 rim"), above 0; 1 where none is said."""
    found = _COUNT.match(said)
    if found is None:
        return 1.0
    return float(f"{found[1].replace('.', '')}.{found[2] or 0}") or 1.0


def asked_words(plan: Plan) -> dict[str, float]:
    """Root -> how much it counts, in (0, 1]: the words of the plan's phrases and of what they ask for as a class."""
    found: dict[str, float] = {}
    for text in plan.texts:
        for phrase in phrases(text):
            said = list(zip(phrase.roots, phrase.weights, strict=True))
            for offered in phrase.members:
                said.extend((word, weight * offered.strength) for word, weight in zip(offered.roots, offered.weights, strict=True))
            for word, weight in said:
                if word and weight > 0:
                    found[word] = max(found.get(word, 0.0), weight)
    return found


def shipped_weights() -> NDArray[np.float64]:
    """
    F weights in the order of `FEATURES`, as learned and committed (`data/orders.csv`).

    Raises:
        ValueError: the table names other features than this code has.
    """
    known = {row["feature"]: float(row["weight"]) for row in rows("orders")}
    if known.keys() != FEATURES.keys():
        raise ValueError(f"data/orders.csv: features differ: {', '.join(sorted(known.keys() ^ FEATURES.keys()))}")
    return np.array([known[name] for name in FEATURES])


def ranked(features: Scores, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """The P places of a catalogue, best first; equals in the order of the catalogue."""
    return np.argsort(-(features.astype(np.float64) @ weights).round(9), kind="stable")
