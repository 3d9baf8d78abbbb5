"""
The index of demands follows the change feed: a step reads what changed and what the index says, reckons, and writes in a short transaction.

The reckoning is done in a picture of its own, with nobody waiting. What it found is written only where the index still stands where the
picture had it, together with the new place: a step that is broken off, or that another worker was faster with, has done nothing. The feed
is in commit order, so that a place in it has missed nothing; where it was forgotten further, the index is made from all demands again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.demand.entries import entries_of, entries_of_block
from exchange.store.base import Store
from exchange.store.demand_index import (
    Standing,
    begin_anew,
    behind,
    block_rows,
    changed_since,
    has_missed,
    last_block,
    move,
    standing,
    waiting,
    write_block,
)
from exchange.store.demands import DemandRow
from exchange.store.feed import last_change
from exchange.store.postings import SIZE, Entry, merged

# changes a step: as many as are reckoned in about a second
STEP = 8192


class _Block(NamedTuple):
    """What is to be written of one block."""

    number: int
    ids: dict[str, int]
    changed: dict[str, bytes | None]


class _Step(NamedTuple):
    now: Standing
    then: Standing
    blocks: list[_Block]
    done: int


def advance(store: Store, home_region: str, most: int = STEP) -> int:
    """
    Take one step: the next changes, at most `most`, or the next block where the index is being made; how many it took in.

    0: nothing was to be done. A step that another worker was faster with is taken again from where that one stopped.
    """
    while True:
        with store.read() as session:
            step = _reckoned(session, home_region, most)
        if step is None:
            return 0
        with store.work() as session:
            if move(session, step.now, step.then):
                for block in step.blocks:
                    write_block(session, block.number, block.ids, block.changed)
                return step.done


def catch_up(store: Store, home_region: str, beat: Callable[[], object] = lambda: None) -> int:
    """Take steps until nothing is left; how many changes and demands they took in. beat: called after each."""
    whole = 0
    while done := advance(store, home_region):
        whole += done
        beat()
    return whole


def make_anew(store: Store, home_region: str) -> int:
    """Make the index again from all demands, over whatever it says; how many changes and demands it took in."""
    with store.work() as session:
        begin_anew(session)
    return catch_up(store, home_region)


def is_behind(session: Session) -> bool:
    """Whether a step is to be taken."""
    now = standing(session)
    return now.filled is not None or has_missed(session, now) or bool(changed_since(session, now.position, 1))


def lag(session: Session) -> int:
    """How many changes the index is behind, counted up to `MOST_COUNTED`; all of them are known to staff."""
    return behind(session, standing(session))


def _reckoned(session: Session, home_region: str, most: int) -> _Step | None:
    now = standing(session)
    if has_missed(session, now):
        return _Step(now, Standing(last_change(session), 0, now.revision), [], 1)
    if now.filled is not None:
        return _filling(session, now, home_region)
    told = changed_since(session, now.position, most)
    if not told:
        return None
    then = Standing(told[-1][0], None, now.revision)
    names = list(dict.fromkeys(ident for _, ident in told))
    numbers: list[int] = []
    for start in range(0, len(names), 500):
        numbers += session.scalars(select(DemandRow.id).where(DemandRow.ident.in_(names[start : start + 500])))
    entries, blocks = entries_of(session, numbers, home_region), []
    for block, members in _by_block(numbers):
        rows = block_rows(session, block)
        its = {number % SIZE: entries[number] for number in members}
        changed = merged({term: body for term, (_, body) in rows.items()}, its, its)
        blocks.append(_Block(block, {term: row_id for term, (row_id, _) in rows.items()}, changed))
    return _Step(now, then, blocks, len(told))


def _by_block(numbers: list[int]) -> Iterator[tuple[int, list[int]]]:
    blocks: dict[int, list[int]] = {}
    for number in sorted(numbers):
        blocks.setdefault(number // SIZE, []).append(number)
    yield from blocks.items()


def _filling(session: Session, now: Standing, home_region: str) -> _Step:
    """The next block made from its demands, whatever the index said of it."""
    block = now.filled or 0
    entries = entries_of_block(session, block, home_region)
    wanted = _whole(entries)
    rows = block_rows(session, block)
    changed: dict[str, bytes | None] = {term: body for term, body in wanted.items() if term not in rows or rows[term][1] != body}
    changed |= dict.fromkeys(rows.keys() - wanted.keys())
    last = block >= last_block(session)
    # the changes up to where the making began are in what it reads
    position = last_change(session) if now.revision == 0 else now.position
    then = Standing(position, None if last else block + 1, now.revision)
    return _Step(now, then, [_Block(block, {term: row_id for term, (row_id, _) in rows.items()}, changed)], len(entries) + 1)


def _whole(entries: Mapping[int, Entry]) -> dict[str, bytes]:
    """The bodies of a block that says just this; entries by the demands' numbers."""
    its = {number % SIZE: entry for number, entry in entries.items()}
    return {term: body for term, body in merged({}, [], its).items() if body}


def differences(session: Session, home_region: str) -> list[str]:
    """
    Where the index is not what a fresh make of it gives, as `block:term`; of demands whose change it has not taken in yet nothing is said.
    """
    now = standing(session)
    pending = dict(_by_block(waiting(session, now, 2**31 - 1)))
    wrong: list[str] = []
    for block in range(last_block(session) + 1):
        left_out = [number % SIZE for number in pending.get(block, [])]
        fresh = entries_of_block(session, block, home_region)
        for number in pending.get(block, []):
            fresh.pop(number, None)
        wanted = _whole(fresh)
        kept = {term: body for term, (_, body) in block_rows(session, block).items()}
        if left_out:
            kept |= {term: body or b"" for term, body in merged(kept, left_out, {}).items()}
            kept = {term: body for term, body in kept.items() if body}
        wrong += [f"{block}:{term}" for term in sorted(wanted.keys() | kept.keys()) if wanted.get(term) != kept.get(term)]
    return wrong
