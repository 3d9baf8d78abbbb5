"""A workbook or CSV as sheets of cells, opened with care: what a cell shows, its formula, its link, its merged range."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from exchange.catalogue.archive import LARGEST_FILE, MEND, check_archive, refuse_others
from exchange.errors import BadRequest
from schemas.reading.files import WORKBOOK, delimiter_of
from schemas.reading.text import line

MOST_ROWS, MOST_COLUMNS = 50_000, 200


@dataclass(frozen=True, slots=True)
class Cell:
    """
    One cell as a person sees it.

    value: text, number, date or None. formula: its text where it has one; a formula without a stored value has None.
    link: where a hyperlink leads. above: address of the merged cell above that this one belongs to, whose value it shows.
    """

    address: str
    value: Any = None
    formula: str | None = None
    link: str | None = None
    above: str | None = None
    spans: int = 1

    @property
    def is_blank(self) -> bool:
        """Nothing is shown here; a formula that lost its value is not nothing."""
        return self.formula is None and (self.value is None or (isinstance(self.value, str) and not line(self.value)))

    @property
    def uncounted(self) -> bool:
        """A formula whose value was never stored; formulas are not worked out here."""
        return self.formula is not None and self.value is None

    @property
    def text(self) -> str:
        """What is shown, in one line."""
        return line(self.value)


BLANK = Cell("")


@dataclass(slots=True)
class Sheet:
    """One sheet: rows by number from 1, cells by column number from 1; only what is not blank is kept."""

    name: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    is_hidden: bool = False

    @property
    def last_row(self) -> int:
        """The last row that shows something of its own."""
        return max(
            (number for number, cells in self.rows.items() if any(not c.is_blank and not c.above for c in cells.values())), default=0
        )

    def row(self, number: int) -> dict[int, Cell]:
        """The cells of one row that are not blank."""
        return self.rows.get(number, {})


@dataclass(slots=True)
class Table:
    """A file: its sheets, whether a number can be told from a text there, and what is to be said of it as a whole."""

    sheets: list[Sheet]
    keeps_kinds: bool = True
    warnings: list[str] = field(default_factory=list)


def read_table(data: bytes, filename: str) -> Table:
    """
    The sheets of a workbook or a CSV, told apart by their bytes, not by their name.

    Raises:
        BadRequest: another kind of file, a file that is broken, or one that would unpack beyond bounds.
    """
    if not data.strip(b"\0\r\n\t "):
        raise BadRequest(f"{filename}: berkas kosong.", mend=MEND)
    if len(data) > LARGEST_FILE:
        raise BadRequest(f"{filename}: lebih besar dari {LARGEST_FILE // 2**20} MB.", mend="Bagi menjadi beberapa berkas.")
    if data.startswith(WORKBOOK):
        return _workbook(data, filename)
    refuse_others(data, filename)
    return _csv(data, filename)


def _workbook(data: bytes, filename: str) -> Table:
    try:
        check_archive(data, filename)
        formulas = load_workbook(io.BytesIO(data), keep_links=False)
        values = load_workbook(io.BytesIO(data), keep_links=False, data_only=True)
    except BadRequest:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part makes it stumble over
        raise BadRequest(f"{filename}: berkas Excel rusak dan tidak dapat dibuka ({type(error).__name__}).", mend=MEND) from error
    table = Table([])
    for sheet in formulas.worksheets:
        table.sheets.append(_sheet(sheet, values[sheet.title], table.warnings))
    return table


def _sheet(formulas: Worksheet, values: Worksheet, warnings: list[str]) -> Sheet:
    sheet = Sheet(formulas.title, is_hidden=formulas.sheet_state != "visible")
    cut = False
    # the dictionary of cells that are there: walking by rows would make a million cells for one lost at the bottom
    shown = values._cells
    for (row, column), cell in formulas._cells.items():
        if row > MOST_ROWS or column > MOST_COLUMNS:
            cut = cut or cell.value is not None
            continue
        made = _cell(cell, shown.get((row, column)))
        if not made.is_blank:
            sheet.rows.setdefault(row, {})[column] = made
    hidden = sum(1 for row in sheet.rows if row in formulas.row_dimensions and formulas.row_dimensions[row].hidden)
    if hidden:
        warnings.append(f"Lembar “{sheet.name}”: {hidden} baris tersembunyi ikut dibaca.")
    if cut:
        warnings.append(f"Lembar “{sheet.name}”: hanya {MOST_ROWS} baris dan {MOST_COLUMNS} kolom pertama yang dibaca.")
    _spread_merged(formulas, sheet)
    return sheet


def _cell(cell: Any, shown: Any) -> Cell:
    value, formula = cell.value, None
    if cell.data_type == "f" or isinstance(value, ArrayFormula | DataTableFormula):
        formula = str(getattr(value, "text", None) or value)
        value = shown.value if shown is not None else None
    if isinstance(value, str) and cell.data_type == "e":
        value, formula = None, formula or value  # #REF! and its like: a formula that came to nothing
    if isinstance(value, str) and formula and value.startswith("#") and value.rstrip("!?").isupper():
        value = None
    if "%" in (cell.number_format or "") and isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{Decimal(str(value)) * 100:f}%"  # 0.51 that is shown as 51%
    link = cell.hyperlink.target if cell.hyperlink is not None else None
    if formula and formula.upper().replace(" ", "").startswith("=HYPERLINK("):
        link = formula.split('"')[1] if formula.count('"') >= 2 else formula
    return Cell(cell.coordinate, value, formula, link)


def _spread_merged(source: Worksheet, sheet: Sheet) -> None:
    """Cells below the first of a merged range show its value; those beside it stay blank."""
    for merged in source.merged_cells.ranges:
        first = sheet.row(merged.min_row).get(merged.min_col)
        if first is None:
            continue
        width = merged.max_col - merged.min_col + 1
        sheet.rows[merged.min_row][merged.min_col] = Cell(first.address, first.value, first.formula, first.link, None, width)
        for row in range(merged.min_row + 1, min(merged.max_row, MOST_ROWS) + 1):
            address = f"{get_column_letter(merged.min_col)}{row}"
            sheet.rows.setdefault(row, {})[merged.min_col] = Cell(address, first.value, first.formula, first.link, first.address, width)


def _decoded(data: bytes, filename: str) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), []
    if b"\0" in data:
        raise BadRequest(f"{filename}: bukan berkas teks.", mend=MEND)
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), ["Berkas bukan UTF-8; dibaca sebagai Windows-1252."]


def _csv(data: bytes, filename: str) -> Table:
    text, warnings = _decoded(data, filename)
    skipped = 0
    if text[:4].lower() == "sep=" and len(first := text.split("\n", 1)) == 2:
        delimiter, text, skipped = first[0][4:5] or ",", first[1], 1
    sheet = Sheet(PurePath(filename).stem)
    try:
        delimiter = delimiter if skipped else delimiter_of(text)
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1 + skipped):
            if number > MOST_ROWS:
                warnings.append(f"Hanya {MOST_ROWS} baris pertama yang dibaca.")
                break
            cells = {c: Cell(f"{get_column_letter(c)}{number}", v) for c, v in enumerate(row[:MOST_COLUMNS], 1) if line(v)}
            if cells:
                sheet.rows[number] = cells
    except csv.Error as error:
        raise BadRequest(f"{filename}: CSV tidak dapat dibaca ({error}).", mend=MEND) from error
    return Table([sheet], False, warnings)


def shown_value(value: Any) -> str:
    """A value for the report: dates as ISO, long text cut."""
    text = value.date().isoformat() if isinstance(value, datetime) else line(value)
    return text if len(text) <= 200 else text[:199] + "…"
