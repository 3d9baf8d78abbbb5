"""The compiled top-k gives what a plain program over dense rows gives, whatever the sizes, ties and threads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.matching import kernel


def postings(table: np.ndarray, wide: bool = False) -> kernel.Postings:
    """The CSR of a V x P table of impacts, in which 0 means absent."""
    term, document = np.nonzero(table)
    starts = np.searchsorted(term, np.arange(len(table) + 1)).astype(np.int64)
    numbers = document.astype(np.uint32 if wide else kernel.document_type(table.shape[1]))
    return kernel.Postings(starts, numbers, table[term, document].astype(np.float32), table.shape[1])


def queries(asked: list[list[tuple[int, float]]]) -> kernel.Queries:
    starts = np.cumsum([0, *map(len, asked)]).astype(np.int64)
    flat = [pair for query in asked for pair in query]
    terms, weights = [term for term, _ in flat], [weight for _, weight in flat]
    return kernel.Queries(starts, np.array(terms, dtype=np.int32), np.array(weights, dtype=np.float32))


def oracle(table: np.ndarray, asked: list[list[tuple[int, float]]], k: int) -> list[list[tuple[int, float]]]:
    found = []
    for query in asked:
        scores = np.zeros(table.shape[1], dtype=np.float32)
        for term, weight in query:
            scores += np.float32(weight) * table[term].astype(np.float32)
        best = sorted((-float(score), number) for number, score in enumerate(scores) if score > 0)[:k]
        found.append([(number, -score) for score, number in best])
    return found


def rows(found: kernel.Top) -> list[list[tuple[int, float]]]:
    pairs = zip(found.documents.tolist(), found.scores.tolist(), strict=True)
    return [[(number, score) for number, score in zip(*row, strict=True) if number >= 0] for row in pairs]


# eighths are exact in float32: sums do not depend on their order, and ties are common
exact = st.integers(0, 24).map(lambda number: number / 8)


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, list[list[tuple[int, float]]]]:
    terms, documents = draw(st.integers(1, 6)), draw(st.integers(1, 150))
    table = np.array(draw(st.lists(exact, min_size=terms * documents, max_size=terms * documents))).reshape(terms, documents)
    query = st.lists(st.tuples(st.integers(0, terms - 1), exact), max_size=5)
    return table, draw(st.lists(query, max_size=8))


@settings(max_examples=80)
@given(case=cases(), k=st.integers(1, 200), threads=st.sampled_from([1, 2]), wide=st.booleans())
def test_it_equals_dense_scoring(case, k, threads, wide):
    table, asked = case
    assert rows(kernel.top(postings(table, wide), queries(asked), k, threads)) == oracle(table, asked, k)


def test_equal_scores_stand_in_the_order_of_the_documents():
    table = np.ones((1, 300))
    table[0, 200] = 2
    assert [number for number, _ in rows(kernel.top(postings(table), queries([[(0, 1.0)]]), 4))[0]] == [200, 0, 1, 2]


def test_an_empty_query_and_an_empty_index_have_no_best():
    found = kernel.top(postings(np.ones((2, 3))), queries([[], [(1, 1.0)]]), 5)
    assert found.documents[0].tolist() == [-1] * 5
    assert found.scores[1].tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert rows(kernel.top(postings(np.zeros((2, 0))), queries([[(1, 1.0)]]), 5)) == [[]]
    assert kernel.top(postings(np.ones((2, 3))), queries([]), 5).documents.shape == (0, 5)


@pytest.mark.parametrize("count", [65_535, 65_536, 65_537])
def test_the_last_document_is_found_on_both_sides_of_16_bits(count):
    table = np.zeros((1, count), dtype=np.float32)
    table[0, 0], table[0, -1] = 1, 2
    held = postings(table)
    assert held.documents.dtype == (np.uint16 if count <= 65_536 else np.uint32)
    assert rows(kernel.top(held, queries([[(0, 1.0)]]), 2)) == [[(count - 1, 2.0), (0, 1.0)]]


def test_many_queries_on_threads_equal_one_after_another():
    made = np.random.default_rng(5)
    table = made.random((40, 700)) * (made.random((40, 700)) < 0.2)
    asked = [[(int(term), float(made.random())) for term in made.integers(0, 40, 4)] for _ in range(3_000)]
    alone, shared = (kernel.top(postings(table), queries(asked), 10, threads) for threads in (1, 3))
    assert (alone.documents == shared.documents).all()
    assert (alone.scores == shared.scores).all()


def test_mapped_and_read_only_arrays_do(tmp_path):
    held = postings(np.ones((2, 5)))
    mapped = []
    for name, array in zip(("starts", "documents", "impacts"), held[:3], strict=True):
        np.save(tmp_path / name, array)
        mapped.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))
    asked = queries([[(0, 1.0), (1, 2.0)]])
    assert rows(kernel.top(kernel.Postings(*mapped, 5), asked, 2)) == rows(kernel.top(held, asked, 2)) == [[(0, 3.0), (1, 3.0)]]


@pytest.mark.parametrize(
    ("changed", "asked", "k"),
    [
        ({"size": 4}, [[(0, 1.0)]], 1),
        ({"starts": np.array([0, 5, 4])}, [[(0, 1.0)]], 1),
        ({"documents": np.zeros(10, dtype=np.int64)}, [[(0, 1.0)]], 1),
        ({}, [[(2, 1.0)]], 1),
        ({}, [[(-1, 1.0)]], 1),
        ({}, [[(0, 1.0)]], 0),
    ],
)
def test_what_would_write_out_of_bounds_is_refused(changed, asked, k):
    with pytest.raises(ValueError, match=r"not|bounds|must"):
        kernel.top(postings(np.ones((2, 5)))._replace(**changed), queries(asked), k)
