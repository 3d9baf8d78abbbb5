"""
The header of SQLite's WAL index, read from shared memory: the same bytes as long as nothing was committed, for a fraction of a microsecond.

Source: https://sqlite.org/walformat.html, section 2.1: two copies of 48 bytes at the start of the `-shm` file, written anew by every
commit, with a counter that each commit raises. A reader of SQLite itself compares the same bytes to learn whether its cache holds.

Closing any descriptor of a file gives back all POSIX locks that the process has on it, those of SQLite's own connections too. So a file
that was mapped here stays mapped until it has no name any more, when its locks mean nothing.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from pathlib import Path
from typing import NamedTuple

_COPY = 48
SIZE = 2 * _COPY
_VERSION = 3007000
_FIELDS = struct.Struct("=III B")  # version, unused, changes, initialised; native byte order
_lock = threading.Lock()
_mapped: dict[tuple[int, int], _Mapped] = {}  # by device and inode


class _Mapped(NamedTuple):
    descriptor: int
    memory: mmap.mmap


def header_of(database: str) -> mmap.mmap | None:
    """
    The header of a database's WAL index as memory; None where there is none that could be read so.

    To be asked for, and read, only while a connection of this process to the database is open that has read from it: as long as that
    holds, nobody cuts the file short.
    """
    if os.name != "posix":
        return None
    path = Path(f"{database}-shm")
    try:
        with _lock:
            _let_go()
            found = path.stat()
            known = _mapped.get((found.st_dev, found.st_ino))
            if known is None:
                if found.st_size < SIZE:  # not opened: it would have to be closed again
                    return None
                descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                known = _Mapped(descriptor, mmap.mmap(descriptor, SIZE, access=mmap.ACCESS_READ))
                _mapped[found.st_dev, found.st_ino] = known
    except (OSError, ValueError):
        return None
    version, _, _, initialised = _FIELDS.unpack_from(known.memory)
    return known.memory if version == _VERSION and initialised else None


def stamp(memory: mmap.mmap) -> bytes | None:
    """The header's bytes; None while a commit is just writing them."""
    both = memory[:SIZE]
    return both if both[:_COPY] == both[_COPY:] else None


def _let_go() -> None:
    """Unmap what has no name any more."""
    for key, one in list(_mapped.items()):
        if os.fstat(one.descriptor).st_nlink == 0:
            del _mapped[key]
            one.memory.close()
            os.close(one.descriptor)
