"""What is made from the catalogue and holds until the catalogue changes, kept in the process's memory."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The newest of `most` things, each under its name with the stamp of what it was made from."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._things: dict[Hashable, tuple[Hashable, T]] = {}

    def get(self, name: Hashable, stamp: Hashable, make: Callable[[], T]) -> T:
        """The thing of this name and stamp; made where there is none, by one caller while the others wait for it."""
        with self._lock:
            found = self._things.pop(name, None)
            if found is None or found[0] != stamp:
                found = (stamp, make())
            self._things[name] = found
            while len(self._things) > self._most:
                del self._things[next(iter(self._things))]
            return found[1]
