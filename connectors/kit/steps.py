"""A large answer read in steps: unpacked where it is gzip, in memory that does not grow with it."""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterator

from connectors.kit.encodings import OFFICE, UTF8, encoding_of
from connectors.kit.errors import TooMuch, Truncated
from connectors.kit.limits import MIB, Limits

_STEP = WINDOW = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_MARK = b"\x1f\x8b"


class Steps(io.RawIOBase):
    """
    The bytes of an answer as a file that is read once, unpacked where they are gzip.

    Raises (while it is read):
        TooMuch: `expands_too_much` or `too_large`. Truncated: the packing is broken or has no end.
    """

    def __init__(self, body: bytes, limits: Limits, answer: str | None = None) -> None:
        super().__init__()
        self._body, self._limits, self._answer = body, limits, answer
        self._unpack = zlib.decompressobj(_GZIP) if body.startswith(_MARK) else None
        self._at = self._given = 0
        self._rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        piece = self._plain(len(view)) if self._unpack is None else self._unpacked(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def _plain(self, most: int) -> bytes:
        piece = self._body[self._at : self._at + most]
        self._at += len(piece)
        return piece

    def _unpacked(self, most: int) -> bytes:
        assert self._unpack is not None
        while True:
            if self._unpack.eof:
                self._rest = self._unpack.unused_data + self._rest
                if not (self._rest or self._at < len(self._body)):
                    return b""
                self._unpack = zlib.decompressobj(_GZIP)  # a second member follows the first
            if not self._rest:
                self._rest = self._body[self._at : self._at + _STEP]
                self._at += len(self._rest)
                if not self._rest:
                    raise Truncated("Berkas gzip dari sumber berakhir sebelum selesai.", answer=self._answer)
            try:
                piece = self._unpack.decompress(self._rest, most)
            except zlib.error:
                raise Truncated("Berkas gzip dari sumber rusak.", answer=self._answer) from None
            self._rest = self._unpack.unconsumed_tail
            if piece:
                self._given += len(piece)
                self._check()
                return piece

    def _check(self) -> None:
        if self._given > self._limits.streamed:
            raise TooMuch("too_large", f"Berkas lebih besar dari {self._limits.streamed // MIB} MiB setelah dibuka.", answer=self._answer)
        if self._given > MIB and self._given > self._limits.ratio * self._at:
            raise TooMuch("expands_too_much", f"Berkas mengembang lebih dari {self._limits.ratio} kali saat dibuka.", answer=self._answer)


def pieces(body: bytes, limits: Limits, answer: str | None = None) -> Iterator[bytes]:
    """The bytes of an answer, unpacked, in pieces of at most 256 KiB; raises as `Steps` does."""
    steps = Steps(body, limits, answer)
    while piece := steps.read(_STEP):
        yield piece


def unpacked(body: bytes, limits: Limits, answer: str | None = None) -> bytes:
    """The whole of an answer that must stand in memory at once; raises as `Steps` does, and `too_large` above `expanded`."""
    if not body.startswith(_MARK):
        return body
    whole = bytearray()
    for piece in pieces(body, limits, answer):
        whole += piece
        if len(whole) > limits.expanded:
            raise TooMuch("too_large", f"Berkas lebih besar dari {limits.expanded // MIB} MiB setelah dibuka.", answer=answer)
    return bytes(whole)


def proved(body: bytes, limits: Limits, answer: str | None = None) -> tuple[str, bytes, bytes]:
    """
    Read an answer through once: its encoding, its first bytes and its last ones (256 KiB each, unpacked).

    A packing that is broken is found before anything of it is handed on. Raises as `Steps` does.
    """
    first = last = b""
    reader: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder(UTF8)()
    for piece in pieces(body, limits, answer):
        first = first or piece
        last = (last + piece)[-_STEP:]
        if reader is not None:
            try:
                reader.decode(piece)
            except UnicodeDecodeError:
                reader = None
    encoding, _ = encoding_of(first[:4])
    if encoding != UTF8:
        return encoding, first, last
    return ("utf-8-sig" if reader is not None else OFFICE), first, last
