"""One builder at a time, over all processes of the machine: who comes meanwhile waits and finds the work done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """
    Wait until nobody else is in a block of the same file, on this machine.

    A process that is killed gives its turn back. Where the system has no such locks nobody waits: two builders at once
    do the same work twice and no harm.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("ab") as file:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
