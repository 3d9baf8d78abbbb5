"""
Which words the codes of a list use: a language model over a hierarchy of codes, and its tables.

Two sorts of events are counted for each code: a word in a title or product name, and the word that leads it (`^`), which in
an Indonesian noun phrase names the thing. A code that has said little is smoothed by the codes over it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exchange.matching.phrases import HEAD_FROM, word_weight
from schemas.codes import cells
from schemas.codes.classes import kbki_lines
from schemas.reading.roots import root

HEAD = "^"
# Upper lines are few and name whole groups; each counts as several lowest ones.
GROUP_COUNTS = 3
_SMOOTHING = {2: 200.0, 3: 100.0, 4: 60.0, 5: 100.0}
_ROWS_KEPT = 2000
_SEGMENT = re.compile(r"[,;:()/\[\]]|\b(?:dan|atau|serta)\b")
_EXCLUDED = re.compile(r"\b(?:selain|kecuali|tidak termasuk|bukan|tanpa)\b.*")
_WORD = re.compile(r"[a-z][a-z0-9]*")
_SILENT = frozenset(
    {"dari", "untuk", "yang", "dengan", "pada", "di", "ke", "oleh", "bagi", "dalam", "secara", "baik", "maupun", "tidak", "termasuk"}
    | {"lain", "lainnya", "sejenis", "semacam", "jenis", "nya", "ytdl", "industri", "pertanian", "perkebunan"}
)
# These lead a title as often as they say nothing of the thing: the word after them leads too.
GENERIC = frozenset(map(root, ("mesin", "alat", "barang", "peralatan", "perlengkapan", "keperluan", "bagian", "suku")))
# Trade, rental and making for others name the goods that they are about: no class of those goods.
ABOUT_GOODS = ("61", "62", "73", "88")
# Trade, transport and services name the goods of others; a maker's line is 01 to 33, a caterer's 56.
_MAKERS = tuple(f"{division:02}" for division in (*range(1, 34), 56))


def title_words(title: str) -> Iterator[tuple[str, bool]]:
    """The words of a code's title with whether each leads a part of it; what the title excludes is left out."""
    for part in _SEGMENT.split(title.casefold()):
        said = [word for word in _WORD.findall(_EXCLUDED.sub("", part)) if len(word) > 1 and word not in _SILENT]
        leading = 0
        while leading < len(said) - 1 and (word_weight(root(said[leading])) < HEAD_FROM or root(said[leading]) in GENERIC):
            leading += 1
        for at, word in enumerate(said):
            yield word, at in (0, leading)


class Counts:
    """
    How often each code has each event (a root, or `HEAD` and a root); codes may be of any level.

    over: counts that these are added to; they stay as they are.
    """

    def __init__(self, over: Counts | None = None) -> None:
        self._over = over
        self._own: dict[str, dict[str, float]] = {}
        self._said: dict[str, list[str]] = {}  # rows of a table, read when asked for
        self._totals: tuple[dict[str, float], dict[str, float]] = ({}, {})

    def add(self, event: str, code: str, count: float) -> None:
        """Count an event of a code."""
        for counts in (self._own.setdefault(event, {}), self._totals[event.startswith(HEAD)]):
            counts[code] = counts.get(code, 0.0) + count

    def add_title(self, code: str, title: str, count: float = 1.0) -> None:
        """Count the words of a title for its code."""
        for word, leads in title_words(title):
            self.add(root(word), code, count)
            if leads:
                self.add(HEAD + root(word), code, count)

    def add_said(self, event: str, said: str) -> None:
        """Add a cell of the table (`code` or `code:count`, blanks between); the event "" or `HEAD` alone tells the totals."""
        if event in ("", HEAD):
            self._totals[event == HEAD].update(_read(said))
        elif said:
            self._said.setdefault(event, []).append(said)

    def codes(self, event: str) -> dict[str, float]:
        """The codes that have an event, with how often."""
        found = self._over.codes(event) if self._over else {}
        for counts in (self._own.get(event, {}), *map(_read, self._said.get(event, ()))):
            for code, count in counts.items():
                found[code] = found.get(code, 0.0) + count
        return found

    def totals(self, heads: bool) -> dict[str, float]:
        """All events of each code, the leading ones or the others."""
        found = self._over.totals(heads) if self._over else {}
        for code, count in self._totals[heads].items():
            found[code] = found.get(code, 0.0) + count
        return found

    def kinds(self, heads: bool) -> int:
        """How many different events there are, the leading ones or the others."""
        return len({event for event in self._events() if event.startswith(HEAD) == heads})

    def _events(self) -> set[str]:
        return (self._over._events() if self._over else set()) | self._own.keys() | self._said.keys()


def _read(said: str) -> dict[str, float]:
    found = {}
    for one in said.split():
        code, _, count = one.partition(":")
        found[code] = float(count or 1)
    return found


class CodeModel:
    """
    C lowest codes (five digits, sorted) and how far a word speaks for each.

    levels: the digits of the levels that smooth each other, the lowest first. `prefixes[digits]` are the codes of a level,
    `group[digits][c]` the number of the one that the lowest code c stands under.
    """

    def __init__(self, codes: Iterable[str], levels: Sequence[int], counts: Counts) -> None:
        self.codes = sorted(set(codes))
        self.levels = tuple(levels)
        self.prefixes = {digits: sorted({code[:digits] for code in self.codes}) for digits in self.levels}
        self._number = {digits: {name: at for at, name in enumerate(names)} for digits, names in self.prefixes.items()}
        self.group = {digits: self._over(self.levels[0], digits) for digits in self.levels}
        self._up = [self._over(below, over) for below, over in pairwise(self.levels)]
        self._counts = counts
        self._totals = [self._levelled(counts.totals(heads)) for heads in (False, True)]
        self._kinds = [counts.kinds(heads) for heads in (False, True)]
        self._rows: dict[str, NDArray[np.float32] | None] = {}

    def _over(self, below: int, digits: int) -> NDArray[np.int64]:
        return np.array([self._number[digits][name[:digits]] for name in self.prefixes[below]], dtype=np.int64)

    def _levelled(self, counts: Mapping[str, float]) -> list[NDArray[np.float64]]:
        """Counts by code as one array a level, each holding what the levels under it hold."""
        found = [np.zeros(len(self.prefixes[digits])) for digits in self.levels]
        for code, count in counts.items():
            at = self._number.get(len(code), {}).get(code)
            if at is not None:
                found[self.levels.index(len(code))][at] += count
        for at, up in enumerate(self._up):
            found[at + 1] += np.bincount(up, found[at], len(found[at + 1]))
        return found

    def row(self, event: str) -> NDArray[np.float32] | None:
        """
        How far an event speaks for each of the C codes: the logarithm of its share among the code's events over its share
        overall, at least 0; None where no code has it. What a code does not say is no evidence against it.

        Source:
            Dirichlet smoothing (Zhai & Lafferty 2004, ACM TOIS 22(2):179-214), each level by the one over it (McCallum et al.
            1998, "Improving text classification by shrinkage in a hierarchy of classes").
        """
        if event not in self._rows:
            if len(self._rows) >= _ROWS_KEPT:
                self._rows.clear()
            counts = self._counts.codes(event)
            self._rows[event] = self._ratio(event.startswith(HEAD), counts) if counts else None
        return self._rows[event]

    def _ratio(self, heads: bool, counts: Mapping[str, float]) -> NDArray[np.float32]:
        own, totals = self._levelled(counts), self._totals[heads]
        overall = (float(own[-1].sum()) + 1.0) / (float(totals[-1].sum()) + self._kinds[heads])
        share = np.full(len(own[-1]), overall)
        for at in range(len(self.levels) - 1, -1, -1):
            more = _SMOOTHING[self.levels[at]]
            share = (own[at] + more * share) / (totals[at] + more)
            if at:
                share = share[self._up[at - 1]]
        return np.maximum(np.log(share / overall), 0.0).astype(np.float32)


@cache
def kbki_counts() -> Counts:
    """The words of KBKI's titles and of names in electronic catalogues, by code (`class_words.csv`); not to be added to."""
    found = Counts()
    text = files("exchange.matching").joinpath("data", "class_words.csv").read_text("utf-8")
    reader = csv.reader(text.splitlines())
    next(reader)
    for word, within, leading in reader:
        stem = word and root(word)
        found.add_said(stem, within)
        found.add_said(HEAD + stem, leading)
    return found


@cache
def kbki_codes() -> tuple[str, ...]:
    """The five-digit codes of goods and of services that are not about goods."""
    return tuple(line.code for line in kbki_lines(5) if not line.code.startswith(ABOUT_GOODS))


@cache
def kbli_counts() -> Counts:
    """The words of the titles of those KBLI lines that make something; not to be added to."""
    found = Counts()
    for code, title in cells("kbli.csv"):
        if code.startswith(_MAKERS):
            found.add_title(code, title, 1 if len(code) == 5 else GROUP_COUNTS)
    return found


@cache
def kbli_codes() -> tuple[str, ...]:
    """The five-digit codes of the lines that make something."""
    return tuple(code for code, _ in cells("kbli.csv") if len(code) == 5 and code.startswith(_MAKERS))
