"""Where the header of a sheet stands, under whatever titles, in one line or two; found by what its cells mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from connectors.kit.sheet.columns import assign, is_about_persons, is_index, member_of, unknown
from connectors.kit.sheet.rows import Row, Sheet
from connectors.kit.text import line
from schemas.reading.heading import heading_key
from schemas.reading.plain_rows import is_column_number

DEEPEST = 60
"""Rows that show something, from the top, among which the header is looked for."""
_LONGEST = 120
_WANTED = frozenset({"title", "item"})
_YEAR = re.compile(r"(?<!\d)20[0-4]\d(?!\d)")
_NAMES = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Header:
    """
    A header. last: number of its last row. titles: by column from 0, each once; columns without a name are not among them.

    members: headings by what they are for. width: of its longest line. year: the one that the titles above it name, if they name one.
    above: how many rows stand before it.
    """

    last: int
    titles: Mapping[int, str]
    members: Mapping[str, list[str]]
    width: int
    year: int | None = None
    above: int = 0

    @cached_property
    def kept(self) -> dict[str, int]:
        """The columns that are stored, by heading: those that only count rows say nothing, and what names a person is left out."""
        return {title: column for column, title in self.titles.items() if not is_index(title) and not is_about_persons(title)}

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each stored heading among the values of a record."""
        return {title: place for place, title in enumerate(self.kept)}

    @property
    def unknown(self) -> list[str]:
        """Headings that were not understood."""
        return list(unknown(self.titles.values(), self.members))

    @property
    def personal(self) -> list[str]:
        """Headings of columns about persons."""
        return [title for title in self.titles.values() if is_about_persons(title)]

    @property
    def score(self) -> int:
        """How much of a demand it tells."""
        return len(self.members)

    @cached_property
    def columns(self) -> dict[str, int]:
        """The first column of each member."""
        places = {title: column for column, title in self.titles.items()}
        return {member: places[several[0]] for member, several in self.members.items()}


def find_header(sheet: Sheet, given: Mapping[str, str]) -> Header | None:
    """
    The header among the first rows of a sheet; None where none tells of things that are asked for.

    given: headings that the settings name, by member; a row that has them all is the header, whatever else it says.
    """
    rows = list(islice(sheet.rows(), DEEPEST))
    best: tuple[tuple[int, int, int], Header] | None = None
    for place, row in enumerate(rows):
        header = read_header(row, rows[place + 1] if place + 1 < len(rows) else None, given)
        if header is None:
            continue
        named = sum(member in header.members for member in given)
        rating = (named, header.score, -place)
        if best is None or rating > best[0]:
            best = (rating, Header(header.last, header.titles, header.members, header.width, _year(rows[:place]), place))
    return best[1] if best else None


def read_header(row: Row, below: Row | None, given: Mapping[str, str]) -> Header | None:
    """The header that a row is, with the line below where that belongs to it; None where it is none."""
    own = row.own()
    if len(own) < 2 or not _could_head(row):
        return None
    titles = _titles(row)
    lower = _second_line(row, below) if below is not None else {}
    titles |= lower
    named = _once({column: title for column, title in sorted(titles.items()) if title})
    members = assign(named.values(), given)
    wanted = _WANTED & members.keys()
    if not wanted or len(members) < 2:
        return None
    last = below.number if below is not None and lower else row.number
    width = max(len(row.cells), len(below.cells) if below is not None and lower else 0)
    return Header(last, named, members, width)


def _could_head(row: Row) -> bool:
    """Whether the cells are short words; a number among them may be a year over a column."""
    texts = [value for _, value in row.own() if isinstance(value, str)]
    return len(texts) >= 2 and all(len(text) <= _LONGEST for text in texts) and sum(bool(_NAMES.search(text)) for text in texts) >= 2


def _titles(row: Row) -> dict[int, str]:
    return {column: _title(value) for column, value in enumerate(row.cells)}


def _title(value: Any) -> str:
    return line(value if isinstance(value, str) else "" if value is None else str(value))[:_LONGEST]


def _second_line(row: Row, below: Row) -> dict[int, str]:
    """
    The headings of a second line, alone or with what stands over them; empty where the row below is none.

    `Kebutuhan` over `Jumlah` and `Satuan`: under a merged cell, or in CSV under a cell with blanks to its right.
    """
    own = [(column, value) for column, value in below.own()]
    if not own or not all(isinstance(value, str) and len(value) <= 80 and not is_column_number(value.strip()) for _, value in own):
        return {}
    upper = [column for column, _ in row.own()]
    lone = [column for column, _ in own if column in upper and column not in _spanned(row, below)]
    titles: dict[int, str] = {}
    known = 0
    for column, value in own:
        over = _title(row.cells[max((each for each in upper if each <= column), default=column)]) if column not in lone else ""
        said = _title(value)
        together = f"{over} {said}".strip()
        # what a line under a heading means is told by the line, unless only both together say it
        titles[column] = said if member_of(said) or not over else together
        known += member_of(titles[column]) is not None or is_about_persons(titles[column])
    return titles if not lone and known * 2 >= len(own) else {}


def _spanned(row: Row, below: Row) -> set[int]:
    """Columns whose heading spans more than one: the cell to the right is lent by it, or blank above a cell of the lower line."""
    below_own = {column for column, _ in below.own()}
    spanned = set()
    for column, _ in row.own():
        right = column + 1
        blank = right >= len(row.cells) or row.cells[right] is None
        if right in row.lent or (blank and right in below_own):
            spanned.add(column)
    return spanned


def _once(titles: dict[int, str]) -> dict[int, str]:
    """Each heading once: a second one of a name gets its number; beside a merged heading it is the same, and only the first stays."""
    seen: Counter[str] = Counter()
    found = {}
    for column, title in titles.items():
        key = heading_key(title)
        seen[key] += 1
        found[column] = title if seen[key] == 1 else f"{title} ({seen[key]})"
    return found


def _year(rows: Iterable[Row]) -> int | None:
    """The one year that the titles name."""
    years = {int(year) for row in rows for _, value in row.own() if isinstance(value, str) for year in _YEAR.findall(value[:400])}
    return years.pop() if len(years) == 1 else None
