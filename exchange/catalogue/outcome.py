"""What became of each row, and of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

ACCEPT, WARN, REJECT, SKIP = "accept", "accept_with_warning", "reject", "skip"


@dataclass(slots=True)
class Found:
    """One cell worth a word: where, what stood there, what was done and why."""

    address: str
    found: str
    done: str

    def as_json(self) -> dict[str, str]:
        """The cell for the report."""
        return {"address": self.address, "found": self.found, "done": self.done}


@dataclass(slots=True)
class RowReport:
    """
    One row. action: accept, accept_with_warning, reject or skip; value: the row as it was read, normalised.

    row: the row's number in the file, from 1; source: the cells as they stood, for the workbook to mend. kind: `business` or `product`,
    key: NIB or SKU of the record that the row went into, None where into none; name: as it stands. at: the cell that a refusal is about,
    mend: what to do about it. table: which of the file's tables it stands in.
    """

    sheet: str
    row: int
    action: str = ACCEPT
    value: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)
    reason: str | None = None
    cells: list[Found] = field(default_factory=list)
    source: dict[int, Any] = field(default_factory=dict)
    kind: str = ""
    key: str | None = None
    name: str = ""
    at: Found | None = None
    mend: str = ""
    table: int = 0

    def as_json(self) -> dict[str, Any]:
        """The row for the report."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "action": self.action,
            "value": jsonable(self.value),
            "warnings": self.warnings,
            "reason": self.reason,
            "cells": [cell.as_json() for cell in self.cells],
        }


@dataclass(slots=True)
class Pending:
    """
    A doubt for staff. kind: `price` or `product`; data: the values that wait, in the words of ProductSchema, as JSON. row: the row that
    raised it; similar: SKU of the product that it may be, for a doubt about the product.
    """

    kind: str
    key: str
    reason: str
    origin: str
    data: dict[str, Any]
    row: RowReport | None = None
    similar: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The doubt for the report."""
        return {"kind": self.kind, "key": self.key, "reason": self.reason, "origin": self.origin, "data": self.data}


@dataclass(slots=True)
class Known:
    """
    What is kept already: firms by NIB and products by SKU, each in the members of its schema.

    idents: the firms' public names, by NIB.
    """

    businesses: dict[str, dict[str, Any]] = field(default_factory=dict)
    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    idents: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """
    An import: every row, what is to be saved, and what waits.

    titles: headings by sheet, first and last row under them. file: its name; tables: of each table its sheet and the columns of the
    headings that are read; source: names both; number: of the import, where it is the page's. origins: by NIB or SKU the row that first
    told of it; later: what other rows added, by member.
    """

    rows: list[RowReport] = field(default_factory=list)
    businesses: dict[str, dict[str, Any]] = field(default_factory=dict)
    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    titles: dict[tuple[str, int, int], dict[int, str]] = field(default_factory=dict)
    file: str = ""
    tables: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    source: str = ""
    number: int | None = None
    origins: dict[str, RowReport] = field(default_factory=dict)
    later: dict[str, dict[str, RowReport]] = field(default_factory=dict)

    def told_by(self, key: str, record: Mapping[str, Any], before: Mapping[str, Any], row: RowReport) -> None:
        """Keep which row told of a record, and of which members where an earlier row told of it already."""
        if self.origins.setdefault(key, row) is not row:
            self.later.setdefault(key, {}).update((name, row) for name, value in record.items() if before.get(name) != value)

    def place_of(self, row: RowReport) -> str:
        """Where a row stands: file, sheet and number."""
        return f"{self.file}, lembar {row.sheet} baris {row.row}"

    def count(self, action: str) -> int:
        """How many rows ended so."""
        return sum(1 for row in self.rows if row.action == action)

    def counts(self) -> dict[str, int]:
        """Rows by their end; the four are disjoint and sum to `rows`."""
        return {
            "rows": len(self.rows),
            "accepted": self.count(ACCEPT),
            "warned": self.count(WARN),
            "refused": self.count(REJECT),
            "skipped": self.count(SKIP),
        }

    def as_json(self) -> dict[str, Any]:
        """The report as `exchange catalogue import --json` prints it."""
        return {
            **self.counts(),
            "report": [row.as_json() for row in self.rows],
            "warnings": self.warnings,
            "unknown_columns": self.unknown_columns,
            "pending": [each.as_json() for each in self.pending],
        }


def jsonable(value: Any) -> Any:
    """Decimals as numbers, whole ones without a point; days as ISO."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: jsonable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(each) for each in value]
    return value


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Member → value before and after, where they differ; as JSON."""
    return {name: [jsonable(before.get(name)), jsonable(value)] for name, value in after.items() if before.get(name) != value}
