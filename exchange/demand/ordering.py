"""What demands are ordered by, as whole numbers that are smallest first; what has no value comes last, up or down."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]


class DemandOrder(NamedTuple):
    """column: `ident`, `relevance`, or `budget`, `deadline` or `changed` of the index."""

    column: str
    down: bool = False


class Found(NamedTuple):
    """A demand that was found: its row's number, its public name, and the value that it stands by in the order, None where it has none."""

    number: int
    ident: str
    value: int | None


# columns whose value is one less than what they keep, since 0 stands for none
_SHIFTED = frozenset({"budget"})


ALL: Final = 2**32 - 1
_LAST: Final = 2**63 - 1


def ordered(values: Numbers, order: DemandOrder) -> Numbers:
    """Values as they are ordered: the smallest first, those that are not known last."""
    told: Numbers = values.astype(np.int64)
    if order.column == "relevance":
        return -told
    return np.where(told == 0, _LAST, -told if order.down else told)


def sortable(value: int | None, order: DemandOrder) -> int:
    """A value that was told, as `ordered` has it."""
    if order.column == "ident":
        return 0
    if value is None:
        return _LAST
    if order.column == "relevance":
        return -value
    kept = value + 1 if order.column in _SHIFTED else value
    return -kept if order.down else kept


def told_value(value: int, order: DemandOrder) -> int | None:
    """The value that `ordered` gave, as it is told."""
    if order.column == "ident" or value == _LAST:
        return None
    kept = -value if order.down or order.column == "relevance" else value
    return kept - 1 if order.column in _SHIFTED else kept


def first(values: Numbers, keys: Numbers, limit: int) -> Numbers:
    """Places of the first `limit` by value and key, and of all that tie with the last of them."""
    if len(values) <= limit:
        return np.arange(len(values))
    edge = np.partition(values, limit - 1)[limit - 1]
    before, ties = np.flatnonzero(values < edge), np.flatnonzero(values == edge)
    left = limit - len(before)
    if len(ties) > left:
        last = np.partition(keys[ties], left - 1)[left - 1]
        ties = ties[keys[ties] <= last]
    return np.concatenate([before, ties])
