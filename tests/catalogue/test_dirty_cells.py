"""One dirty cell at a time, in a workbook and in a CSV: what a careful clerk would make of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from exchange.catalogue.intake import import_file
from exchange.catalogue.outcome import Known, RowReport

TODAY = date(2026, 6, 30)
FIRST, SECOND = "9120000000011", "0000220000022"
PRODUCT_HEAD = [
    "NIB",
    "Nama Produk",
    "Satuan",
    "Harga",
    "Kapasitas",
    "Min Order",
    "TKDN",
    "Kode HS",
    "KBLI",
    "Waktu Pengerjaan",
    "Berat",
    "Izin",
]
FIRM_HEAD = ["NIB", "Nama IKM", "TK", "Nilai Investasi", "Tahun Berdiri", "Tgl Monitoring", "KBLI", "Koordinat", "Alamat", "Sektor"]
OK, WARN, REJECT = "accept", "accept_with_warning", "reject"

# heading, what stands in the cell, how the row ends, and what part of the value it makes
PRODUCT_CELLS: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("Harga", "Rp. 12.500,-/pcs", OK, {"harga_min": 12_500}),
    ("Harga", "@ Rp 5.000", OK, {"harga_min": 5_000}),
    ("Harga", "75.000 - 65.000", WARN, {"harga_min": 65_000, "harga_max": 75_000}),
    ("Harga", "500 - 1 jt", WARN, {"harga_min": None}),
    ("Harga", "750-1,2 jt", WARN, {"harga_min": None}),
    ("Harga", "5000 - 10 rb", WARN, {"harga_min": None}),
    ("Harga", "≥ 50.000", WARN, {"harga_min": 50_000}),
    ("Harga", "mulai 50rb", WARN, {"harga_min": 50_000}),
    ("Harga", "s/d 50.000", WARN, {"harga_max": 50_000}),
    ("Harga", "150.000 nego", OK, {"harga_min": 150_000}),
    ("Harga", "USD 12", WARN, {"harga_min": None}),
    ("Harga", "12 dolar", WARN, {"harga_min": None}),
    ("Harga", "(65.000)", REJECT, {}),
    ("Harga", "Rp 0,-", REJECT, {}),
    ("Harga", 12.5, WARN, {"harga_min": 13}),
    ("Harga", "65.000/buah - 72.000/buah", OK, {"harga_min": 65_000, "harga_max": 72_000}),
    ("Harga", datetime(2026, 5, 1), WARN, {"harga_min": None}),
    ("Harga", 1e300, WARN, {"harga_min": None}),
    ("Satuan", "per buah", OK, {"satuan": "buah"}),
    ("Satuan", "dus isi 24 botol", OK, {"satuan": "dus isi 24", "satuan_unece": "XCT"}),
    ("Satuan", "Rp/kg", OK, {"satuan": "kg"}),
    ("Satuan", 12, WARN, {"satuan": None}),
    ("Satuan", "s" * 200, WARN, {"satuan": None}),
    ("Satuan", "renteng", WARN, {"satuan": "renteng", "satuan_unece": None}),
    ("Kapasitas", "sehari 20", OK, {"kapasitas": {"min": 20, "max": 20, "periode": "hari"}}),
    ("Kapasitas", "per bulan 100 buah", OK, {"kapasitas": {"min": 100, "max": 100, "periode": "bulan"}}),
    ("Kapasitas", "kurang dari 3 buah/bulan", WARN, {"kapasitas": {"min": 0, "max": 3, "periode": "bulan"}}),
    ("Kapasitas", "±100 bh/bln", WARN, {"kapasitas": {"min": 100, "max": 100, "periode": "bulan"}}),
    ("Kapasitas", "100an/bln", WARN, {"kapasitas": {"min": 100, "max": 100, "periode": "bulan"}}),
    ("Kapasitas", "12 buah/jam", WARN, {"kapasitas": None}),
    ("Kapasitas", "20 kg/hari", WARN, {"kapasitas": None}),
    ("Kapasitas", "5 kodi per minggu", OK, {"kapasitas": {"min": 100, "max": 100, "periode": "minggu"}}),
    ("Kapasitas", "#N/A", WARN, {"kapasitas": None}),
    ("Min Order", "bebas", WARN, {"minimum_order": None}),
    ("Min Order", "10 bh (partai)", OK, {"minimum_order": 10}),
    ("Min Order", "mulai 1 lusin", OK, {"minimum_order": 12}),
    ("Min Order", -3, WARN, {"minimum_order": None}),
    ("TKDN", "1", WARN, {"tkdn_persen": None}),
    ("TKDN", "TKDN 40,5 %", OK, {"tkdn_persen": 40.5}),
    ("TKDN", "40 %*", OK, {"tkdn_persen": 40}),
    ("TKDN", 45.123456, WARN, {"tkdn_persen": 45.1235}),
    ("Kode HS", 90121, WARN, {"hs": "090121"}),
    ("Kode HS", 7308.9, WARN, {"hs": "730890"}),
    ("Kode HS", "HS 9403.60.90", OK, {"hs": "940360"}),
    ("Kode HS", "90121", WARN, {"hs": None}),
    ("KBLI", "31001 - Industri Furnitur, 2 pintu", OK, {"kbli": "31001"}),
    ("KBLI", "C.31001", OK, {"kbli": "31001"}),
    ("Waktu Pengerjaan", "2 minggu", OK, {"lead_time_hari": 14}),
    ("Waktu Pengerjaan", "3-5 hari", WARN, {"lead_time_hari": 5}),
    ("Waktu Pengerjaan", "36 jam", OK, {"lead_time_hari": 2}),
    ("Waktu Pengerjaan", 99_999, WARN, {"lead_time_hari": None}),
    ("Waktu Pengerjaan", "ready stock", WARN, {"lead_time_hari": None}),
    ("Izin", "BPOM RI MD 123456789012345", OK, {"izin_edar": "BPOM RI MD 123456789012345"}),
    ("Izin", "BPOM MD 1234567890123", WARN, {"izin_edar": None}),
]

FIRM_CELLS: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("TK", "-", WARN, {"tenaga_kerja": None}),
    ("TK", "20an", WARN, {"tenaga_kerja": 20}),
    ("TK", "± 20", WARN, {"tenaga_kerja": 20}),
    ("TK", "5 s.d 10", WARN, {"tenaga_kerja": 5}),
    ("TK", "12 L 3 P", WARN, {"tenaga_kerja": None}),
    ("Nilai Investasi", "1-2 jt", WARN, {"nilai_investasi": None}),
    ("Nilai Investasi", "Rp 1,5 milyar", OK, {"nilai_investasi": 1_500_000_000}),
    ("Nilai Investasi", "9" * 30, WARN, {"nilai_investasi": None}),
    ("Tahun Berdiri", "± 2015", WARN, {"tahun_berdiri": 2015}),
    ("Tahun Berdiri", "12 Agustus 2015", WARN, {"tahun_berdiri": 2015}),
    ("Tahun Berdiri", 20155, WARN, {"tahun_berdiri": None}),
    ("Tgl Monitoring", "08/25/2025", WARN, {"tgl_monitoring": "2025-08-25"}),
    ("Tgl Monitoring", "12 Agustus 2025 (sore)", OK, {"tgl_monitoring": "2025-08-12"}),
    ("Tgl Monitoring", "12.08.2025 pukul 10.00 WIB", OK, {"tgl_monitoring": "2025-08-12"}),
    ("Tgl Monitoring", "12-Agst-2025", OK, {"tgl_monitoring": "2025-08-12"}),
    ("Tgl Monitoring", "12-13 Agustus 2025", WARN, {"tgl_monitoring": None}),
    ("Tgl Monitoring", 45881, WARN, {"tgl_monitoring": "2025-08-12"}),
    ("Tgl Monitoring", "01/01/9999", WARN, {"tgl_monitoring": None}),
    ("KBLI", "25111 25119", OK, {"kbli": ["25111", "25119"]}),
    ("KBLI", "25.111 25.119", OK, {"kbli": ["25111", "25119"]}),
    ("Koordinat", "-7.55 110.85", OK, {"lat": -7.55, "lon": 110.85}),
    ("Koordinat", "https://maps.contoh.invalid/x", WARN, {"lat": None}),
    ("Alamat", "KEL. SONDAKAN KEC. LAWEYAN", OK, {"kelurahan": "Sondakan", "kecamatan": "Laweyan"}),
    ("Sektor", "Fesyen", WARN, {"sektor": None}),
    ("NIB", "912000000010O", REJECT, {}),
    ("NIB", "9120 0000 00101", OK, {"nib": "9120000000101"}),
    ("NIB", "9,12E+12", REJECT, {}),
    ("NIB", "220000022", REJECT, {}),
]


def last(data: bytes, known: Known, name: str) -> RowReport:
    return import_file(data, name, known, TODAY).rows[-1]


def judged(row: RowReport, end: str, expected: dict[str, Any]) -> None:
    told = row.as_json()
    assert told["action"] == end, (told["reason"], told["warnings"])
    assert bool(told["warnings"]) == (end == WARN) or end == REJECT
    assert {name: told["value"][name] for name in expected} == expected


def as_csv(head: list[str], row: list[Any]) -> bytes:
    """As Excel saves it in an office here: semicolons, Windows-1252."""
    cells = [";".join(head), ";".join("" if value is None else f'"{value}"' for value in row)]
    return "\r\n".join(cells).encode("cp1252")


def product_row(heading: str, cell: Any) -> list[Any]:
    usual = {"NIB": FIRST, "Nama Produk": "Kursi santai", "Satuan": "buah", "Harga": 150_000}
    return [(usual | {heading: cell}).get(name) for name in PRODUCT_HEAD]


def firm_row(heading: str, cell: Any) -> list[Any]:
    return [({"NIB": "9120000000101", "Nama IKM": "CV Baru Jaya"} | {heading: cell}).get(name) for name in FIRM_HEAD]


@pytest.mark.parametrize(("heading", "cell", "end", "expected"), PRODUCT_CELLS)
def test_a_dirty_cell_of_a_product(
    heading: str, cell: Any, end: str, expected: dict[str, Any], known: Known, book: Callable[..., bytes]
) -> None:
    judged(last(book(PRODUCT_HEAD, product_row(heading, cell)), known, "a.xlsx"), end, expected)


@pytest.mark.parametrize(("heading", "cell", "end", "expected"), FIRM_CELLS)
def test_a_dirty_cell_of_a_firm(
    heading: str, cell: Any, end: str, expected: dict[str, Any], known: Known, book: Callable[..., bytes]
) -> None:
    judged(last(book(FIRM_HEAD, firm_row(heading, cell)), known, "a.xlsx"), end, expected)


@pytest.mark.parametrize(("heading", "cell", "end", "expected"), [each for each in PRODUCT_CELLS if isinstance(each[1], str)])
def test_the_same_cell_in_a_csv_of_windows(heading: str, cell: str, end: str, expected: dict[str, Any], known: Known) -> None:
    try:
        data = as_csv(PRODUCT_HEAD, product_row(heading, cell))
    except UnicodeEncodeError:
        data = as_csv(PRODUCT_HEAD, product_row(heading, cell.replace("≥", ">=")))
    judged(last(data, known, "a.csv"), end, expected)


def test_a_csv_that_lost_noughts_finds_a_known_firm_and_invents_none(known: Known) -> None:
    row = last(as_csv(FIRM_HEAD, [SECOND.lstrip("0"), "UD Rasa Nusa", 4]), known, "a.csv")
    assert (row.action, row.value and row.value["nib"]) == (WARN, SECOND)
    assert last(as_csv(FIRM_HEAD, ["220000023", "UD Lain", 4]), known, "a.csv").action == REJECT


def test_a_price_that_nobody_asks_waits_and_is_not_published(known: Known, book: Callable[..., bytes]) -> None:
    report = import_file(book(PRODUCT_HEAD, product_row("Harga", 12.5)), "a.xlsx", known, TODAY)
    assert [doubt.kind for doubt in report.pending] == ["price"]
    (saved,) = report.products.values()
    assert saved.get("price_min") is None


def test_an_order_larger_than_a_months_work_is_pointed_out(known: Known, book: Callable[..., bytes]) -> None:
    data = book(PRODUCT_HEAD, [FIRST, "Kursi santai", "buah", 150_000, "5/bulan", 10], [FIRST, "Rak sepatu", "buah", 150_000, "5/hari", 10])
    first, second = import_file(data, "a.xlsx", known, TODAY).rows
    assert (first.action, second.action) == (WARN, OK)
    assert "melebihi kapasitas" in first.warnings[0]
