"""
CSV as offices and robots write it: any of four separators, any usual encoding, texts over several lines, rows of any length.

Read in steps, so that a large file is never in memory as cells. A quote that is never closed makes one cell of the rest of the file,
so such a file is refused and not read in part. A pair of quotes that stand where none should (`"` for "the same as above", or for
inches) makes one cell of what lies between; such a row is marked.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.kit.errors import ShapeChanged
from connectors.kit.limits import MIB, Limits
from connectors.kit.sheet.rows import MOST_COLUMNS, Row, Sheet, is_blank
from connectors.kit.steps import Steps
from schemas.reading.files import SIGNS, delimiter_of

_HINT = "sep="
_LONGEST = 4 * MIB


@dataclass(slots=True)
class _Lines:
    """The lines of a text, one at a time; `ended` once the last was asked beyond, `open` where the last one given has no end."""

    text: io.TextIOWrapper
    ended: bool = False
    open: bool = False

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(_LONGEST):
            if len(line) == _LONGEST:
                raise csv.Error("line too long")
            self.open = line[-1] not in "\r\n"
            yield line.replace("\x00", "") if "\x00" in line else line
        self.ended = True


def delimited(body: bytes, encoding: str, first: bytes, limits: Limits, answer: str | None) -> Sheet:
    """
    A CSV as its one sheet.

    first: its first bytes, unpacked, of which the separator is told; Excel's own hint (`sep=;`) goes before.

    Raises (while rows are read):
        ShapeChanged: a quote is opened and not closed where it should be. SourceError: as `Steps` does.
    """
    head = first.decode(encoding, "replace").removeprefix("\ufeff").replace("\x00", "")
    hinted = head[:4].lower() == _HINT and head[4:5] in SIGNS
    delimiter = head[4] if hinted else _sniffed(head)

    def rows() -> Iterator[Row]:
        raw = io.BufferedReader(Steps(body, limits, answer), MIB)
        lines = _Lines(io.TextIOWrapper(raw, encoding, "replace", newline=""))
        reader = csv.reader(lines, delimiter=delimiter)
        begun = width = 0
        try:
            for number, cells in enumerate(reader, 1):
                if lines.ended:
                    raise csv.Error("quote")
                begun = reader.line_num
                if number == 1:
                    if hinted:
                        continue
                    cells[:1] = [each.removeprefix("\ufeff") for each in cells[:1]]
                if not all(map(is_blank, cells)):
                    kept = [each or None for each in cells[:MOST_COLUMNS]]
                    swallowed = _swallowed(cells, delimiter, width)
                    yield Row(number, kept, cut=len(cells) > MOST_COLUMNS, swallowed=swallowed, unended=lines.open)
                    width = len(cells)
        except csv.Error:
            fault = _unclosed(begun + 1, answer)
        else:
            return
        raise fault

    return Sheet("", rows, fixed_width=True)


def _sniffed(head: str) -> str:
    try:
        return delimiter_of(head)
    except csv.Error:  # a cell longer than any cell is; the reading says where
        return ","


def _swallowed(cells: list[str], delimiter: str, width: int) -> bool:
    """
    Whether a cell holds the end of a row, whole rows and the beginning of one, all of the width of the row before.

    A text over several lines would need just as many separators in each of them to look so.
    """
    for column, cell in enumerate(cells):
        if width >= 4 and "\n" in cell:
            found = [line.count(delimiter) for line in cell.split("\n")]
            first, *inner, last = found
            whole = all(each == width - 1 for each in inner)
            if whole and first == width - 1 - column and last == column and (inner or 0 < column < width - 1):
                return True
    return False


def _unclosed(line: int, answer: str | None) -> ShapeChanged:
    return ShapeChanged(
        f"CSV rusak mulai baris {line}: tanda kutip dibuka dan tidak ditutup di tempatnya.",
        mend="Minta pengelola sumber menyimpan tabelnya lagi sebagai CSV atau XLSX; tanda kutip di dalam teks harus ditulis dua kali.",
        answer=answer,
    )
