"""What one process holds of one caller's minute, and what a caller is told of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

_AT_ONCE = 200


class Verdict(NamedTuple):
    """limit: of the minute; remaining: how many this process can vouch for; resets: seconds until the next minute."""

    allowed: bool
    limit: int
    remaining: int
    resets: int


@dataclass(slots=True)
class Lease:
    """
    Requests of one minute that a process may let go.

    ready: of the next ones, what is left behind each, the first to go at the end; held: those after them; used: those that went, with
    the ready ones; others: what the database has left; dry: the database has been asked, and had nothing.

    Its methods are called by one thread at a time. From the end of `ready` any thread takes at any moment, which is one step of the
    interpreter.
    """

    window: int
    held: int = 0
    others: int = 0
    used: int = 0
    dry: bool = False
    ready: list[int] = field(default_factory=list)

    def deal(self) -> int | None:
        """Let one request go: what is left behind it; None where nothing is held."""
        with suppress(IndexError):
            return self.ready.pop()
        if not self.held:
            return None
        self.held -= 1
        self.used += 1
        return self.held + self.others

    def made_ready(self) -> list[int]:
        """`ready`, with some of what is held where it was empty."""
        if not self.ready and self.held:
            most = min(self.held, _AT_ONCE)
            self.held -= most
            self.used += most
            left = self.held + self.others
            self.ready.extend(range(left, left + most))
        return self.ready


def verdict(lease: Lease, left: int | None, limit: int, resets: int) -> Verdict:
    """What became of a request; left: behind it, None where it may not go."""
    return Verdict(left is not None, limit, lease.held + lease.others if left is None else left, resets)
