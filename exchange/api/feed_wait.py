"""
Requests of the change feed that wait until something changes: so many in a process, one of which looks for all.

A request that waits keeps one of the server's threads and nothing else: no transaction, no connection to the database. Of those that
wait one looks at the number of the newest change now and then and wakes the others when it has grown; when its own time is over,
another one takes its place. When the process is told to end, all of them answer.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import cast

from flask import Flask, current_app

from exchange.store.feed import last_change
from exchange.wiring import settings, store

EVERY = 0.25
"""Seconds between two looks."""
_KEY = "exchange.feed_wait"


class Watch:
    """
    Those of one process who wait.

    newest: gives the number of the newest change. room: how many may wait at once. ending: whether the process was told to end.
    waiting: how many have a place now.
    """

    def __init__(self, newest: Callable[[], int], room: int, ending: Callable[[], bool] = lambda: False) -> None:
        self._newest, self._room, self.ending = newest, room, ending
        self._here = threading.Condition()
        self.waiting = self._begun = self._done = self._number = 0
        self._looking = False

    @contextmanager
    def place(self) -> Iterator[bool]:
        """A place among those who wait, until the block ends; False where there is none."""
        with self._here:
            has = self.waiting < self._room
            self.waiting += has
        try:
            yield has
        finally:
            with self._here:
                self.waiting -= has

    def newer(self, seen: int, until: float) -> bool:
        """
        Wait for a change behind number `seen`; False where none came until that moment (of the monotonic clock), or the process ends.

        It rests on looks that began after the call, so that whoever asks again and again waits as long as a look takes.
        """
        with self._here:
            begun = self._begun
            while not (self._done > begun and self._number > seen):
                left = until - monotonic()
                if left <= 0 or self.ending():
                    return False
                if self._looking:
                    self._here.wait(left)
                else:
                    self._look(min(EVERY, left))
            return True

    def _look(self, pause: float) -> None:
        """Pause, then read the newest number without keeping the others from coming and going."""
        self._looking = True
        number = self._number
        try:
            self._here.wait(pause)
            self._begun += 1
            self._here.release()
            try:
                number = self._newest()
            finally:
                self._here.acquire()
        finally:
            self._looking, self._number, self._done = False, number, self._begun
            self._here.notify_all()


class Ending:
    """
    Whether this process was told to end, asked without a handler of its own: the server sets up its handlers after the service is made.

    To be made in the main thread, once.
    """

    def __init__(self) -> None:
        self._told = False
        self._heard, self._tells = socket.socketpair()
        for end in (self._heard, self._tells):
            end.setblocking(False)
        signal.set_wakeup_fd(self._tells.fileno(), warn_on_full_buffer=False)

    def __call__(self) -> bool:
        """Whether it was, up to now."""
        with suppress(BlockingIOError):
            self._told = not {signal.SIGTERM, signal.SIGINT}.isdisjoint(self._heard.recv(4096)) or self._told
        return self._told


def register(app: Flask) -> None:
    """Give an app its watch, with as much room as the settings leave."""
    with app.app_context():
        its, room = store(), settings().polls()

    def newest() -> int:
        with its.read() as session:
            return last_change(session)

    app.extensions[_KEY] = Watch(newest, room)


def end_by_signal(app: Flask) -> None:
    """Let those who wait answer when this process gets SIGTERM or SIGINT; for a process that serves this app alone."""
    watch_of(app).ending = Ending()


def watch_of(app: Flask) -> Watch:
    """The watch of an app."""
    return cast(Watch, app.extensions[_KEY])


def watch() -> Watch:
    """The watch of this request's app."""
    return watch_of(current_app)
