"""A dirty workbook of the catalogue, made in memory, over the small office of these tests."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook, load_workbook

NIB, NEW_NIB = "9120000000017", "9120000000025"
FIRMS = ["NIB", "Nama IKM", "Bentuk Hukum", "Kecamatan", "Tenaga Kerja", "Persetujuan Publikasi", "Warna Kesukaan"]
PRODUCTS = ["NIB", "Nama Produk", "Uraian", "Satuan", "Harga", "Kapasitas/Bulan", "Lead Time (hari)"]
# what the workbook says: one firm changed, one new, one refused; products new, changed, doubtful in two ways, and refused in two
ROWS: dict[str, list[list[Any]]] = {
    "Data IKM": [
        [NIB, "Bengkel Las Karya Mandiri", "CV", "Citangkil", 15, None, "biru"],
        [NEW_NIB, "UD Rasa Nusa", "UD", "Jombang", 4, "2026-02-01", None],
        [None, "CV Tanpa Nomor", "CV", "Jombang", 3, None, None],
    ],
    "Data Produk": [
        [NIB, "Pagar besi hollow minimalis 1", "Pagar rangka hollow galvanis, dicat.", "m2", "550.000 - 850.000", "200", 14],
        [NIB, "Pagar besi hollow minimalis 2", "Pagar rangka hollow galvanis, dicat.", "m2", "Rp 5.500.000,-", "180", 14],
        [NIB, "Pagar besi hollow minimalis 4x", None, "m2", "600000", None, None],
        [NEW_NIB, "Keripik tempe", "Keripik tempe rasa daun jeruk", "bungkus", "12.500", "300", 3],
        [NEW_NIB, "Sambal kecombrang", "Sambal botol", "botol", "0", None, None],
        ["9120000000099", "Kursi rotan", "Kursi", "buah", "150000", None, None],
    ],
}


def workbook(rows: dict[str, list[list[Any]]] | None = None) -> bytes:
    """The workbook, or another one under the same headings."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, heads in (("Data IKM", FIRMS), ("Data Produk", PRODUCTS)):
        sheet = book.create_sheet(name)
        sheet.append(heads)
        for row in (rows or ROWS).get(name, []):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mended(marked: bytes) -> bytes:
    """The marked workbook after an officer's work: the price written, the stray rows taken out."""
    book = load_workbook(io.BytesIO(marked))
    book["Data Produk"]["E6"] = "18.000"
    book["Data Produk"].delete_rows(7)
    book["Data IKM"].delete_rows(4)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
