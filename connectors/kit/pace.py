"""Politeness: how many requests one host gets at once, and how soon after one another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from connectors.kit.origin import Origin


@dataclass(slots=True)
class _Host:
    seats: threading.BoundedSemaphore
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0


class Pace:
    """
    Shared by all sources of one process, so that two of them on one host do not add up.

    at_once: requests that a host gets at the same time, at least 1; pause: seconds between the beginnings of two.
    """

    def __init__(
        self,
        at_once: int,
        pause: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_once, self._pause = max(1, at_once), max(0.0, pause)
        self._sleep, self._clock = sleep, clock
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, place: Origin, longest: float) -> Iterator[bool]:
        """
        Wait for a seat at the host, then for its pause, and keep the seat for the block.

        Gives False, and keeps no seat, where `longest` seconds were not enough: the caller's own time is up then.
        """
        host = self._host(place.host)
        begun = self._clock()
        if not host.seats.acquire(timeout=max(0.0, longest)):
            yield False
            return
        try:
            with host.lock:
                now = self._clock()
                mine = max(now, host.free_at)
                if mine - begun <= longest:
                    host.free_at = mine + self._pause
            if mine - begun > longest:
                yield False
                return
            if mine > now:
                self._sleep(mine - now)
            yield True
        finally:
            host.seats.release()

    def _host(self, name: str) -> _Host:
        with self._lock:
            if name not in self._hosts:
                self._hosts[name] = _Host(threading.BoundedSemaphore(self._at_once))
            return self._hosts[name]
