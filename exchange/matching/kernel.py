"""
Exact top-k over an inverted index, compiled: every posting of every query term is added up, then the best k are taken.

Term at a time into one float32 accumulator a thread, then one scan that looks closer only where something beats the k-th best so
far. At tens of thousands of documents this is faster than pruning, whose bookkeeping costs more than the postings it skips.
The compiler is loaded by the first call, not by the import.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Documents looked at together by the scan; the accumulator is padded to a multiple.
_BLOCK = 64
# Queries that a thread takes at a time: small enough to share evenly, large enough to pay for a call.
_SHARE = 512


class Postings(NamedTuple):
    """
    V terms over P documents, as CSR: term t stands in `documents[starts[t]:starts[t + 1]]` with that much `impacts` each.

    starts: int64[V+1]; documents: uint16 or uint32, ascending and distinct within a term, below `size`; impacts: float32;
    size: P. The arrays may be read-only and mapped.
    """

    starts: NDArray[np.int64]
    documents: NDArray[np.uint16] | NDArray[np.uint32]
    impacts: NDArray[np.float32]
    size: int


class Queries(NamedTuple):
    """N queries as CSR: query n asks `terms[starts[n]:starts[n + 1]]`, int32 in [0, V), with that much `weights`, float32."""

    starts: NDArray[np.int64]
    terms: NDArray[np.int32]
    weights: NDArray[np.float32]


class Top(NamedTuple):
    """The best k documents of N queries, best first: documents int32[N, k], -1 where there is none; scores float32[N, k], 0 there."""

    documents: NDArray[np.int32]
    scores: NDArray[np.float32]


def document_type(count: int) -> type[np.uint16] | type[np.uint32]:
    """The smallest type that numbers `count` documents from 0."""
    return np.uint16 if count <= 1 << 16 else np.uint32


def top(postings: Postings, queries: Queries, k: int, threads: int = 1) -> Top:
    """
    The best `k` documents of each query by the sum of weight times impact, in float32 and in the order of the query's terms.

    Only scores above 0 count; of equal ones the lower document number stands first. The result does not depend on `threads`.

    Raises:
        ValueError: if k or threads is below 1, or arrays do not fit together.
    """
    _check(postings, queries, k, threads)
    asked = len(queries.starts) - 1
    found = Top(np.full((asked, k), -1, dtype=np.int32), np.zeros((asked, k), dtype=np.float32))
    if not asked or not postings.size:
        return found
    run = _compiled(_rank)
    held, wanted = _frozen(postings[:3]), _frozen(queries)
    padded = -(-postings.size // _BLOCK) * _BLOCK

    def rank(first: int) -> None:
        run(*held, *wanted, padded, first, min(asked, first + share), found.documents, found.scores)

    share = _SHARE if threads > 1 else asked
    if threads == 1 or asked <= share:
        for first in range(0, asked, share):
            rank(first)
        return found
    with ThreadPoolExecutor(threads, thread_name_prefix="rank") as pool:
        for done in [pool.submit(rank, first) for first in range(0, asked, share)]:
            done.result()
    return found


def _check(postings: Postings, queries: Queries, k: int, threads: int) -> None:
    if k < 1 or threads < 1:
        raise ValueError(f"k and threads must be 1 or more, not {k} and {threads}")
    if postings.documents.dtype not in (np.uint16, np.uint32) or postings.impacts.dtype != np.float32:
        raise ValueError("documents must be uint16 or uint32, impacts float32")
    for starts, *told in (postings[:3], queries):
        if not len(starts) or starts[0] or any(len(one) != starts[-1] for one in told) or (np.diff(starts) < 0).any():
            raise ValueError("starts do not fit what they cut")
    # compiled code does not look where it writes
    if len(postings.documents) and int(postings.documents.max()) >= postings.size:
        raise ValueError("a document's number is not below the size")
    if len(queries.terms) and not 0 <= int(queries.terms.min()) <= int(queries.terms.max()) < len(postings.starts) - 1:
        raise ValueError("a term's number is out of bounds")


def _frozen(arrays: tuple[Any, ...]) -> list[Any]:
    """The same memory as plain read-only arrays, so that mapped and own ones share one compilation."""
    views = [np.ascontiguousarray(array).view() for array in arrays]
    for view in views:
        view.flags.writeable = False
    return views


@cache
def _compiled(function: Callable[..., None]) -> Any:
    """`function` as machine code, kept on disk where the compiler finds a folder that it may write to."""
    numba = import_module("numba")
    try:
        return numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    except RuntimeError:  # no place for a cache: compile again in every process
        return numba.njit(nogil=True, error_model="numpy")(function)


def _rank(
    starts: Any, documents: Any, impacts: Any, query_starts: Any, terms: Any, weights: Any,
    padded: Any, first: Any, last: Any, best: Any, scores: Any,
) -> None:  # fmt: skip
    """Queries first to last; numbers are unsigned where they index, which spares the compiler the check for negative ones."""
    sums = np.zeros(padded, dtype=np.float32)
    k = best.shape[1]
    highest = np.zeros(k, dtype=np.float32)
    numbers = np.zeros(k, dtype=np.int32)
    for query in range(first, last):
        for at in range(query_starts[query], query_starts[query + 1]):
            weight = weights[at]
            term = terms[at]
            for posting in range(np.uint64(starts[term]), np.uint64(starts[term + 1])):
                sums[documents[posting]] += weight * impacts[posting]
        held = 0
        bar = np.float32(0)
        for block in range(np.uint64(0), np.uint64(padded), np.uint64(64)):
            above = np.uint32(0)
            for one in range(np.uint64(64)):
                above |= np.uint32(sums[block + one] > bar)
            if above == 0:
                continue
            for one in range(np.uint64(64)):
                score = sums[block + one]
                if score > bar:
                    place = held if held < k else k - 1
                    while place > 0 and highest[place - 1] < score:
                        highest[place] = highest[place - 1]
                        numbers[place] = numbers[place - 1]
                        place -= 1
                    highest[place] = score
                    numbers[place] = block + one
                    if held < k:
                        held += 1
                    if held == k:
                        bar = highest[k - 1]
        for place in range(held):
            best[query, place] = numbers[place]
            scores[query, place] = highest[place]
        sums[:] = 0
