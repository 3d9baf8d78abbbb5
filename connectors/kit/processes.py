"""
The releases of a run, gathered by process until all have come: the next page can hold a newer release of any of them.

Kept in memory are a few numbers a release (when, where, how long); what it says waits as JSON in a file without a name,
which is in memory as well up to 16 MiB. Of releases that the source compiled itself only the newest is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import NamedTuple

import orjson

from connectors.kit.answer import Answer
from connectors.kit.errors import SourceError, TooMuch
from connectors.kit.limits import MIB, Limits
from connectors.kit.releases import Release, merge

_IN_MEMORY = 16 * MIB


class _Waiting(NamedTuple):
    """A release in the file: its moment, its answer (by number) and place there, and where it lies."""

    moment: str
    compiled: bool
    answer: int
    position: int
    at: int
    length: int


class Process(NamedTuple):
    """One process: its releases as one, and where the newest of them (or the one that the source compiled) stood."""

    reference: str
    release: Release
    address: str
    answer: str
    position: int


class Processes:
    """The releases that came so far; used as a context, since it holds a file."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._found: dict[str, _Waiting | list[_Waiting]] = {}
        self._answers: list[tuple[str, str]] = []
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._end = 0
        self.releases = 0

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        """How many processes there are."""
        return len(self._found)

    def add(self, reference: str, release: Release, answer: Answer, position: int) -> None:
        """
        Take a release.

        Raises:
            TooMuch: more releases, or more of what they say, than the bounds of a run allow.
            SourceError: there is no room on the disk.
        """
        if self.releases >= self._limits.listings:
            raise TooMuch("too_many_listings", f"Sumber memuat lebih dari {self._limits.listings} rilis.", answer=answer.digest)
        body = orjson.dumps(release.body)
        if self._end + len(body) > self._limits.streamed:
            raise TooMuch("too_large", f"Isi semua rilis lebih besar dari {self._limits.streamed // MIB} MiB.", answer=answer.digest)
        if not self._answers or self._answers[-1] != (answer.address, answer.digest):
            self._answers.append((answer.address, answer.digest))
        waiting = _Waiting(release.moment, release.compiled, len(self._answers) - 1, position, self._end, len(body))
        try:
            self._file.write(body)
        except OSError as error:
            mend = "Kosongkan ruang pada disk berkas sementara, lalu ambil lagi."
            raise SourceError("Tidak ada ruang untuk berkas sementara penggabungan rilis.", mend=mend) from error
        self._end += len(body)
        self.releases += 1
        before = self._found.get(reference)
        self._found[reference] = waiting if before is None else _beside(before, waiting)

    def merged(self) -> Iterator[Process]:
        """Every process, in the order in which their first releases came; nothing can be added from then on."""
        for reference, waiting in self._found.items():
            several = waiting if isinstance(waiting, list) else [waiting]
            release = merge([Release(self._read(each), each.compiled) for each in several])
            newest = max((each for each in several if each.compiled or not release.compiled), key=lambda each: each.moment)
            yield Process(reference, release, *self._answers[newest.answer], newest.position)

    def _read(self, waiting: _Waiting) -> dict[str, object]:
        self._file.seek(waiting.at)
        body: dict[str, object] = orjson.loads(self._file.read(waiting.length))
        return body


def _beside(before: _Waiting | list[_Waiting], waiting: _Waiting) -> _Waiting | list[_Waiting]:
    """What is kept of a process with one release more."""
    several = before if isinstance(before, list) else [before]
    if waiting.compiled or any(each.compiled for each in several):
        return max((each for each in (*several, waiting) if each.compiled), key=lambda each: each.moment)
    several.append(waiting)
    return several
