"""
How the last count of the figures sorted each demand: its sector, what became of it, and why; packed as the index of demands is.

Sector and outcome follow from matches and from what staff decided, so that the index, which follows demands alone, cannot have them. They
are written with the figures, in one transaction, so that the numbers on maps and charts and the lists behind them are of one count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import LargeBinary, Table, UniqueConstraint, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row
from exchange.store.bulk import insert_many
from exchange.store.postings import COLUMN, SIZE, pack_column
from exchange.store.types import ordered
from schemas.business import SECTORS

# A value is the place on its list, from 1; 0 where the count did not look at the demand. New words go to the end: what is kept says places.
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "sector": (*SECTORS, "lain", "tidak_terbaca"),
    "outcome": ("unmet", "served", "late", "not_goods", "unmatched", "closed", "twin"),
    "cause": ("no_product", "unnamed", "certificate", "capacity", "lead_time", "minimum_order", "price", "distance", "other", "rejected"),
}
_PLACES: Final = {name: {word: place for place, word in enumerate(words, start=1)} for name, words in SORTS.items()}
Columns = dict[str, dict[int, NDArray[Any]]]


class DemandSortRow(Row):
    """One column of a block of demands. term: `=` and a name of `SORTS`; body: a byte for each demand."""

    __tablename__ = "demand_sort"
    __table_args__ = (UniqueConstraint("term", "block"),)

    term: Mapped[str] = mapped_column(ordered(48))
    block: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


SORT: Final = cast(Table, DemandSortRow.__table__)


def place_of(name: str, word: str | None) -> int:
    """The value that is kept of a word of `SORTS`; 0 for None."""
    return 0 if word is None else _PLACES[name][word]


def product_sector(word: str | None) -> str | None:
    """The sector that products have whose matches and trade are counted under a word of `SORTS`: "" for those that have none."""
    return "" if word == "tidak_terbaca" else word


class Sorted:
    """The columns while they grow: about three bytes a demand."""

    def __init__(self) -> None:
        self.columns: Columns = {name: {} for name in SORTS}

    def note(self, number: int, sector: str, outcome: str, cause: str | None) -> None:
        """What is told of the demand of that row id, in words of `SORTS`; another word is not told of, and breaks no count."""
        block, at = divmod(number, SIZE)
        for name, word in (("sector", sector), ("outcome", outcome), ("cause", cause)):
            column = self.columns[name].get(block)
            if column is None:
                column = self.columns[name][block] = np.zeros(SIZE, dtype=np.uint8)
            column[at] = _PLACES[name].get(word or "", 0)


def replace_sorts(session: Session, found: Sorted) -> None:
    """Put these columns in the place of all that were kept."""
    session.execute(delete(DemandSortRow))
    packed = [
        (COLUMN + name, block, body)
        for name, blocks in found.columns.items() for block, column in sorted(blocks.items()) if (body := pack_column(column))
    ]  # fmt: skip
    insert_many(session.connection(), SORT, ("term", "block", "body"), packed)
