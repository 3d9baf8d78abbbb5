"""Price lists as sheets: what is written is read exactly or refused by its cell, and what would change is shown before it does."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from exchange.agreements.prices.lines import Fault
from exchange.agreements.prices.sheet import read_sheet, skus_of
from exchange.errors import BadRequest
from exchange.store.products import ProductRow

TODAY = date(2026, 11, 27)
PRODUCTS = {
    "A": ProductRow(sku="A", name="Pagar", unit_code="MTK", unit_said="m2"),
    "B": ProductRow(sku="B", name="Kue", unit_code=None, unit_said="toples 250 gram"),
}


def read(text: str, name: str = "harga.csv"):
    return read_sheet(text.encode(), name, PRODUCTS, TODAY)


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_a_whole_list_is_read_as_it_is_written():
    taken = read(
        "Daftar harga PKS\n\nKode Produk;Nama Produk;Satuan;Harga (Rp);Jumlah minimum;Jumlah maksimum;Berlaku dari;Berlaku sampai;Catatan\n"
        "A;Pagar;m2;Rp 560.000,50;1;99,5;2026-12-01;31 Desember 2027;franko\nA;;;550000;100;;;;\n\nB;;;12.500;;;;;\n"
    )
    assert not taken.refused and not taken.warnings
    first, second, third = taken.lines
    assert (first.sku, first.unit, first.price, first.note) == ("A", "MTK", Decimal("560000.50"), "franko")
    assert (first.quantity_min, first.quantity_max) == (Decimal(1), Decimal("99.5"))
    assert (first.valid_from, first.valid_until) == (date(2026, 12, 1), date(2027, 12, 31))
    assert (second.quantity_min, second.quantity_max, second.unit) == (Decimal(100), None, "MTK"), "its product's own unit"
    assert (third.unit, third.unit_said) == (None, "toples 250 gram")
    assert skus_of(b"sku,harga\nA,1\n,2\nC,3\n", "x.csv") == {"A", "C"}


@pytest.mark.parametrize(
    ("row", "heading", "says"),
    [
        ("A,,\"65,000\",,,,", "harga", "gaya Inggris"), ("A,,550000-600000,,,,", "harga", "bukan angka"), ("A,,,,,,", "harga", "kosong"),
        ("A,,USD 5,,,,", "harga", "bukan angka"), ("A,,5 juta,,,,", "harga", "bukan angka"), (",,1000,,,,", "sku", "kosong"),
        ("A,karung goni,1000,,,,", "satuan", "tidak dikenal"), ("A,,1000,seribu,,,", "jumlah minimum", "bukan angka"),
        ("A,,1000,,,2027,", "berlaku dari", "hanya menyebut tahun"), ("A,,1000,,,,USD", "mata uang", "rupiah"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_exactly_is_refused_by_its_cell(row, heading, says):
    taken = read(f"sku,satuan,harga,jumlah minimum,jumlah maksimum,berlaku dari,mata uang\nA,,1000,,,,IDR\n{row}\n")
    assert [(one.heading, says in one.says) for one in taken.refused] == [(heading, True)], taken.refused
    assert taken.refused[0].address.endswith("3") and len(taken.lines) == 1, "the row beside it is still read"


def test_a_workbook_keeps_days_and_numbers_and_a_formula_without_its_value_is_refused():
    taken = read_sheet(
        workbook(("SKU", "Harga", "Berlaku dari", "Mutu"), ("A", 560000.5, datetime(2026, 12, 1), "baik"), ("A", "=1+1", None, None)),
        "harga.xlsx", PRODUCTS, TODAY,
    )  # fmt: skip
    assert [(line.price, line.valid_from) for line in taken.lines] == [(Decimal("560000.5"), date(2026, 12, 1))]
    assert [(one.address, "rumus" in one.says) for one in taken.refused] == [("B3", True)]
    assert taken.warnings == ["Kolom “Mutu” tidak dikenal dan tidak dibaca."]


def test_what_is_wrong_with_a_line_stands_at_its_cell():
    taken = read("sku,harga,jumlah minimum\n\nA,1000,5\nB,2000,\n")
    told = taken.told([Fault(1, "sku", "bukan objek"), Fault(1, None, "bertumpang dengan baris ke-1: dua harga")])
    assert [(one.address, one.shown) for one in told] == [("A4", "B"), ("A4", "B")]
    assert "baris 3 lembar ini" in told[1].says


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"sku;jumlah\nA;1\n", b"%PDF-1.7", b"PK\x03\x04rusak"])
def test_a_file_that_holds_no_list_is_refused_with_the_columns_it_needs(data):
    with pytest.raises(BadRequest) as refused:
        read_sheet(data, "harga.csv", PRODUCTS, TODAY)
    assert refused.value.mend


@given(st.decimals("0.01", "9999999999.99", places=2), st.sampled_from(["id", "plain"]))
def test_every_exact_price_comes_back_as_it_was_written(price, manner):
    said = f"{price:,.2f}".translate(str.maketrans(",.", ".,")) if manner == "id" else f"{price:.2f}"
    taken = read(f"sku;harga\nA;{said}\n")
    assert [line.price for line in taken.lines] == [price], taken.refused
