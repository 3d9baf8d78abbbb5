"""
How surely a product is what a phrase names, in [0, 1]: the text evidence behind a match.

For a phrase of the demand and a name (or keyword) of a product three things are counted: how much of the phrase the product
covers (forward), how much of the name the phrase covers (backward), each weighted by how rare a word is and where it stands,
and whether both have the same head. "Benih kopi" covers the keyword "kopi" wholly, but asks for seedlings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from exchange.matching.index import Index
from exchange.matching.phrases import CONTEXT, Phrase


@dataclass(frozen=True, slots=True)
class Weights:
    """The few numbers of the model; `version` names them in every stored match."""

    version: str = "kata-1"
    forward: float = 0.6
    backward: float = 0.8
    head_elsewhere: float = 0.55
    head_missing: float = 0.3
    head_unknown: float = 0.2
    whole_text: float = 0.4


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    Pairs of a demand and a product with something in common, sorted by demand, then product.

    need, product, phrase, name: what met (phrase and name of the best value); value: in (0, 1].
    """

    need: NDArray[np.int64]
    product: NDArray[np.int64]
    phrase: NDArray[np.int64]
    name: NDArray[np.int64]
    value: NDArray[np.float32]


def relevance(index: Index, asked: Sequence[Phrase], need_of: NDArray[np.int64], weights: Weights = WEIGHTS) -> Evidence:
    """
    Compare N phrases, `need_of[n]` being the demand of each, with every name of the index.

    Phrases are compared in slices, so that a slice's N x P coverage stays near 4 million cells.
    """
    size = max(1, 4_000_000 // max(1, len(index.keys)))
    parts = [_slice(index, asked[at : at + size], need_of[at : at + size], at, weights) for at in range(0, len(asked), size)]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Evidence(none, none, none, none, np.zeros(0, dtype=np.float32))
    need, product, phrase, name, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Evidence(*_best(need, product, phrase, name, value))


def _slice(
    index: Index, asked: Sequence[Phrase], need_of: NDArray[np.int64], first: int, weights: Weights
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    share, stands, heads, strength = _matrices(index, asked)
    covered = (share @ index.presence).toarray()
    backward = (stands @ index.names).tocoo()
    phrase, name = backward.row.astype(np.int64), backward.col.astype(np.int64)
    product = index.name_product[name].astype(np.int64)
    forward = np.minimum(covered[phrase, product], 1.0)
    head = heads[phrase]
    has_head = index.has(np.maximum(head, 0), product) & (head >= 0)
    factor = np.where(
        head == index.name_head[name],
        1.0,
        np.where(has_head, weights.head_elsewhere, np.where(head < 0, weights.head_unknown, weights.head_missing)),
    )
    value = strength[phrase] * factor * forward**weights.forward * np.minimum(backward.data, 1.0) ** weights.backward
    return _best(need_of[phrase], product, phrase + first, name, value.astype(np.float32))


def _matrices(index: Index, asked: Sequence[Phrase]) -> tuple[sparse.csr_matrix, sparse.csr_matrix, NDArray[np.int64], NDArray[np.float32]]:
    """N phrases as: the share of each word (rows sum to 1 or less), which words stand, the head's number (-1 unknown), strength."""
    indptr, indices, shares, standing = [0], [], [], []
    heads = np.full(len(asked), -1, dtype=np.int64)
    for at, phrase in enumerate(asked):
        ids = [index.vocabulary.get(word, -1) for word in phrase.roots]
        told = [weight * float(index.idf[one]) for one, weight in zip(ids, phrase.weights, strict=True)]
        total = sum(told) or 1.0
        for one, weight, own in zip(ids, told, phrase.weights, strict=True):
            if one >= 0 and weight > 0:
                indices.append(one)
                shares.append(weight / total)
                standing.append(1.0 if own > CONTEXT else CONTEXT)
        indptr.append(len(indices))
        heads[at] = index.vocabulary.get(phrase.head or "", -1)
    shape = (len(asked), len(index.vocabulary))
    place = (np.array(indices, dtype=np.int32), np.array(indptr, dtype=np.int64))
    share = sparse.csr_matrix((np.array(shares, dtype=np.float32), *place), shape=shape)
    stands = sparse.csr_matrix((np.array(standing, dtype=np.float32), *place), shape=shape)
    return share, stands, heads, np.array([phrase.strength for phrase in asked], dtype=np.float32)


def _best(
    need: NDArray[np.int64], product: NDArray[np.int64], phrase: NDArray[np.int64], name: NDArray[np.int64], value: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """One row for each pair: its highest value; the earliest phrase, then name, of equal ones."""
    order = np.lexsort((name, phrase, -value, product, need))
    need, product, phrase, name, value = need[order], product[order], phrase[order], name[order], value[order]
    first = np.ones(len(need), dtype=bool)
    first[1:] = (need[1:] != need[:-1]) | (product[1:] != product[:-1])
    return need[first], product[first], phrase[first], name[first], value[first]
