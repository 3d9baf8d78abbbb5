"""
Demands that are searched, ordered and counted: by the index, and by what it has not taken in yet where that is little.

Up to `OVERLAY` demands that wait for the index are read from their rows and put over it, so that a list is whole. Where more wait, it is
what it was when the index stopped, less what was closed to the reader since, and says how far behind it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.demand.entries import entries_of, name_number, region_code
from exchange.demand.ordering import ALL, DemandOrder, Found, Numbers, first, ordered, sortable, told_value
from exchange.demand.wants import BY_FACET, SPANS, WORD, DemandWant, Group, groups_of, spans_of
from exchange.store.demand_index import behind, bodies_of, closed_since, standing_and_waiting
from exchange.store.demand_sorts import SORTS
from exchange.store.demands import DemandRow
from exchange.store.postings import COLUMN, SIZE, Entry, Mask, mask_of, unpack_column
from exchange.store.sources import SourceRow
from schemas.demand import CATEGORIES, STATUSES

OVERLAY: Final = 200
FEW: Final = 500
MOST_VALUES: Final = 50
IN_TITLE, ELSEWHERE = 8, 1
_WORDS: Final[Mapping[str, Sequence[str]]] = {**SORTS, "status": STATUSES, "category": CATEGORIES}


class Search:
    """One search in one picture of the database; its parts are read once, when they are first asked for."""

    def __init__(
        self,
        session: Session,
        want: DemandWant,
        home_region: str,
        *,
        ranked: bool = False,
        everywhere: Sequence[str] = (),
        sources: Mapping[int, str] | None = None,
    ) -> None:
        """
        ranked: whether the best may be asked for. everywhere: columns that are read with the terms, of all blocks. sources: names by row
        id, where they are at hand.
        """
        self._session, self._want = session, want
        self._now, ahead = standing_and_waiting(session, OVERLAY + 1)
        self._is_whole = len(ahead) <= OVERLAY
        self._over: dict[int, dict[int, Entry]] = {}
        if self._is_whole:
            for number, entry in entries_of(session, sorted(set(ahead)), home_region).items():
                self._over.setdefault(number // SIZE, {})[number % SIZE] = entry
            out: Iterable[int] = ahead
        else:
            out = [] if want.reader is None else closed_since(session, self._now, want.reader)
        self._out: dict[int, list[int]] = {}
        for number in out:
            self._out.setdefault(number // SIZE, []).append(number % SIZE)
        self._columns: dict[str, dict[int, Numbers]] = {}
        self._left: dict[str, dict[int, Mask]] = {}
        self._groups = groups_of(want)
        self._sources = sources
        self._known_names: dict[int, str] = {}
        titles = {f"title {name}": group.in_titles() for name, group in self._groups.items() if ranked and name.startswith(WORD)}
        masks = self._read(self._groups | titles, everywhere)
        self._masks = {name: masks[name] for name in self._groups}
        self._titles = {name: masks[name] for name in titles}

    def behind(self) -> int:
        """How many changes that the reader is told of are missing in what is found, counted up to `MOST_COUNTED`; 0 where none is."""
        if self._is_whole:
            return 0
        return behind(self._session, self._now) if self._want.reader is None else behind(self._session, self._now, self._want.reader)

    def _read(self, groups: Mapping[str, Group], columns: Sequence[str] = ()) -> dict[str, dict[int, Mask]]:
        """For each group the numbers that have one of its terms, by block; and these columns."""
        exact = sorted({term for group in groups.values() for term in group.terms})
        begun = sorted({one for group in groups.values() for one in group.beginnings})
        bodies = bodies_of(self._session, [*exact, *(COLUMN + name for name in columns)], begun)
        read = {name: bodies.pop(COLUMN + name, {}) for name in columns}
        blocks = sorted({*self._over, *(block for its in read.values() for block in its)})
        for name in columns:
            self._keep(name, read[name], blocks)
        masks: dict[str, dict[int, Mask]] = {}
        for name, group in groups.items():
            by_block: dict[int, list[bytes]] = {}
            its = [bodies[term] for term in group.terms if term in bodies]
            if group.beginnings:
                its += [each for term, each in bodies.items() if term not in group.terms and term.startswith(group.beginnings)]
            for each in its:
                for block, body in each.items():
                    by_block.setdefault(block, []).append(body)
            masks[name] = {block: mask_of(told) for block, told in by_block.items()}
            self._overlay(group, masks[name])
        return masks

    def _overlay(self, group: Group, masks: dict[int, Mask]) -> None:
        for block, numbers in self._out.items():
            if block in masks:
                masks[block][numbers] = False
        for block, entries in self._over.items():
            having = [number for number, entry in entries.items() if group.has(entry)]
            if having:
                masks.setdefault(block, np.zeros(SIZE, dtype=np.bool_))[having] = True

    def _load(self, names: Sequence[str], blocks: Sequence[int]) -> None:
        """Read what is not at hand of these columns, in one statement."""
        kept = [self._columns.setdefault(name, {}) for name in names]
        missing = [block for block in blocks if any(block not in each for each in kept)]
        if not missing:
            return
        bodies = bodies_of(self._session, [COLUMN + name for name in names], blocks=missing)
        for name in names:
            self._keep(name, bodies.get(COLUMN + name, {}), missing)

    def _keep(self, name: str, bodies: Mapping[int, bytes], blocks: Sequence[int]) -> None:
        kept = self._columns.setdefault(name, {})
        for block in blocks:
            column = unpack_column(name, bodies.get(block, b""))
            if block in self._over and name not in SORTS:  # how a demand was sorted no change of it tells
                column = column.copy()
                for number, entry in self._over[block].items():
                    column[number] = entry.values[name]
            kept[block] = column

    def masks(self, leaving: str | None = None) -> dict[int, Mask]:
        """What is found, by block; leaving: a member of the want, or a name of `BY_FACET`, that does not narrow it."""
        left = BY_FACET.get(leaving or "", (leaving,))
        groups = [masks for name, masks in self._masks.items() if name not in left]
        found: dict[int, Mask] = {}
        for block in sorted(set.intersection(*(set(masks) for masks in groups))):
            mask = np.logical_and.reduce([masks[block] for masks in groups])
            if mask.any():
                found[block] = mask
        spans = [(*SPANS[name], limit) for name, limit in spans_of(self._want).items() if name not in left]
        self._load(sorted({column for column, *_ in spans}), list(found))
        for column, test, limit in spans:
            narrowed = {block: mask & test(self._columns[column][block], limit) for block, mask in found.items()}
            found = {block: mask for block, mask in narrowed.items() if mask.any()}
        return found

    def newest(self, limit: int, before: int | None = None) -> list[int]:
        """The largest numbers of what is found, below `before`, at most `limit`: what came last first."""
        numbers: list[int] = []
        for block, mask in sorted(self.masks().items(), reverse=True):
            its = (np.flatnonzero(mask) + block * SIZE)[::-1]
            numbers += (its if before is None else its[its < before])[: limit - len(numbers)].tolist()
            if len(numbers) >= limit:
                break
        return numbers

    def numbers(self, leaving: str | None = None) -> Numbers:
        """The numbers of all that is found, ascending; leaving: as `masks` takes it."""
        found = [np.flatnonzero(mask) + block * SIZE for block, mask in sorted(self.masks(leaving).items())]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def count(self) -> int:
        """How many are found."""
        return sum(int(np.count_nonzero(mask)) for mask in self.masks().values())

    def page(self, order: DemandOrder, *, limit: int, after: Found | None = None) -> list[Found]:
        """At most `limit` of what is found behind `after`; ties by public name, what has no value last."""
        found = self.masks()
        blocks = list(found)
        numbers, keys, values = self._keyed(found, order)
        if not blocks or not len(numbers):
            return []
        start = None
        if after is not None:
            start = (sortable(after.value, order), name_number(after.ident) ^ (ALL if order.down else 0))
            keep = (values > start[0]) | ((values == start[0]) & (keys >= start[1]))
            numbers, keys, values = numbers[keep], keys[keep], values[keep]
        # the names that share the key of the place to go on behind are told apart by the whole name
        slack = 0 if start is None else int(np.count_nonzero((values == start[0]) & (keys == start[1])))
        chosen = first(values, keys, limit + slack)
        names = self._names(numbers[chosen])
        rows = [(int(value), names[int(number)], int(number)) for value, number in zip(values[chosen], numbers[chosen], strict=True)]
        rows.sort(key=lambda row: row[1].encode(), reverse=order.down)
        rows.sort(key=lambda row: row[0])
        if after is not None:
            place, name = start[0] if start else 0, after.ident.encode()
            rows = [row for row in rows if row[0] > place or (row[1].encode() < name if order.down else row[1].encode() > name)]
        return [Found(number, ident, told_value(value, order)) for value, ident, number in rows[:limit]]

    def _keyed(self, found: Mapping[int, Mask], order: DemandOrder) -> tuple[Numbers, Numbers, Numbers]:
        """Of all that is found: the numbers, the keys of their names, and what they are ordered by, the smallest first."""
        blocks = list(found)
        told_by = [] if order.column in {"ident", "relevance"} else [order.column]
        few = sum(int(np.count_nonzero(mask)) for mask in found.values()) <= FEW
        self._load([*([] if few else ["name"]), *told_by], blocks)
        names = self._few_names(found) if few else self._columns["name"]
        values = self._columns[order.column] if told_by else self._scores(found) if order.column == "relevance" else {}
        flips = ALL if order.down else 0
        numbers, keys, told = [], [], []
        for block, mask in found.items():
            its = np.flatnonzero(mask)
            numbers.append(its + block * SIZE)
            keys.append(names[block][its].astype(np.int64) ^ flips)
            told.append(ordered(values[block][its], order) if values else np.zeros(len(its), dtype=np.int64))
        if not blocks:
            return np.zeros(0), np.zeros(0), np.zeros(0)
        return np.concatenate(numbers), np.concatenate(keys), np.concatenate(told)

    def _few_names(self, found: Mapping[int, Mask]) -> dict[int, Numbers]:
        """The column of names made of the rows themselves: less to read than the columns of all blocks that a rare word stands in."""
        made: dict[int, Numbers] = {block: np.zeros(SIZE, dtype="<u4") for block in found}
        names = self._names(np.concatenate([np.flatnonzero(mask) + block * SIZE for block, mask in found.items()])) if found else {}
        for number, name in names.items():
            made[number // SIZE][number % SIZE] = name_number(name)
        return made

    def _scores(self, found: Mapping[int, Mask]) -> dict[int, Numbers]:
        """What the words count for, by block; wants a search that is `ranked`."""
        words = sum(1 for name in self._groups if name.startswith(WORD))
        scores = {}
        for block in found:
            score = np.full(SIZE, ELSEWHERE * words, dtype=np.int64)
            for each in self._titles.values():
                if block in each:
                    score += each[block] * (IN_TITLE - ELSEWHERE)
            scores[block] = score
        return scores

    def _names(self, numbers: Numbers) -> dict[int, str]:
        """Public names by number."""
        found = self._known_names
        asked = [number for number in numbers.tolist() if number not in found]
        for start in range(0, len(asked), 500):
            query = select(DemandRow.id, DemandRow.ident).where(DemandRow.id.in_(asked[start : start + 500]))
            found.update((row[0], row[1]) for row in self._session.execute(query))
        return found

    def counts(self, facets: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        """
        How many of what is found have each value, the most frequent first, at most `MOST_VALUES`; each facet leaves its own filter out.

        facets: of `region`, `status`, `category`, `source`, `sector`, `outcome` and `cause`.
        """
        self._leave(facets)
        return {name: self._counted(name)[:MOST_VALUES] for name in facets}

    def read(self, facets: Sequence[str]) -> None:
        """Read all that these facets want at once; `months` wants `need`, `deadlines` wants `deadline`."""
        self._leave(facets)

    def months(self) -> dict[int, int]:
        """How many of what is found, the months of need left out of the question, are needed in each month (`entries.month_number`)."""
        return {month: count for month, count in self._tally("need").items() if month}

    def deadlines(self, spans: Mapping[str, tuple[int | None, int | None]]) -> dict[str, int]:
        """How many of what is found, its deadlines left out of the question, end within each span of ordinals, both included."""
        days = {day: count for day, count in self._tally("deadline").items() if day}
        return {
            name: sum(count for day, count in days.items() if (least or 1) <= day and (most is None or day <= most))
            for name, (least, most) in spans.items()
        }

    def _leave(self, facets: Sequence[str]) -> dict[str, dict[int, Mask]]:
        """What each of these facets counts, its own filter left out; their columns are read in one statement."""
        missing = [name for name in facets if name not in self._left]
        self._left |= {name: self.masks(name) for name in missing}
        self._load(missing, sorted({block for name in missing for block in self._left[name]}))
        return self._left

    def regions(self) -> list[str]:
        """The regions of all demands of the index, whatever the search, by code; wants `region` among `everywhere`."""
        seen = np.zeros(10_000, dtype=np.bool_)
        for column in self._columns["region"].values():
            seen[column] = True
        return [region_code(int(number)) for number in np.flatnonzero(seen) if number]

    def _counted(self, name: str) -> list[tuple[str, int]]:
        whole = self._tally(name)
        words = self._words(name, [value for value in whole if value]).items()
        return sorted(((word, whole[value]) for value, word in words), key=lambda each: (-each[1], each[0].encode()))

    def _tally(self, name: str) -> dict[int, int]:
        """How many of what a facet counts have each value of its column."""
        whole = np.zeros(1, dtype=np.int64)
        for block, mask in self._leave([name])[name].items():
            its = np.bincount(self._columns[name][block][mask])
            if len(its) > len(whole):
                its, whole = whole, its
            whole[: len(its)] += its
        return {int(value): int(whole[value]) for value in np.flatnonzero(whole)}

    def _words(self, facet: str, values: list[int]) -> dict[int, str]:
        if facet == "region":
            return {value: region_code(value) for value in values}
        if facet == "source" and self._sources is not None:
            return {value: self._sources[value] for value in values if value in self._sources}
        if facet == "source":
            found = self._session.execute(select(SourceRow.id, SourceRow.name).where(SourceRow.id.in_(values)))
            return {row[0]: row[1] for row in found}
        return {value: _WORDS[facet][value - 1] for value in values}
