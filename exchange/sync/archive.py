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
# bytes of an answer after which its packing begins anew, so that one of them is unpacked alone
BLOCK = 1024 * 1024
_ANEW = b"\x00\x00\xff\xff"  # what zlib writes at such a place (a full flush), and hardly ever anywhere else
_HEADER = 2  # bytes of zlib's own before the first block


class Blocks:
    """
    An answer of which parts can be unpacked alone: blocks of `BLOCK` bytes, the last one of what is left.

    Where a block begins is seen in the packed bytes. A place that only looks like one gives a block of another length, which is refused.
    """

    def __init__(self, packed: bytes) -> None:
        self._packed, self._starts = packed, [_HEADER]
        self._unpacked: dict[int, bytes] = {}
        place = packed.find(_ANEW)
        while place >= 0:
            self._starts.append(place + len(_ANEW))
            place = packed.find(_ANEW, place + len(_ANEW))

    def __len__(self) -> int:
        return len(self._starts)

    def span(self, first: int, last: int) -> bytes:
        """
        The bytes of these blocks, both included and as far as there are any.

        Raises:
            ValueError: there is no block at such a place; the answer is to be unpacked as a whole.
        """
        return b"".join(self._block(number) for number in range(max(0, first), min(last, len(self) - 1) + 1))

    def _block(self, number: int) -> bytes:
        if number not in self._unpacked:
            start, is_last = self._starts[number], number == len(self) - 1
            end = len(self._packed) if is_last else self._starts[number + 1]
            try:
                body = zlib.decompressobj(-zlib.MAX_WBITS).decompress(self._packed[start:end], BLOCK + 1)
            except zlib.error as error:
                raise ValueError(f"block {number} does not begin where it seems to") from error
            if len(body) > BLOCK or (len(body) < BLOCK and not is_last):
                raise ValueError(f"block {number} is no whole one")
            self._unpacked[number] = body
        return self._unpacked[number]


def _packed(body: bytes) -> bytes:
    """Bytes as zlib packs them, so that what is larger than a block can be unpacked by blocks."""
    packer, whole = zlib.compressobj(3), memoryview(body)
    parts = []
    for start in range(0, len(body), BLOCK):
        parts.append(packer.compress(whole[start : start + BLOCK]))
        if start + BLOCK < len(body):
            parts.append(packer.flush(zlib.Z_FULL_FLUSH))
    return b"".join([*parts, packer.flush()])


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
        packed = _packed(body)
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
            f"Tidak ada ruang untuk menyimpan jawaban sumber di {self.folder.name}; pengambilan dihentikan, isinya tidak disimpan.",
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
        body = self.unpacked(digest)
        if hashlib.blake2b(body, digest_size=32).hexdigest() != digest:
            raise ValueError(f"archived answer {digest[:12]} was altered")
        return body

    def unpacked(self, digest: str) -> bytes:
        """
        The bytes, not held to their name: for whoever proves in another way what is taken out of them.

        Raises:
            NotFound: never kept, or past retention.
            ValueError: the file is no answer any more.
        """
        try:
            return zlib.decompress(self.path(digest).read_bytes())
        except FileNotFoundError as error:
            raise self._not_there(digest) from error
        except zlib.error as error:
            raise ValueError(f"archived answer {digest[:12]} was altered") from error

    def blocks(self, digest: str) -> Blocks:
        """
        The answer by blocks, not held to their name; a single block where it was kept in one piece, as all were before blocks.

        Raises:
            NotFound: never kept, or past retention.
        """
        try:
            return Blocks(self.path(digest).read_bytes())
        except FileNotFoundError as error:
            raise self._not_there(digest) from error

    @staticmethod
    def _not_there(digest: str) -> NotFound:
        return NotFound(f"Jawaban {digest[:12]} tidak ada di arsip.", mend="Mungkin sudah melewati masa simpan.")

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
