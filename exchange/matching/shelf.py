"""
The retrieval index as files: one folder a version, mapped by every process, swapped in whole.

A version is written in a folder beside, flushed to the disk and renamed; then the file `current` is replaced by one that names
it. A reader keeps the version that it opened, whatever happens to the folder. The manifest holds the SHA-256 of every file, so
that a damaged or half-written version is recognised and the one before it is used.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from exchange.matching import kernel
from exchange.matching.index import K1, B
from exchange.matching.rarity import MEAN_LENGTH, rarity
from exchange.matching.tokens import Bags

FORMAT = 1
_KEPT = 2
# Seconds after which a folder that was never finished is taken for a dead builder's.
_ABANDONED = 3600
_ARRAYS = ("starts", "documents", "impacts")
_TEXTS = ("roots", "keys")

Bag = Sequence[tuple[str, float]]


class NoShelfError(LookupError):
    """There is no whole version in the folder: nothing was built yet, or all that was is damaged."""


class _Manifest(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    roots: int
    documents: int
    postings: int
    sha256: dict[str, str]


# made while this module is imported: msgspec looks into a type when it is first used, and two threads that do so at once end the process
_MANIFEST = msgspec.json.Decoder(_Manifest)


class Shelf:
    """
    One version of the index: P documents under their keys, V roots, BM25 impacts that depend on each document alone.

    Searching needs no lock and writes nothing; a shelf may be used by many threads.
    """

    def __init__(self, postings: kernel.Postings, roots: list[str], keys: list[str], version: str = "") -> None:
        self.postings = postings
        self.roots = roots
        self.keys = keys
        self.version = version
        self._numbers = {root: number for number, root in enumerate(roots)}

    @classmethod
    def of(cls, documents: Iterable[tuple[str, Bag]]) -> Shelf:
        """The index of some documents, key and bag of (root, count), in memory alone; counts are above 0."""
        numbers: dict[str, int] = {}
        keys: list[str] = []
        starts, flat, counts = [0], [], []
        for key, bag in documents:
            keys.append(key)
            for root, count in bag:
                flat.append(numbers.setdefault(root, len(numbers)))
                counts.append(count)
            starts.append(len(flat))
        bags = Bags(np.array(starts, dtype=np.int64), np.array(flat, dtype=np.int32), np.array(counts, dtype=np.float32))
        return cls.of_bags(keys, bags, list(numbers))

    @classmethod
    def of_bags(cls, keys: Sequence[str], bags: Bags, roots: Sequence[str]) -> Shelf:
        """
        As `of`, of bags that a `Reader` read, whose roots are these; a root stands once in a bag.

        Raises:
            ValueError: if keys and bags differ in number, or a key or root holds a line break.
        """
        if len(keys) != len(bags.starts) - 1:
            raise ValueError(f"{len(keys)} keys for {len(bags.starts) - 1} bags")
        if any("\n" in said for said in (*keys, *roots)):
            raise ValueError("a key or root holds a line break")
        document = np.repeat(np.arange(len(keys)), np.diff(bags.starts))
        length = np.bincount(document, weights=bags.counts, minlength=len(keys))
        norm = K1 * (1 - B + B * length / MEAN_LENGTH)
        idf = np.array([rarity(root) for root in roots], dtype=np.float64)
        impacts = idf[bags.roots] * bags.counts * (K1 + 1) / (bags.counts + norm[document])
        order = np.argsort(bags.roots, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(bags.roots, minlength=len(roots)))]).astype(np.int64)
        numbers: NDArray[Any] = document[order].astype(kernel.document_type(len(keys)))
        return cls(kernel.Postings(starts, numbers, impacts[order].astype(np.float32), len(keys)), list(roots), list(keys))

    @classmethod
    def build(cls, folder: Path, documents: Iterable[tuple[str, Bag]]) -> Shelf:
        """Index the documents, make that the folder's current version and open it."""
        return cls.of(documents).save(folder)

    def save(self, folder: Path) -> Shelf:
        """Write this index as the folder's current version and open it; all versions but the last two go."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = Path(tempfile.mkdtemp(dir=folder, prefix=".building-"))
        try:
            self._write(beside)
            version = f"{time.time_ns():020d}-{os.urandom(4).hex()}"
            beside.rename(folder / version)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        _flush(folder)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".current-")
        with os.fdopen(handle, "wb") as out:
            _put(out, version.encode())
        Path(name).replace(folder / "current")
        _flush(folder)
        _prune(folder, version)
        return Shelf.open(folder)

    def _write(self, folder: Path) -> None:
        digests = {}
        for name, array in zip(_ARRAYS, self.postings[:3], strict=True):
            with (folder / f"{name}.npy").open("wb") as out:
                np.save(out, array)
                _put(out, b"")
        for name, lines in zip(_TEXTS, (self.roots, self.keys), strict=True):
            with (folder / f"{name}.txt").open("wb") as out:
                _put(out, "\n".join(lines).encode())
        for path in folder.iterdir():
            digests[path.name] = _digest(path)
        manifest = _Manifest(FORMAT, len(self.roots), len(self.keys), len(self.postings.impacts), digests)
        with (folder / "manifest.json").open("wb") as out:
            _put(out, msgspec.json.encode(manifest))
        _flush(folder)

    @classmethod
    def open(cls, folder: Path) -> Shelf:
        """
        Map the current version; where it is damaged, the newest whole one.

        Raises:
            NoShelfError: if there is none.
        """
        for _ in range(3):  # a version may be taken away between the look and the opening, by two builders after one another
            for version in _versions(folder):
                with suppress(OSError, ValueError):
                    return cls._map(folder / version)
        raise NoShelfError(f"no whole index in {folder.name}")

    @classmethod
    def _map(cls, folder: Path) -> Shelf:
        manifest = _MANIFEST.decode((folder / "manifest.json").read_bytes())
        named = {*(f"{name}.npy" for name in _ARRAYS), *(f"{name}.txt" for name in _TEXTS)}
        if manifest.format != FORMAT or set(manifest.sha256) != named:
            raise ValueError("another format")
        if any(_digest(folder / name) != digest for name, digest in manifest.sha256.items()):
            raise ValueError("a file is not what was written")
        arrays: list[Any] = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS]
        roots, keys = ((folder / f"{name}.txt").read_text(encoding="utf-8").split("\n") for name in _TEXTS)
        roots, keys = roots[: manifest.roots], keys[: manifest.documents]
        if (len(roots), len(keys), len(arrays[2])) != (manifest.roots, manifest.documents, manifest.postings):
            raise ValueError("counts differ")
        return cls(kernel.Postings(arrays[0], arrays[1], arrays[2], manifest.documents), roots, keys, folder.name)

    def search(self, queries: Iterable[Bag], top: int, threads: int = 1) -> list[list[tuple[str, float]]]:
        """The best `top` documents of each query, key and score above 0, best first; ties in the order they were built in."""
        starts, terms, weights = [0], [], []
        for query in queries:
            for root, weight in query:
                number = self._numbers.get(root)
                if number is not None:
                    terms.append(number)
                    weights.append(weight)
            starts.append(len(terms))
        asked = kernel.Queries(np.array(starts, dtype=np.int64), np.array(terms, dtype=np.int32), np.array(weights, dtype=np.float32))
        found = kernel.top(self.postings, asked, top, threads)
        rows = zip(found.documents.tolist(), found.scores.tolist(), strict=True)
        return [[(self.keys[at], score) for at, score in zip(*row, strict=True) if at >= 0] for row in rows]

    def numbers(self, roots: Sequence[str]) -> NDArray[np.int32]:
        """The number here of each root, -1 of one that no document has."""
        return np.fromiter((self._numbers.get(root, -1) for root in roots), dtype=np.int32, count=len(roots))


def _versions(folder: Path) -> list[str]:
    """The current version, then the others, newest first."""
    with suppress(OSError):
        found = sorted((path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")), reverse=True)
        with suppress(OSError, UnicodeDecodeError):
            current = (folder / "current").read_text(encoding="ascii")
            if current in found:
                return [current, *(name for name in found if name != current)]
        return found
    return []


def _prune(folder: Path, current: str) -> None:
    """Take away all but the newest versions and what dead builders left; readers keep what they have open."""
    old = [name for name in _versions(folder) if name != current][_KEPT - 1 :]
    for path in [folder / name for name in old]:
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".building-*"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)


def _put(out: Any, data: bytes) -> None:
    out.write(data)
    out.flush()
    os.fsync(out.fileno())


def _flush(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
