"""
Texts to bags of numbered roots, fast: what `words` would say, put together from what it said of each distinct piece before.

A text is cut at what no phrase crosses (`;`, new lines), then at blanks. What `words` makes of a piece depends on its neighbours
in few ways: a number takes the unit, the `x` or the standard's number after it, and known phrases span pieces. Pieces that may be
so tied are read together; every other one is read once for all texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exchange.matching import words
from exchange.matching.phrases import word_weight

_LISTED = re.compile(r"[;\r\n]+")
_DIGIT = re.compile(r"\d")
# A piece that may belong to a number, dimension or standard before it.
_TAKEN = re.compile(rf"[^a-z]|(?:{words._UNIT}|x|iso)(?![a-z])")
# Stands on both sides of a piece that is read alone, as any other word would.
_EDGE = "zq"
_BREAKS = frozenset({words.SOFT, words.HARD})
# Pieces and list parts remembered at most, each; then all are forgotten. Bounds the memory, not the vocabulary.
_REMEMBERED = 150_000


class Bags(NamedTuple):
    """N bags as CSR: bag n holds `roots[starts[n]:starts[n + 1]]`, ascending and distinct, and how many fields name each."""

    starts: NDArray[np.int64]
    roots: NDArray[np.int32]
    counts: NDArray[np.float32]


class _Piece(NamedTuple):
    """
    One read piece.

    roots: numbers of its roots; first: its first mark, "" where it has none; taken: whether a number before it may take it.
    tied: whether what follows may have to be read together with it, which is so where the next piece's `first` is in `wants`,
    where it is `counting` and the next is `taken`, or `always`.
    """

    roots: tuple[int, ...]
    first: str
    taken: bool
    tied: bool
    wants: frozenset[str]
    counting: bool
    always: bool


class Reader:
    """
    Numbers roots in the order in which it meets them, and reads texts into bags of them.

    One reader is for one thread. Roots that say nothing (`phrases.word_weight` 0) are left out.
    """

    def __init__(self) -> None:
        self.roots: list[str] = []
        self._numbers: dict[str, int] = {}
        self._pieces: dict[str, _Piece] = {}
        self._parts: dict[str, tuple[int, ...]] = {}

    def read(self, texts: Iterable[Sequence[str]]) -> Bags:
        """One bag of each text, which is its fields: title and specification, or name and description."""
        flat: list[int] = []
        ends: list[int] = []
        rows: list[int] = []
        row = -1
        for row, fields in enumerate(texts):
            for field in fields:
                if field:
                    self._field(field, flat)
                    ends.append(len(flat))
                    rows.append(row)
        return self._bags(np.array(flat, dtype=np.int64), np.array(ends, dtype=np.int64), np.array(rows, dtype=np.int64), row + 1)

    def _bags(self, flat: NDArray[np.int64], ends: NDArray[np.int64], rows: NDArray[np.int64], count: int) -> Bags:
        """Each field names a root once, however often it says it."""
        size = max(1, len(self.roots))
        named = np.sort(np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0)) * size + flat)
        named = named[np.diff(named, prepend=-1) != 0]
        field, root = np.divmod(named, size)
        keys = np.sort(rows[field] * size + root)
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        row, root = np.divmod(keys[first], size)
        counts = np.diff(first, append=len(keys)).astype(np.float32)
        starts = np.searchsorted(row, np.arange(count + 1)).astype(np.int64)
        return Bags(starts, root.astype(np.int32), counts)

    def _field(self, text: str, out: list[int]) -> None:
        parts = self._parts
        for part in _LISTED.split(text) if ";" in text or "\n" in text or "\r" in text else (text,):
            found = parts.get(part)
            if found is None:
                if len(parts) >= _REMEMBERED:
                    parts.clear()
                found = parts[part] = self._part(part)
            out.extend(found)

    def _part(self, part: str) -> tuple[int, ...]:
        out: list[int] = []
        pieces = self._pieces
        held: _Piece | None = None
        said = ""
        # a capital matters after a hyphen alone
        for chunk in (part.lower() if "-" not in part and part.isascii() else part).split():
            piece = pieces.get(chunk)
            if piece is None:
                piece = self._piece(chunk)
            if held is not None:
                if piece.first in held.wants or (held.counting and piece.taken) or held.always:
                    said = f"{said} {chunk}"
                    held = pieces.get(said) or self._piece(said)
                    continue
                out += held.roots
            if piece.tied:
                held, said = piece, chunk
            else:
                held = None
                out += piece.roots
        if held is not None:
            out += held.roots
        return tuple(out)

    def _piece(self, said: str) -> _Piece:
        """Read a piece as it stands among others."""
        if len(self._pieces) >= _REMEMBERED:
            self._pieces.clear()
        raw = _plain_marks(said)
        counting, normal = False, said
        if raw is None:
            raw = words._raw_marks(f"{_EDGE} {said} {_EDGE}")[1:-1]
            normal = words.plain(said)
            counting = bool(_DIGIT.search(normal)) or "sni" in normal
        marks = [mark.root if isinstance(mark, words.Word) else mark for mark in raw]
        roots = [mark.root for mark in words._unify(raw, words._phrases()) if isinstance(mark, words.Word)]
        wants = _continuations(marks)
        if marks and marks[-1] in _BREAKS:
            wants |= _BREAKS
        tied = counting or bool(wants) or not marks
        self._pieces[said] = piece = _Piece(
            roots=tuple(self._number(root) for root in roots if word_weight(root) > 0),
            first=marks[0] if marks else "",
            taken=bool(_TAKEN.match(normal)),
            tied=tied,
            wants=wants | {""} if tied else wants,
            counting=counting,
            always=not marks,
        )
        return piece

    def _number(self, root: str) -> int:
        number = self._numbers.get(root)
        if number is None:
            number = self._numbers[root] = len(self.roots)
            self.roots.append(root)
        return number


def _plain_marks(said: str) -> list[words.Word | str] | None:
    """What `words._raw_marks` says of a lower-case word, a comma after it or not; None of anything less simple."""
    word = said.removesuffix(",")
    if not (word.isalpha() and word.isascii() and word.islower()) or len(word) < 2 or word[0] == "x" or "sni" in word:
        return None
    if word in words._JOINERS or word in words._BREAKERS:
        return None
    mark = words.Word(words.root(word), word)
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
