from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.matching.index import FIELD_WEIGHTS, K1, B, Document, Index
from exchange.matching.phrases import phrases
from exchange.matching.rarity import MEAN_LENGTH, rarity
from exchange.matching.relevance import relevance

NOUNS = ["beras", "genset", "kursi", "lampu", "meja", "pagar", "rak", "sabun", "tangki", "tiang", "besi", "plastik"]
names = st.lists(st.sampled_from(NOUNS), min_size=1, max_size=4).map(" ".join)
catalogues = st.lists(names, min_size=1, max_size=12).map(lambda found: [Document(f"P{at:02}", name) for at, name in enumerate(found)])
queries = st.dictionaries(st.sampled_from([*NOUNS, "asing"]), st.floats(0.1, 3), max_size=5)


def by_hand(documents: list[Document], query: dict[str, float]) -> list[float]:
    """BM25 written out from its definition, one product at a time."""
    counts = []
    for document in documents:
        count: dict[str, float] = {}
        for phrase in phrases(document.name):
            for word, weight in zip(phrase.roots, phrase.weights, strict=True):
                if weight > 0:
                    count[word] = count.get(word, 0.0) + FIELD_WEIGHTS["name"]
        counts.append(count)
    scores = []
    for count in counts:
        score = 0.0
        for word, weight in query.items():
            if word in count:
                norm = K1 * (1 - B + B * sum(count.values()) / MEAN_LENGTH)
                score += weight * rarity(word) * count[word] * (K1 + 1) / (count[word] + norm)
        scores.append(score)
    return scores


@settings(max_examples=60, deadline=None)
@given(catalogues, st.lists(queries, min_size=1, max_size=4))
def test_batch_search_equals_bm25_written_out(documents: list[Document], asked: list[dict[str, float]]) -> None:
    hits = Index(documents).search(asked, len(documents))
    for at, query in enumerate(asked):
        wanted = by_hand(documents, query)
        found = dict(
            zip(hits.products[hits.starts[at] : hits.starts[at + 1]], hits.scores[hits.starts[at] : hits.starts[at + 1]], strict=True)
        )
        assert found.keys() == {product for product, score in enumerate(wanted) if score > 0}
        for product, score in found.items():
            assert score == pytest.approx(wanted[product], rel=1e-4)


@settings(max_examples=40, deadline=None)
@given(catalogues, queries)
def test_equal_scores_stand_in_the_order_of_the_products(documents: list[Document], query: dict[str, float]) -> None:
    hits = Index(documents).search([query], len(documents))
    ranked = list(zip((-hits.scores).tolist(), hits.products.tolist(), strict=True))
    assert ranked == sorted(ranked)


def evidence(products: list[Document], text: str) -> dict[str, float]:
    asked = list(phrases(text))
    found = relevance(Index(products), asked, np.zeros(len(asked), dtype=np.int64))
    return {products[product].key: float(value) for product, value in zip(found.product, found.value, strict=True)}


CATALOGUE = [
    Document("KOPI", "Kopi bubuk robusta 200 gr", ("kopi robusta",)),
    Document("RAK", "Rak arsip besi siku 5 susun", ("rak besi", "rak dokumen")),
    Document("LEM", "Lem kertas cair 500 ml", ("lem glukol",)),
    Document("TIANG", "Tiang PJU oktagonal 7 meter", ("tiang lampu jalan",)),
    Document("BAK", "Bak truk besi", ("karoseri truk",)),
]


def test_the_thing_named_beats_what_only_shares_its_words() -> None:
    assert evidence(CATALOGUE, "kopi robusta")["KOPI"] > 3 * evidence(CATALOGUE, "benih kopi robusta siap tanam")["KOPI"]
    assert evidence(CATALOGUE, "rak arsip besi")["RAK"] > 3 * evidence(CATALOGUE, "rak arsip besi")["BAK"]
    assert evidence(CATALOGUE, "kertas HVS 70 gr").get("LEM", 0.0) < 0.3


def test_words_without_a_product_leave_no_evidence() -> None:
    assert evidence(CATALOGUE, "pesawat terbang") == {}
    assert evidence([], "kopi") == {}


@settings(max_examples=60, deadline=None)
@given(catalogues, st.lists(names, min_size=1, max_size=5))
def test_relevance_lies_between_0_and_1_and_names_the_best_phrase_once_a_pair(documents: list[Document], texts: list[str]) -> None:
    asked = [phrase for text in texts for phrase in phrases(text)]
    need_of = np.repeat(np.arange(len(texts)), [len(phrases(text)) for text in texts])
    found = relevance(Index(documents), asked, need_of)
    pairs = list(zip(found.need.tolist(), found.product.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert np.all((found.value > 0) & (found.value <= 1.0001))
    assert np.array_equal(need_of[found.phrase], found.need)
