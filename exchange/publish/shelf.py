"""
Finished files under the name of their content: written beside and renamed, found again by what they were made from.

A note says what a file was made from and what is in it. It stands twice: as `NAME.note`, the newest of that name, and as
`NAME-<sha-256>.about`, by which a file that was superseded an hour ago can still be told about.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

_WORTH = 0.9  # of its size; what does not shrink below that is sent as it is
_SPARED = 3600  # seconds that a file which no note names any more stays for those who were just told of it


@contextmanager
def written_beside(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A file that takes `path`'s place, whole and on the disk, when the block ends; nothing of it stays when it raises."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}-")
    made = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=1 << 18) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        made.chmod(mode)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


class Hashing(RawIOBase):
    """Passes bytes on, counts them and takes their SHA-256; closing it leaves the file beneath open."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out, self._digest, self.size = out, hashlib.sha256(), 0

    def writable(self) -> bool:
        """It only writes."""
        return True

    def write(self, data: Any) -> int:
        """Write all of `data`."""
        self._digest.update(data)
        self.size += len(data)
        return self._out.write(data)

    def hexdigest(self) -> str:
        """SHA-256 of all that was written."""
        return self._digest.hexdigest()


class Shelf:
    """
    One folder of finished files, `<sha-256><suffix>`, their packed twins, `<sha-256><suffix>.gz`, and their notes.

    A note and its files appear by rename, the files first: no reader meets half of one, two builders at once do no harm.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, note: dict[str, Any]) -> Path:
        """Where the file of a note lies."""
        return self._folder / str(note["file"])

    def newest(self, name: str) -> dict[str, Any] | None:
        """The last note of that name, whatever it was made from; None where there is none or a file of it is gone or cut."""
        return self._note(self._folder / f"{name}.note")

    def find(self, name: str, basis: str) -> dict[str, Any] | None:
        """The note of that name, where it was made from `basis` and its files are there in their full size; else None."""
        note = self.newest(name)
        return note if note is not None and note["basis"] == basis else None

    def about(self, name: str, digest: str) -> dict[str, Any] | None:
        """The note of the file of that name and SHA-256, also of one that another has taken the place of; None where it is not known."""
        return self._note(self._folder / _about(name, digest))

    def _note(self, path: Path) -> dict[str, Any] | None:
        try:
            note: dict[str, Any] = orjson.loads(path.read_bytes())
            whole = {"basis", "statement"} <= set(note) and all(
                (self._folder / each["file"]).stat().st_size == each["bytes"] for each in _files(note)
            )
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            return None
        return note if whole else None

    @contextmanager
    def building(self, suffix: str, mode: int) -> Iterator[tuple[BinaryIO, dict[str, Any]]]:
        """A file to write and its note, which gets `file`, `sha256` and `bytes` when the block ends."""
        note: dict[str, Any] = {}
        unnamed = self._folder / f"{os.urandom(8).hex()}.building"
        with written_beside(unnamed, mode) as file:
            out = Hashing(file)
            yield cast(BinaryIO, out), note
        digest = out.hexdigest()
        note |= {"file": f"{digest}{suffix}", "sha256": digest, "bytes": out.size}
        unnamed.replace(self.path(note))

    def packed(self, note: dict[str, Any], mode: int) -> dict[str, Any] | None:
        """Pack the file of a note with gzip beside it: `file`, `sha256` and `bytes` of that; None where it would not be smaller."""
        suffix = f"{Path(note['file']).suffix}.gz"
        with (
            self.building(suffix, mode) as (out, made),
            gzip.GzipFile("", "wb", 6, out, mtime=0) as pack,
            self.path(note).open("rb") as whole,
        ):
            shutil.copyfileobj(whole, pack, 1 << 18)
        if made["bytes"] < note["bytes"] * _WORTH:
            return made
        self.path(made).unlink()
        return None

    def keep(self, name: str, note: dict[str, Any]) -> None:
        """Put the note where `find` finds it, in place of the last one, whose files go an hour from now at the earliest."""
        last = self.newest(name)
        for each in _named(name, last) if last else ():
            with suppress(OSError):
                os.utime(self._folder / each)
        for path in (_about(name, note["sha256"]), f"{name}.note"):
            with written_beside(self._folder / path, 0o600) as out:
                out.write(orjson.dumps(note))
        self._prune()

    def _prune(self) -> None:
        named = set()
        for path in self._folder.glob("*.note"):
            with suppress(OSError, orjson.JSONDecodeError, KeyError, TypeError):
                named |= {path.name, *_named(path.stem, orjson.loads(path.read_bytes()))}
        for path in self._folder.iterdir():
            with suppress(OSError):  # gone meanwhile, or open on a system that does not let go of open files
                if path.name not in named and path.stat().st_mtime < time.time() - _SPARED:
                    path.unlink()


def _about(name: str, digest: str) -> str:
    return f"{name}-{digest}.about"


def _files(note: dict[str, Any]) -> list[dict[str, Any]]:
    """The file of a note, and its packed twin where there is one."""
    return [note, note["gzip"]] if note.get("gzip") else [note]


def _named(name: str, note: dict[str, Any]) -> list[str]:
    """All files that a note of that name speaks for, itself as it is found by content among them."""
    return [*(str(each["file"]) for each in _files(note)), _about(name, str(note["sha256"]))]
