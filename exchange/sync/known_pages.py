"""
Answers that came before: which listings each held, so that one that comes again byte for byte need not be read again.

One file a source, written in whole after a complete run. It saves work and nothing else: where it is missing, damaged or of another
version of the connector, every answer is read.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import cast

import msgspec

from connectors.kit.answer import KnownAnswer
from exchange.store.demands import KnownListing

_HASH, _STANDING = itemgetter(1), itemgetter(2, 3, 4)


class Page(msgspec.Struct):
    """
    What one answer held: references in order, how many rows were skipped for which reason, a digest of the listings' hashes.

    whole: whether every row was understood or skipped; one with a listing in quarantine is read again each time. rows, superseded, around:
    as `KnownAnswer` has them, and calm its digest but for volatile fields, only where the connector told them.
    """

    references: list[str] = msgspec.field(default_factory=list)
    skips: dict[str, int] = msgspec.field(default_factory=dict)
    digest: bytes = b""
    whole: bool = True
    rows: int = 0
    superseded: int = 0
    around: dict[str, str | int | float | bool | None] | None = None
    calm: bytes = b""


class _File(msgspec.Struct):
    version: str
    pages: dict[str, Page]


# made while this module is imported: msgspec looks into a type when it is first used, and two threads that do so at once end the process
_DECODER = msgspec.msgpack.Decoder(_File)


def _entries(references: list[str], known: Mapping[str, KnownListing], version: str) -> list[KnownListing] | None:
    """What is kept of these listings; None where one of them does not stand, or was read by another version."""
    entries = [*map(known.get, references)]
    standing = None not in entries and set(map(_STANDING, entries)) <= {(version, "live", False)}  # type: ignore[arg-type]
    return cast(list[KnownListing], entries) if standing else None


def _digest(entries: list[KnownListing]) -> bytes:
    return blake2b("".join(map(_HASH, entries)).encode(), digest_size=16).digest()


@dataclass
class KnownPages:
    """The answers of one source: those of its last complete run, and those of the run under way, by the digest of their bytes."""

    path: Path
    version: str
    made: dict[str, Page] = field(default_factory=dict)
    _before: dict[str, Page] | None = None
    _by_calm: dict[bytes, Page] | None = None

    def standing(self, answer: str, rows: int, known: Mapping[str, KnownListing]) -> Page | None:
        """What an answer holds, where all its rows are known and stand as it says; None where it must be read."""
        page = self.before.get(answer)
        return page if page is not None and self._stands(page, rows, known) else None

    def _stands(self, page: Page, rows: int, known: Mapping[str, KnownListing]) -> bool:
        if not page.whole or len(page.references) + sum(page.skips.values()) != rows:
            return False
        entries = _entries(page.references, known, self.version)
        return entries is not None and _digest(entries) == page.digest

    def take(self, answer: str, page: Page) -> None:
        """An answer that is not read again is one of this run's, too."""
        self.made[answer] = page

    def known(self, answer: str, calm: Callable[[], bytes], known: Mapping[str, KnownListing]) -> Page | None:
        """
        What an answer holds, where the connector told what stands around its rows, and all of them are known and stand as it says.

        calm: gives the answer's digest but for volatile fields; asked where its bytes did not come before.
        """
        page = self.before.get(answer) or self._calm_before.get(calm())
        if page is None or page.around is None or not self._stands(page, page.rows, known):
            return None
        return page

    def remember(self, answer: str, held: KnownAnswer, calm: bytes) -> None:
        """What the connector read of an answer beside its rows."""
        page = self.made.setdefault(answer, Page())
        page.rows, page.superseded, page.around, page.calm = held.rows, held.superseded, dict(held.around), calm or page.calm

    @property
    def _calm_before(self) -> dict[bytes, Page]:
        if self._by_calm is None:
            self._by_calm = {page.calm: page for page in self.before.values() if page.calm}
        return self._by_calm

    @property
    def before(self) -> dict[str, Page]:
        """The pages of the last complete run; none where the file cannot be used."""
        if self._before is None:
            try:
                told = _DECODER.decode(self.path.read_bytes())
                self._before = told.pages if told.version == self.version else {}
            except (OSError, msgspec.MsgspecError, ValueError):
                self._before = {}
        return self._before

    def note(self, answer: str, reference: str | None, skipped: str = "", *, understood: bool = True) -> None:
        """One row of an answer: the listing that it is, or None and the reason for one that was skipped."""
        page = self.made.get(answer)
        if page is None:
            page = self.made[answer] = Page()
        page.whole = page.whole and understood
        if reference is None:
            page.skips[skipped] = page.skips.get(skipped, 0) + 1
        else:
            page.references.append(reference)

    def save(self, known: Mapping[str, KnownListing]) -> None:
        """Write down the pages of this run, which was complete."""
        for page in self.made.values():
            entries = _entries(page.references, known, self.version)
            page.whole, page.digest = page.whole and entries is not None, _digest(entries or [])
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, beside = tempfile.mkstemp(dir=self.path.parent, prefix=".pages-")
        with os.fdopen(handle, "wb") as out:
            out.write(msgspec.msgpack.encode(_File(self.version, {answer: page for answer, page in self.made.items() if page.whole})))
        Path(beside).replace(self.path)
