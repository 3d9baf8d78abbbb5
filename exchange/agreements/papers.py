"""The files of cases: bytes under their SHA-256, never changed, refused where they are not what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from exchange.agreements.rules import Rules
from exchange.errors import BadRequest, NotFound, StorageFull
from exchange.store.agreements import AgreementFileRow, AgreementRow
from exchange.store.audit import audit
from exchange.store.files import Files, keep_with

LARGEST: Final = 20 * 1024 * 1024
# media type: how its bytes begin; a paper is never shown in the page, always sent as a download
KNOWN: Final[dict[str, tuple[bytes, ...]]] = {
    "application/pdf": (b"%PDF-",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK\x03\x04",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (b"PK\x03\x04",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
}
_ENDINGS: Final = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}


class Papers(Files):
    """The files of cases."""

    def full(self) -> StorageFull:
        """What is said where the disk has no room."""
        return StorageFull("Tidak ada ruang untuk berkas perkara; tidak disimpan.", mend="Kosongkan ruang, lalu unggah lagi.")

    def gone(self) -> NotFound:
        """What is said where a file is missing."""
        return NotFound("Berkas perkara tidak ada di penyimpanan.", mend="Pulihkan folder data dari cadangan.")


def media_of(name: str, body: bytes) -> str:
    """The media type of a file by its ending, proved by how it begins; raises BadRequest where it is none that is taken."""
    media = _ENDINGS.get(Path(name).suffix.lower())
    if media is None or not body.startswith(KNOWN[media]):
        raise BadRequest("Jenis berkas tidak diterima.", mend="Pakai PDF, DOCX, XLSX, JPG atau PNG yang utuh.")
    return media


def bring(session: Session, rules: Rules, papers: Papers, case: AgreementRow, kind: str, name: str, body: bytes, *, actor: str) -> str:
    """
    Bring a file to a case, for a later step to count it; its SHA-256. The same file for the same kind again changes nothing.

    Where the transaction is taken back, so are bytes that were new with it: nobody else writes until then, so nobody else names them.

    Raises:
        BadRequest: no such kind, empty, too large, or of a type that is not taken. StorageFull: no room.
    """
    if kind not in rules.papers:
        raise BadRequest(f"Jenis dokumen {kind[:40]!r} tidak ada.", mend=f"Yang ada: {', '.join(rules.papers)}.")
    if not body:
        raise BadRequest("Berkasnya kosong.", mend="Pilih berkas yang berisi.")
    if len(body) > LARGEST:
        raise BadRequest(f"Berkas lebih dari {LARGEST >> 20} MiB.", mend="Kecilkan, misalnya dengan memindai ulang pada 150 dpi.")
    media = media_of(name, body)
    digest = keep_with(session, papers, body)
    known = session.query(AgreementFileRow).filter_by(agreement_id=case.id, kind=kind, sha256=digest).first()
    if known is None:
        clean = re.sub(r"[\x00-\x1f\x7f/\\]", "_", name).strip()[-200:] or kind
        session.add(
            AgreementFileRow(agreement_id=case.id, kind=kind, sha256=digest, name=clean, media=media, size=len(body), made_by=actor[:80])
        )
        audit(session, actor, "agreement.file", "agreement", case.ident, paper=kind, sha256=digest, size=len(body))
        session.flush()
    return digest
