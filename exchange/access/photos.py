"""Photos of products as others read them: what is told of each, and which of them a tier may read at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.access.policy import PRODUCT, Tier
from exchange.store import photos
from exchange.store.photos import PhotoRow
from exchange.store.products import ProductRow
from exchange.store.segments import SegmentRow
from schemas.product import PHOTO_MEDIA

MEMBER: Final = "photos"
DOOR: Final = "/api/v1/photos"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def told(rows: Iterable[PhotoRow]) -> list[dict[str, Any]]:
    """Photos in the members of PhotoSchema, in their order."""
    return [
        {
            "href": f"{DOOR}/{row.sha256}", "sha256": row.sha256, "media_type": PHOTO_MEDIA, "width": row.width, "height": row.height,
            "size": row.size, "caption": row.alt,
        }
        for row in rows
    ]  # fmt: skip


def may_read(session: Session, sha256: str, tier: Tier) -> bool:
    """
    Whether a tier reads the photo of that SHA-256: it is shown of a product that the tier reads now.

    So it goes with the product, whatever ends it (consent, offer), in the same transaction. A photo of a visit is read by nobody here,
    even where a product shows another picture; what is no SHA-256 in small letters names no photo. One statement.
    """
    if tier not in PRODUCT[MEMBER] or not _DIGEST.fullmatch(sha256):
        return False
    query = (
        select(PhotoRow.id)
        .join(ProductRow, ProductRow.id == PhotoRow.owner_id)
        .join(SegmentRow, (SegmentRow.kind == "product") & (SegmentRow.ident == ProductRow.sku) & (SegmentRow.tier == tier))
        .where(PhotoRow.sha256 == sha256, PhotoRow.kind == photos.PRODUCT, PhotoRow.removed_at.is_(None))
    )
    return session.scalar(query.limit(1)) is not None
