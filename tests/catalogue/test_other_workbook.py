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
