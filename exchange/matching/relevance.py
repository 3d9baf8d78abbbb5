"""
How surely a product is what a phrase names, in [0, 1]: the text evidence behind a match.

For a phrase of the demand and a name (or keyword) of a product three things are counted: how much of the phrase the product
covers (forward), how much of the name the phrase covers (backward), each weighted by how rare a word is and where it stands,
and whether both have the same head. "Benih kopi" covers the keyword "kopi" wholly, but asks for seedlings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from exchange.matching.index import Index
from exchange.matching.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Weights:
    """The few numbers of the evidence; changing one asks for a new model (`learn/`), which has the version."""

    forward: float = 0.6
    backward: float = 0.8
    head_elsewhere: float = 0.55
    head_missing: float = 0.3
    head_unknown: float = 0.2
    not_the_decisive_head: float = 0.05


WEIGHTS = Weights()


# Where a demand names a class, and a product both one of its members and the class, the member says more of what is asked.
_MEMBER_BEFORE_CLASS = 2.2
# But nothing goes before a product that is named wholly.
_NAMED_WHOLLY = 0.99
# How the heads of a phrase and of a name stand to each other, as `Evidence.head` says it.
HEAD_UNKNOWN, HEAD_MISSING, HEAD_ELSEWHERE, HEAD_SAME = range(4)


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Pairs of a demand and a product with something in common, sorted by demand, then product.

    need, product, phrase, name: what met (phrase and name of the best value); value: in (0, 1]; forward: share of the phrase
    that the product covers; backward: share of the name that the phrase covers, both in [0, 1]; head: one of the `HEAD_` numbers.
    """

    need: NDArray[np.int64]
    product: NDArray[np.int64]
    phrase: NDArray[np.int64]
    name: NDArray[np.int64]
    value: NDArray[np.float32]
    forward: NDArray[np.float32]
    backward: NDArray[np.float32]
    head: NDArray[np.int8]


def relevance(index: Index, asked: Sequence[Phrase], need_of: NDArray[np.int64], weights: Weights = WEIGHTS) -> Evidence:
    """
    Compare N phrases, `need_of[n]` being the demand of each, with every name of the index.

    A pair's evidence depends on its demand and its product alone. Phrases are compared in slices, so that the N x P sums of a
    slice stay near 4 million cells.
    """
    prefer = np.where([phrase.widened for phrase in asked], _MEMBER_BEFORE_CLASS, 1.0)
    size = max(1, 4_000_000 // max(1, len(index.keys)))
    parts = [_slice(index, asked[at : at + size], need_of[at : at + size], at, weights, prefer) for at in range(0, len(asked), size)]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        few = np.zeros(0, dtype=np.float32)
        return Evidence(none, none, none, none, few, few, few, np.zeros(0, dtype=np.int8))
    return _best(
        Evidence(*(np.concatenate(column) for column in zip(*(map(part.__getattribute__, _COLUMNS) for part in parts), strict=True))),
        prefer,
    )


_COLUMNS = tuple(field.name for field in fields(Evidence))


def _slice(
    index: Index, asked: Sequence[Phrase], need_of: NDArray[np.int64], first: int, weights: Weights, prefer: NDArray[np.float64]
) -> Evidence:
    share, stands, heads, strength = _matrices(index, asked)
    covered = (share @ index.presence).toarray()
    met = (stands @ index.names).tocoo()
    phrase, name = met.row.astype(np.int64), met.col.astype(np.int64)
    product = index.name_product[name].astype(np.int64)
    forward = np.minimum(covered[phrase, product], 1.0)
    backward = np.minimum(met.data, 1.0)
    asked_head = heads[phrase]
    has_head = index.has(np.maximum(asked_head, 0), product) & (asked_head >= 0)
    head = np.where(
        asked_head == index.name_head[name],
        HEAD_SAME,
        np.where(has_head, HEAD_ELSEWHERE, np.where(asked_head < 0, HEAD_UNKNOWN, HEAD_MISSING)),
    )
    factor = np.array([weights.head_unknown, weights.head_missing, weights.head_elsewhere, 1.0], dtype=np.float32)[head]
    decisive = np.array([one.is_decisive for one in asked], dtype=bool)[phrase]
    factor = np.where(decisive & (head != HEAD_SAME), np.float32(weights.not_the_decisive_head), factor)
    value = strength[phrase] * factor * forward**weights.forward * backward**weights.backward
    columns = (value.astype(np.float32), forward.astype(np.float32), backward.astype(np.float32), head.astype(np.int8))
    return _best(Evidence(need_of[phrase], product, phrase + first, name, *columns), prefer)


def _matrices(index: Index, asked: Sequence[Phrase]) -> tuple[sparse.csr_matrix, sparse.csr_matrix, NDArray[np.int64], NDArray[np.float32]]:
    """N phrases as: the share of each word (rows sum to 1 or less), which words stand, the head's number (-1 unknown), strength."""
    indptr, heads, strength = [0], [], []
    indices: list[int] = []
    shares: list[float] = []
    standing: list[float] = []
    for phrase in asked:
        row = index.row(phrase)
        indices += row.words
        shares += row.shares
        standing += row.standing
        indptr.append(len(indices))
        heads.append(row.head)
        strength.append(phrase.strength)
    shape = (len(asked), len(index.vocabulary))
    place = (np.array(indices, dtype=np.int32), np.array(indptr, dtype=np.int64))
    share = sparse.csr_matrix((np.array(shares, dtype=np.float32), *place), shape=shape)
    stands = sparse.csr_matrix((np.array(standing, dtype=np.float32), *place), shape=shape)
    return share, stands, np.array(heads, dtype=np.int64), np.array(strength, dtype=np.float32)


def _best(found: Evidence, prefer: NDArray[np.float64]) -> Evidence:
    """One row for each pair: its highest value times what its phrase is preferred by; the earliest phrase, then name, of equal ones."""
    preferred = prefer[found.phrase]
    rank = np.where(preferred > 1, np.minimum(found.value * preferred, _NAMED_WHOLLY), found.value)
    order = np.lexsort((found.name, found.phrase, -found.value, -rank, found.product, found.need))
    need, product = found.need[order], found.product[order]
    first = np.ones(len(need), dtype=bool)
    first[1:] = (need[1:] != need[:-1]) | (product[1:] != product[:-1])
    return Evidence(*(getattr(found, column)[order][first] for column in _COLUMNS))
