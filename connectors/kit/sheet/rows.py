"""Rows of cells, whatever file they come from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

MOST_COLUMNS = 200
"""What stands to the right of it is counted, not read."""
_LEAST_INT, _MOST_INT = -(2**63), 2**64 - 1


class Row(NamedTuple):
    """
    One row that is not blank.

    number: in its sheet, from 1. cells: text, number, truth or None, from the first column on; dates are ISO text. lent: columns (from
    0) whose value belongs to a merged cell that begins above or to the left. cut: whether cells right of `MOST_COLUMNS` were left out.
    swallowed: whether one cell seems to hold parts of other rows, by a quote that stands where none should. unended: whether the text
    ended in it, without a line break.
    """

    number: int
    cells: list[Any]
    lent: frozenset[int] = frozenset()
    cut: bool = False
    swallowed: bool = False
    unended: bool = False

    def own(self) -> list[tuple[int, Any]]:
        """The cells that say something of their own, with their columns."""
        return [(column, value) for column, value in enumerate(self.cells) if not is_blank(value) and column not in self.lent]


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One sheet, read anew each time `rows` is called.

    keeps_kinds: whether a number can be told from a text there. fixed_width: whether a row longer than the header is one whose cells
    are not where they belong, as in CSV with a separator inside of a text.
    """

    name: str
    rows: Callable[[], Iterator[Row]]
    is_hidden: bool = False
    keeps_kinds: bool = False
    fixed_width: bool = False


def is_blank(value: Any) -> bool:
    """Whether a cell shows nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def as_cell(value: Any) -> Any:
    """A workbook's value as JSON can hold it: days and times as ISO text, whole numbers whole, numbers beyond 64 bits as digits."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        value = int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, int):
        return value if _LEAST_INT <= value <= _MOST_INT else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else value
