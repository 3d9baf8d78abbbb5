"""
The products as an inverted index: BM25 over fields, and what the relevance of a phrase is counted from.

Everything is a numpy array or a scipy CSR matrix, so that it can be written to files and mapped again; a search answers
many demands at once and is deterministic (equal scores stand in the order of the products).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray
from scipy import sparse

from exchange.matching.phrases import CONTEXT, Phrase, phrases
from exchange.matching.rarity import MEAN_LENGTH, rarity

FIELD_WEIGHTS = {"name": 1.0, "keywords": 0.8, "description": 0.15}
K1, B = 1.2, 0.5
_FADE = 0.35
_REMEMBERED = 50_000
_SAID = "said.json"
_ARRAYS = ("idf", "mass", "name_product", "name_head", "pairs")
_MATRICES = ("impact", "presence", "names")
_PARTS = ("data", "indices", "indptr")

Query = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched of one product."""

    key: str
    name: str
    keywords: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """The best products of N demands: CSR-like; row n is `products[starts[n]:starts[n + 1]]`, best first."""

    starts: NDArray[np.int64]
    products: NDArray[np.int32]
    scores: NDArray[np.float32]


class Row(NamedTuple):
    """
    A phrase as the index knows it.

    words: numbers of its roots that any product has; shares: how much of the phrase each says (they sum to 1 or less);
    standing: 1.0 for what is asked, `CONTEXT` for what only tells why or where; head: its head's number, -1 where no product has it;
    text: the phrase as it was written, less its boilerplate.
    """

    words: list[int]
    shares: list[float]
    standing: list[float]
    head: int
    text: str


class Index:
    """
    P products over V roots.

    idf: V+1 weights, the last for a root that no product has (see `rarity`: no weight depends on the other products).
    impact: V x P, BM25 weight of a root in a product; mass: P sums of it.
    presence: V x P, the weight of the best field a root stands in, in (0, 1]. names: V x K, the K names and keywords,
    each a column of unit sum; name_product, name_head, name_said: their product, the root of their head, and how they read.
    pairs: root x P + product of every root that a product has, ascending.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self.keys = [document.key for document in documents]
        self.vocabulary: dict[str, int] = {}
        counts: list[tuple[int, int, float, float]] = []  # root, product, weighted count, best field weight
        names: list[tuple[int, int, float]] = []
        name_product: list[int] = []
        name_head: list[int] = []
        name_said: list[str] = []
        for product, document in enumerate(documents):
            counts.extend(self._count(product, document))
            for phrase in _names(document):
                for at, (word, weight) in enumerate(zip(phrase.roots, phrase.weights, strict=True)):
                    names.append((self._id(word), len(name_product), weight / (1 + _FADE * at)))
                name_product.append(product)
                name_head.append(self._id(phrase.head or phrase.roots[0]))
                name_said.append(phrase.text)
        self._rows: dict[int, tuple[Phrase, Row]] = {}
        size = len(self.vocabulary)
        self.name_product = np.array(name_product, dtype=np.int32)
        self.name_head = np.array(name_head, dtype=np.int32)
        self.name_said = name_said
        self._weigh(np.array(counts, dtype=np.float64).reshape(-1, 4), size, len(documents))
        self._name(np.array(names, dtype=np.float64).reshape(-1, 3), size, len(name_product))

    def save(self, folder: Path) -> None:
        """Write all of it into a folder of its own, for `mapped`."""
        said = {"keys": self.keys, "vocabulary": list(self.vocabulary), "name_said": self.name_said}
        (folder / _SAID).write_bytes(orjson.dumps(said))
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        for name in _MATRICES:
            matrix = getattr(self, name)
            for part in _PARTS:
                np.save(folder / f"{name}.{part}.npy", getattr(matrix, part))

    @classmethod
    def mapped(cls, folder: Path) -> Index:
        """
        An index that was saved, its arrays mapped and not read, so that all processes share them.

        Raises:
            OSError, ValueError: a file is missing or is none of an index.
        """
        self = cls.__new__(cls)
        said = orjson.loads((folder / _SAID).read_bytes())
        self.keys, self.name_said = said["keys"], said["name_said"]
        self.vocabulary = {word: at for at, word in enumerate(said["vocabulary"])}
        self._rows = {}
        for name in _ARRAYS:
            setattr(self, name, np.load(folder / f"{name}.npy", mmap_mode="r"))
        shape = {"impact": len(self.keys), "presence": len(self.keys), "names": len(self.name_said)}
        for name in _MATRICES:
            data, indices, indptr = (np.load(folder / f"{name}.{part}.npy", mmap_mode="r") for part in _PARTS)
            matrix = sparse.csr_matrix((data, indices, indptr), shape=(len(self.vocabulary), shape[name]), copy=False)
            setattr(self, name, matrix)
        return self

    def _id(self, word: str) -> int:
        return self.vocabulary.setdefault(word, len(self.vocabulary))

    def _count(self, product: int, document: Document) -> list[tuple[int, int, float, float]]:
        found: dict[int, tuple[float, float]] = {}
        fields = (("name", document.name), ("keywords", "; ".join(document.keywords)), ("description", document.description))
        for field, text in fields:
            weight = FIELD_WEIGHTS[field]
            for phrase in phrases(text):
                for word, own in zip(phrase.roots, phrase.weights, strict=True):
                    if own > 0:
                        one = self._id(word)
                        count, best = found.get(one, (0.0, 0.0))
                        found[one] = (count + weight, max(best, weight))
        return [(one, product, count, best) for one, (count, best) in found.items()]

    def _weigh(self, counts: NDArray[np.float64], size: int, products: int) -> None:
        root, product = counts[:, 0].astype(np.int64), counts[:, 1].astype(np.int64)
        self.idf = np.array([*map(rarity, self.vocabulary), rarity("")], dtype=np.float32)
        length = np.bincount(product, weights=counts[:, 2], minlength=products)
        norm = K1 * (1 - B + B * length / MEAN_LENGTH)
        impact = self.idf[root] * counts[:, 2] * (K1 + 1) / (counts[:, 2] + norm[product])
        shape = (size, products)
        self.impact = sparse.csr_matrix((impact.astype(np.float32), (root, product)), shape=shape)
        self.mass = np.bincount(product, weights=impact, minlength=products).astype(np.float32)
        self.presence = sparse.csr_matrix((counts[:, 3].astype(np.float32), (root, product)), shape=shape)
        self.pairs = np.unique(root * products + product)

    def _name(self, names: NDArray[np.float64], size: int, count: int) -> None:
        root, name = names[:, 0].astype(np.int64), names[:, 1].astype(np.int64)
        weight = names[:, 2] * self.idf[root]
        total = np.bincount(name, weights=weight, minlength=count)
        matrix = sparse.csr_matrix(((weight / total[name]).astype(np.float32), (root, name)), shape=(size, count))
        matrix.data = np.minimum(matrix.data, 1.0)  # a word said twice in one name is summed by the constructor
        self.names = matrix

    def name_roots(self) -> set[str]:
        """The roots of all names and keywords: a phrase with none of them meets nothing here."""
        told = np.diff(self.names.indptr) > 0
        return {root for root, number in self.vocabulary.items() if told[number]}

    def row(self, phrase: Phrase) -> Row:
        """The phrase's words by number; remembered, since a phrase that repeats is one object (`needs.py`)."""
        known = self._rows.get(id(phrase))
        if known is not None:
            return known[1]
        ids = [self.vocabulary.get(word, -1) for word in phrase.roots]
        told = [weight * float(self.idf[one]) for one, weight in zip(ids, phrase.weights, strict=True)]
        total = sum(told) or 1.0
        kept = [at for at, one in enumerate(ids) if one >= 0 and told[at] > 0]
        standing = [1.0 if phrase.weights[at] > CONTEXT else CONTEXT for at in kept]
        head = self.vocabulary.get(phrase.head or "", -1)
        row = Row([ids[at] for at in kept], [told[at] / total for at in kept], standing, head, phrase.text)
        if len(self._rows) >= _REMEMBERED:
            self._rows.clear()
        self._rows[id(phrase)] = (phrase, row)  # beside the phrase, so that no other one can have its id meanwhile
        return row

    def has(self, root: NDArray[np.int64], product: NDArray[np.int64]) -> NDArray[np.bool_]:
        """For N pairs of a root's number and a product's: whether the product has that root in any field."""
        asked = root * len(self.keys) + product
        at = np.minimum(np.searchsorted(self.pairs, asked), len(self.pairs) - 1)
        return self.pairs[at] == asked if len(self.pairs) else np.zeros(len(asked), dtype=bool)

    def queries(self, asked: Sequence[Query]) -> sparse.csr_matrix:
        """N queries (root -> weight) as an N x V matrix; roots that no product has are left out."""
        indptr, indices, data = [0], [], []
        for query in asked:
            for word, weight in query.items():
                at = self.vocabulary.get(word)
                if at is not None:
                    indices.append(at)
                    data.append(weight)
            indptr.append(len(indices))
        return sparse.csr_matrix(
            (np.array(data, dtype=np.float32), np.array(indices, dtype=np.int32), np.array(indptr, dtype=np.int64)),
            shape=(len(asked), len(self.vocabulary)),
        )

    def search(self, asked: Sequence[Query], limit: int = 50) -> Hits:
        """BM25 of every query against every product: the best `limit` of each above 0, ties in the order of the products."""
        scores = (self.queries(asked) @ self.impact).tocsr()
        scores.sort_indices()
        starts, products, values = [0], [], []
        for begin, end in pairwise(scores.indptr):
            row, column = scores.data[begin:end], scores.indices[begin:end]
            best = np.argsort(-row, kind="stable")[:limit]
            best = best[row[best] > 0]
            products.append(column[best])
            values.append(row[best])
            starts.append(starts[-1] + len(best))
        empty = [np.zeros(0)]
        return Hits(
            np.array(starts, dtype=np.int64),
            np.concatenate(products or empty).astype(np.int32),
            np.concatenate(values or empty).astype(np.float32),
        )


def _names(document: Document) -> list[Phrase]:
    """
    What the product is called: its name and each keyword, nothing that is boilerplate alone.

    Of a name in parts ("cat kayu dan besi", "tiang (pipa)") those with the first one's head count; the rest describes. So does a
    keyword that names another thing, as "dump truck" of a dump truck's body.
    """
    own = [phrase for phrase in phrases(document.name) if phrase.head]
    found = [phrase for phrase in own if phrase.head == own[0].head]
    heads = {phrase.head for phrase in own}
    for word in document.keywords:
        found.extend(phrase for phrase in phrases(word) if phrase.head and (not phrase.is_decisive or phrase.head in heads))
    return found
