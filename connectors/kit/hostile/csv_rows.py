"""Listings that are lines of a table."""

from __future__ import annotations

import csv
import io
from typing import Any

from connectors.kit.hostile.rows import Edit, Rows, part_of, spells
from connectors.kit.hostile.values import is_prose


class CsvRows(Rows):
    """Lines of a table; what stands above the first one that carries a reference is its head."""

    def __init__(self, text: str, delimiter: str, lines: list[list[str]], start: int, column: int) -> None:
        self._delimiter, self.head, self._column = delimiter, lines[:start], column
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self.rows = lines[start:]

    def body(self, rows: list[Any]) -> bytes:
        """The table with these lines, in UTF-8."""
        return self.written(self.head + rows)

    def written(self, lines: list[list[str]], delimiter: str | None = None, newline: str | None = None) -> bytes:
        """Lines as a table, by other signs where they are given."""
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter or self._delimiter, lineterminator=newline or self._newline).writerows(lines)
        return out.getvalue().encode("utf-8", "surrogatepass")

    def identity(self, row: Any) -> Any:
        """The cell of the reference."""
        return row[self._column] if len(row) > self._column else None

    def renamed(self, row: Any, value: Any) -> Any:
        """With another text in that cell."""
        text = "" if value is None else str(value)
        return [*row[: self._column], text, *row[self._column + 1 :]]

    def nameless(self, row: Any) -> Any:
        """With that cell empty."""
        return self.renamed(row, "")

    def edited(self, row: Any, edit: Edit) -> Any:
        """Prose in cells."""
        return [edit(cell) if place != self._column and is_prose(cell) else cell for place, cell in enumerate(row)]

    def places(self, row: Any) -> list[Any]:
        """The other cells."""
        return [place for place in range(len(row)) if place != self._column]

    def put(self, row: Any, place: Any, value: Any) -> Any:
        """The value's text."""
        return [*row[:place], "" if value is None else str(value), *row[place + 1 :]]

    def dropped(self, row: Any, place: Any) -> Any:
        """An empty cell."""
        return self.put(row, place, None)

    def extended(self, row: Any) -> Any:
        """A table has its columns in its head."""
        return row


def csv_rows(body: bytes, references: set[str]) -> CsvRows | None:
    """The lines of a table from the first one that carries a reference on; None where none does."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    delimiter = max(",;\t|", key=text.count)
    if not text.count(delimiter):
        return None
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    for start, line in enumerate(lines):
        for test in (spells, part_of):
            column = next((place for place, cell in enumerate(line) if test(cell, references)), None)
            if column is not None:
                return CsvRows(text, delimiter, lines, start, column)
    return None
