"""Rows that hold no record: blank ones, column numbers, group headings, totals, remarks, signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from exchange.catalogue.header import Header, is_number_row, repeats
from exchange.catalogue.table import Cell
from schemas.business import SECTORS
from schemas.reading.plain_rows import is_remark, is_signature, is_total

_SUM = re.compile(r"=\s*(?:SUM|SUBTOTAL|COUNT|COUNTA|AVERAGE|AGGREGATE)\(", re.I)
_GROUP = re.compile(
    r"(?:[A-Z]|[IVXL]+|\d{1,2})[.)]\s*\D|(?:sektor|bidang|kelompok|kecamatan|kec\.|sentra|kategori|golongan|wilayah|daftar|rekap|tabel|lampiran)\b",
    re.I,
)
_SECTOR_WORDS = {
    **{sector: sector for sector in SECTORS},
    "makanan": "pangan",
    "minuman": "pangan",
    "metal": "logam",
    "mesin": "logam",
    "farmasi": "kimia",
    "kelistrikan": "energi",
}


@dataclass(slots=True)
class Walk:
    """Where one is in a sheet: the sector of the group, and whether the signatures have begun."""

    sector: str | None = None
    signed: bool = False


def sector_in(text: str) -> str | None:
    """The one sector that a text names; None where none or several."""
    words = set(re.findall(r"[a-z]+", text.casefold()))
    found = {_SECTOR_WORDS[word] for word in words & _SECTOR_WORDS.keys()}
    return found.pop() if len(found) == 1 else None


def skipped(cells: dict[int, Cell], header: Header, number: int, walk: Walk) -> str | None:
    """Why a row holds no record; None where it should be read as one."""
    own = {column: cell for column, cell in sorted(cells.items()) if not cell.is_blank and not cell.above}
    if not own:
        return "baris kosong"
    if number == header.row + 1 and is_number_row(cells):
        return "baris nomor kolom, bukan data"
    if repeats(cells, header):
        return "kepala kolom diulang, bukan data"
    if set(own) <= {column for column, member in header.columns.items() if member == "number"} and _is_count(own):
        return "baris kosong, hanya bernomor urut"
    nib = header.find("nib")
    if nib is not None and nib in own and re.search(r"\d{6}", own[nib].text):
        return None
    return _without_nib(own, header, walk)


def _is_count(own: dict[int, Cell]) -> bool:
    return all(re.fullmatch(r"\d{1,5}\.?", cell.text) for cell in own.values())


def _without_nib(own: dict[int, Cell], header: Header, walk: Walk) -> str | None:
    if all(cell.formula and _SUM.match(cell.formula) for cell in own.values()):
        return "baris jumlah"
    texts = [cell.text for cell in own.values() if isinstance(cell.value, str) and not cell.formula]
    first = texts[0] if texts else ""
    if is_total(first) and len(own) <= max(4, len(header.columns) // 2) and not _has_details(own, header):
        return "baris jumlah"
    if len(own) <= 3 and is_signature(first):
        walk.signed = True
        return "blok tanda tangan"
    if walk.signed and len(own) <= 3 and not _has_details(own, header):
        return "blok tanda tangan"
    if is_remark(first) and len(own) <= 2:
        return "baris keterangan"
    if len(own) == 1 and _is_group(own, header):
        walk.sector = sector_in(first)
        return "baris judul kelompok"
    return None


def _has_details(own: dict[int, Cell], header: Header) -> bool:
    """Whether the row says things that a total does not: a legal form, a unit, an address."""
    telling = {"legal_form", "address", "kbli", "unit", "hs", "description", "sku"}
    return any(header.columns.get(column) in telling for column in own)


def _is_group(own: dict[int, Cell], header: Header) -> bool:
    """One text alone, over several columns, in the column of numbers, or worded as a heading."""
    ((column, cell),) = own.items()
    if not isinstance(cell.value, str):
        return False
    named = header.columns.get(column) == "name"
    headed = _GROUP.match(cell.text) is not None
    return cell.spans > 1 or header.columns.get(column) == "number" or headed or (not named and sector_in(cell.text) is not None)
