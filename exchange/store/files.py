"""Files that people brought: bytes under their SHA-256 in one folder, never changed, for the owner of the process alone."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Session

from exchange.errors import BadRequest, NotFound, StorageFull

RESERVE: Final = 64 * 1024 * 1024


class Files:
    """Files below one folder."""

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
            raise self.full()
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
                raise self.full() from error
            raise
        return digest

    def drop(self, digests: Iterable[str]) -> None:
        """Take files away that no record names."""
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
            raise self.gone() from None
        if hashlib.sha256(body).hexdigest() != sha256:
            raise BadRequest("Berkas di penyimpanan bukan yang dulu diunggah.", mend="Pulihkan folder data dari cadangan.")
        return body

    def full(self) -> StorageFull:
        """What is said where the disk has no room."""
        return StorageFull("Tidak ada ruang untuk berkas itu; tidak disimpan.", mend="Kosongkan ruang, lalu unggah lagi.")

    def gone(self) -> NotFound:
        """What is said where a file is missing."""
        return NotFound("Berkas itu tidak ada di penyimpanan.", mend="Pulihkan folder data dari cadangan.")


def keep_with(session: Session, files: Files, body: bytes) -> str:
    """
    Store a file for as long as its transaction stands; its SHA-256.

    Where the transaction is taken back, so are bytes that were new with it: nobody else writes until then, so nobody else names them.

    Raises:
        StorageFull: the disk has no room for it.
    """
    connection, digest = session.connection(), hashlib.sha256(body).hexdigest()  # from here on this is the one that writes
    new = [] if files.path(digest).exists() else [digest]
    event.listen(connection, "commit", lambda _connection: new.clear())  # of a commit without an answer nobody knows whether it stands
    event.listen(connection, "rollback", lambda _connection: files.drop(new))
    return files.keep(body)
