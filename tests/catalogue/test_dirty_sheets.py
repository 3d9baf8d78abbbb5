"""Sheets as offices lay them out: headings over two lines, several tables, totals, signatures, amounts in thousands."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from exchange.catalogue.intake import import_file
from exchange.catalogue.outcome import Known, Report
from exchange.cli import main
from exchange.settings import Settings

TODAY = date(2026, 6, 30)
FIRST, NEW, OTHER = "9120000000011", "9120000000101", "9120000000102"


def made(sheets: dict[str, list[list[Any]]], finish: Callable[[Workbook], None] = lambda workbook: None) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    finish(workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def judged(data: bytes, known: Known, name: str = "a.xlsx") -> Report:
    return import_file(data, name, known, TODAY)


def values(report: Report, *words: str) -> list[tuple[Any, ...]]:
    return [tuple(row["value"][word] for word in words) for row in report.as_json()["report"] if row["value"]]


def test_a_heading_over_two_lines_with_merged_cells_and_units_in_brackets(known: Known) -> None:
    rows = [
        ["REKAPITULASI IKM"],
        [],
        ["NO", "NIB", "NAMA IKM", "LOKASI", None, "TK (ORG)", None, "INVESTASI (JUTA RP)", "KBLI 2020"],
        [None, None, None, "KELURAHAN", "KECAMATAN", "L", "P", None, None],
        [1, NEW, "CV Satu", "SONDAKAN", "LAWEYAN", 8, 4, "1.250", "31001"],
        [2, OTHER, "CV Dua", "Sondakan", "Laweyan", 3, 2, "2,5 M", "31001"],
        ["JUMLAH", None, None, None, None, 11, 6, "3.750"],
    ]

    def merge(workbook: Workbook) -> None:
        for cells in ("A3:A4", "B3:B4", "C3:C4", "D3:E3", "F3:G3", "H3:H4", "I3:I4", "A7:E7"):
            workbook["IKM"].merge_cells(cells)

    report = judged(made({"IKM": rows}, merge), known)
    assert values(report, "kelurahan", "tenaga_kerja", "nilai_investasi") == [
        ("Sondakan", 12, 1_250_000_000),
        ("Sondakan", 5, 2_500_000_000),
    ]
    assert [row.action for row in report.rows] == ["accept", "accept_with_warning", "skip"]
    assert any("JUTA RP" in sentence for sentence in report.warnings) and report.unknown_columns == {}


def test_amounts_under_a_heading_in_thousands_and_what_was_written_in_full(known: Known) -> None:
    head = ["NIB", "NAMA PRODUK/KOMODITI", "STN", "HARGA (RIBU RP)", "KAP/BLN", "WAKTU PENGERJAAN (MINGGU)", "BERAT (GR)"]
    rows = [[FIRST, "Kursi", "unit", 1250, 5, 2, 500], [FIRST, "Bangku", "unit", "750 rb"], [FIRST, "Papan", "unit", "1.200.000"]]
    report = judged(made({"P": [head, *rows]}), known)
    assert values(report, "harga_min", "lead_time_hari") == [(1_250_000, 14), (750_000, None), (None, None)]
    assert [row.action for row in report.rows] == ["accept", "accept", "accept_with_warning"]
    (chair,) = [each for each in report.products.values() if each["name"] == "Kursi"]
    assert (chair["capacity_period"], float(chair["weight_kg"])) == ("bulan", 0.5)


def test_a_column_in_another_currency_is_not_taken_as_rupiah(known: Known) -> None:
    data = made({"P": [["NIB", "Nama Produk", "Satuan", "Harga (USD)"], [FIRST, "Kursi", "kg", 25], [FIRST, "Bangku", "kg", "Rp 250.000"]]})
    assert values(judged(data, known), "harga_min") == [(None,), (250_000,)]


def test_a_price_per_another_unit_than_the_products_waits(known: Known) -> None:
    report = judged(made({"P": [["NIB", "Nama Produk", "Satuan", "Harga/kg"], [FIRST, "Serbuk jati", "sak", "12.000"]]}), known)
    assert [(doubt.kind, doubt.data["price_min"]) for doubt in report.pending] == [("price", "12000")]


def test_a_second_table_below_is_read_and_a_product_may_stand_before_its_firm(known: Known) -> None:
    products = [["Nama Produk", "NIB", "Satuan", "Harga"], ["Sepatu", NEW, "pasang", 5000], ["Nama Produk", "NIB", "Satuan", "Harga"]]
    firms = [
        ["NIB", "Nama IKM", "TK", "Alamat"],
        [NEW, "CV Satu", 3, "Jl. Satu"],
        [NEW, "CV Satu", 5, None],
        ["TOTAL", None, 8],
        [],
        ["DAFTAR PRODUK IKM"],
    ]
    below = [["NIB", "Nama Produk", "Satuan", "Harga"], [NEW, "Tas kulit", "buah", 25_000], ["9999999999999", "Tas kain", "buah", 5000]]
    report = judged(made({"Produk": products, "Data": [*firms, *below]}), known)
    assert {product["name"] for product in report.products.values()} == {"Sepatu", "Tas kulit"}
    assert [row.action for row in report.rows] == [
        "accept",
        "skip",
        "accept",
        "accept_with_warning",
        "skip",
        "skip",
        "skip",
        "accept",
        "reject",
    ]
    assert report.businesses[NEW]["workers"] == 3


def test_totals_notes_and_signatures_are_no_products(known: Known) -> None:
    head = ["NIB", "Nama Produk", "Satuan", "Harga"]
    tail = [
        [None, "Sub Total", None, 5000],
        [None, None, None, "=SUM(D2:D2)"],
        ["Catatan: harga belum PPN"],
        ["Cilegon, 12 Agustus 2025"],
        [None, None, "Plt. Kepala Dinas"],
        [None, None, "NIP. ................"],
    ]
    report = judged(made({"P": [head, [FIRST, "Kursi", "unit", 5000], *tail]}), known)
    assert [row.action for row in report.rows] == ["accept"] + ["skip"] * len(tail)


def test_hidden_rows_are_read_and_said_and_faults_of_formulas_are_named(known: Known) -> None:
    rows = [["NIB", None, "Nama Produk", "Satuan", "Harga", "TKDN"], [FIRST, None, "Kursi", "unit", "#REF!", 0.51]]

    def finish(workbook: Workbook) -> None:
        workbook["P"].row_dimensions[2].hidden = True
        workbook["P"]["F2"].number_format = "0%"

    report = judged(made({"P": rows}, finish), known)
    assert values(report, "harga_min", "tkdn_persen") == [(None, 51)]
    assert "#REF!" in report.rows[0].warnings[0] and len(report.rows[0].warnings) == 1
    assert any("tersembunyi" in sentence for sentence in report.warnings)


def test_a_sheet_of_headings_only_says_so(known: Known) -> None:
    report = judged(made({"P": [["NIB", "Nama Produk", "Satuan", "Harga"]]}), known)
    assert report.rows == [] and any("tidak ada baris" in sentence for sentence in report.warnings)


def test_a_code_under_another_name_waits_and_a_dash_is_no_code(known: Known) -> None:
    head = ["Kode Produk", "NIB", "Nama Produk", "Satuan", "Harga"]
    rows = [["X-1", FIRST, "Kipas angin", "unit", 2_500_000], ["N-1", FIRST, "LEMARI ARSIP JATI 3 PINTU", "unit", 2_500_000]]
    report = judged(made({"P": [head, *rows, ["-", FIRST, "Sapu lidi", "unit", 5000]]}), known)
    assert [doubt.kind for doubt in report.pending] == ["product", "product"]
    assert [product["name"] for product in report.products.values()] == ["Sapu lidi"]
    assert "-" not in report.products


def test_the_first_spelling_of_a_place_holds_and_a_dash_is_no_place(known: Known) -> None:
    head = ["NIB", "Nama IKM", "TK", "Alamat", "Kelurahan", "Kecamatan"]
    rows = [
        [NEW, "CV Satu", 3, "KEL SONDAKAN KEC LAWEYAN"],
        [OTHER, "CV Dua", 3, "Jl. Dua", "-", "-"],
        ["9120000000103", "CV Tiga", 3, "sondakan"],
    ]
    told = values(judged(made({"I": [head, *rows]}), known), "kelurahan", "kecamatan")
    assert told == [("Sondakan", "Laweyan"), (None, None), ("Sondakan", "Laweyan")]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "kosong"),
        (b"\0" * 50, "kosong"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "kata sandi"),
        (b"PK\x03\x04" + b"\1" * 500, "rusak"),
        (b"NIB;Nama\0;Harga\n1;2;3\n", "bukan berkas teks"),
        (b"halo dunia\n", "kepala kolom"),
        (b"NIB;TK\n9120000000011;5\n", "kepala kolom"),
        (None, "rusak"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_one_sentence_and_exit_code_2(
    content: bytes | None, named: str, settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", settings.url())
    monkeypatch.setenv("EXCHANGE_DATA_DIR", str(settings.data_dir))
    path = tmp_path / "berkas.xlsx"
    path.write_bytes(made({"P": [["NIB"]]})[:-40] if content is None else content)
    result = CliRunner().invoke(main, ["catalogue", "import", str(path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr and "Traceback" not in result.stderr


def test_a_csv_with_a_byte_order_mark_and_lines_inside_cells(known: Known) -> None:
    text = '\ufeffNIB;Nama Produk;Satuan;Harga;Uraian\r\n9120000000011;"Kursi ""santai""";unit;"Rp 1.250.000,-";"satu\r\ndua"\r\n'
    assert values(judged(text.encode(), known, "a.csv"), "nama", "harga_min", "uraian") == [('Kursi "santai"', 1_250_000, "satu\ndua")]
