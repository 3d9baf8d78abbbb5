"""
Records put together as packages: one row is one demand, unless rows share a package's code or its merged (or blank) name.

The body of a package is its first row's cells by heading; of several rows the others stand under `ROWS`. What belongs to the sheet and
not to a cell stands beside under names with `#`, which no heading has alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from connectors.kit.mapping.documents import broken
from connectors.kit.sheet.header import Header
from connectors.kit.sheet.records import Record
from connectors.kit.sheet.rows import is_blank
from schemas.reading.text import as_text, line

ROWS, GROUP, YEAR = "#baris", "#kelompok", "#tahun"


@dataclass(slots=True)
class Package:
    """reference: as its column says, empty where none does. number: of its first row, from 1. body: JSON-able."""

    reference: str
    number: int
    body: dict[str, Any]
    rows: int = 1


@dataclass(slots=True)
class _Open:
    """A package whose rows still come; several rows are told apart by what they say."""

    record: Record
    reference: str
    count: int = 1
    more: dict[tuple[Any, ...], Header] | None = None

    def add(self, record: Record) -> None:
        self.count += 1
        self.more = self.more or {}
        self.more.setdefault(record.values, record.header)

    def closed(self) -> Package:
        record = self.record
        first = _cells(record.header, record.values)
        body = dict(first)
        more = [cells for values, header in (self.more or {}).items() if (cells := _cells(header, values)) != first]
        if more:
            body[ROWS] = more
        if record.group:
            body[GROUP] = record.group
        if record.header.year is not None and "year" not in record.header.members:
            body[YEAR] = record.header.year
        return Package(self.reference, record.number, body, self.count)


def packages(records: Iterable[Record]) -> Iterator[Package]:
    """
    The packages, in the order of their first rows.

    Rows of one code belong together wherever they stand, so packages with a code are handed on after the last row; others as soon as
    the next begins. A row that says the very same as another of its package is that one. A row that cannot be read is a package of its
    own, under its code where that stands before what tore it.
    """
    coded: dict[str, _Open] = {}
    torn: list[Package] = []
    current: _Open | None = None
    for record in records:
        if record.wrong is not None:
            torn.append(Package(_code_ahead(record), record.number, broken(record.wrong, repr(record.values).encode("utf-8", "replace"))))
            continue
        reference = _code(record.said("reference")) or _code(record.said("rup"))
        if current is not None and _continues(record, reference, current):
            current.add(record)
            continue
        if current is not None and not current.reference:
            yield current.closed()
        if reference in coded:
            current = coded[reference]
            current.add(record)
            continue
        current = _Open(record, reference)
        if reference:
            coded[reference] = current
    if current is not None and not current.reference:
        yield current.closed()
    claimed = set(coded)
    for package in torn:
        yield package if package.reference not in claimed else replace(package, reference="")
        claimed.add(package.reference)
    for name in list(coded):
        yield coded.pop(name).closed()


def _cells(header: Header, values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(header.kept, values, strict=True))


def _continues(record: Record, reference: str, current: _Open) -> bool:
    """Whether a row without a code of its own is one more thing of the package before it."""
    before, members = current.record, record.header.members
    if reference or record.header is not before.header or record.group != before.group or is_blank(record.said("item")):
        return False
    named = [member for member in ("title", "reference", "rup") if member in members]
    if all(is_blank(record.said(member)) for member in named):
        return any(not is_blank(before.said(member)) for member in named)
    if current.reference or is_blank(record.said("title")) or _line(record.said("title")) != _line(before.said("title")):
        return False
    return is_blank(record.said("office")) or record.said("office") == before.said("office")


def _code_ahead(record: Record) -> str:
    """The code of a torn row: separators inside of a text tear what follows it, so a code before the first text is whole."""
    columns = record.header.columns
    texts = [columns[member] for member in ("title", "item", "specification") if member in columns]
    member = next((each for each in ("reference", "rup") if each in columns), None)
    return _code(record.said(member)) if member and columns[member] < min(texts, default=0) else ""


def _line(value: Any) -> str:
    return line(as_text(value))


def _code(value: Any) -> str:
    """A code as text; whole numbers as exports write them (`40382289.0`) without their nought."""
    return _line(value).strip("'").removesuffix(".0") if isinstance(value, str | int | float) else ""
