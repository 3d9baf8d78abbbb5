"""Finished files under the name of their content: written beside and renamed, found again by what they were made from."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

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
    One folder of finished files, `<sha-256><suffix>`, and of notes, `NAME.note`, that say what each was made from.

    A note and its file appear by rename, the file first: no reader meets half of one, two builders at once do no harm.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, note: dict[str, Any]) -> Path:
        """Where the file of a note lies."""
        return self._folder / str(note["file"])

    def find(self, name: str, basis: str) -> dict[str, Any] | None:
        """The note of that name, where it was made from `basis` and its file is there in its full size; else None."""
        try:
            note: dict[str, Any] = orjson.loads((self._folder / f"{name}.note").read_bytes())
            whole = note["basis"] == basis and self.path(note).stat().st_size == note["bytes"]
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

    def keep(self, name: str, note: dict[str, Any]) -> None:
        """Put the note where `find` finds it, in place of the last one, whose file goes an hour from now at the earliest."""
        with suppress(OSError, orjson.JSONDecodeError, KeyError, TypeError):
            os.utime(self.path(orjson.loads((self._folder / f"{name}.note").read_bytes())))
        with written_beside(self._folder / f"{name}.note", 0o600) as out:
            out.write(orjson.dumps(note))
        self._prune()

    def _prune(self) -> None:
        named = set()
        for path in self._folder.glob("*.note"):
            with suppress(OSError, orjson.JSONDecodeError, KeyError, TypeError):
                named |= {path.name, orjson.loads(path.read_bytes())["file"]}
        for path in self._folder.iterdir():
            with suppress(OSError):  # gone meanwhile, or open on a system that does not let go of open files
                if path.name not in named and path.stat().st_mtime < time.time() - _SPARED:
                    path.unlink()
