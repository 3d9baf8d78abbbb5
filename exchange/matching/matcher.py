"""Many demands against all products at once: candidates by text, then the criteria, then the best few."""

from __future__ import annotations

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
    ) -> None:
        self.offers = sorted(offers, key=lambda offer: offer.key)
        self.index = Index([offer.document for offer in self.offers])
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
            for at, need in enumerate(batch):
                best = float(pairs.probability[pairs.bounds[at] : pairs.bounds[at + 1]].max(initial=0.0))
                yield need, best, self._weighed(need, self._likely(pairs, at, threshold, candidates), pairs, top, threshold)

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

    def _likely(self, pairs: Pairs, at: int, threshold: float, candidates: int) -> list[int]:
        start, stop = int(pairs.bounds[at]), int(pairs.bounds[at + 1])
        likely = np.flatnonzero(pairs.probability[start:stop] >= threshold) + start
        order = np.lexsort((likely, -pairs.bm25[likely], -pairs.probability[likely]))
        return [int(pair) for pair in likely[order][:candidates]]

    def met(self, need: Need, pair: int, pairs: Pairs, at: int) -> Met:
        """What met in one pair of need number `at`, in the words of both sides."""
        evidence = pairs.evidence
        phrase = int(evidence.phrase[pair]) - int(pairs.first[at])
        text = float(pairs.text[pair])
        return Met(
            text,
            need.places[phrase],
            need.phrases[phrase].text,
            self.index.name_said[int(evidence.name[pair])],
            float(pairs.bm25[pair]),
            float(pairs.probability[pair]) / text,
        )

    def _weighed(self, need: Need, likely: list[int], pairs: Pairs, top: int, threshold: float) -> list[Match]:
        ranked = []
        for pair in likely:
            offer = self.offers[int(pairs.evidence.product[pair])]
            met = self.met(need, pair, pairs, int(pairs.evidence.need[pair]))
            match = weigh(need, offer, met, self.criteria)
            if match.score >= threshold:
                ranked.append((-match.score, -met.bm25, match.offer, match))
        return [match for *_, match in sorted(ranked, key=lambda one: one[:3])[:top]]
