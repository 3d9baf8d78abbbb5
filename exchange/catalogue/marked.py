"""The office's own workbook back, its refused cells coloured and each with the reason as a comment."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from exchange.catalogue.mended import put, sheet_name
from exchange.catalogue.outcome import REJECT, Report, RowReport
from exchange.catalogue.table import Table
from schemas.reading.files import WORKBOOK

_SHADE = PatternFill("solid", fgColor="F8CBAD")
_WIDE, _HIGH = 360, 110  # pixels of a comment


def mark(data: bytes, table: Table, report: Report) -> bytes:
    """
    The workbook as it came with its refused cells marked; a CSV becomes a workbook of one sheet.

    Formulas stay formulas; their stored values are worked out again by whatever opens the workbook.
    """
    book = load_workbook(io.BytesIO(data), keep_links=False) if data.startswith(WORKBOOK) else _of_csv(table)
    for row in report.rows:
        name = row.sheet if row.sheet in book.sheetnames else sheet_name(row.sheet)
        if row.action == REJECT and name in book.sheetnames:
            _mark(book[name], row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _mark(sheet: Worksheet, row: RowReport) -> None:
    address = row.at.address if row.at and row.at.address else f"A{row.row}"
    # the value of a merged cell stands above, where other rows have it too: the mark goes beside
    cell: Any = sheet[address] if coordinate_from_string(address)[1] == row.row else sheet[f"A{row.row}"]
    if isinstance(cell, MergedCell):
        cell = next((each for each in sheet[row.row] if not isinstance(each, MergedCell)), None)
    if cell is None:
        return
    cell.fill = _SHADE
    said = f"Ditolak: {row.reason}." + (f"\n{row.mend}" if row.mend else "")
    cell.comment = Comment(said[:2_000], "Impor katalog", _HIGH, _WIDE)


def _of_csv(table: Table) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in table.sheets:
        made = book.create_sheet(sheet_name(sheet.name))
        for number, cells in sheet.rows.items():
            for column, cell in cells.items():
                put(made, number, column, cell.value)
    return book
