"""Products under other headings, in other words, of other firms: the rules are not fitted to one file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from exchange.catalogue.intake import import_file
from exchange.catalogue.outcome import Known, Report, RowReport

TODAY = date(2026, 6, 30)
FIRST, SECOND = "9120000000011", "0000220000022"


def book(fill: Callable[[Worksheet], None], title: str = "Sheet1") -> bytes:
    """A workbook of one sheet."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    fill(sheet)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def rows_of(*rows: list[Any]) -> Callable[[Worksheet], None]:
    """Rows put into a sheet from its first row on."""

    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(row)

    return fill


def judged(data: bytes, known: Known | None = None, name: str = "berkas.xlsx", **more: Any) -> Report:
    return import_file(data, name, known or Known(), TODAY, **more)


def row_at(report: Report, number: int) -> RowReport:
    (found,) = [row for row in report.rows if row.row == number]
    return found


def products(*rows: list[Any], merge: str | None = None) -> bytes:
    head = [
        "Nama Barang",
        "Harga Jual",
        "Satuan Jual",
        "Produsen",
        "NIB",
        "Kap. Produksi",
        "MOQ",
        "% TKDN",
        "Legalitas",
        "Pos Tarif",
        "KBLI 2020",
    ]

    def fill(sheet: Worksheet) -> None:
        rows_of(["Lampiran II"], [], head, *rows)(sheet)
        if merge:
            sheet.merge_cells(merge)

    return book(fill, "Lamp 2")


def test_products_are_read_under_other_headings(known: Known) -> None:
    data = products(
        [
            "LEMARI ARSIP JATI 3 PINTU",
            "2,5 jt",
            "unit",
            "CV Jati Purwa Karya",
            FIRST,
            "2-3 unit/mgg",
            "1",
            "0,4",
            None,
            "9403.60",
            "31.001",
        ],
        [
            "Keripik tempe 200 gr",
            "Rp 14.000,-/bks",
            "bgks 200gr",
            "rasa nusa",
            None,
            "40 kg/hari",
            "tidak ada",
            None,
            "P-IRT 206",
            None,
            None,
        ],
        ["Meja tulis jati", "750rb", "bh", "CV Jati Purwa Karya", FIRST, "30", 1, 40, "SNI 12-0179-1987", None, "31001"],
        ["Kursi tamu", "1 jt", "set", "UD Tidak Ada", None, 5, 1],
        [None, "Jumlah", None, None, None, 75],
    )
    report = judged(data, known)
    first, second, third, fourth, last = report.rows
    assert first.value is not None and second.value is not None and third.value is not None
    assert (first.action, first.value["sku_cocok"], first.value["nama"]) == ("accept_with_warning", "X-1", "Lemari arsip jati 3 pintu")
    assert (first.value["harga_min"], first.value["tkdn_persen"], first.value["hs"]) == (2_500_000, 40, "940360")
    assert first.value["kapasitas"] == {"min": 2, "max": 3, "periode": "minggu"}
    assert (second.value["sku_cocok"], second.value["nib"], second.value["satuan"]) == ("X-2", SECOND, "bungkus 200 gr")
    assert second.value["kapasitas"] == {"min": 200, "max": 200, "periode": "hari"}
    assert (second.value["izin_edar"], report.products["X-2"]["halal"]) == (None, "ID31110000000000001")
    assert (third.action, third.value["sku_cocok"], third.value["sni"]) == ("accept", None, "SNI 12-0179-1987")
    assert (fourth.action, last.action) == ("reject", "skip")
    (made,) = [each["sku"] for each in report.products.values() if each["name"] == "Meja tulis jati"]
    assert made.startswith("PRD-")


def test_a_similar_name_and_a_far_price_wait_for_staff(known: Known) -> None:
    report = judged(
        products(
            ["Lemari arsip kayu jati tiga pintu", "2,5 jt", "unit", None, FIRST],
            ["Keripik tempe 200 gr", "1.400", "bungkus 200 gr", None, SECOND],
            ["Lemari arsip jati 3 pintu", "3.100.000", "unit", None, FIRST],
        ),
        known,
    )
    assert [doubt.kind for doubt in report.pending] == ["product", "price"]
    assert "X-2" in report.products and report.products["X-2"]["price_min"] == Decimal(12_000)
    assert report.products["X-1"]["price_max"] == Decimal(3_100_000)
    assert {row.action for row in report.rows} == {"accept_with_warning"}


def test_a_merged_owner_holds_for_the_rows_it_covers_and_for_no_other(known: Known) -> None:
    data = products(
        ["Lemari arsip jati 3 pintu", "2,5 jt", "unit", None, FIRST],
        ["Bangku taman", "500rb", "unit"],
        ["Papan tulis", "400rb", "unit"],
        merge="E4:E5",
    )
    report = judged(data, known)
    assert [row.action for row in report.rows] == ["accept", "accept_with_warning", "reject"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["Kursi", -5, "unit", None, FIRST], "negatif"),
        (["Kursi", "0", "unit", None, FIRST], "0"),
        (["Kursi", "1 jt", "unit", None, "12345"], "13"),
        ([" ", "1 jt", "unit", None, FIRST], "nama produk"),
        (["Kursi", "1 jt", "unit", "UD Rasa Nusa", FIRST], "tidak jelas"),
    ],
)
def test_rows_that_cannot_be_taken_say_why(cells: list[Any], reason: str, known: Known) -> None:
    row = judged(products(cells), known).rows[0]
    assert row.action == "reject" and reason in (row.reason or "")
