"""
An answer that is a ZIP archive, its members one at a time and within bounds.

Nothing is written to disk and no name is taken for a path. Members packed otherwise than stored or deflated, and locked
ones, are refused by themselves; a bound that is passed ends the reading of the whole archive.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from connectors.kit.errors import TooMuch, Truncated, WrongAnswer
from connectors.kit.limits import MIB, Limits
from connectors.kit.text import cut, line

_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")  # the second one is an archive without members
_ENTRY = b"PK\x01\x02"
_END = struct.Struct("<4s6xH8x")  # the end of the list of members: its sign, and how many there are (APPNOTE 4.3.16)
_STEP = 256 * 1024
_UNSHOWN = re.compile(r"[^\w .()/+-]")
# what the library raises over broken bytes
_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, OverflowError)


class ArchiveTooMuch(TooMuch):
    """An archive that passes a bound; no more of it is read."""


def is_zip(body: bytes) -> bool:
    """Whether a body begins as a ZIP archive."""
    return body.startswith(_BEGINNINGS)


class Zipped:
    """
    The members of an archive.

    Raises:
        Truncated: the archive has no readable list of its members.
        ArchiveTooMuch: it has more than `limits.entries` of them.
    """

    def __init__(self, body: bytes, limits: Limits, answer: str | None = None) -> None:
        self._limits, self._answer, self._sent = limits, answer, len(body)
        self._expanded = 0
        # counted before a list of them is built; what looks like an entry inside of a member only makes the bound stricter
        if body.count(_ENTRY) > limits.entries:
            raise ArchiveTooMuch("too_many_entries", f"Arsip ZIP dari sumber berisi lebih dari {limits.entries} berkas.", answer=answer)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(body))
        except _FAULTS:
            raise Truncated("Arsip ZIP dari sumber terpotong atau rusak: daftar isinya tidak terbaca.", answer=answer) from None
        if len(self._archive.infolist()) < _told(body):
            raise Truncated("Arsip ZIP dari sumber rusak: daftar isinya lebih pendek daripada yang disebutnya.", answer=answer)

    def members(self, suffix: str) -> Iterator[zipfile.ZipInfo]:
        """The members whose names end so (in any capitals), or all where none does; folders and hidden ones are left out."""
        listed = [each for each in self._archive.infolist() if not each.is_dir() and not _is_hidden(each.filename)]
        ending = [each for each in listed if each.filename.lower().endswith(suffix)]
        yield from ending or listed

    def read(self, member: zipfile.ZipInfo) -> bytes:
        """
        The whole of a member, unpacked.

        Raises:
            Truncated: it is broken. WrongAnswer: it is locked or packed in another way.
            ArchiveTooMuch: `too_large` or `expands_too_much`, by itself or with those that were read before.
        """
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WrongAnswer("Berkas di dalam arsip terkunci atau dikemas dengan cara yang tidak didukung.", answer=self._answer)
        whole = bytearray()
        try:
            with self._archive.open(member) as opened:
                while piece := opened.read(_STEP):
                    whole += piece
                    self._expanded += len(piece)
                    self._check(len(whole), member.compress_size)
        except _FAULTS:
            raise Truncated("Berkas di dalam arsip terpotong atau rusak.", answer=self._answer) from None
        return bytes(whole)

    def _check(self, size: int, packed: int) -> None:
        limits, answer = self._limits, self._answer
        if size > limits.expanded or self._expanded > limits.streamed:
            most = (limits.expanded if size > limits.expanded else limits.streamed) // MIB
            raise ArchiveTooMuch("too_large", f"Isi arsip ZIP lebih besar dari {most} MiB setelah dibuka.", answer=answer)
        # the archive's own size is a bound as well: several members may share the same packed bytes
        for unpacked, sent in ((size, packed), (self._expanded, self._sent)):
            if unpacked > MIB and unpacked > limits.ratio * sent:
                raise ArchiveTooMuch(
                    "expands_too_much", f"Arsip ZIP mengembang lebih dari {limits.ratio} kali saat dibuka.", answer=self._answer
                )


def _told(body: bytes) -> int:
    """
    How many members an archive says that it has, at the least.

    The library does not ask: where the length of the list is broken, it reads a shorter one or none, and says nothing.
    """
    place = body.rfind(b"PK\x05\x06")
    told: int = _END.unpack_from(body, place)[1] if 0 <= place <= len(body) - _END.size else 0
    return max(told if told != 0xFFFF else 0, int(body.startswith(_BEGINNINGS[0])))


def shown_name(member: zipfile.ZipInfo) -> str:
    """A member's name as it may be shown: at most 80 characters, signs and personal numbers replaced."""
    return cut(_UNSHOWN.sub("_", line(member.filename)), 80) or "tanpa nama"


def _is_hidden(name: str) -> bool:
    """What a desktop system puts beside the files."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")
