"""The cells of one row by member: each is read by its reader, and what was odd about it goes into the row's report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from openpyxl.utils import get_column_letter

from exchange.catalogue.header import Header
from exchange.catalogue.outcome import REJECT, Found, RowReport
from exchange.catalogue.table import BLANK, Cell, shown_value
from schemas.reading.heading import Heading, said_by
from schemas.reading.result import Reading

T = TypeVar("T")
LONGEST_SENTENCE = 300


class RowCells:
    """One row of a sheet under its header."""

    def __init__(self, report: RowReport, cells: dict[int, Cell], header: Header) -> None:
        self.report = report
        self.cells = cells
        self.header = header
        report.kind, report.name = header.kind, self.cell("name").text[:300]
        report.source = {
            column: cell.formula if cell.uncounted else cell.value for column, cell in cells.items() if column in header.titles
        }

    def cell(self, member: str) -> Cell:
        """The cell of a member; a blank one where the sheet has no such column or the row nothing in it."""
        column = self.header.find(member)
        return BLANK if column is None else self.cells.get(column, BLANK)

    def has(self, member: str) -> bool:
        """Whether something stands there."""
        return not self.cell(member).is_blank

    def any_of(self, *members: str) -> bool:
        """Whether something stands in one of these."""
        return any(self.has(member) for member in members)

    def warn(self, member: str, sentence: str) -> None:
        """Put a doubt on the row, with the cell it is about; a long quotation is cut."""
        sentence = sentence if len(sentence) <= LONGEST_SENTENCE else sentence[: LONGEST_SENTENCE - 1] + "…"
        self.report.warnings.append(f"{self.title(member)}: {sentence}" if self.title(member) else sentence)
        self.note(member, sentence)

    def note(self, member: str, sentence: str) -> None:
        """Say what was done with a cell, without a doubt."""
        cell = self.cell(member)
        if cell.address:
            self.report.cells.append(Found(cell.address, shown_value(cell.formula if cell.uncounted else cell.value), sentence))

    def refuse(self, member: str, sentence: str, mend: str) -> None:
        """Refuse the row for what stands in a member's cell, or does not stand there."""
        cell, column = self.cell(member), self.header.find(member)
        address = cell.address or ("" if column is None else f"{get_column_letter(column)}{self.report.row}")
        self.report.action, self.report.reason, self.report.mend = REJECT, sentence, mend
        self.report.at = Found(address, shown_value(cell.formula if cell.uncounted else cell.value), self.title(member))

    def title(self, member: str) -> str:
        """The column's heading as the file has it."""
        column = self.header.find(member)
        return "" if column is None else " ".join(self.header.titles[column].split())

    def heading(self, member: str) -> Heading:
        """What the member's heading says of the amounts under it."""
        return said_by(self.title(member))

    def take(self, member: str, reader: Callable[[Any], Reading[T]]) -> T | None:
        """The value of a cell by its reader; doubts and mendings are put on record."""
        cell = self.cell(member)
        if cell.is_blank:
            return None
        if cell.uncounted:
            fault = (cell.formula or "").startswith("#")
            none = "rumus tanpa nilai tersimpan, dikosongkan; rumus tidak dihitung di sini"
            self.warn(member, f"sel berisi galat {cell.formula}, dikosongkan" if fault else none)
            return None
        self._looked_at(member, cell)
        read = reader(cell.value)
        for sentence in read.warnings:
            self.warn(member, sentence)
        for sentence in read.notes:
            self.note(member, sentence)
        return read.value

    def _looked_at(self, member: str, cell: Cell) -> None:
        if cell.above:
            self.warn(member, f"diambil dari sel gabungan di atasnya ({cell.above})")
        if cell.formula:
            self.note(member, "nilai tersimpan dari rumus dipakai")
        if cell.link and not cell.link.startswith(("mailto:", "tel:")) and cell.link != cell.value:
            self.warn(member, f"sel bertautan: hanya teks yang diambil, alamat {shown_value(cell.link)} tidak dibuka")
        if isinstance(cell.value, str) and cell.value.lstrip().startswith("=") and not cell.formula:
            self.warn(member, "teks yang diawali tanda =: disimpan sebagai teks, bukan rumus")
