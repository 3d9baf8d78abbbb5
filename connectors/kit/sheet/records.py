"""
The rows of a table that are records, and how many others were left out and why.

A row is left out for what its own cells say, never for its place: the header again, column numbers, totals, headings of groups (whose
words go with the records under them), remarks, signatures. A row with an amount or a sum and a name is a record wherever it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.kit.sheet.columns import is_index
from connectors.kit.sheet.header import Header, read_header
from connectors.kit.sheet.rows import Row, Sheet, is_blank
from connectors.kit.text import line
from schemas.reading.plain_rows import are_column_numbers, is_remark, is_signature, is_total
from schemas.reading.text import as_text

WIDE, SWALLOWED = "lebih panjang dari kepalanya", "satu selnya memuat potongan baris lain karena tanda kutip yang salah tempat"
"""What can be wrong with a row."""
_NAMES, _LENT = ("item", "title", "reference", "rup"), frozenset({"title"})
_FIGURES = ("quantity", "budget", "estimate", "planned")
_TOTAL_WORDS = frozenset({
    "grand", "sub", "total", "jumlah", "jml", "keseluruhan", "seluruhnya", "semua", "harga", "biaya", "nilai", "pagu", "hps", "anggaran",
    "barang", "paket", "kebutuhan", "halaman", "ini", "rp", "rata", "rerata", "rekapitulasi", "dan", "per",
})  # fmt: skip
_ORDINAL = re.compile(r"[a-z]|[ivx]+|\d+")
_GROUP = re.compile(r"(?:[A-Z]|[IVXL]+|\d{1,2})[.)]\s*\D|(?:kelompok|kategori|golongan|bidang|program|kegiatan|sub kegiatan)\b", re.I)
_COUNT = re.compile(r"\(?(?:\d{1,6}|[A-Z]|[IVXL]{1,6})[.)]*(?:0)?", re.I)
_LETTER = re.compile(r"[A-Z]|[IVXL]+", re.I)
_FIGURE = re.compile(r"\s*(?:rp\.?\s*|idr\s*)?[(±~<>≤≥-]{0,3}\s?\d", re.I)
_LONGEST = 300
_REPEATED, _MOST_WORDS = 80, 50_000


@dataclass(frozen=True, slots=True)
class Record:
    """
    One row of a table.

    values: of the columns that are kept, in the order of `header.kept`. group: the words of the heading of its group. wrong: what makes
    it unreadable; then its values may stand under wrong headings.
    """

    number: int
    values: tuple[Any, ...]
    header: Header
    group: str | None = None
    wrong: str | None = None

    def said(self, member: str) -> Any:
        """The first cell of a member; None where the table has none."""
        names = self.header.members.get(member)
        place = self.header.places.get(names[0]) if names else None
        return None if place is None else self.values[place]


@dataclass(slots=True)
class Walk:
    """
    A walk through the rows below a header.

    left_out: how many rows by why. right: rows with cells right of all that is read. broken_off: whether the text ended in the middle
    of a row, which is not handed on.
    """

    sheet: Sheet
    header: Header
    given: Mapping[str, str]
    left_out: Counter[str] = field(default_factory=Counter)
    right: int = 0
    broken_off: bool = False
    _group: str | None = None
    _signed: bool = False
    _width: int = 0
    _words: dict[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Record]:
        first = True
        for row in self.sheet.rows():
            if row.number <= self.header.last:
                continue
            self.right += row.cut
            why = self._left_out(row, first)
            first = False
            if why is None and row.unended and len(row.cells) < self.header.width:
                self.broken_off = True
            elif why is None:
                yield self._record(row)
            else:
                self.left_out[why] += 1

    def _left_out(self, row: Row, first: bool) -> str | None:
        named = any(not is_blank(self._value(row, member, lent=member in _LENT)) for member in _NAMES)
        figures = named and any(_is_figure(self._value(row, member)) for member in _FIGURES)
        own = row.own()
        if figures and not first and not _may_be_total(own):
            self._signed = False
            return None
        texts = [line(value)[:_LONGEST] for _, value in own if isinstance(value, str)]
        if first and are_column_numbers([line(str(value)) for _, value in own]):
            return "baris nomor kolom"
        if self._is_header(row, own):
            return "kepala tabel yang berulang"
        if all(is_index(self.header.titles.get(column, "")) and _COUNT.fullmatch(line(as_text(value))) for column, value in own):
            return "baris yang hanya bernomor urut"
        if self._is_total(texts, row):
            return "baris jumlah"
        if figures:
            self._signed = False
            return None
        return self._plain(row, own, texts, named)

    def _plain(self, row: Row, own: list[tuple[int, Any]], texts: list[str], named: bool) -> str | None:
        """Why a row without a figure or a name is no record; None where it is one all the same."""
        if len(own) <= 3 and any(map(is_signature, texts)):
            self._signed = True
        if self._signed and (len(own) <= 3 or not named):
            return "blok tanda tangan"
        if texts and len(own) <= 2 and is_remark(texts[0]):
            return "baris keterangan"
        if self._is_group(row, own, texts):
            self._group = texts[-1]
            return "judul kelompok"
        return None if named else "baris tanpa nama barang atau paket"

    def _is_header(self, row: Row, own: list[tuple[int, Any]]) -> bool:
        """Whether the header comes again, as on every printed page; another header takes its place from here on."""
        same = sum(1 for column, value in own if isinstance(value, str) and line(value) == self.header.titles.get(column))
        if same >= 2 and same * 2 > len(own):
            return True
        if len(own) < 3 or not all(isinstance(value, str) and len(value) <= 40 for _, value in own):
            return False
        other = read_header(row, None, self.given)
        if other is None or len(other.members) * 2 <= len(own) or len(other.members) < 3:
            return False
        self.header = other
        return True

    def _value(self, row: Row, member: str, *, lent: bool = False) -> Any:
        """A member's cell; one that a merged cell lends only where that is asked for."""
        column = self.header.columns.get(member, len(row.cells))
        return row.cells[column] if column < len(row.cells) and (lent or column not in row.lent) else None

    def _is_total(self, texts: list[str], row: Row) -> bool:
        """Whether the row's first text is a word for a total and nothing tells of a thing: no unit, no specification."""
        if not texts or not is_total(texts[0]):
            return False
        telling = ("unit", "specification", "reference")
        if any(isinstance(self._value(row, member), str) and not is_total(str(self._value(row, member))) for member in telling):
            return False
        words = re.findall(r"\w+", texts[0].casefold())  # a `Total Station` is an instrument
        return words[0] != "total" or all(word in _TOTAL_WORDS or _ORDINAL.fullmatch(word) for word in words)

    def _is_group(self, row: Row, own: list[tuple[int, Any]], texts: list[str]) -> bool:
        """One text alone that spans columns, stands in the column of numbers or is worded as a heading; or a letter and a text."""
        if len(own) == 2 and len(texts) == 2 and is_index(self.header.titles.get(own[0][0], "")):
            return _LETTER.fullmatch(texts[0].rstrip(".)")) is not None
        if len(own) != 1 or len(texts) != 1:
            return False
        column = own[0][0]
        spans = column + 1 in row.lent
        return spans or is_index(self.header.titles.get(column, "")) or _GROUP.match(texts[0]) is not None

    def _record(self, row: Row) -> Record:
        header, length = self.header, len(row.cells)
        values = tuple(self._kept_once(row.cells[column]) if column < length else None for column in header.kept.values())
        return Record(row.number, values, header, self._group, SWALLOWED if row.swallowed else WIDE if self._is_wide(row) else None)

    def _is_wide(self, row: Row) -> bool:
        """
        Whether a row has more cells than its header, as a separator inside of a text makes them: what follows it stands one column off.

        Blank ones at the end do not count where the row before has them as well.
        """
        length = len(row.cells)
        if not self.sheet.fixed_width or length <= self.header.width:
            self._width = self._width or self.header.width
            return False
        if row.cut or length > (self._width or length) or any(not is_blank(cell) for cell in row.cells[self.header.width :]):
            return True
        self._width = length
        return False

    def _kept_once(self, value: Any) -> Any:
        """The same object for the same words, which most columns repeat: rows that wait for others of their package take less room."""
        if not isinstance(value, str) or len(value) > _REPEATED:
            return value
        known = self._words.get(value)
        if known is None:
            if len(self._words) < _MOST_WORDS:
                self._words[value] = value
            return value
        return known


def _may_be_total(own: list[tuple[int, Any]]) -> bool:
    """Whether the first text could begin a total; said quickly, since it is asked of every row."""
    text = next((value for _, value in own if isinstance(value, str)), "")
    return text.lstrip()[:5].casefold().startswith(("total", "jumla", "jml", "grand", "sub", "rata", "rerat", "rekap"))


def _is_figure(value: Any) -> bool:
    """Whether a cell is a number or a text that begins as one; a civil servant's number has more digits than any amount."""
    if isinstance(value, str):
        return _FIGURE.match(value[:40]) is not None and sum(map(str.isdigit, value[:80])) < 16
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**15
