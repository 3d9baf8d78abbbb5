"""
What readers of a publication should know of the products in it, and in which words and marks all of that is told.

A product without a price, or whose price is past its day, stays in: what the region can make is still true, the price is asked for, and
each record says its own. Were it left out, the bytes would change with the calendar while nothing had changed, and who follows the
catalogue would take it for withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from exchange.access.policy import Tier
from exchange.publish.picture import NOT_CONSENTED, NOT_PREPARED, WITHDRAWN
from exchange.store.products import ProductRow
from exchange.store.segments import SegmentRow

NO_PRICE = "tanpa harga"
PRICE_PAST = "harganya sudah lewat masa berlaku"

# how machines are told of a reason that people read in words
MARKS = {
    NOT_CONSENTED: "not_consented",
    WITHDRAWN: "withdrawn",
    NOT_PREPARED: "not_prepared",
    NO_PRICE: "price_missing",
    PRICE_PAST: "price_expired",
}


def lacking(session: Session, tier: Tier, day: date) -> dict[str, int]:
    """How many of the products in a tier's publication have no price, or one that held until before `day`; by that, in words."""
    mine = and_(SegmentRow.kind == "product", SegmentRow.tier == tier, SegmentRow.ident == ProductRow.sku)
    priced = or_(ProductRow.price_min.is_not(None), ProductRow.price_max.is_not(None))
    counts = {
        NO_PRICE: select(func.count()).select_from(ProductRow).join(SegmentRow, mine).where(~priced),
        PRICE_PAST: select(func.count()).select_from(ProductRow).join(SegmentRow, mine).where(priced, ProductRow.price_valid_until < day),
    }
    return {reason: count for reason, query in counts.items() if (count := session.scalar(query) or 0)}


def told(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Numbers by reason, as machines are told of them; a reason that has no mark is `other`."""
    return [{"reason": MARKS.get(says, "other"), "says": says, "products": count} for says, count in counts.items()]
