"""
The catalogue as a workbook for people: a sheet of products, then a sheet that explains the columns and says whose data it is.

A catalogue that is larger than a sheet goes on in `Produk 2`. A text that is longer than a cell is cut visibly, and the
last sheet says how many were; the other formats have it whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from exchange.publish import names
from exchange.publish import ooxml_cells as cells
from exchange.publish.base import Format, Head
from exchange.publish.columns import Column, Kind, columns_of, flat, joined, prices_said
from exchange.publish.ooxml import Sheet, Workbook

_JAKARTA = ZoneInfo("Asia/Jakarta")
READERS = {"public": "Umum", "agreed": "Daerah dengan Kesepakatan Bersama", "contracted": "Mitra dengan PKS", "staff": "Petugas"}
# a column's name, the beginning of its cells, and how its values are written
Plan = list[tuple[str, str, Callable[[Any], str]]]


class Xlsx(Format):
    """Typed cells under Indonesian headings; no cell is a formula, whatever it begins with."""

    name = "xlsx"
    title = "Excel (XLSX)"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    suffix = ".xlsx"
    version = "2"
    conforms_to = "https://www.iso.org/standard/71691.html"

    def write(self, products: Iterable[bytes], out: BinaryIO, head: Head) -> int:
        """Write the workbook; an empty catalogue is a row of headings, explained all the same."""
        columns, made = columns_of(head.tier), cells.Cells()
        title = f"Katalog produk IKM {head.region_name}"
        book = Workbook(out, title=title, creator=head.office, at=head.changed_at)
        plan = _plan(columns, made, head)
        lines, count, sheets = iter(products), 0, 0
        following: Iterable[bytes] = ()
        while True:
            sheets += 1
            name = "Produk" if sheets == 1 else f"Produk {sheets}"
            with book.sheet(name, [column.width for column in columns], [column.title for column in columns]) as sheet:
                count += _fill(sheet, chain(following, lines), plan)
            following = list(islice(lines, 1))
            if not following:
                break
        with book.sheet("Keterangan", (26, 24, 16, 90)) as sheet:
            for number, line in enumerate(_explained(head, title, columns, count, sheets, made.cut), start=1):
                sheet.row(
                    "".join(f'<c r="{cells.letters(n)}{number}{cells.styled(text, style)}' for n, (text, style) in enumerate(line) if text)
                )
        book.close()
        return count


def _plan(columns: Iterable[Column], made: cells.Cells, head: Head) -> Plan:
    ways: dict[Kind, Callable[[Any], str]] = {
        Kind.TEXT: made.text,
        Kind.NUMBER: cells.number,
        Kind.WHOLE: cells.whole,
        Kind.DATE: cells.day,
        Kind.TIME: cells.time,
        Kind.FLAG: cells.flag,
        Kind.LIST: lambda items: made.text(joined(items)),
        Kind.PRICES: lambda items: made.text(prices_said(items)),
        Kind.PHOTOS: lambda items: made.text(names.photo(head, items[0])),
    }
    return [(column.name, f'<c r="{cells.letters(n)}', ways[column.kind]) for n, column in enumerate(columns)]


def _fill(sheet: Sheet, products: Iterable[bytes], plan: Plan) -> int:
    """Write products until there are no more or the sheet is full; how many."""
    for body in products:
        get, at = flat(body).get, str(sheet.rows + 1)
        sheet.row("".join([f"{place}{at}{way(value)}" for name, place, way in plan if (value := get(name)) is not None]))
        if sheet.full:
            break
    return sheet.rows - 1


Line = list[tuple[str, int]]


def _explained(head: Head, title: str, columns: Iterable[Column], count: int, sheets: int, cut: int) -> Iterator[Line]:
    """The lines of the sheet `Keterangan`, each cell with its style."""
    yield [(title, cells.TITLE)]
    changed = f"{head.changed_at.astimezone(_JAKARTA):%Y-%m-%d %H:%M} WIB" if head.version else "belum ada produk"
    said = [
        ("Penerbit", head.office),
        ("Hubungi", head.contact),
        ("Wilayah", f"{head.region_name} (kode Kemendagri {head.region})"),
        ("Dibuat untuk", head.receiver.name if head.receiver else READERS.get(head.tier, head.tier)),
        ("Lisensi data", head.licence),
        ("Ketentuan", head.terms),
        ("Perubahan terakhir", changed),
        ("Versi katalog", head.state),
        ("Jumlah produk", str(count)),
        ("Lembar", f"{sheets} lembar produk, karena satu lembar tidak cukup" if sheets > 1 else ""),
        ("Dipotong", f"{cut} sel terlalu panjang untuk Excel dan dipotong; format csv dan json memuat semuanya" if cut else ""),
    ]
    yield from ([(label, cells.LABEL), (text, cells.TEXT)] for label, text in said if text)
    yield []
    yield [(text, cells.HEADING) for text in ("Kolom", "Nama dalam API dan csv", "Jenis", "Arti")]
    for column in columns:
        yield [(text, cells.PROSE) for text in (column.title, column.name, column.kind, column.says)]
    yield []
    yield [("Sel kosong berarti tidak disebutkan. Angka lebih dari 15 digit ditulis sebagai teks supaya tidak dibulatkan.", cells.TEXT)]
