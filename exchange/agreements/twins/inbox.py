"""
What is done with a message by its number alone: lost, repeated, reordered and late ones come to the same end. No database, no clock.

Messages are taken in the order of their numbers, each only behind the one that it names. One that comes too early is kept until the
missing ones came, so that a sender need not send it again; far ahead of them nothing is kept, so that nobody fills our disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

WINDOW: Final = 64


class Arrived(NamedTuple):
    """A message by what its order is judged by."""

    number: int
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """taken: number of the last message taken, 0 for none; head: its digest; held: those that came too early, by number."""

    taken: int = 0
    head: str = ""
    held: Mapping[int, Arrived] = field(default_factory=dict)


class Verdict(NamedTuple):
    """
    result: `applied`, `repeated`, `kept`, `beyond` (too far ahead, not kept) or `fork` (signed, but another one than we have, or behind
    another one). apply: the numbers to take now, in order. forked: a message that was held and cannot follow.
    """

    result: str
    apply: tuple[int, ...] = ()
    forked: int | None = None


def judge(inbox: Inbox, came: Arrived, known: str | None) -> Verdict:
    """
    What to do with a message. known: digest of the message that we have under that number, taken or held; None for none.

    Returns: the verdict; `judge` of what it made of the inbox gives the same end for every order in which the messages come.
    """
    if known is not None and known != came.digest:
        return Verdict("fork", forked=came.number)
    if came.number <= inbox.taken:
        return Verdict("repeated" if known is not None else "fork", forked=None if known is not None else came.number)
    if came.number > inbox.taken + WINDOW:
        return Verdict("beyond")
    waiting = {**inbox.held, came.number: came}
    taken, head = inbox.taken, inbox.head
    apply: list[int] = []
    while (following := waiting.get(taken + 1)) is not None:
        if following.previous != head:
            if not apply and following.number == came.number:
                return Verdict("fork", forked=came.number)  # it is not kept: the right one may still come under its number
            return Verdict("applied" if apply else "kept", tuple(apply), following.number)
        taken, head = following.number, following.digest
        apply.append(taken)
    return Verdict("applied" if apply else "kept", tuple(apply))


def after(inbox: Inbox, came: Arrived, verdict: Verdict) -> Inbox:
    """The inbox as a verdict leaves it."""
    if verdict.result in {"fork", "beyond", "repeated"}:
        return inbox
    waiting = {**inbox.held, came.number: came}
    last = waiting[verdict.apply[-1]] if verdict.apply else None
    held = {number: one for number, one in waiting.items() if number not in verdict.apply}
    return Inbox(last.number if last else inbox.taken, last.digest if last else inbox.head, held)
