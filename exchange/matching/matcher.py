"""Many demands against all products at once: candidates by text, then the criteria, then the best few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from exchange.matching.discovery import criteria as all_criteria
from exchange.matching.engine import Criterion, Match, Met, weigh
from exchange.matching.index import Index
from exchange.matching.needs import Need
from exchange.matching.offers import Offer
from exchange.matching.relevance import WEIGHTS, Evidence, Weights, relevance

MODEL = WEIGHTS.version
# Chosen on the judged demands: the highest at which every served one still has a match; above it precision rises little.
THRESHOLD = 0.4
TOP = 10
_BATCH = 1000
# So many pairs of a demand are weighed at most: the likeliest by text, since no criterion lifts a pair.
_CANDIDATES = 40


class Matcher:
    """
    The products, indexed once, for any number of demands.

    Results depend on the demand and on the whole catalogue (its word statistics), on nothing else: the same demand gets the
    same matches alone, in a batch, or in another order.
    """

    def __init__(self, offers: Iterable[Offer], criteria: Sequence[Criterion] | None = None, weights: Weights = WEIGHTS) -> None:
        self.offers = sorted(offers, key=lambda offer: offer.key)
        self.index = Index([offer.document for offer in self.offers])
        self.criteria = tuple(all_criteria() if criteria is None else criteria)
        self.weights = weights

    def match(
        self, needs: Iterable[Need], *, top: int = TOP, threshold: float = THRESHOLD, candidates: int = _CANDIDATES
    ) -> Iterator[tuple[Need, list[Match]]]:
        """
        Each need with its best `top` matches of at least `threshold`, best first; equal ones by BM25, then by key.

        Streams: takes and gives `_BATCH` needs at a time.
        """
        pending = iter(needs)
        while batch := list(islice(pending, _BATCH)):
            yield from zip(batch, self._batch(batch, top, threshold, candidates), strict=True)

    def _batch(self, needs: list[Need], top: int, threshold: float, candidates: int) -> list[list[Match]]:
        if not self.offers:
            return [[] for _ in needs]
        asked = [phrase for need in needs for phrase in need.phrases]
        need_of = np.repeat(np.arange(len(needs)), [len(need.phrases) for need in needs])
        evidence = relevance(self.index, asked, need_of, self.weights)
        bm25 = (self.index.queries([need.query for need in needs]) @ self.index.impact).tocsr()
        first = np.concatenate([[0], np.cumsum([len(need.phrases) for need in needs])])
        bounds = np.searchsorted(evidence.need, np.arange(len(needs) + 1))
        found = []
        for at, need in enumerate(needs):
            row = bm25[at]
            texts = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
            pairs = self._candidates(evidence, int(bounds[at]), int(bounds[at + 1]), texts, threshold)[:candidates]
            found.append(
                self._weighed(
                    need, [(self._met(evidence, pair, need, int(first[at]), texts), pair) for pair in pairs], evidence, top, threshold
                )
            )
        return found

    def _candidates(self, evidence: Evidence, start: int, stop: int, texts: dict[int, float], threshold: float) -> list[int]:
        likely = (np.flatnonzero(evidence.value[start:stop] >= threshold) + start).tolist()
        return sorted(likely, key=lambda pair: (-self._value(evidence, pair, texts), pair))

    def _value(self, evidence: Evidence, pair: int, texts: dict[int, float]) -> float:
        """The relevance of the best phrase, a part of it in proportion to how the whole text meets the product."""
        share = self.weights.whole_text
        whole = texts.get(int(evidence.product[pair]), 0.0) / max(max(texts.values(), default=0.0), 1e-9)
        return float(evidence.value[pair]) * (1 - share + share * whole)

    def _met(self, evidence: Evidence, pair: int, need: Need, first: int, texts: dict[int, float]) -> Met:
        phrase = int(evidence.phrase[pair]) - first
        name = self.index.name_said[int(evidence.name[pair])]
        return Met(
            self._value(evidence, pair, texts),
            need.places[phrase],
            need.phrases[phrase].text,
            name,
            texts.get(int(evidence.product[pair]), 0.0),
        )

    def _weighed(self, need: Need, pairs: list[tuple[Met, int]], evidence: Evidence, top: int, threshold: float) -> list[Match]:
        ranked = []
        for met, pair in pairs:
            offer = self.offers[int(evidence.product[pair])]
            match = weigh(need, offer, met, self.criteria)
            if match.score >= threshold:
                ranked.append((-match.score, -met.bm25, match.offer, match))
        return [match for *_, match in sorted(ranked, key=lambda one: one[:3])[:top]]
