"""Demands that are one need seen more than once: which one of them counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

# who speaks for a need: what is served is served, then what says most about why it is not
_RANK = ("served", "late", "unmet", "no_product", "not_goods", "unmatched", "closed")
_WITHOUT = ("no_product", "unnamed")
_NOBODY = np.iinfo(np.int64).max


class Twins:
    """
    The groups that links make of demands, whatever the way between two of them; a few numbers for each linked demand.

    Each member is told by `note` first; then `counts` says of each whether it is the one that counts.
    """

    def __init__(self, pairs: NDArray[np.int64]) -> None:
        """`pairs`: N x 2 row ids."""
        self._ids, flat = np.unique(pairs, return_inverse=True)
        ends = flat.reshape(-1, 2)
        size = len(self._ids)
        links = coo_array((np.ones(len(ends), dtype=np.int8), (ends[:, 0], ends[:, 1])), shape=(size, size))
        self._group: NDArray[np.int32] = connected_components(links, directed=False)[1] if size else np.zeros(0, dtype=np.int32)
        groups = int(self._group.max()) + 1 if size else 0
        self._best = np.full(groups, len(_RANK), dtype=np.int8)
        self._who = np.full(groups, _NOBODY, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._ids)

    def note(self, row_id: int, outcome: str, cause: str | None, inside: bool) -> None:
        """
        What became of a member; of one outside of what is looked at, only that it is served matters.

        Of equals the one of the lowest row id counts, whatever the order in which they are told.
        """
        at = self._at(row_id)
        if at is None or not (inside or outcome == "served"):
            return
        group = self._group[at]
        rank = _RANK.index("no_product" if cause in _WITHOUT else outcome)
        if (rank, not inside, row_id) < (int(self._best[group]), self._who[group] < 0, abs(int(self._who[group]))):
            # one that is served and not looked at takes the whole group out: nobody inside has its number
            self._best[group], self._who[group] = rank, row_id if inside else -row_id

    def counts(self, row_id: int) -> bool:
        """Whether a demand counts: one without links does."""
        at = self._at(row_id)
        return at is None or int(self._who[self._group[at]]) == row_id

    def _at(self, row_id: int) -> int | None:
        at = int(np.searchsorted(self._ids, row_id))
        return at if at < len(self._ids) and int(self._ids[at]) == row_id else None
