"""Products as the criteria of quality look at them: their members, and how many photos are shown of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from exchange.store.photos import counts_of_products
from exchange.store.products import ProductRow, product_record


def quality_records(session: Session, rows: Sequence[ProductRow]) -> list[dict[str, Any]]:
    """One record for each row (with its firm), in their order; one statement for all of them."""
    counts = counts_of_products(session, [row.id for row in rows]) if rows else {}
    return [record_of(row, counts.get(row.id, 0)) for row in rows]


def record_of(row: ProductRow, photos: int) -> dict[str, Any]:
    """One record, where it is known how many photos there are."""
    return product_record(row) | {"photos": photos}
