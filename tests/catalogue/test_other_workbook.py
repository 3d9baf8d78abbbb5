"""Other firms, other wordings, other titles and column orders: the rules are not fitted to one file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from exchange.catalogue.intake import import_file
from exchange.catalogue.outcome import Known, Report, RowReport

TODAY = date(2026, 6, 30)
FIRST, SECOND = "9120000000011", "0000220000022"

FIRM_HEAD = [
    "Urut",
    "NAMA PERUSAHAAN",
    "Nomor Induk Berusaha (NIB)",
    "Bentuk Usaha",
    "Kecamatan",
    "Kelurahan/Desa",
    "Kode KBLI",
    "Jumlah Tenaga Kerja",
    "Modal Usaha (Rp)",
    "Tahun Pendirian",
    "Tgl Kunjungan",
    "Bimtek",
    "Lintang",
    "Bujur",
    "Warna Cat",
]


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


def firms(*rows: list[Any]) -> bytes:
    def fill(sheet: Worksheet) -> None:
        sheet["B2"] = "PEMERINTAH KOTA CONTOH"
        sheet["B3"] = "DINAS PERDAGANGAN — per 30 Juni 2026"
        sheet.merge_cells("B3:H3")
        for column, title in enumerate(FIRM_HEAD, 1):
            sheet.cell(7, column, title)
        for number, row in enumerate(rows, 8):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column, value)

    return book(fill, "Binaan 2026")


@pytest.fixture
def report(known: Known) -> Report:
    return judged(
        firms(
            [f"({number})" for number in range(1, 16)],
            ["Kelompok Pangan"],
            [
                1,
                "ud. RASA NUSA",
                220000022,
                "UD.",
                None,
                None,
                "10.794",
                "9 orang",
                "75rb",
                "th 2011",
                "5 Peb 2026",
                "halal & pengemasan",
                None,
                None,
            ],
            [
                2,
                "PT Sumber Makmur Abadi 🎉",
                "NIB: 9120.0000.0003.3",
                "Perseroan Terbatas",
                "JEBRES",
                "mojosongo",
                "1079",
                40,
                "1,5 milyar",
                2031,
                "06/2025",
                "SNI; HACCP",
                "110,85",
                "-7,55",
                "biru",
            ],
            [3, "Koperasi Tani", "912000000004", "Koperasi", "Banjarsari"],
            [4, "CV Jati Purwa Karya", FIRST, "CV", "Laweyan", "Karangasem", 31001, 21, 4_000_000_000, 2001, datetime(2026, 7, 1), None],
            [5, "Jati Purwa Karya, CV", FIRST, "CV", "Laweyan", "Karangasem", "31001", 21, "4 miliar", 2001, None, None],
            [],
            [6],
            [None, "dikunjungi lagi bulan depan"],
            ["TOTAL", None, None, None, None, None, None, 70],
            [None] * 9 + ["Contoh, 30 Juni 2026"],
            [None] * 9 + ["Kepala Dinas Perdagangan"],
            [None] * 9 + ["(........................)"],
            [None] * 9 + ["Drs. Nama Pejabat"],
        ),
        known,
    )


def test_the_header_is_found_and_what_it_does_not_know_is_named(report: Report) -> None:
    assert report.unknown_columns == {"Binaan 2026": ["Warna Cat"]}
    assert any("Warna Cat" in sentence for sentence in report.warnings)
    assert report.rows[0].row == 8


def test_each_row_ends_as_a_careful_person_would_end_it(report: Report) -> None:
    ends = {row.row: row.action for row in report.rows}
    assert ends == {
        8: "skip",
        9: "skip",
        10: "accept_with_warning",
        11: "accept_with_warning",
        12: "reject",
        13: "accept_with_warning",
        14: "skip",
        15: "skip",
        16: "skip",
        17: "reject",
        18: "skip",
        19: "skip",
        20: "skip",
        21: "skip",
        22: "skip",
    }


def test_a_number_that_lost_its_noughts_finds_its_firm_and_an_older_visit_does_not_replace_a_newer(report: Report) -> None:
    saved = report.businesses[SECOND]
    assert (saved["name"], saved["sector"], saved["workers"], saved["investment"]) == ("UD Rasa Nusa", "pangan", 9, Decimal(75_000))
    assert (saved["visited_on"], saved["visit_note"]) == (date(2026, 3, 1), "baik")
    assert saved["training_needs"] == ["halal", "pengemasan"]
    assert (saved["subdistrict"], saved["district"]) == ("Mojosongo", "Jebres")


def test_a_new_firm_is_kept_with_what_could_be_read_and_is_not_published(report: Report) -> None:
    value = row_at(report, 11).value
    assert value is not None
    assert (value["nib"], value["nama"], value["bentuk_hukum"]) == ("9120000000033", "PT Sumber Makmur Abadi", "PT")
    assert (value["kecamatan"], value["kelurahan"]) == ("Jebres", "Mojosongo")
    assert (value["kbli"], value["tahun_berdiri"], value["tgl_monitoring"]) == ([], None, None)
    assert (value["lat"], value["lon"], value["nilai_investasi"]) == (-7.55, 110.85, Decimal(1_500_000_000))
    assert report.businesses["9120000000033"].get("consented_on") is None
    assert any("persetujuan" in sentence for sentence in report.warnings)


def test_a_sum_ten_times_the_kept_one_and_a_future_visit_are_pointed_out(report: Report) -> None:
    warnings = " ".join(row_at(report, 13).warnings)
    assert "jauh dari data sebelumnya" in warnings and "masa depan" in warnings
    assert "12" in warnings  # 21 workers, 12 before: turned round


def test_a_firm_under_another_firms_name_is_refused(known: Known) -> None:
    report = judged(firms([1, "Rasa Nusa", FIRST, "CV", None, None, None, 5]), known)
    assert row_at(report, 8).action == "reject" and "tidak jelas" in (row_at(report, 8).reason or "")


def test_a_second_row_of_a_firm_fills_gaps_and_overwrites_nothing(known: Known) -> None:
    report = judged(
        firms(
            [1, "Jati Purwa Karya", FIRST, "CV", None, None, None, 13],
            [2, "CV Jati Purwa Karya", FIRST, None, None, None, None, 99, None, 1999],
        ),
        known,
    )
    assert row_at(report, 9).action == "accept_with_warning"
    assert (report.businesses[FIRST]["workers"], report.businesses[FIRST]["founded_year"]) == (13, 1999)


def test_consent_comes_from_its_column_the_command_or_the_mark_of_made_up_data() -> None:
    head = ["NIB", "Nama IKM", "TK", "Persetujuan publikasi", "Data contoh"]
    data = book(
        rows_of(
            head,
            ["9120000000101", "CV Satu", 3, "12/05/2026", None],
            ["9120000000102", "CV Dua", 3, "tidak", None],
            ["9120000000103", "CV Tiga", 3, "ya", None],
            ["9120000000104", "CV Empat", 3, None, "ya"],
            ["9120000000105", "CV Lima", 3, None, None],
            ["9120000000106", "CV Enam", 3, "01/01/2030", None],
        )
    )
    days = {firm["name"]: firm.get("consented_on") for firm in judged(data).businesses.values()}
    assert days == {"CV Satu": date(2026, 5, 12), "CV Dua": None, "CV Tiga": None, "CV Empat": TODAY, "CV Lima": None, "CV Enam": None}
    signed = judged(data, consent=(date(2026, 6, 1), "BA 7/2026"))
    days = {firm["name"]: firm.get("consented_on") for firm in signed.businesses.values()}
    assert (days["CV Lima"], days["CV Satu"], days["CV Dua"]) == (date(2026, 6, 1), date(2026, 5, 12), None)


def test_a_firm_that_says_no_is_withdrawn(known: Known) -> None:
    data = book(rows_of(["NIB", "Nama IKM", "TK", "tgl_setuju"], [FIRST, "CV Jati Purwa Karya", 12, "tidak setuju"]))
    assert judged(data, known).businesses[FIRST]["consented_on"] is None


def test_personal_columns_are_not_taken_and_said_so() -> None:
    data = book(rows_of(["NIB", "Nama IKM", "TK", "Nama Pemilik", "No HP"], ["9120000000101", "CV Satu", 3, "Seseorang", "0812-0000-0000"]))
    report = judged(data)
    assert any("Nama Pemilik" in sentence for sentence in report.warnings)
    assert "Seseorang" not in str(report.businesses) and report.businesses["9120000000101"].get("telephone") is None
