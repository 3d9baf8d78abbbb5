"""
The roots of every matched demand, kept in files: what a changed product can touch is found without reading a text again.

Each run adds one segment (demand ids, versions, and the 32-bit hashes of each demand's roots); of a demand that stands in several
the last one holds. A segment is written beside and renamed, so that a reader finds it whole or not at all; one that cannot be read
is taken away, and its demands count as unread. Two roots of one hash cost a reading too many, never one too few.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path
from time import time_ns
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_SEGMENTS = 16


@lru_cache(maxsize=100_000)
def root_hash(root: str) -> int:
    """The 32-bit hash that a root is kept as."""
    return crc32(root.encode())


class Readings:
    """
    The readings in one folder, made where it is absent; None keeps them in memory alone.

    Two writers at once may lose each other's segments at worst: a demand that `known` does not name at its version is read again.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._demand: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._version: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._start: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
        self._roots: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self._pending: list[tuple[int, int, Sequence[int]]] = []
        for path in self._paths():
            try:
                with path.open("rb") as file, np.load(file) as told:
                    self._append(told["demand"], told["version"], told["start"], told["roots"])
            except (OSError, ValueError, KeyError, BadZipFile):
                path.unlink(missing_ok=True)

    def add(self, demand: int, version: int, hashes: Sequence[int]) -> None:
        """Note the hashes of what a version of a demand says, each once; kept by `save`."""
        self._pending.append((demand, version, hashes))

    def save(self) -> None:
        """Write what was added; too many segments become one, without what newer versions replaced."""
        if not self._pending:
            return
        lengths = [len(roots) for *_, roots in self._pending]
        fresh = (
            np.array([demand for demand, *_ in self._pending], dtype=np.int64),
            np.array([version for _, version, _ in self._pending], dtype=np.int64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.array([one for *_, roots in self._pending for one in roots], dtype=np.uint32),
        )
        self._pending = []
        self._append(*fresh)
        if self._folder is None:
            return
        paths = self._paths()
        if len(paths) < _SEGMENTS:
            self._write(*fresh)
            return
        self._compact()
        self._write(self._demand, self._version, self._start, self._roots)
        for path in paths:
            path.unlink(missing_ok=True)

    def known(self) -> dict[int, int]:
        """Demand id -> version that was read last."""
        return dict(zip(self._demand.tolist(), self._version.tolist(), strict=True))

    def sharing(self, roots: Collection[str]) -> set[int]:
        """Ids of all demands that have one of these roots, and at most a few more."""
        wanted = np.array(sorted({root_hash(root) for root in roots}), dtype=np.uint32)
        hits = np.flatnonzero(np.isin(self._roots, wanted))
        rows = np.unique(np.searchsorted(self._start, hits, side="right") - 1)
        return set(self._demand[rows].tolist())

    def _append(self, demand: NDArray[np.int64], version: NDArray[np.int64], start: NDArray[np.int64], roots: NDArray[np.uint32]) -> None:
        if len(start) != len(demand) + 1 or len(version) != len(demand) or start[-1] != len(roots):
            raise ValueError("segment whose parts do not fit")
        self._demand = np.concatenate([self._demand, demand])
        self._version = np.concatenate([self._version, version])
        self._start = np.concatenate([self._start[:-1], start + len(self._roots)])
        self._roots = np.concatenate([self._roots, roots])

    def _compact(self) -> None:
        last: dict[int, int] = {demand: row for row, demand in enumerate(self._demand.tolist())}
        rows = np.array(sorted(last.values()), dtype=np.int64)
        lengths = np.diff(self._start)[rows]
        parts: Sequence[NDArray[np.uint32]] = [self._roots[self._start[row] : self._start[row + 1]] for row in rows]
        self._demand, self._version = self._demand[rows], self._version[rows]
        self._start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        self._roots = np.concatenate([*parts, np.zeros(0, dtype=np.uint32)])

    def _paths(self) -> list[Path]:
        if self._folder is None:
            return []
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return sorted(self._folder.glob("*.npz"))

    def _write(self, demand: object, version: object, start: object, roots: object) -> None:
        assert self._folder is not None
        handle, beside = tempfile.mkstemp(dir=self._folder, prefix=".segment-")
        with os.fdopen(handle, "wb") as out:
            np.savez(out, demand=np.asarray(demand), version=np.asarray(version), start=np.asarray(start), roots=np.asarray(roots))
            out.flush()
            os.fsync(out.fileno())
        Path(beside).replace(self._folder / f"{time_ns():020d}.npz")
