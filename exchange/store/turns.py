"""
Writers of one SQLite file in the order in which they came: threads and processes alike.

SQLite lets a writer who finds the file locked sleep and look again, ever more seldom, so that whoever comes fresh is faster than who has
waited long. Here each draws a number from a file beside the database, locks the byte of that number, and waits until no byte before it
is locked. The kernel takes the locks of a process that dies, however it dies, so nobody waits for the dead. What keeps writers apart is
still SQLite's own lock; this says only who comes next, and where it cannot (Windows has no such locks, a full disk no room for the
number) the threads of a process take turns and processes meet at that lock.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from weakref import WeakSet, WeakValueDictionary

try:
    import fcntl
except ImportError:  # Windows
    _LOCKS = False
else:
    _LOCKS = True

_COUNTER = 8  # bytes at the beginning of the file; the byte of number N is behind them
_LARGEST = 2**62
_AGAIN = 0.005


class Place:
    """A thread's place in the line. number: the one that it drew, None where none was to be had."""

    __slots__ = ("called", "number", "process", "thread")

    def __init__(self) -> None:
        self.process, self.thread = os.getpid(), threading.get_ident()
        self.number: int | None = None
        self.called = threading.Event()


class Turns:
    """The line before one database; `turns_of` gives all who work on it in this process the same one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self.forget()
        _ALL.add(self)

    def forget(self) -> None:
        """Begin anew, with nobody in line: what a fork took over belongs to the threads of another process."""
        self._mutex = threading.Lock()
        self._line: deque[Place] = deque()
        self._close()

    def __del__(self) -> None:
        self._close()

    def take(self, patience: float | None = None) -> Place:
        """
        Wait for one's turn; it lasts until `leave`.

        patience: seconds after which to give up; None: as long as it takes.

        Raises:
            RuntimeError: this thread has its turn already, and would wait for itself. TimeoutError: patience is at its end.
        """
        place = Place()
        with self._mutex:
            if any(each.thread == place.thread for each in self._line):
                raise RuntimeError("a transaction that writes was begun inside another one of the same thread")
            place.number = self._draw()
            self._line.append(place)
            if self._line[0] is place:
                place.called.set()
        until = None if patience is None else time.monotonic() + patience
        try:
            if not place.called.wait(patience):
                raise TimeoutError
            if place.number is not None:
                self._await(place.number, until)
        except BaseException:
            self.leave(place)
            raise
        return place

    def leave(self, place: Place) -> None:
        """Let the next one go on; a place that was left already, or of another process, is passed over."""
        if place.process != os.getpid():
            return
        with self._mutex:
            if place not in self._line:
                return
            first = self._line[0] is place
            self._line.remove(place)
            if place.number is not None:
                # a place in the middle gives back its own byte alone: those before it are of this process too
                begin = 0 if first else place.number
                self._lock(fcntl.LOCK_UN, place.number + 1 - begin, _COUNTER + begin)
            if first and self._line:
                self._line[0].called.set()

    def _draw(self) -> int | None:
        """The next number, its byte locked; the one before it is drawn and locked already."""
        if not _LOCKS:
            return None
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._lock(fcntl.LOCK_EX, 1, 0)
            try:
                number = int.from_bytes(os.pread(self._file, _COUNTER, 0), "little") % _LARGEST + 1
                os.pwrite(self._file, number.to_bytes(_COUNTER, "little"), 0)
                self._lock(fcntl.LOCK_EX, 1, _COUNTER + number)
            finally:
                self._lock(fcntl.LOCK_UN, 1, 0)
        except OSError:
            return None
        return number

    def _await(self, number: int, until: float | None) -> None:
        """Wait until no byte before a number's own is locked; a wait in the kernel has no end of its own, so one that has looks again."""
        while until is not None:
            with suppress(BlockingIOError, PermissionError):  # which of the two is the platform's choice
                return self._lock(fcntl.LOCK_SH | fcntl.LOCK_NB, number, _COUNTER)
            if time.monotonic() >= until:
                raise TimeoutError
            time.sleep(_AGAIN)
        return self._lock(fcntl.LOCK_SH, number, _COUNTER)

    def _lock(self, kind: int, length: int, start: int) -> None:
        assert self._file is not None
        while True:
            try:
                fcntl.lockf(self._file, kind, length, start)
                return
            except OSError as error:
                if error.errno != errno.EDEADLK:
                    raise
                time.sleep(0.001)  # the kernel takes all threads of a process for one, and sees a circle that is none

    def _close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
            self._file = None


_ALL: WeakSet[Turns] = WeakSet()
_BY_PATH: WeakValueDictionary[Path, Turns] = WeakValueDictionary()
_OPENING = threading.Lock()


def turns_of(database: Path) -> Turns:
    """The line before a database's file. One for each process and file: to close the file once would give back all its locks."""
    path = database.absolute().resolve()
    with _OPENING:
        found = _BY_PATH.get(path)
        if found is None:
            found = _BY_PATH[path] = Turns(path.with_name(f"{path.name}-turns"))
        return found


def _forked() -> None:
    global _OPENING
    _OPENING = threading.Lock()
    for each in list(_ALL):
        each.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
