"""What ranks in the benchmark `match`, each built from products and asked in batches: the engine, its floor and two rivals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from exchange.matching import kernel
from exchange.matching.retrieve import Retriever
from exchange.matching.shelf import Shelf
from exchange.matching.tokens import Bags, Reader

TOP = 10
BATCH = 16_384

Text = tuple[str, ...]


def texts(path: Path) -> Iterator[Text]:
    """The lines of a file of texts, whose fields stand between tabs."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield tuple(line.rstrip("\n").split("\t"))


def batches(path: Path) -> Iterator[list[Text]]:
    pending = texts(path)
    while batch := list(islice(pending, BATCH)):
        yield batch


class Engine:
    """The exchange's own: bags, shelf, kernel."""

    reuse = True

    def __init__(self, products: Path, folder: Path, threads: int) -> None:
        reader = Reader()
        bags = reader.read(texts(products))
        keys = [str(number) for number in range(len(bags.starts) - 1)]
        self.shelf = Shelf.of_bags(keys, bags, reader.roots).save(folder / type(self).__name__)
        self.threads = threads

    def warm(self) -> None:
        """Compile before the clock runs, as a server does at its start."""
        self.shelf.search([[(self.shelf.roots[0], 1.0)]], TOP)

    def run(self, demands: Path) -> list[Any]:
        retriever = Retriever(self.shelf, TOP, self.threads, self.reuse)
        return [retriever.rank(batch) for batch in batches(demands)]


class Once(Engine):
    """The same, every text ranked anew."""

    reuse = False


class SpMatmul(Engine):
    """sp-matmul-rs over the same bags and impacts."""

    def warm(self) -> None:
        sparse = import_module("scipy.sparse")
        held = self.shelf.postings
        shape = (len(held.starts) - 1, held.size)
        parts = (np.array(held.impacts), held.documents.astype(np.int32), held.starts.astype(np.int32))
        self.matrix = sparse.csr_matrix(parts, shape=shape)

    def run(self, demands: Path) -> list[Any]:
        reader, sparse, rival = Reader(), import_module("scipy.sparse"), import_module("sp_matmul_rs")
        found = []
        for batch in batches(demands):
            starts, terms, weights = _queries(self.shelf, reader, batch)
            asked = sparse.csr_matrix((weights, terms, starts.astype(np.int32)), shape=(len(batch), self.matrix.shape[0]))
            found.append(rival.sp_matmul_topn(asked, self.matrix, top_n=TOP, sort=True, n_threads=self.threads))
        return found


class Floor(Engine):
    """Reading the same postings once, nothing added up by document, nothing selected, no text read in the time."""

    def warm(self) -> None:
        super().warm()
        self.stream = import_module("numba").njit(nogil=True, fastmath=True)(_stream)
        self.asked: list[kernel.Queries] = []

    def prepare(self, demands: Path) -> None:
        if not self.asked:
            reader = Reader()
            self.asked = [_queries(self.shelf, reader, batch) for batch in batches(demands)]
            self.stream(*self.shelf.postings[:3], *self.asked[0], 0, 1)

    def run(self, demands: Path) -> list[Any]:
        with ThreadPoolExecutor(self.threads) as pool:
            work = [
                pool.submit(self.stream, *self.shelf.postings[:3], *asked, first, min(first + 512, len(asked.starts) - 1))
                for asked in self.asked
                for first in range(0, len(asked.starts) - 1, 512)
            ]
            return [done.result() for done in work]


class Tantivy:
    """tantivy over the same roots; a root that several fields name weighs as often."""

    def __init__(self, products: Path, folder: Path, threads: int) -> None:
        self.tantivy: Any = import_module("tantivy")
        self.threads = threads
        self.schema = (
            self.tantivy.SchemaBuilder()
            .add_text_field("text", stored=False, tokenizer_name="roots", index_option="freq")
            .add_unsigned_field("number", stored=False, fast=True)
            .build()
        )
        self.index = self.tantivy.Index(self.schema)
        analyser = self.tantivy.TextAnalyzerBuilder(self.tantivy.Tokenizer.whitespace()).build()
        self.index.register_tokenizer("roots", analyser)
        reader = Reader()
        bags = reader.read(texts(products))
        writer = self.index.writer(heap_size=128_000_000, num_threads=threads)
        for number, bag in enumerate(_bags(bags, reader.roots)):
            said = " ".join(root for root, count in bag for _ in range(int(count)))
            document = self.tantivy.Document(text=said)
            document.add_unsigned("number", number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()

    def warm(self) -> None:
        """Nothing to compile."""

    def run(self, demands: Path) -> list[Any]:
        reader, searcher = Reader(), self.index.searcher()
        made, should = self.tantivy.Query, self.tantivy.Occur.Should

        def search(bags: list[list[tuple[str, float]]]) -> list[Any]:
            found = []
            for bag in bags:
                terms = [
                    (should, term if count == 1 else made.boost_query(term, count))
                    for term, count in ((made.term_query(self.schema, "text", root, "freq"), count) for root, count in bag)
                ]
                found.append(searcher.search(made.boolean_query(terms), TOP, count=False).hits)
            return found

        hits = []
        with ThreadPoolExecutor(self.threads) as pool:
            for batch in batches(demands):
                bags = list(_bags(reader.read(batch), reader.roots))
                hits.extend(pool.map(search, [bags[first : first + 256] for first in range(0, len(bags), 256)]))
        return hits


KINDS: dict[str, Any] = {"engine": Engine, "engine_once": Once, "sp_matmul_rs": SpMatmul, "tantivy": Tantivy, "floor": Floor}


def _bags(bags: Bags, roots: Sequence[str]) -> Iterator[list[tuple[str, float]]]:
    numbers, counts = bags.roots.tolist(), bags.counts.tolist()
    for first, last in pairwise(bags.starts.tolist()):
        yield [(roots[number], count) for number, count in zip(numbers[first:last], counts[first:last], strict=True)]


def _queries(shelf: Shelf, reader: Reader, batch: list[Text]) -> kernel.Queries:
    read = reader.read(batch)
    terms = shelf.numbers(reader.roots)[read.roots]
    here = terms >= 0
    return kernel.Queries(np.concatenate([[0], np.cumsum(here)])[read.starts].astype(np.int64), terms[here], read.counts[here])


def _stream(starts: Any, documents: Any, impacts: Any, query_starts: Any, terms: Any, weights: Any, first: Any, last: Any) -> Any:
    total, seen = np.float32(0), np.uint32(0)
    for at in range(query_starts[first], query_starts[last]):
        for posting in range(starts[terms[at]], starts[terms[at] + 1]):
            total += impacts[posting]
            seen += documents[posting]
    return total * weights[query_starts[first]] + seen if query_starts[last] > query_starts[first] else total
