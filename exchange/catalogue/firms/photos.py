"""
Photos of a product or a visit: added, ordered, said anew, removed; each act on record in its transaction.

Of a product they are part of what others read: an act that changes them is a version of the product, on the change feed in the same
transaction. Matching reads no photo, so nothing is matched anew for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from exchange.access.segments import refresh_products
from exchange.catalogue.firms.pictures import Picture
from exchange.errors import BadRequest, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.files import Files, keep_with
from exchange.store.photos import PRODUCT, PhotoRow, next_position, photo_by_id, photos_of
from exchange.store.products import ProductRow
from schemas.product import MOST_PHOTOS

MOST: Final = MOST_PHOTOS
LONGEST_ALT: Final = 300


def add(session: Session, files: Files, kind: str, owner_id: int, ident: str, picture: Picture, alt: str, *, actor: str) -> PhotoRow:
    """
    Keep a photo behind the others; the same picture again is the same photo.

    kind, owner_id: `product` or `visit` and its row, which the caller holds; ident: its public name. alt: what it shows, in words.

    Raises:
        BadRequest: it is not said what it shows, or there are too many. StorageFull: no room.
    """
    said = _said(alt)
    rows = photos_of(session, kind, [owner_id])
    sha256 = keep_with(session, files, picture.body)
    if known := next((row for row in rows if row.sha256 == sha256), None):
        return known
    if len(rows) >= MOST:
        raise BadRequest(f"Sudah ada {MOST} foto.", mend="Hapus salah satunya dahulu.")
    row = PhotoRow(
        kind=kind, owner_id=owner_id, position=next_position(session, kind, owner_id), sha256=sha256,
        thumb=keep_with(session, files, picture.thumb), alt=said, width=picture.width, height=picture.height, size=len(picture.body),
        made_by=actor,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit(session, actor, "photo.add", kind, ident, photo=row.id, sha256=sha256, name=said)
    _tell(session, kind, owner_id)
    return row


def put_first(session: Session, kind: str, owner_id: int, ident: str, photo_id: int, *, actor: str) -> None:
    """Show a photo before the others; raises NotFound where it is none of theirs."""
    _move(session, kind, owner_id, ident, photo_id, lambda _place: 0, actor)


def put_forward(session: Session, kind: str, owner_id: int, ident: str, photo_id: int, *, actor: str) -> None:
    """Show a photo one place before where it is; raises NotFound where it is none of theirs."""
    _move(session, kind, owner_id, ident, photo_id, lambda place: max(0, place - 1), actor)


def say(session: Session, kind: str, owner_id: int, ident: str, photo_id: int, alt: str, *, actor: str) -> None:
    """
    Say anew what a photo shows.

    Raises:
        NotFound: it is none of theirs. BadRequest: it is not said, or at too great length.
    """
    row, said = _one(session, kind, owner_id, photo_id), _said(alt)
    if row.alt == said:
        return
    audit(session, actor, "photo.say", kind, ident, photo=row.id, before=row.alt, name=said)
    row.alt = said
    _tell(session, kind, owner_id)


def remove(session: Session, kind: str, owner_id: int, ident: str, photo_id: int, *, actor: str) -> None:
    """Show a photo no longer; its bytes stay for the record. Raises NotFound where it is none of theirs."""
    row = _one(session, kind, owner_id, photo_id)
    row.removed_by, row.removed_at = actor, utcnow()
    audit(session, actor, "photo.remove", kind, ident, photo=row.id, sha256=row.sha256, name=row.alt)
    _tell(session, kind, owner_id)


def _move(session: Session, kind: str, owner_id: int, ident: str, photo_id: int, to: Callable[[int], int], actor: str) -> None:
    row, rows = _one(session, kind, owner_id, photo_id), list(photos_of(session, kind, [owner_id]))
    place = rows.index(row)
    rows.insert(to(place), rows.pop(place))
    if rows.index(row) == place:
        return
    for position, each in enumerate(rows, 1):
        each.position = position
    audit(session, actor, "photo.move", kind, ident, photo=row.id)
    _tell(session, kind, owner_id)


def _tell(session: Session, kind: str, owner_id: int) -> None:
    """Give a product whose photos changed its next version, and tell those who read it."""
    session.flush()
    if kind != PRODUCT:
        return
    row = session.scalars(select(ProductRow).options(joinedload(ProductRow.business)).where(ProductRow.id == owner_id)).one()
    row.matched_version += row.matched_version == row.version
    row.version += 1
    row.updated_at = utcnow()
    session.flush()
    refresh_products(session, [row])


def _said(alt: str) -> str:
    said = " ".join(alt.split())
    if not said or len(said) > LONGEST_ALT:
        raise BadRequest(
            "Belum ditulis apa yang tampak di foto.",
            mend=f"Tulis dengan singkat, paling banyak {LONGEST_ALT} huruf, bagi yang tidak melihatnya.",
        )
    return said


def _one(session: Session, kind: str, owner_id: int, photo_id: int) -> PhotoRow:
    row = photo_by_id(session, photo_id)
    if row is None or (row.kind, row.owner_id) != (kind, owner_id):
        raise NotFound("Foto itu tidak ada.", mend="Muat ulang halaman, lalu pilih lagi.")
    return row
