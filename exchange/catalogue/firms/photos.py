"""Photos of a product or a visit: added, put first, removed; each act on record in its transaction."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from exchange.catalogue.firms.pictures import Picture
from exchange.errors import BadRequest, NotFound
from exchange.store.audit import audit
from exchange.store.base import utcnow
from exchange.store.files import Files, keep_with
from exchange.store.photos import PhotoRow, next_position, photo_by_id, photos_of

MOST: Final = 12
LONGEST_ALT: Final = 300


def add(session: Session, files: Files, kind: str, owner_id: int, ident: str, picture: Picture, alt: str, *, actor: str) -> PhotoRow:
    """
    Keep a photo behind the others; the same picture again is the same photo.

    kind, owner_id: `product` or `visit` and its row, which the caller holds; ident: its public name. alt: what it shows, in words.

    Raises:
        BadRequest: it is not said what it shows, or there are too many. StorageFull: no room.
    """
    said = " ".join(alt.split())
    if not said or len(said) > LONGEST_ALT:
        raise BadRequest(
            "Belum ditulis apa yang tampak di foto.",
            mend=f"Tulis dengan singkat, paling banyak {LONGEST_ALT} huruf, bagi yang tidak melihatnya.",
        )
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
    return row


def put_first(session: Session, kind: str, owner_id: int, ident: str, photo_id: int, *, actor: str) -> None:
    """Show a photo before the others; raises NotFound where it is none of theirs."""
    row = _one(session, kind, owner_id, photo_id)
    rows = [row, *(each for each in photos_of(session, kind, [owner_id]) if each.id != row.id)]
    for position, each in enumerate(rows, 1):
        each.position = position
    audit(session, actor, "photo.move", kind, ident, photo=row.id)


def remove(session: Session, kind: str, owner_id: int, ident: str, photo_id: int, *, actor: str) -> None:
    """Show a photo no longer; its bytes stay for the record. Raises NotFound where it is none of theirs."""
    row = _one(session, kind, owner_id, photo_id)
    row.removed_by, row.removed_at = actor, utcnow()
    audit(session, actor, "photo.remove", kind, ident, photo=row.id, sha256=row.sha256, name=row.alt)


def _one(session: Session, kind: str, owner_id: int, photo_id: int) -> PhotoRow:
    row = photo_by_id(session, photo_id)
    if row is None or (row.kind, row.owner_id) != (kind, owner_id):
        raise NotFound("Foto itu tidak ada.", mend="Muat ulang halaman, lalu pilih lagi.")
    return row
