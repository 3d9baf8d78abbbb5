"""Texts to their best products, many at once: read, number, rank; a text that was ranked before is not ranked again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from exchange.matching import kernel
from exchange.matching.shelf import Shelf
from exchange.matching.tokens import Bags, Reader

# Bags remembered at most between two calls; then all are forgotten.
_REMEMBERED = 250_000

Text = tuple[str, ...]


class Retriever:
    """
    Ranks texts, given as their fields, against one shelf.

    With `reuse`, texts whose bags are equal are ranked once, also over several calls: about half of procurement texts repeat.
    The results are the same either way. One retriever is for one thread; it uses `threads` itself.
    """

    def __init__(self, shelf: Shelf, top: int = 10, threads: int = 1, reuse: bool = True, reader: Reader | None = None) -> None:
        self._shelf, self._top, self._threads, self._reuse = shelf, top, threads, reuse
        self._reader = Reader() if reader is None else reader
        self._here = shelf.numbers(self._reader.roots)
        self._forget()

    def _forget(self) -> None:
        self._texts: dict[Text, int] = {}
        self._bags: dict[bytes, int] = {}
        self._found = kernel.Top(np.zeros((0, self._top), dtype=np.int32), np.zeros((0, self._top), dtype=np.float32))

    def rank(self, texts: Sequence[Text]) -> kernel.Top:
        """The best products of each text, by their number in `shelf.keys`."""
        if not self._reuse:
            return self._rank(self._reader.read(texts))
        if len(self._texts) > _REMEMBERED:
            self._forget()
        known = self._texts
        fresh = list(dict.fromkeys(text for text in texts if text not in known))
        if fresh:
            self._add(fresh)
        at = np.fromiter((known[text] for text in texts), dtype=np.int64, count=len(texts))
        return kernel.Top(self._found.documents[at], self._found.scores[at])

    def _add(self, texts: list[Text]) -> None:
        read = self._reader.read(texts)
        known, held = self._bags, len(self._found.documents)
        rows: list[int] = []
        roots, counts = read.roots.tobytes(), read.counts.tobytes()
        for row, ((first, last), text) in enumerate(zip(pairwise((read.starts * 4).tolist()), texts, strict=True)):
            bag = roots[first:last] + counts[first:last]
            number = known.get(bag)
            if number is None:
                number = known[bag] = held + len(rows)
                rows.append(row)
            self._texts[text] = number
        found = self._rank(_some(read, rows))
        self._found = kernel.Top(*(np.concatenate(pair) for pair in zip(self._found, found, strict=True)))

    def _rank(self, read: Bags) -> kernel.Top:
        roots = self._reader.roots
        if len(self._here) < len(roots):
            self._here = np.concatenate([self._here, self._shelf.numbers(roots[len(self._here) :])])
        terms = self._here[read.roots]
        here = terms >= 0
        starts = np.concatenate([[0], np.cumsum(here)])[read.starts].astype(np.int64)
        return kernel.top(self._shelf.postings, kernel.Queries(starts, terms[here], read.counts[here]), self._top, self._threads)


def _some(bags: Bags, rows: list[int]) -> Bags:
    """The bags of some rows."""
    at = np.array(rows, dtype=np.int64)
    lengths = np.diff(bags.starts)[at]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths) + np.repeat(bags.starts[at], lengths)
    return Bags(starts, bags.roots[within], bags.counts[within])
