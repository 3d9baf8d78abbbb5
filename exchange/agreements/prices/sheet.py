"""
A price list as a workbook or CSV, read cell by cell: what cannot be read exactly is refused by its address, nothing is guessed.

Caveats
  A sum whose comma may part thousands or sen is refused; sen are kept, never rounded. An empty unit means the product's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from exchange.agreements.prices.lines import LONGEST_NOTE, MOST_LINES, Fault, Line
from exchange.catalogue.table import BLANK, Cell, Sheet, read_table, shown_value
from exchange.errors import BadRequest
from exchange.store.products import ProductRow
from schemas.reading.dates import read_date
from schemas.reading.heading import heading_key, meaning
from schemas.reading.numbers import digits, of_cell, read_number
from schemas.reading.text import is_nothing, line
from schemas.reading.units import read_unit
from schemas.units import unit_of_code

# member: the headings that mean it, the first one as templates and lists write it
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "sku": ("sku", "kode produk", "kode barang", "kode"),
    "name": ("nama produk", "nama barang", "produk", "barang", "nama"),
    "unit": ("satuan", "kode satuan", "unit"),
    "price": ("harga", "harga satuan", "harga disepakati", "harga kesepakatan", "harga rp"),
    "currency": ("mata uang", "currency"),
    "quantity_min": ("jumlah minimum", "jumlah min", "minimum", "mulai jumlah", "pesanan minimum"),
    "quantity_max": ("jumlah maksimum", "jumlah maks", "maksimum", "sampai jumlah"),
    "valid_from": ("berlaku dari", "berlaku mulai", "mulai berlaku", "tanggal mulai"),
    "valid_until": ("berlaku sampai", "berlaku hingga", "tanggal berakhir", "sampai tanggal"),
    "note": ("catatan", "keterangan"),
}
_WORDS = {heading_key(said): member for member, told in HEADINGS.items() for said in told}
_LOOKED_AT = 40
_RUPIAH = re.compile(r"^(?:rp\.?|idr)\s*", re.I)
_TAIL = re.compile(r",-+$|\.-+$")


class Refusal(NamedTuple):
    """A cell that was not taken: its address, the heading it stands under, what it shows, and why not."""

    address: str
    heading: str
    shown: str
    says: str


@dataclass
class Taken:
    """A sheet as it was read. rows: of which row of the sheet each line is; refused: cells; warnings: of the file as a whole."""

    lines: list[Line] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    sheet: Sheet | None = None

    def told(self, faults: list[Fault]) -> list[Refusal]:
        """Faults of its lines by the cells that they stand in, behind those that could not be read."""
        found = list(self.refused)
        for fault in faults:
            row = self.rows[fault.place] if fault.place < len(self.rows) else 0
            column = self.columns.get(fault.member or "sku", self.columns.get("sku", 0))
            cell = (self.sheet.row(row) if self.sheet else {}).get(column, BLANK)
            says = re.sub(r"baris ke-(\d+)", lambda hit: f"baris {self.rows[int(hit[1]) - 1]} lembar ini", fault.says)
            found.append(Refusal(cell.address or f"baris {row}", HEADINGS[fault.member or "sku"][0], shown_value(cell.value), says))
        return found


def skus_of(data: bytes, filename: str) -> set[str]:
    """The product codes that a file names, so that their products can be fetched at once."""
    taken = _opened(data, filename)
    assert taken.sheet is not None
    column = taken.columns["sku"]
    return {cells[column].text for number, cells in taken.sheet.rows.items() if number > taken.rows[0] and column in cells}


def read_sheet(data: bytes, filename: str, products: Mapping[str, ProductRow], today: date) -> Taken:
    """
    The lines of a file, in its order.

    Raises:
        BadRequest: no file of that kind, or no sheet has a product code and a price in its header.
    """
    taken = _opened(data, filename)
    header, sheet = taken.rows.pop(), taken.sheet
    assert sheet is not None
    for number in sorted(row for row in sheet.rows if row > header):
        cells = {member: sheet.row(number).get(column, BLANK) for member, column in taken.columns.items()}
        if all(cell.is_blank for cell in cells.values()):
            continue
        if len(taken.lines) >= MOST_LINES:
            taken.warnings.append(f"Hanya {MOST_LINES} baris pertama yang dibaca.")
            break
        reader = _Row(number, cells, products, today)
        made = reader.line()
        taken.refused += reader.refused
        if made is not None:
            taken.lines.append(made)
            taken.rows.append(number)
    return taken


def _opened(data: bytes, filename: str) -> Taken:
    """The sheet with a price list, its columns, and the row of its header as the only one of `rows`."""
    table = read_table(data, filename)
    for sheet in table.sheets:
        for number in sorted(sheet.rows)[:_LOOKED_AT]:
            columns: dict[str, int] = {}
            unknown = []
            for column, cell in sorted(sheet.row(number).items()):
                member = meaning(cell.text, _WORDS) if len(cell.text) <= 80 else None
                if member is None or member in columns:
                    unknown.append(cell.text)
                else:
                    columns[member] = column
            if {"sku", "price"} <= columns.keys():
                said = [f"Kolom “{title[:60]}” tidak dikenal dan tidak dibaca." for title in unknown]
                return Taken(rows=[number], warnings=[*table.warnings, *said], columns=columns, sheet=sheet)
    raise BadRequest(
        f"{filename}: tidak ada kepala tabel dengan kolom sku dan harga.",
        mend=f"Kolomnya: {', '.join(said[0] for said in HEADINGS.values())}; yang wajib sku dan harga.",
    )


class _Row:
    """One row while it is read; what cannot be taken is kept by cell."""

    def __init__(self, number: int, cells: Mapping[str, Cell], products: Mapping[str, ProductRow], today: date) -> None:
        self._number, self._cells, self._products, self._today = number, cells, products, today
        self.refused: list[Refusal] = []

    def line(self) -> Line | None:
        """The row as a line; None where anything in it was refused."""
        sku, price = self._text("sku", 60), self._price()
        if not sku:
            self._refuse("sku", "kode produk kosong")
        if not is_nothing(self._cell("currency").value) and self._cell("currency").text.casefold() not in {"idr", "rp", "rupiah"}:
            self._refuse("currency", "hanya rupiah (IDR) yang dapat dicatat")
        unit, said = self._unit(self._products.get(sku or ""))
        quantities = [self._amount(member) for member in ("quantity_min", "quantity_max")]
        days = [self._day(member) for member in ("valid_from", "valid_until")]
        note = self._text("note", LONGEST_NOTE)
        if self.refused or sku is None or price is None:
            return None
        return Line(
            sku=sku, unit=unit, unit_said=said, price=price, quantity_min=quantities[0], quantity_max=quantities[1], valid_from=days[0],
            valid_until=days[1], note=note,
        )  # fmt: skip

    def _cell(self, member: str) -> Cell:
        return self._cells.get(member, BLANK)

    def _refuse(self, member: str, says: str) -> None:
        cell = self._cell(member)
        self.refused.append(Refusal(cell.address or f"baris {self._number}", HEADINGS[member][0], shown_value(cell.value), says))

    def _value(self, member: str) -> Any:
        """What a cell shows; None where it says nothing or cannot be known."""
        cell = self._cell(member)
        if cell.uncounted:
            self._refuse(member, "rumus tanpa hasil; simpan berkasnya dari Excel, atau tulis nilainya")
            return None
        return None if is_nothing(cell.value) else cell.value

    def _text(self, member: str, longest: int) -> str | None:
        value = self._value(member)
        said = line(value) if value is not None else ""
        if len(said) > longest:
            self._refuse(member, f"{len(said)} huruf, paling banyak {longest}")
            return None
        return said or None

    def _price(self) -> Decimal | None:
        before, value = len(self.refused), self._value("price")
        if value is None:
            if len(self.refused) == before:
                self._refuse("price", "harga kosong")
            return None
        number = of_cell(value)
        if number is not None:
            return number
        read = digits(_TAIL.sub("", _RUPIAH.sub("", line(value).strip("' "))).strip(), whole=True)
        if read.value is None or read.warnings:
            self._refuse("price", read.warnings[0] if read.warnings else "bukan satu jumlah rupiah")
            return None
        return read.value

    def _amount(self, member: str) -> Decimal | None:
        value = self._value(member)
        if value is None:
            return None
        read = read_number(value)
        if read.value is None or read.warnings:
            self._refuse(member, read.warnings[0] if read.warnings else "bukan bilangan")
            return None
        return read.value

    def _day(self, member: str) -> date | None:
        value = self._value(member)
        if value is None:
            return None
        read = read_date(value, self._today)
        if read.value is None:
            self._refuse(member, read.warnings[0] if read.warnings else "bukan tanggal")
        return read.value

    def _unit(self, product: ProductRow | None) -> tuple[str | None, str | None]:
        """Code of Rec 20 and words of the unit."""
        value = self._value("unit")
        found = read_unit_said(None if value is None else line(value), product)
        if isinstance(found, str):
            self._refuse("unit", found)
            return None, None
        return found


def read_unit_said(said: str | None, product: ProductRow | None) -> tuple[str | None, str | None] | str:
    """A unit as code and words: by code, in words, or the product's own where nothing is said; else why it cannot be taken."""
    own = (None, None) if product is None else (product.unit_code, product.unit_said)
    if not said or (
        product is not None and said.casefold() in {(product.unit_said or "").casefold(), (product.unit_code or "").casefold()}
    ):
        return own
    known = unit_of_code(said.upper())
    if known is not None:
        return known.code, known.name
    read = read_unit(said)
    if read.value is None or read.value.unit is None or read.value.choices or read.value.content is not None:
        own_said = product.unit_said if product is not None else None
        return f"satuan “{said[:40]}” tidak dikenal dengan pasti{f'; satuan produknya {own_said}' if own_said else ''}"
    return read.value.code, read.value.said
