"""Which words of two texts meet, marked in either: what staff look for when they read a demand beside a product."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from markupsafe import Markup, escape

from exchange.matching.phrases import word_weight
from exchange.matching.words import Word, marks
from schemas.reading.roots import root

Marker = Callable[[str], Markup]
_BLANK_OR_GLUED = re.compile(r"(?<=\d)(?=[^\W\d])| ")  # the reader glues a unit to its number; its writer may not have


class Described(Protocol):
    """A product, as far as its words go."""

    name: str
    description: str | None
    keywords: list[str]


def markers(demand: Mapping[str, Any], product: Described) -> tuple[Marker, Marker]:
    """
    What marks a text of the demand (`demand_record`) and what marks one of the product.

    Words meet by their root, as the text search has it (`matching.words`), also one by one within a phrase that the search takes for one;
    those that say nothing of a good (`pengadaan`, `belanja`) are not marked.
    """
    items = [text for thing in demand["items"] for text in (thing["text"], thing.get("specification"))]
    own = _said([demand["title"], demand.get("description"), *items])
    other = _said([product.name, product.description, *(product.keywords or [])])
    met = own.keys() & other.keys()
    return _marker(own, met), _marker(other, met)


def _said(texts: Iterable[str | None]) -> dict[str, set[str]]:
    """The roots that say something, each with the spellings that it has in these texts."""
    found: dict[str, set[str]] = {}
    for text in filter(None, texts):
        for word in marks(text):
            if isinstance(word, Word):
                for bare, said in ((word.root, word.said), *((root(part), part) for part in word.said.split())):
                    if word_weight(bare) > 0:
                        found.setdefault(bare, set()).add(said)
    return found


def _marker(said: Mapping[str, set[str]], met: Iterable[str]) -> Marker:
    spellings = sorted({spelling for bare in met for spelling in said[bare]}, key=lambda one: (-len(one), one))
    if not spellings:
        return escape
    either = "|".join(r"\s*".join(map(re.escape, _BLANK_OR_GLUED.split(one))) for one in spellings)
    pattern = re.compile(rf"(?<!\w)({either})(?!\w)", re.IGNORECASE)

    def mark(text: str) -> Markup:
        # every second piece is one that was found
        pieces = pattern.split(text)
        return Markup("").join(Markup("<mark>{}</mark>").format(one) if place % 2 else escape(one) for place, one in enumerate(pieces))

    return mark
