"""The catalogue's likely duplicates, kept until the catalogue changes."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from exchange.matching.asking import Alike, alike, catalogue_stamp
from exchange.matching.kept import Kept
from exchange.matching.offers import read_offer
from exchange.store.products import ProductRow, active_products, product_record, products_by_sku

PAGE = 40
_kept: Kept[list[Alike]] = Kept(most=2)


class Twins(NamedTuple):
    """Two products (each with its firm) that may be one and the same; share: of their words that both have, in [0, 1]."""

    one: ProductRow
    other: ProductRow
    share: float


def twins(session: Session, home_region: str, *, start: int = 0, most: int = PAGE) -> tuple[list[Twins], int]:
    """Pairs of products on offer that may be one, the likeliest first, at most `most` from `start` on, and how many there are in all."""
    stamp = catalogue_stamp(session, home_region)
    pairs = _kept.get(stamp[0], stamp, lambda: alike([read_offer(product_record(row), home_region) for row in active_products(session)]))
    shown = pairs[start : start + most]
    rows = products_by_sku(session, {sku for pair in shown for sku in (pair.one, pair.other)})
    found = [Twins(rows[pair.one], rows[pair.other], pair.share) for pair in shown if {pair.one, pair.other} <= rows.keys()]
    return found, len(pairs)
