"""
Texts to bags of numbered roots, many at once: what `words` would say, put together from what it said of each distinct piece before.

A text is cut at what no phrase crosses (`;`, new lines), then at blanks. What `words` makes of a piece depends on its neighbours
in few ways: a number takes the unit, the `x` or the standard's number after it, and known phrases span pieces. Pieces that may be
so tied are read together; every other one is read once for all texts, and the rest is arithmetic on the pieces' numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.matching import words
from exchange.matching.phrases import word_weight
from schemas.reading.roots import root

# `words` splits there too; beginning with the hyphen it is searched for much faster.
_CAPITAL_HYPHEN = re.compile(r"-(?<=[a-zà-ÿ]-)(?=[A-Z])")
_DIGIT = re.compile(r"\d")
# A piece that may belong to a number, dimension or standard before it.
_TAKEN = re.compile(rf"[^a-z]|(?:{words._UNIT}|x|iso)(?![a-z])")
# Stands on both sides of a piece that is read alone, as any other word would.
_EDGE = "zq"
_BREAKS = frozenset({words.SOFT, words.HARD})
_NOTHING: frozenset[str] = frozenset()
# The pieces with these two numbers end a field and a part of a list.
_FIELD, _PART = "\x00\x00", ";"
_MARKS = 2
_BATCH = 8_192
# Pieces remembered at most between two batches; then all are forgotten. Bounds the memory, not the vocabulary.
_REMEMBERED = 200_000


class Bags(NamedTuple):
    """N bags as CSR: bag n holds `roots[starts[n]:starts[n + 1]]`, ascending and distinct, and how many fields name each."""

    starts: NDArray[np.int64]
    roots: NDArray[np.int32]
    counts: NDArray[np.float32]


class _Piece(NamedTuple):
    """
    One read piece.

    roots: numbers of its roots; first: its first mark, "" where it has none.
    counting: whether a number or standard in it may take what follows; taken: whether a number before it may take it.
    wants: the first marks of a next piece that must be read together with it, for a phrase's sake.
    """

    roots: tuple[int, ...]
    first: str = ""
    counting: bool = False
    taken: bool = False
    wants: frozenset[str] = frozenset()


class Reader:
    """
    Numbers roots in the order in which it meets them, and reads texts into bags of them.

    One reader is for one thread. Roots that say nothing (`phrases.word_weight` 0) are left out.
    """

    def __init__(self) -> None:
        self.roots: list[str] = []
        self._numbers: dict[str, int] = {}
        self._forget()

    def _forget(self) -> None:
        self._codes = _Codes(self._piece)

    def read(self, texts: Iterable[Sequence[str]]) -> Bags:
        """One bag of each text, which is its fields: title and specification, or name and description."""
        pending = iter(texts)
        read: list[Bags] = []
        while batch := list(islice(pending, _BATCH)):
            read.append(self._batch(batch))
        if len(read) == 1:
            return read[0]
        lengths = [np.diff(bags.starts) for bags in read]
        starts = np.concatenate([[0], np.cumsum(np.concatenate([*lengths, np.zeros(0, dtype=np.int64)]))]).astype(np.int64)
        roots = np.concatenate([*(bags.roots for bags in read), np.zeros(0, dtype=np.int32)])
        return Bags(starts, roots, np.concatenate([*(bags.counts for bags in read), np.zeros(0, dtype=np.float32)]))

    def _batch(self, texts: Sequence[Sequence[str]]) -> Bags:
        if len(self._codes) > _REMEMBERED:
            self._forget()
        fields = [field for text in texts for field in text]
        owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        said = f" {_FIELD} ".join(fields)
        if said.count(_FIELD) != max(0, len(fields) - 1):
            said = f" {_FIELD} ".join(field.replace("\x00", " ") for field in fields)
        chunks = _cut(said)
        codes = np.fromiter(map(self._codes.__getitem__, chunks), dtype=np.int64, count=len(chunks))
        codes = self._join(chunks, codes)
        lengths, told = self._codes.told()
        field = np.cumsum(codes == 0)
        each = lengths[codes]
        within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
        flat = told[np.repeat((np.cumsum(lengths) - lengths)[codes], each) + within] if len(told) else told
        return self._bags(flat, np.repeat(field, each), owner, len(texts))

    def _join(self, chunks: list[str], codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The codes with tied neighbours made one: numbers first, then phrases over what is left when silent pieces are gone."""
        pieces = self._codes.pieces
        counting, taken, *_ = self._codes.flags()
        at = np.flatnonzero(counting[codes[:-1]] & taken[codes[1:]])
        kept = self._tie(chunks, codes, at, lambda held, after: held.counting and after.taken)
        *_, wanting, sought, silent = self._codes.flags()
        kept &= ~silent[codes]
        chunks, codes = list(compress(chunks, kept)), codes[kept]
        at = np.flatnonzero(wanting[codes[:-1]] & sought[codes[1:]])
        pairs, number = np.unique((codes[at] << 32) | codes[at + 1], return_inverse=True)
        met = [pieces[pair & 0xFFFFFFFF].first in pieces[pair >> 32].wants for pair in pairs.tolist()]
        at = at[np.array(met, dtype=bool)[number]]
        return codes[self._tie(chunks, codes, at, lambda held, after: after.first in held.wants)]

    def _tie(
        self, chunks: list[str], codes: NDArray[np.int64], at: NDArray[np.int64], goes_on: Callable[[_Piece, _Piece], bool]
    ) -> NDArray[np.bool_]:
        """Join the pieces `at` and their next ones, and further as long as it goes on; which places are left."""
        pieces = self._codes.pieces
        kept = np.ones(len(codes), dtype=bool)
        stop, last = 0, len(chunks)
        for start in at.tolist():
            if start < stop:
                continue
            said, stop = f"{chunks[start]} {chunks[start + 1]}", start + 2
            code = self._codes[said]
            while stop < last and goes_on(pieces[code], pieces[codes[stop]]):
                said, stop = f"{said} {chunks[stop]}", stop + 1
                code = self._codes[said]
            chunks[start], codes[start] = said, code
            kept[start + 1 : stop] = False
        return kept

    def _bags(self, flat: NDArray[np.int64], field: NDArray[np.int64], owner: NDArray[np.int64], count: int) -> Bags:
        """Each field names a root once, however often it says it."""
        size = max(1, len(self.roots))
        named = np.sort(field * size + flat)
        named = named[np.diff(named, prepend=-1) != 0]
        field, root = np.divmod(named, size)
        keys = np.sort(owner[field] * size + root)
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        row, root = np.divmod(keys[first], size)
        counts = np.diff(first, append=len(keys)).astype(np.float32)
        return Bags(np.searchsorted(row, np.arange(count + 1)).astype(np.int64), root.astype(np.int32), counts)

    def _piece(self, said: str) -> _Piece:
        """Read a piece as it stands among others."""
        raw = _plain_marks(said)
        counting, normal = False, said
        if raw is None:
            raw = words._raw_marks(f"{_EDGE} {said} {_EDGE}")[1:-1]
            normal = words.plain(said)
            counting = bool(_DIGIT.search(normal)) or "sni" in normal
        marks = [mark.root if isinstance(mark, words.Word) else mark for mark in raw]
        wants, roots = _NOTHING, [mark for mark in marks if mark not in _BREAKS]
        known = words._phrases()
        if not known.keys().isdisjoint(roots):
            wants = _continuations(marks)
            roots = [mark.root for mark in words._unify(raw, known) if isinstance(mark, words.Word)]
        if marks and marks[-1] in _BREAKS:
            wants |= _BREAKS
        numbers = tuple([self._number(root) for root in roots if word_weight(root) > 0])
        return _Piece(numbers, marks[0] if marks else "", counting, _TAKEN.match(normal) is not None, wants)

    def _number(self, root: str) -> int:
        number = self._numbers.get(root)
        if number is None:
            number = self._numbers[root] = len(self.roots)
            self.roots.append(root)
        return number


class _Codes(dict[str, int]):
    """Piece as it is said -> its number in `pieces`; one that is not known yet is read."""

    def __init__(self, read: Callable[[str], _Piece]) -> None:
        super().__init__({_FIELD: 0, _PART: 1})
        self.pieces = [_Piece(())] * _MARKS
        self._read = read
        self._flags: NDArray[np.bool_] = np.zeros((5, 0), dtype=bool)
        self._sought = {mark for choices in words._phrases().values() for phrase, _ in choices for mark in phrase[1:]} | _BREAKS
        self._lengths: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._told: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def __missing__(self, said: str) -> int:
        piece = self._read(said)
        self[said] = code = len(self.pieces)
        self.pieces.append(piece)
        return code

    def flags(self) -> NDArray[np.bool_]:
        """Five rows over all pieces: counting, taken, wanting, sought by some phrase, and silent (neither root nor break)."""
        known = self._flags.shape[1]
        fresh = [
            (piece.counting, piece.taken, bool(piece.wants), piece.first in self._sought, not piece.first and code >= _MARKS)
            for code, piece in enumerate(self.pieces[known:], known)
        ]
        self._flags = np.concatenate([self._flags, np.array(fresh, dtype=bool).reshape(-1, 5).T], axis=1)
        return self._flags

    def told(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of every piece, how many roots it has; and all of these one after another."""
        fresh = self.pieces[len(self._lengths) :]
        lengths = np.fromiter((len(piece.roots) for piece in fresh), dtype=np.int64, count=len(fresh))
        self._lengths = np.concatenate([self._lengths, lengths])
        told = np.array([root for piece in fresh for root in piece.roots], dtype=np.int64)
        self._told = np.concatenate([self._told, told])
        return self._lengths, self._told


def _cut(said: str) -> list[str]:
    """Pieces in lower case; what depends on capitals or on several characters at once is settled before."""
    said = unicodedata.normalize("NFKC", said)
    said = _CAPITAL_HYPHEN.sub(" - ", said)
    for end in ";\n\r":
        said = said.replace(end, f" {_PART} ")
    # bytes lower ASCII letters alone, which no later rule tells apart
    return said.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass").split()


def _plain_marks(said: str) -> list[words.Word | str] | None:
    """What `words._raw_marks` says of a lower-case word, a comma after it or not; None of anything less simple."""
    word = said.removesuffix(",")
    if not (word.isalpha() and word.isascii() and word.islower()) or len(word) < 2 or word[0] == "x" or "sni" in word:
        return None
    if word in words._JOINERS or word in words._BREAKERS:
        return None
    mark = words.Word(root(word), word)
    return [mark, words.SOFT] if len(word) < len(said) else [mark]


def _continuations(marks: list[str]) -> frozenset[str]:
    """The marks that, standing next, would make a known phrase of the last marks longer."""
    known = words._phrases()
    return frozenset(
        phrase[len(marks) - at]
        for at, first in enumerate(marks)
        for phrase, _ in known.get(first, ())
        if len(phrase) > len(marks) - at and phrase[: len(marks) - at] == tuple(marks[at:])
    )
