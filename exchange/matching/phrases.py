"""
Search words to noun phrases: what is asked or offered, without the office's boilerplate and without the purpose clause.

An Indonesian noun phrase names its thing first ("lampu proyektor" is a lamp), so a phrase keeps its head and later words
weigh less. What follows "untuk", "dalam rangka", "Kec." says why or where, not what, and weighs next to nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from exchange.matching.tables import rows
from exchange.matching.words import HARD, Word, marks
from schemas.reading.roots import root

CONTEXT = 0.12
SIZE = 0.3
HEAD_FROM = 0.5
_FADE = 0.3
# Never inside a phrase, a number or a standard, so that a text may be read part by part.
_LISTED = re.compile(r"[;\r\n]+")
_SHOWN = 0.2
# Of a class beside one thing of it ("meubelair meja kerja") hardly another is meant.
_NAMED_BESIDE = 0.45
_TOOL = 0.2
_NEEDS_CONTENT_BEFORE = frozenset({"kegiatan", "subkegiatan", "sub kegiatan", "desa", "dari", "ke"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """
    One noun phrase.

    roots: its words, at least one; weights: how much each says, in (0, 1]; said: the writer's spellings.
    head: root of the thing itself, None where only boilerplate stands.
    kind: what it is instead of goods (`kinds.csv`), None where it may be goods.
    strength: how sure it is that this is asked, in (0, 1].
    widened: whether it is not said, but asked for by the name of its class (`asked.csv`).
    members: what a phrase that names a class asks for, each widened.
    """

    roots: tuple[str, ...]
    weights: tuple[float, ...]
    said: tuple[str, ...]
    head: str | None
    kind: str | None = None
    strength: float = 1.0
    widened: bool = False
    members: tuple[Phrase, ...] = ()

    def at(self, factor: float) -> Phrase:
        """The same phrase, asked for less surely."""
        if factor == 1.0:
            return self
        strength = self.strength * factor
        return Phrase(self.roots, self.weights, self.said, self.head, self.kind, strength, self.widened, self.members)

    @property
    def is_decisive(self) -> bool:
        """Whether the head alone says what it is (`decisive.csv`): a truck is no truck's body, seed of coffee is no coffee."""
        return self.head in _decisive()

    @property
    def text(self) -> str:
        """The phrase as it was written, less its boilerplate."""
        return " ".join(dict.fromkeys(said for said, weight in zip(self.said, self.weights, strict=True) if weight > _SHOWN))


@cache
def _boilerplate() -> dict[str, float]:
    return {root(row["word"]): float(row["weight"]) for row in rows("boilerplate") if " " not in row["word"] and "/" not in row["word"]}


@cache
def _decisive() -> frozenset[str]:
    return frozenset(row["head"] for row in rows("decisive"))


@cache
def _context() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(row["word"].split()) for row in rows("context"))


@cache
def _context_starts() -> frozenset[str]:
    return frozenset(said[0] for said in _context())


@cache
def _kinds() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """First word as written -> [(words as written, kind, where it must stand: any, head or alone)], the longest first."""
    by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for row in rows("kinds"):
        said = tuple(row["phrase"].split())
        by_first.setdefault(said[0], []).append((said, row["kind"], row["where"]))
    for choices in by_first.values():
        choices.sort(key=lambda choice: -len(choice[0]))
    return by_first


def word_weight(word: str) -> float:
    """How much a root says on its own: 0 for boilerplate, `SIZE` for a measure, else 1."""
    known = _boilerplate().get(word)
    if known is not None:
        return known
    return SIZE if word[0].isdigit() else 1.0


def phrases(text: str) -> tuple[Phrase, ...]:
    """The noun phrases of `text` in reading order; a phrase of boilerplate alone is left out unless it says a kind."""
    if not _LISTED.search(text):
        return _line(text)
    return tuple(phrase for line in _LISTED.split(text) for phrase in _line(line))


@lru_cache(maxsize=50_000)
def _line(text: str) -> tuple[Phrase, ...]:
    """The phrases of one part of a list; remembered by itself, because parts repeat far more often than whole texts."""
    found: list[Phrase] = []
    piece: list[Word | str] = []
    for mark in (*marks(text), HARD):
        if mark == HARD:
            found.extend(_piece(piece))
            piece = []
        else:
            piece.append(mark)
    return tuple(found)


def _piece(piece: list[Word | str]) -> list[Phrase]:
    """One run between hard breaks: its side-by-side parts, the words after a purpose or place marker weighing little."""
    parts: list[list[tuple[Word, float]]] = [[]]
    in_context, content_seen = False, False
    said = [mark.said if isinstance(mark, Word) else "" for mark in piece]
    for at, mark in enumerate(piece):
        if not isinstance(mark, Word):
            parts.append([])
            continue
        marker = _marker(said, at)
        if marker and (content_seen or marker not in _NEEDS_CONTENT_BEFORE):
            in_context = True
        weight = 0.0 if marker else word_weight(mark.root)
        content_seen = content_seen or weight >= HEAD_FROM
        parts[-1].append((mark, weight * CONTEXT if in_context else weight))
    found: list[Phrase] = []
    for part in parts:
        phrase = _phrase(part)
        if phrase is None:
            continue
        if found and found[-1].head and phrase.head and not phrase.kind and sum(weight > CONTEXT for weight in phrase.weights) == 1:
            found.append(_led_by(found[-1], phrase))
        found.append(phrase)
    return [_asking(phrase) for phrase in found]


def _marker(said: list[str], at: int) -> str | None:
    """The purpose or place marker of one or two words that begins at `at`."""
    if said[at] not in _context_starts():
        return None
    for length in (1, 2):
        if tuple(said[at : at + length]) in _context():
            return " ".join(said[at : at + length])
    return None


def _phrase(part: list[tuple[Word, float]]) -> Phrase | None:
    kept = [(word, weight) for word, weight in part if weight > 0]
    kind = _kind(part)
    if not kept:
        return Phrase(("",), (0.0,), ("",), None, kind) if kind else None
    head = next((word.root for word, weight in kept if weight >= HEAD_FROM), None)
    start = next((at for at, (_, weight) in enumerate(kept) if weight >= HEAD_FROM), 0)
    weights = tuple(weight / (1 + _FADE * max(0, at - start)) for at, (_, weight) in enumerate(kept))
    return Phrase(tuple(word.root for word, _ in kept), weights, tuple(word.said for word, _ in kept), head, kind)


def _led_by(before: Phrase, single: Phrase) -> Phrase:
    """`hayati` after `pupuk organik dan` may mean `pupuk hayati`: both readings are kept."""
    assert before.head is not None
    led = f"{before.said[before.roots.index(before.head)]} {single.said[single.roots.index(single.head or '')]}"
    roots = tuple(mark.root for mark in marks(led) if isinstance(mark, Word))
    return Phrase(roots, tuple(1 / (1 + _FADE * at) for at in range(len(roots))), (led,) * len(roots), roots[0], None, 0.9)


def _kind(part: list[tuple[Word, float]]) -> str | None:
    """What the phrase is instead of goods, by the words as written: a known phrase counts as its several words."""
    said: list[str] = []
    weights: list[float] = []
    last = ""
    for word, weight in part:
        if word.said != last and (weight > 0 or " " not in word.said):  # "pengadaan dan pemasangan" buys goods
            said.extend(word.said.split())
            weights.extend([weight] * (len(said) - len(weights)))
        last = word.said
    if _kinds().keys().isdisjoint(said):
        return None
    content = next((at for at, weight in enumerate(weights) if weight >= HEAD_FROM), len(said))
    single = sum(weight >= HEAD_FROM for weight in weights) == 1
    for at, first in enumerate(said):
        for phrase, kind, where in _kinds().get(first, ()):
            leads = at <= content and all(weight < _TOOL for weight in weights[:at])  # "alat cetak" is a tool, "biaya cetak" is not
            stands = where == "any" or (leads and (where == "head" or single))
            if stands and tuple(said[at : at + len(phrase)]) == phrase:
                return kind
    return None


@cache
def _asked() -> dict[str, list[tuple[frozenset[str], Phrase]]]:
    """Root -> [(all roots that must be asked, what is then asked too)]; a class of goods asks for its members."""
    by_first: dict[str, list[tuple[frozenset[str], Phrase]]] = {}
    for row in rows("asked"):
        asked, offered = _glued(row["asked"]), _glued(row["offered"])
        weights = tuple(1 / (1 + _FADE * at) for at in range(len(offered)))
        phrase = Phrase(tuple(offered), weights, tuple(offered), offered[0], None, float(row["weight"]), True)
        by_first.setdefault(asked[0], []).append((frozenset(asked), phrase))
    return by_first


def _glued(cell: str) -> list[str]:
    """Roots of a table cell, whose known phrases may already be glued by `_`."""
    if "_" in cell:
        return [word if "_" in word else root(word) for word in cell.split()]
    return [mark.root for mark in marks(cell) if isinstance(mark, Word)]


def _asking(phrase: Phrase) -> Phrase:
    """The phrase with what it asks for beyond its own words: the members of the class that it names (`asked.csv`)."""
    own = frozenset(phrase.roots)
    found = []
    for word, weight in zip(phrase.roots, phrase.weights, strict=True):
        if weight <= CONTEXT:
            continue
        for asked, offered in _asked().get(word, ()):
            # "benih kopi" is no coffee: the class must be what the phrase is about
            if asked <= own and (phrase.head is None or phrase.head in asked):
                surely = _NAMED_BESIDE if any(root in _decisive() for root in own - asked) else 1.0
                found.append(replace(offered.at(surely), said=(phrase.text,) * len(offered.roots)))
    return replace(phrase, members=tuple(found)) if found else phrase
