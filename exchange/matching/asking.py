"""The same engine for other questions: which products suit a sentence, and which products of the catalogue may be one and the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.matching.engine import Match
from exchange.matching.index import Index
from exchange.matching.kept import Kept
from exchange.matching.matcher import Matcher
from exchange.matching.needs import Need, read_need
from exchange.matching.offers import Offer, read_offer
from exchange.matching.probability import Model, shipped
from exchange.matching.relevance import relevance
from exchange.matching.worded import worded
from exchange.store.products import ProductRow, active_products, product_record, products_by_sku

# A question is looked at by a person, who sees the score; so more is shown than is kept unasked.
ASKED_FROM = 0.1
# So many of the likeliest by text are weighed, so that the best of a long list is the best of a short one.
ASKED_OF = 200
LONGEST = 500
_ALIKE = 0.85
# Products compared with all others at a time, so that memory does not grow with the square of their number.
_AT_ONCE = 200


class Suited(NamedTuple):
    """A product that suits a question, with its score and reasons."""

    product: ProductRow
    match: Match


class Alike(NamedTuple):
    """Two products that may be one and the same; `share` of their words that both have, in [0, 1]."""

    one: str
    other: str
    share: float


_kept: Kept[Matcher] = Kept(most=2)


def suited(session: Session, text: str, home_region: str, *, top: int = 10, model: Model | None = None) -> list[Suited]:
    """
    The products that suit a sentence such as `meja dan kursi untuk 40 siswa`, best first, at most `top`.

    Args:
        text: of at most `LONGEST` letters; what is beyond is not read. top: at most `ASKED_OF`. model: None for the shipped one.
    """
    found = _matcher(session, home_region, model or shipped()).match(
        [read_question(text)], top=top, threshold=ASKED_FROM, candidates=ASKED_OF
    )
    (_, matches) = next(iter(found))
    rows = products_by_sku(session, [match.offer for match in matches])
    return [Suited(rows[match.offer], match) for match in matches if match.offer in rows]


def read_question(text: str) -> Need:
    """A sentence as the title of a demand for goods; of at most `LONGEST` letters."""
    return read_need({"reference": "question", "title": text[:LONGEST], "category": "goods"})


def catalogue_stamp(session: Session, home_region: str) -> tuple[object, ...]:
    """What changes with the products on offer; the database's address comes first."""
    counted = select(func.count(), func.sum(ProductRow.version), func.max(ProductRow.id)).where(ProductRow.state == "active")
    return (str(session.get_bind().url), home_region, *session.execute(counted).one())  # type: ignore[union-attr]


def _matcher(session: Session, home_region: str, model: Model) -> Matcher:
    """The catalogue's index, made anew where the catalogue or the model changed since."""
    stamp = (*catalogue_stamp(session, home_region), model.name)

    def made() -> Matcher:
        return Matcher((read_offer(product_record(row), home_region) for row in active_products(session)), worded(), model=model)

    return _kept.get(stamp[0], stamp, made)


def alike(offers: Sequence[Offer], least: float = _ALIKE) -> list[Alike]:
    """
    Pairs of products that may be one and the same, the likeliest first: each one's name covers the other's nearly whole.

    Args:
        least: share of words, weighed by how rare they are, that each must have of the other, in (0, 1].
    """
    ordered = sorted(offers, key=lambda offer: offer.key)
    index = Index([offer.document for offer in ordered])
    covered: dict[tuple[int, int], float] = {}
    for start in range(0, len(ordered), _AT_ONCE):
        part = ordered[start : start + _AT_ONCE]
        needs = [read_need({"reference": offer.key, "title": offer.name, "category": "goods"}) for offer in part]
        # a name that is a class's too asks for none of its members here
        named = [[phrase for phrase in need.phrases if not phrase.widened] for need in needs]
        phrases = [phrase for own in named for phrase in own]
        evidence = relevance(index, phrases, np.repeat(np.arange(start, start + len(part)), [len(own) for own in named]))
        share = np.minimum(evidence.forward, evidence.backward)
        for at in np.flatnonzero((share >= least) & (evidence.need != evidence.product)).tolist():
            covered[int(evidence.need[at]), int(evidence.product[at])] = float(share[at])
    found = [
        Alike(ordered[one].key, ordered[other].key, round(min(share, covered[other, one]), 4))
        for (one, other), share in covered.items()
        if one < other and (other, one) in covered
    ]
    return sorted(found, key=lambda pair: (-pair.share, pair.one, pair.other))
