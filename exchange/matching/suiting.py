"""
Products for a sentence, for a caller who may not read all of them and not all of one.

The index is made of what that tier reads (its segments) and of nothing else, so that neither the order nor a score nor a reason
can tell what is hidden: a firm that did not agree, a product not on offer, a capacity.
"""

from __future__ import annotations

from typing import NamedTuple

import orjson
from sqlalchemy.orm import Session

from exchange.matching.asking import ASKED_FROM, ASKED_OF, read_question
from exchange.matching.criteria.kind import Kind
from exchange.matching.criteria.text import Text
from exchange.matching.kept import Kept
from exchange.matching.matcher import Matcher
from exchange.matching.offers import Offer, read_offer
from exchange.matching.worded import worded, words_met
from exchange.store.changes import latest_change
from exchange.store.segments import all_segments

_READ = ("sku", "name", "keywords", "description")
_kept: Kept[Matcher] = Kept(most=4)


class Suiting(NamedTuple):
    """A product that suits a sentence: its score in [0, 1], and the words of the sentence and of the product that met."""

    sku: str
    score: float
    asked: str
    offered: str


def suiting(session: Session, text: str, tier: str, *, top: int = 10) -> list[Suiting]:
    """
    The products that this tier may read and that suit a sentence, best first, at most `top`; by their words alone.

    Args:
        text: of at most `LONGEST` letters, as `asking.suited` takes it; top: at most `ASKED_OF`.
        tier: whose segments are read.
    """
    found = _matcher(session, tier).match([read_question(text)], top=top, threshold=ASKED_FROM, candidates=ASKED_OF)
    (_, matches) = next(iter(found))
    return [Suiting(match.offer, match.score, *words_met(match)) for match in matches]


def _matcher(session: Session, tier: str) -> Matcher:
    """The index of what this tier reads, made anew where the feed tells that a product changed since."""
    changed = latest_change(session, "product")
    place = (str(session.get_bind().url), tier)  # type: ignore[union-attr]
    criteria = worded((Text(), Kind()))
    return _kept.get(place, changed, lambda: Matcher((_offer(body) for *_, body in all_segments(session, "product", tier)), criteria))


def _offer(body: bytes) -> Offer:
    """An offer of what a segment says of the thing itself; what else stands there does not make it the thing that is asked."""
    seen = orjson.loads(body)
    return read_offer({name: seen.get(name) for name in _READ}, None)
