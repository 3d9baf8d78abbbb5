"""
XLSX, read row by row: values of formulas as they were last stored, dates by their format, merged cells with the value they show.

openpyxl tells the sheets, their formats and where their parts lie. The parts themselves are walked through here, each once and up to the
end of the cells: its own readers take twice the time, and make a million rows before a lonely cell at the far end of a sheet.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from lxml import etree
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import from_excel
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from connectors.kit.errors import HasDoctype, ShapeChanged, SourceError, TooMuch, WrongAnswer
from connectors.kit.limits import Limits
from connectors.kit.sheet.rows import MOST_COLUMNS, Row, Sheet, as_cell, is_blank
from schemas.reading.workbooks import Area, Bounds, Unsafe, column_number, look_through

LAST_ROW = 1_048_576
"""Of the format; a row beyond it is none."""
MOST_SHEETS = 200
_ROW, _DATA, _CELL, _VALUE, _INLINE, _STRING, _TEXT, _SPOKEN = (
    f"{{{SHEET_MAIN_NS}}}{name}" for name in ("row", "sheetData", "c", "v", "is", "si", "t", "rPh")
)
_ADVICE = "Minta pengelola sumber menyimpan buku kerja itu lagi sebagai XLSX biasa atau CSV."


@dataclass(frozen=True, slots=True)
class _Book:
    """What all sheets of a workbook share: shared texts, day 0, and the styles that are dates and spans of time."""

    archive: ZipFile
    texts: list[str]
    epoch: Any
    dates: frozenset[int]
    spans: frozenset[int]


def workbook(body: bytes, limits: Limits, answer: str | None) -> list[Sheet]:
    """
    The sheets that hold cells, in their order; hidden ones as well.

    Raises:
        SourceError: `wrong_answer`, `doctype_refused`, `expands_too_much` or `shape_changed`; while rows are read, `shape_changed`.
    """
    failure: SourceError
    try:
        areas = look_through(body, Bounds(expanded=2 * limits.expanded, ratio=limits.ratio))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that nobody reads here
            return [_sheet(book, *told, areas.get(told[1], []), answer) for book, told in _opened(body, limits)]
    except Unsafe as error:
        failure = _refusal(error, answer)
    except SourceError as error:
        failure = error
    except Exception as error:  # openpyxl, lxml and zipfile raise whatever a broken part makes them stumble over
        failure = _broken(error, answer)
    raise failure


def _opened(body: bytes, limits: Limits) -> Iterator[tuple[_Book, tuple[str, str, bool]]]:
    """The workbook, with the name and the part of each sheet and whether it is hidden; no part twice."""
    reader: Any = ExcelReader(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    shared = reader.package.find(SHARED_STRINGS)
    texts = list(_texts(reader.archive, shared.PartName[1:], limits)) if shared is not None else []
    styles = reader.wb
    book = _Book(reader.archive, texts, styles.epoch, frozenset(styles._date_formats), frozenset(styles._timedelta_formats))
    seen: set[str] = set()
    for sheet, link in reader.parser.find_sheets():
        if link.target in reader.valid_files and link.target not in seen and "chartsheet" not in link.Type and len(seen) < MOST_SHEETS:
            seen.add(link.target)
            yield book, (sheet.name, link.target, sheet.state != "visible")


def _walk(part: Any, *tags: str) -> Iterator[Any]:
    """The elements of these names as they end; what was done with is taken out of the tree."""
    walk: Any = etree.iterparse(
        part, tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False, remove_comments=True
    )
    done: Any = None
    for _, element in walk:
        yield element
        element.clear(keep_tail=True)
        if done is not None and done.getparent() is not None:  # the parser may still touch the newest
            done.getparent().remove(done)
        done = element


def _texts(archive: ZipFile, name: str, limits: Limits) -> Iterator[str]:
    """The texts that cells share, in their order."""
    with archive.open(name) as part:
        for number, element in enumerate(_walk(part, _STRING)):
            if number >= limits.values:
                raise TooMuch("too_many_values", f"Buku kerja (XLSX) dari sumber memuat lebih dari {limits.values} teks.")
            yield _inline(element) or ""


def _refusal(error: Unsafe, answer: str | None) -> SourceError:
    said = f"Buku kerja (XLSX) dari sumber: {error.message}"
    if error.rule == "too_large":
        return TooMuch("expands_too_much", said, mend=error.mend, answer=answer)
    kind = HasDoctype if error.rule == "declares" else WrongAnswer
    return kind(said, mend=_ADVICE, answer=answer)


def _broken(error: Exception, answer: str | None) -> ShapeChanged:
    return ShapeChanged(
        f"Buku kerja (XLSX) dari sumber rusak dan tidak dapat dibuka ({type(error).__name__}).", mend=_ADVICE, answer=answer
    )


def _sheet(book: _Book, name: str, part: str, is_hidden: bool, areas: list[Area], answer: str | None) -> Sheet:
    def rows() -> Iterator[Row]:
        failure: SourceError
        lent = _Lent(areas)
        try:
            for number, cells in _Cells(book, part):
                if (row := _row(number, cells, lent)) is not None:
                    yield row
            return
        except Exception as error:
            failure = _broken(error, answer)
        raise failure

    return Sheet(name, rows, is_hidden=is_hidden, keeps_kinds=True)


class _Cells:
    """The cells of each row that is there, by column number from 1; rows in their order, each once."""

    def __init__(self, book: _Book, part: str) -> None:
        self._book, self._part = book, part
        self._columns: dict[str, int] = {}

    def __iter__(self) -> Iterator[tuple[int, dict[int, Any]]]:
        number = 0
        with self._book.archive.open(self._part) as part:
            for element in _walk(part, _ROW, _DATA):
                if element.tag == _DATA:
                    return
                said = int(element.get("r") or number + 1)
                if not number < said <= LAST_ROW:
                    raise ValueError("row out of order")
                number = said
                yield number, self._row(element)

    def _row(self, row: Any) -> dict[int, Any]:
        cells, column = {}, 0
        for cell in row.iterfind(_CELL):
            place = cell.get("r")
            column = self._column(place.rstrip("0123456789")) if place else column + 1
            value = self._value(cell)
            if value is not None:
                cells[column] = value
        return cells

    def _column(self, letters: str) -> int:
        found = self._columns.get(letters)
        if found is None:
            if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3):
                raise ValueError("no column")
            found = self._columns[letters] = column_number(letters.encode())
        return found

    def _value(self, cell: Any) -> Any:
        """What a cell shows; of a formula what was stored of it last, None where nothing was."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return as_cell(_inline(cell.find(_INLINE)))
        said = cell.findtext(_VALUE)
        if not said:
            return None
        if kind == "n":
            return self._number(said.strip(), cell.get("s"))
        if kind == "s":
            return as_cell(self._book.texts[int(said)])
        return said.strip() in {"1", "true"} if kind == "b" else as_cell(said)

    def _number(self, said: str, style: str | None) -> Any:
        number = int(said) if said.isdigit() else float(said)
        if style is not None and int(style) in self._book.dates:
            try:
                return as_cell(from_excel(number, self._book.epoch, timedelta=int(style) in self._book.spans))
            except (OverflowError, ValueError):  # a day that no calendar has
                return as_cell(number)
        return as_cell(number)


def _inline(text: Any) -> str | None:
    """The text of a cell that holds its own, without what says how it is spoken."""
    if text is None:
        return None
    parts = [each.text or "" for child in text if child.tag != _SPOKEN for each in child.iter(_TEXT)]
    return "".join(parts).replace("_x000D_", "") or None


class _Lent:
    """What merged cells lend to the cells they cover, as rows come from the top."""

    def __init__(self, areas: list[Area]) -> None:
        self._coming = sorted((area for area in areas if area.left <= MOST_COLUMNS), key=lambda area: area.top, reverse=True)
        self._open: list[tuple[Area, Any]] = []

    def to(self, number: int, cells: dict[int, Any]) -> dict[int, Any]:
        """The values that covered cells of a row show, by column; `cells` are the row's own."""
        while self._coming and self._coming[-1].top <= number:
            area = self._coming.pop()
            value = cells.get(area.left) if area.top == number else None  # a first row that is not there shows nothing
            if not is_blank(value):
                self._open.append((area, value))
        self._open = [(area, value) for area, value in self._open if area.bottom >= number]
        found = {}
        for area, value in self._open:
            for column in range(area.left, min(area.right, MOST_COLUMNS) + 1):
                if (number, column) != (area.top, area.left):
                    found[column] = value
        return found


def _row(number: int, cells: dict[int, Any], lent: _Lent) -> Row | None:
    """A row that shows something of its own; None for others."""
    given = lent.to(number, cells)
    shown = {column: value for column, value in cells.items() if column not in given and not is_blank(value)}
    near = {column: value for column, value in shown.items() if column <= MOST_COLUMNS}
    if not near:
        return None
    whole = near | given
    made = [whole.get(column) for column in range(1, max(whole) + 1)]
    return Row(number, made, frozenset(column - 1 for column in given), len(near) < len(shown))
