"""Refused rows as a workbook with the reasons beside them, ready to be mended and uploaded again."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exchange.catalogue.outcome import REJECT, Report, RowReport

REASON = "Alasan ditolak"
LONGEST = 32_000  # Excel keeps 32,767 characters in a cell
_SHADE = PatternFill("solid", fgColor="FFF2CC")


def write_mended(report: Report, out: Path | IO[bytes]) -> int:
    """
    Write the refused rows under their own headings, one sheet for each of the file's; the number of rows written.

    Without a refused row the workbook says so in one sheet.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    refused = [row for row in report.rows if row.action == REJECT]
    for (name, first, last), titles in report.titles.items():
        rows = [row for row in refused if row.sheet == name and first <= row.row <= last]
        if rows:
            _sheet(book.create_sheet(sheet_name(name)), titles, rows)
    if not refused:
        book.create_sheet("Kosong")["A1"] = "Tidak ada baris yang ditolak."
    book.save(out)
    return len(refused)


def sheet_name(name: str) -> str:
    """A name as a workbook takes it for a sheet."""
    return "".join("_" if sign in "[]:*?/\\" else sign for sign in name)[:31] or "Lembar"


def _sheet(sheet: Worksheet, titles: dict[int, str], rows: list[RowReport]) -> None:
    columns = sorted(titles)
    for place, title in enumerate([*(titles[column] for column in columns), REASON], 1):
        heading = put(sheet, 1, place, title)
        heading.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 60 if title == REASON else 20
    for line, row in enumerate(rows, 2):
        for place, column in enumerate(columns, 1):
            put(sheet, line, place, row.source.get(column))
        reason = put(sheet, line, len(columns) + 1, f"{row.reason} (baris {row.row} pada berkas asal)")
        reason.fill, reason.alignment = _SHADE, Alignment(wrap_text=True)
    sheet.freeze_panes = "A2"


def put(sheet: Worksheet, row: int, column: int, value: Any) -> Cell:
    """A value as it was; text is always text, so that nothing that looks like a formula comes to work."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), "a fresh sheet has no merged cells"
    if isinstance(value, bool | int | float | date | datetime):
        cell.value = value
    elif value is not None:
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", str(value))[:LONGEST]
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = cell.value[:1] in "=+-@"
    return cell
