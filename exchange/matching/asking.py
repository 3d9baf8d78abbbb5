"""The same engine for other questions: which products suit a sentence, and which products of the catalogue may be one and the same."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.matching.engine import Match
from exchange.matching.matcher import Matcher
from exchange.matching.needs import read_need
from exchange.matching.offers import Offer, read_offer
from exchange.store.products import ProductRow, active_products, product_record, products_by_sku

# A question is looked at by a person, who sees the score; so more is shown than is kept unasked.
ASKED_FROM = 0.1
LONGEST = 500
_ALIKE = 0.85


class Suited(NamedTuple):
    """A product that suits a question, with its score and reasons."""

    product: ProductRow
    match: Match


class Alike(NamedTuple):
    """Two products that may be one and the same; `share` of their words that both have, in [0, 1]."""

    one: str
    other: str
    share: float


_lock = Lock()
_kept: dict[tuple[object, ...], Matcher] = {}


def suited(session: Session, text: str, home_region: str, *, top: int = 10) -> list[Suited]:
    """
    The products that suit a sentence such as `meja dan kursi untuk 40 siswa`, best first, at most `top`.

    Args:
        text: of at most `LONGEST` letters; what is beyond is not read.
    """
    need = read_need({"reference": "question", "title": text[:LONGEST], "category": "goods"})
    (_, matches) = next(iter(_matcher(session, home_region).match([need], top=top, threshold=ASKED_FROM)))
    rows = products_by_sku(session, [match.offer for match in matches])
    return [Suited(rows[match.offer], match) for match in matches if match.offer in rows]


def _matcher(session: Session, home_region: str) -> Matcher:
    """The catalogue's index, made anew where the catalogue changed since."""
    counted = select(func.count(), func.sum(ProductRow.version), func.max(ProductRow.id)).where(ProductRow.state == "active")
    stamp = (str(session.get_bind().url), home_region, *session.execute(counted).one())  # type: ignore[union-attr]
    with _lock:
        found = _kept.get(stamp)
    if found is None:
        found = Matcher(read_offer(product_record(row), home_region) for row in active_products(session))
        with _lock:
            _kept.clear()
            _kept[stamp] = found
    return found


def alike(offers: Sequence[Offer], least: float = _ALIKE) -> list[Alike]:
    """
    Pairs of products that may be one and the same, the likeliest first: each one's name covers the other's nearly whole.

    Args:
        least: share of words, weighed by how rare they are, that each must have of the other, in (0, 1].
    """
    matcher = Matcher(offers)
    pairs = matcher.pairs([read_need({"reference": offer.key, "title": offer.name, "category": "goods"}) for offer in matcher.offers])
    evidence = pairs.evidence
    covered = {
        (int(need), int(product)): min(float(forward), float(backward))
        for need, product, forward, backward in zip(evidence.need, evidence.product, evidence.forward, evidence.backward, strict=True)
        if need != product
    }
    found = []
    for (one, other), share in covered.items():
        both = min(share, covered.get((other, one), 0.0))
        if one < other and both >= least:
            found.append(Alike(matcher.offers[one].key, matcher.offers[other].key, round(both, 4)))
    return sorted(found, key=lambda pair: (-pair.share, pair.one, pair.other))
