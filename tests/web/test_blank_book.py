"""The empty workbook that the office gives out is read as it was meant, and what its guide shows is taken as it stands."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from exchange.catalogue.header import find_headers
from exchange.catalogue.intake import import_file
from exchange.catalogue.outcome import Known
from exchange.catalogue.save import known_of
from exchange.catalogue.table import read_table
from exchange.errors import BadRequest
from exchange.reports.blank_book import COLUMNS, SHEETS


@pytest.fixture
def blank(petugas):
    with petugas.get("/impor/kosong.xlsx") as answer:
        assert answer.status_code == 200
        assert "katalog-kosong.xlsx" in answer.headers["Content-Disposition"]
        return answer.get_data()


def filled(body: bytes, sheets: tuple[str, ...]) -> bytes:
    """With the examples of the guide under their headings."""
    book = load_workbook(io.BytesIO(body))
    for sheet, heading, _needed, _says, example in book["Petunjuk"].iter_rows(min_row=2, values_only=True):
        if sheet in sheets:
            (column,) = [cell.column for cell in book[sheet][1] if cell.value == heading]
            book[sheet].cell(row=2, column=column, value=example)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_heading_means_the_column_that_the_guide_tells_of(blank):
    sheets = {sheet.name: sheet for sheet in read_table(blank, "kosong.xlsx").sheets}
    for kind, columns in COLUMNS.items():
        (header,) = find_headers(sheets[SHEETS[kind]])
        assert header.kind == kind
        assert [header.columns[at] for at in sorted(header.columns)] == [column.member for column in columns]
        assert header.unknown == []
    assert find_headers(sheets["Petunjuk"]) == []


def test_the_examples_of_the_guide_are_one_firm_and_its_product_without_a_remark(blank, world):
    with world.read() as session:
        report = import_file(filled(blank, ("IKM", "Produk")), "isi.xlsx", known_of(session), date(2026, 11, 28))
    assert report.warnings == []
    assert report.unknown_columns == {}
    assert [(row.sheet, row.action, row.warnings) for row in report.rows] == [("IKM", "accept", []), ("Produk", "accept", [])]
    firm, product = (row.value for row in report.rows)
    assert (firm["nib"], firm["nama"], firm["tenaga_kerja"]) == ("0000367200991", "Bengkel Contoh Karya", 14)
    assert (product["nib"], product["kbli"], product["tkdn_persen"]) == ("0000367200991", "25111", Decimal("47.2"))


def test_the_empty_workbook_itself_brings_nothing(blank, upload_book, petugas):
    assert upload_book(blank).status_code == 303
    said = petugas.get("/impor/1").text
    assert "Petunjuk" not in said
    assert "Ambil buku kerja kosong" in petugas.get("/impor").text


def test_the_same_workbook_is_the_same_bytes_and_a_stranger_gets_none(blank, petugas, client):
    with petugas.get("/impor/kosong.xlsx") as again:
        assert again.get_data() == blank
    assert client.get("/impor/kosong.xlsx").status_code in (302, 303)


def test_a_file_of_another_sheet_alone_is_still_refused(blank):
    book = load_workbook(io.BytesIO(blank))
    del book["IKM"], book["Produk"]
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(BadRequest, match="tidak ada lembar"):
        import_file(out.getvalue(), "petunjuk.xlsx", Known(), date(2026, 11, 28))
