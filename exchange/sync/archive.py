"""Every answer of a source, kept as it came before anything that it says is saved: compressed, named by its content, for the owner only."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Container
from datetime import datetime
from pathlib import Path

from exchange.errors import NotFound, StorageFull

# a run stops while the disk can still take the database's own writes
RESERVE = 64 * 1024 * 1024


class Archive:
    """
    Files under `folder`, each named by the blake2b-256 digest of its bytes.

    It is the one place where bytes lie as they came, persons' columns included: the folder is closed to other users,
    and `expire` removes what is past retention.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where an answer lies; two letters of its digest make the folder."""
        return self.folder / digest[:2] / f"{digest}.z"

    @staticmethod
    def digest(body: bytes) -> str:
        """The name of an answer: BLAKE2b-256 of its bytes, in hex."""
        return hashlib.blake2b(body, digest_size=32).hexdigest()

    def keep(self, body: bytes, digest: str = "") -> str:
        """
        Store an answer, of a digest where that is known already; the same bytes again take no room.

        Returns:
            The digest, 64 hexadecimal digits.

        Raises:
            StorageFull: the disk has no room for it; nothing was written, the run must stop.
        """
        digest = digest or self.digest(body)
        target = self.path(digest)
        if target.exists():
            os.utime(target)
            return digest
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        packed = zlib.compress(body, 3)
        if shutil.disk_usage(target.parent).free < len(packed) + RESERVE:
            raise self._full()
        try:
            self._write(target, packed)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise self._full() from error
            raise
        return digest

    def _full(self) -> StorageFull:
        return StorageFull(
            f"Tidak ada ruang untuk menyimpan jawaban sumber di {self.folder.name}; penarikan dihentikan, isinya tidak disimpan.",
            mend="Kosongkan ruang atau pindahkan EXCHANGE_DATA_DIR, lalu jalankan lagi: tidak ada data yang hilang.",
        )

    @staticmethod
    def _write(target: Path, packed: bytes) -> None:
        """Write beside the target and rename, so that a killed run leaves no half file under the name."""
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(packed)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def read(self, digest: str) -> bytes:
        """
        The bytes as they came.

        Raises:
            NotFound: never kept, or past retention.
            ValueError: the file was altered; its digest is not its name.
        """
        try:
            body = zlib.decompress(self.path(digest).read_bytes())
        except FileNotFoundError as error:
            raise NotFound(f"Jawaban {digest[:12]} tidak ada di arsip.", mend="Mungkin sudah melewati masa simpan.") from error
        if hashlib.blake2b(body, digest_size=32).hexdigest() != digest:
            raise ValueError(f"archived answer {digest[:12]} was altered")
        return body

    def expire(self, before: datetime, needed: Container[str] = ()) -> int:
        """
        Remove answers that were last kept before a time and that nobody needs any more; how many.

        What a killed write left behind goes too, once it is a day old.
        """
        removed = 0
        for path in self.folder.glob("??/*.z"):
            if path.stem not in needed and path.stat().st_mtime < before.timestamp():
                path.unlink()
                removed += 1
        for path in self.folder.glob("??/.part-*"):
            if path.stat().st_mtime < time.time() - 86400:
                path.unlink(missing_ok=True)
        return removed
