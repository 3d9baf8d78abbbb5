"""What a source says of its own size, page by page: a number that changes while it is read proves nothing."""

from __future__ import annotations

from typing import Any

from connectors.kit.answer import RunFacts
from connectors.kit.errors import SourceError

_NO_COUNT = 2**31 - 1
"""Servers that do not count write the largest 32-bit number."""


class CountsDrifted(SourceError):
    """The source changed while it was read by offsets: rows may have slipped between two pages."""

    rule = "counts_drifted"
    state = "unproven"
    advice = "Ambil lagi di luar jam kerja, saat daftar di sumber tidak sedang berubah; yang sudah datang tetap disimpan."


def count_of(value: Any) -> int | None:
    """A count as sources write it, a number or its digits; None where none is said, or the sign of one that is not counted."""
    if isinstance(value, str) and value.isascii() and value.strip().isdigit():
        value = int(value[:20])
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < _NO_COUNT else None


class Counts:
    """The totals that the pages of one run say: `last` is the newest, None where none was said; `moved`: whether rows changed places."""

    def __init__(self) -> None:
        self.last: int | None = None
        self.moved = False
        self._drifted: tuple[int, int] | None = None

    def say(self, total: int | None) -> None:
        """Take note of what a page says; a page that says nothing changes nothing."""
        if total is None:
            return
        if self.last is not None and total != self.last and self._drifted is None:
            self._drifted = (self.last, total)
        self.last = total

    def settle(self, facts: RunFacts) -> None:
        """
        Tell the run's facts the total.

        Raises:
            CountsDrifted: the pages said different ones, or rows moved, so that nothing proves that none was missed.
        """
        facts.total = self.last
        if self._drifted is not None:
            before, after = self._drifted
            said = f"dari {before} menjadi {after}"
            raise CountsDrifted(f"Jumlah data di sumber berubah selama diambil ({said}); ada baris yang dapat terlewat.")
        if self.moved:
            raise CountsDrifted("Baris di sumber berpindah tempat selama diambil; ada baris yang dapat terlewat.")
