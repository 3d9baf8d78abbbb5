"""The files of cases: bytes under their SHA-256, never changed, refused where they are not what they say."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Session

from exchange.agreements.rules import Rules
from exchange.errors import BadRequest, NotFound, StorageFull
from exchange.store.agreements import AgreementFileRow, AgreementRow
from exchange.store.audit import audit

LARGEST: Final = 20 * 1024 * 1024
RESERVE: Final = 64 * 1024 * 1024
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


class Papers:
    """Files below one folder, for the owner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where a file lies."""
        return self.folder / sha256[:2] / sha256

    def keep(self, body: bytes) -> str:
        """
        Store a file; its SHA-256. The same bytes again take no room.

        Raises:
            StorageFull: the disk has no room for it.
        """
        digest = hashlib.sha256(body).hexdigest()
        target = self.path(digest)
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        if shutil.disk_usage(target.parent).free < len(body) + RESERVE:
            raise _full()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except OSError as error:
            Path(name).unlink(missing_ok=True)
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise _full() from error
            raise
        return digest

    def drop(self, digests: Iterable[str]) -> None:
        """Take away files that nothing names."""
        for sha256 in digests:
            self.path(sha256).unlink(missing_ok=True)

    def read(self, sha256: str) -> bytes:
        """
        A file as it came.

        Raises:
            NotFound: it is not there. BadRequest: what lies there is not what came.
        """
        try:
            body = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound("Berkas perkara tidak ada di penyimpanan.", mend="Pulihkan folder data dari cadangan.") from None
        if hashlib.sha256(body).hexdigest() != sha256:
            raise BadRequest("Berkas di penyimpanan bukan yang dulu diunggah.", mend="Pulihkan folder data dari cadangan.")
        return body


def _full() -> StorageFull:
    return StorageFull("Tidak ada ruang untuk berkas perkara; tidak disimpan.", mend="Kosongkan ruang, lalu unggah lagi.")


def media_of(name: str, body: bytes) -> str:
    """The media type of a file by its ending, proved by how it begins; raises BadRequest where it is none that is taken."""
    media = _ENDINGS.get(Path(name).suffix.lower())
    if media is None or not body.startswith(KNOWN[media]):
        raise BadRequest("Jenis berkas tidak diterima.", mend="Pakai PDF, DOCX, XLSX, JPG atau PNG yang utuh.")
    return media


def _kept(session: Session, papers: Papers, body: bytes) -> str:
    """Store a file for as long as its transaction stands."""
    connection, digest = session.connection(), hashlib.sha256(body).hexdigest()  # from here on this is the one that writes
    new = [] if papers.path(digest).exists() else [digest]
    event.listen(connection, "commit", lambda _connection: new.clear())  # of a commit without an answer nobody knows whether it stands
    event.listen(connection, "rollback", lambda _connection: papers.drop(new))
    return papers.keep(body)


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
    digest = _kept(session, papers, body)
    known = session.query(AgreementFileRow).filter_by(agreement_id=case.id, kind=kind, sha256=digest).first()
    if known is None:
        clean = re.sub(r"[\x00-\x1f\x7f/\\]", "_", name).strip()[-200:] or kind
        session.add(
            AgreementFileRow(agreement_id=case.id, kind=kind, sha256=digest, name=clean, media=media, size=len(body), made_by=actor[:80])
        )
        audit(session, actor, "agreement.file", "agreement", case.ident, paper=kind, sha256=digest, size=len(body))
        session.flush()
    return digest
