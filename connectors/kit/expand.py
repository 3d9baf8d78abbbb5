"""Unpacking of an answer in small steps, so that a few bytes cannot become a flood before anyone looks."""

from __future__ import annotations

import zlib

from connectors.kit.errors import NotJson, TooMuch, Truncated
from connectors.kit.limits import MIB, Limits

_STEP = 256 * 1024
_GZIP, _RAW = 16 + zlib.MAX_WBITS, -zlib.MAX_WBITS


class Expander:
    """Takes the bytes of one answer as they come and gives them unpacked, within the bounds."""

    def __init__(self, encoding: str, limits: Limits) -> None:
        self._limits = limits
        self._encoding = encoding.strip().lower() or "identity"
        self._packed = self._encoding not in {"identity", "none"}
        if self._packed and self._encoding not in {"gzip", "x-gzip", "deflate"}:
            raise NotJson("Jawaban dikemas dengan cara yang tidak diminta (Content-Encoding lain dari gzip atau deflate).")
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS if self._encoding == "deflate" else _GZIP)
        self._first = True
        self.sent = 0
        self.body = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes; raises TooMuch where a bound is passed and Truncated where the packing is broken."""
        self.sent += len(chunk)
        if self.sent > self._limits.sent:
            raise TooMuch("too_large", f"Jawaban lebih besar dari {self._limits.sent // MIB} MiB.")
        if not self._packed:
            self.body += chunk
            self._check()
            return
        try:
            self._feed_packed(chunk)
        except zlib.error:
            raise Truncated("Jawaban terkemas (gzip) tetapi kemasannya rusak.") from None

    def _feed_packed(self, chunk: bytes) -> None:
        rest = chunk
        while rest:
            if self._unpack.eof:  # a second member follows the first
                self._unpack = zlib.decompressobj(_GZIP)
            try:
                piece = self._unpack.decompress(rest, _STEP)
            except zlib.error:
                if not (self._first and self._encoding == "deflate"):
                    raise
                self._unpack = zlib.decompressobj(_RAW)  # servers disagree on what deflate means
                piece = self._unpack.decompress(rest, _STEP)
            self._first = False
            self.body += piece
            self._check()
            rest = self._unpack.unconsumed_tail or self._unpack.unused_data

    def _check(self) -> None:
        size = len(self.body)
        if size > self._limits.expanded:
            raise TooMuch("too_large", f"Jawaban lebih besar dari {self._limits.expanded // MIB} MiB setelah dibuka.")
        if self._packed and size > MIB and size > self._limits.ratio * self.sent:
            raise TooMuch("expands_too_much", f"Jawaban mengembang lebih dari {self._limits.ratio} kali saat dibuka.")

    def finish(self) -> bytes:
        """The whole body; raises Truncated where the packing has no end."""
        if self._packed and self.sent and not self._unpack.eof:
            raise Truncated("Jawaban terkemas (gzip) berakhir sebelum kemasannya selesai.")
        return bytes(self.body)
