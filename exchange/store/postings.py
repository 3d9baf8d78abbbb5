"""
Which demands have a term, packed: a block of numbers as whole numbers of two bytes, or as bits where they are many; and columns of values.

A block is `SIZE` numbers in a row. The same members always give the same bytes, so that two makes of an index can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

SIZE: Final = 1 << 14
_BITS: Final = SIZE // 8
COLUMN: Final = "="
# a value that is not known is 0 in each of them. name: the first bytes of the public name; budget: 10^-4 rupiah and one; deadline: the
# day's ordinal; changed: microseconds since 1970; region: 36.72 as 3672, a province as 3600; status, category: the place on its list,
# from 1; need: the month of need, months since the year 0
TYPES: Final[Mapping[str, str]] = {
    "name": "<u4", "budget": "<i8", "deadline": "<i4", "changed": "<i8", "region": "<u2", "status": "u1", "category": "u1", "source": "<u4",
    "need": "<u2",
}  # fmt: skip
Mask = NDArray[np.bool_]


class Entry(NamedTuple):
    """What one demand is found by: its terms, each once, and its values by the names of `TYPES`."""

    terms: Sequence[str]
    values: Mapping[str, int]


def pack(members: Iterable[int]) -> bytes:
    """Members of a block, each in [0, SIZE) and named once, at least one."""
    told = np.sort(np.fromiter(members, dtype="<u2"))
    if len(told) * 2 < _BITS:
        return told.tobytes()
    mask = np.zeros(SIZE, dtype=np.bool_)
    mask[told] = True
    return np.packbits(mask, bitorder="little").tobytes()


def unpack(body: bytes) -> NDArray[Any]:
    """The members, ascending."""
    if len(body) < _BITS:
        return np.frombuffer(body, dtype="<u2")
    return np.flatnonzero(np.unpackbits(np.frombuffer(body, dtype=np.uint8), bitorder="little"))


def mask_of(bodies: Iterable[bytes]) -> Mask:
    """Which numbers of the block are members of any of these."""
    mask = np.zeros(SIZE, dtype=np.bool_)
    for body in bodies:
        if len(body) < _BITS:
            mask[np.frombuffer(body, dtype="<u2")] = True
        else:
            mask |= np.unpackbits(np.frombuffer(body, dtype=np.uint8), bitorder="little").view(np.bool_)
    return mask


def pack_column(values: NDArray[Any]) -> bytes:
    """A value for each number of the block; zeros at the end are left out."""
    known = np.flatnonzero(values)
    return values[: known[-1] + 1].tobytes() if len(known) else b""


def unpack_column(name: str, body: bytes) -> NDArray[Any]:
    """The value of each number of the block, not to be written to; name: of `TYPES`, another one holds a byte a value."""
    kind = TYPES.get(name, "u1")
    told: NDArray[Any] = np.frombuffer(body, dtype=kind)
    return told if len(told) == SIZE else np.concatenate([told, np.zeros(SIZE - len(told), dtype=kind)])


def merged(kept: Mapping[str, bytes], numbers: Iterable[int], entries: Mapping[int, Entry]) -> dict[str, bytes | None]:
    """
    What must be written so that a block says of these numbers what their entries say, and nothing of one without an entry.

    kept: the block's bodies by term, and by `=` and a column's name. Returns: the bodies that differ, None where none is left.
    """
    gone = np.zeros(SIZE, dtype=np.bool_)
    gone[list(numbers)] = True
    known = COLUMN + "name" in kept and bool((unpack_column("name", kept[COLUMN + "name"])[gone] != 0).any())
    cleaned = _without(kept, gone) if known else {}
    added: dict[str, list[int]] = {}
    for number, entry in entries.items():
        for term in entry.terms:
            added.setdefault(term, []).append(number)
    changed: dict[str, bytes | None] = {term: body or None for term, body in cleaned.items()}
    for term, members in added.items():
        before = cleaned.get(term, kept.get(term, b""))
        changed[term] = pack([*unpack(before).tolist(), *members]) if before else pack(members)
    for name in TYPES:
        its = COLUMN + name
        column = unpack_column(name, cleaned.get(its, kept.get(its, b""))).copy()
        for number, entry in entries.items():
            column[number] = entry.values[name]
        changed[its] = pack_column(column) or None
    return {term: body for term, body in changed.items() if body != kept.get(term)}


def _without(kept: Mapping[str, bytes], gone: Mask) -> dict[str, bytes]:
    """The bodies that change where these numbers go."""
    found: dict[str, bytes] = {}
    short = [(term, body) for term, body in kept.items() if len(body) < _BITS and not term.startswith(COLUMN)]
    if short:
        members = np.frombuffer(b"".join(body for _, body in short), dtype="<u2")
        starts = np.cumsum([0, *(len(body) // 2 for _, body in short[:-1])])
        for place in np.flatnonzero(np.logical_or.reduceat(gone[members], starts)):
            term, body = short[place]
            its = np.frombuffer(body, dtype="<u2")
            found[term] = its[~gone[its]].tobytes()
    for term, body in kept.items():
        if term.startswith(COLUMN):
            found[term] = pack_column(np.where(gone, 0, unpack_column(term[1:], body)).astype(TYPES[term[1:]]))
        elif len(body) >= _BITS:
            mask = mask_of([body])
            if (mask & gone).any():
                left = np.flatnonzero(mask & ~gone)
                found[term] = pack(left) if len(left) else b""
    return found
