"""Many demands against all products at once: candidates by text, then the criteria, then the best few."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from exchange.matching.discovery import criteria as all_criteria
from exchange.matching.engine import Criterion, Match, Met, weigh
from exchange.matching.index import Index
from exchange.matching.needs import Need
from exchange.matching.offers import Offer
from exchange.matching.probability import Model, features, shipped
from exchange.matching.relevance import WEIGHTS, Evidence, Weights, relevance


class Pairs(NamedTuple):
    """
    N pairs of M needs and the products, sorted by need, then product.

    first: number of each need's first phrase; bounds: M+1 row bounds of the needs; bm25: of the whole text; inputs: N x F features;
    text: probability of a fair offer by the text alone; probability: by text and sort of listing, never above `text`.
    """

    evidence: Evidence
    first: NDArray[np.int64]
    bounds: NDArray[np.int64]
    bm25: NDArray[np.float32]
    inputs: NDArray[np.float64]
    text: NDArray[np.float64]
    probability: NDArray[np.float64]


THRESHOLD = 0.4
TOP = 10
_BATCH = 1000
# So many pairs of a demand are weighed at most: the likeliest by text, since no criterion lifts a pair.
_CANDIDATES = 40
_ROUNDING = 1e-5


def _rank(one: tuple[float, float, str, Match]) -> tuple[float, float, str]:
    return one[:3]


class Matcher:
    """
    The products, indexed once, for any number of demands.

    A pair's score depends on the demand and the product alone, on no other product and no other demand.
    """

    def __init__(
        self,
        offers: Iterable[Offer],
        criteria: Sequence[Criterion] | None = None,
        weights: Weights = WEIGHTS,
        model: Model | None = None,
        index: Index | None = None,
    ) -> None:
        """`index`: of the same products' documents by key, where it is at hand already."""
        self.offers = sorted(offers, key=lambda offer: offer.key)
        self.index = Index([offer.document for offer in self.offers]) if index is None else index
        self.criteria = tuple(all_criteria() if criteria is None else criteria)
        self.weights = weights
        self.model = shipped() if model is None else model

    def with_model(self, model: Model) -> Matcher:
        """The same index with another model."""
        other = copy(self)
        other.model = model
        return other

    def match(
        self, needs: Iterable[Need], *, top: int = TOP, threshold: float = THRESHOLD, candidates: int = _CANDIDATES
    ) -> Iterator[tuple[Need, list[Match]]]:
        """
        Each need with its best `top` matches of at least `threshold`, best first; equal ones by BM25, then by key.

        Streams: takes and gives `_BATCH` needs at a time.
        """
        for need, _, matches in self.match_all(needs, top=top, threshold=threshold, candidates=candidates):
            yield need, matches

    def match_all(
        self, needs: Iterable[Need], *, top: int = TOP, threshold: float = THRESHOLD, candidates: int = _CANDIDATES
    ) -> Iterator[tuple[Need, float, list[Match]]]:
        """As `match`, and between need and matches the probability of its likeliest product, in [0, 1]."""
        pending = iter(needs)
        while batch := list(islice(pending, _BATCH)):
            pairs = self.pairs(batch)
            best = np.zeros(len(batch))
            np.maximum.at(best, pairs.evidence.need, pairs.probability)
            likely, bounds = self._likely(pairs, len(batch), threshold)
            mets = self._met(batch, pairs, likely)
            for at, need in enumerate(batch):
                chosen = mets[bounds[at] : min(bounds[at + 1], bounds[at] + candidates)]
                yield need, float(best[at]), self._weighed(need, chosen, top, threshold)

    def pairs(self, needs: Sequence[Need]) -> Pairs:
        """All pairs of some needs and the products that have anything in common, with evidence and probability."""
        lengths = [len(need.phrases) for need in needs]
        asked = [phrase for need in needs for phrase in need.phrases]
        evidence = relevance(self.index, asked, np.repeat(np.arange(len(needs)), lengths), self.weights)
        first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        bm25 = self._bm25(needs, evidence)
        whole = bm25 / np.maximum(self.index.mass[evidence.product], 1e-9) if len(self.offers) else bm25
        inputs = features(evidence, needs, self.offers, np.minimum(whole, 1.0))
        text, sort = self.model.logits(inputs)
        bounds = np.searchsorted(evidence.need, np.arange(len(needs) + 1))
        text, sort = np.round(expit(np.maximum(text, sort)), 9), np.round(expit(sort), 9)
        return Pairs(evidence, first, bounds, bm25, inputs, text, sort)

    def _bm25(self, needs: Sequence[Need], evidence: Evidence) -> NDArray[np.float32]:
        """BM25 of the whole text for each pair of the evidence."""
        if not len(evidence.need):
            return np.zeros(0, dtype=np.float32)
        scores = (self.index.queries([need.query for need in needs]) @ self.index.impact).tocsr()
        scores.sort_indices()
        products = len(self.offers)
        row = np.repeat(np.arange(len(needs)), np.diff(scores.indptr))
        keys, wanted = row * products + scores.indices, evidence.need * products + evidence.product
        at = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
        found = (keys[at] == wanted) if len(keys) else np.zeros(len(wanted), dtype=bool)
        return np.where(found, scores.data[at] if len(keys) else 0.0, 0.0).astype(np.float32)

    @staticmethod
    def _likely(pairs: Pairs, needs: int, threshold: float) -> tuple[NDArray[np.int64], list[int]]:
        """Numbers of the pairs of at least `threshold`, by need, the likeliest first, and where each need's begin."""
        likely = np.flatnonzero(pairs.probability >= threshold)
        need = pairs.evidence.need[likely]
        order = np.lexsort((likely, -pairs.bm25[likely], -pairs.probability[likely], need))
        return likely[order], np.searchsorted(need, np.arange(needs + 1)).tolist()

    def _met(self, needs: Sequence[Need], pairs: Pairs, chosen: NDArray[np.int64]) -> list[tuple[Offer, Met]]:
        """What met in these pairs, in the words of both sides."""
        evidence = pairs.evidence
        need = evidence.need[chosen]
        text = pairs.text[chosen]
        columns = (
            need,
            evidence.product[chosen],
            evidence.phrase[chosen] - pairs.first[need],
            evidence.name[chosen],
            text,
            pairs.bm25[chosen].astype(np.float64),
            pairs.probability[chosen] / text,
        )
        found = []
        for at, product, phrase, name, value, bm25, sort in zip(*(column.tolist() for column in columns), strict=True):
            asking = needs[at]
            met = Met(value, asking.places[phrase], self.index.row(asking.phrases[phrase]).text, self.index.name_said[name], bm25, sort)
            found.append((self.offers[product], met))
        return found

    def _weighed(self, need: Need, chosen: Sequence[tuple[Offer, Met]], top: int, threshold: float) -> list[Match]:
        """Of pairs by their probability downwards the best `top`: no criterion lifts a pair, so the rest need not be weighed."""
        ranked: list[tuple[float, float, str, Match]] = []
        for offer, met in chosen:
            if len(ranked) >= top and -ranked[top - 1][0] > met.value * met.sort + _ROUNDING:
                break
            match = weigh(need, offer, met, self.criteria)
            if match.score >= threshold:
                insort(ranked, (-match.score, -met.bm25, match.offer, match), key=_rank)
        return [match for *_, match in ranked[:top]]
