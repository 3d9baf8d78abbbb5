"""The report: long tables, shares that are right, and the same lines as a workbook."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from exchange.reports import letters
from exchange.reports.report import Addressee, FirmLine, share, total
from exchange.reports.report_sheet import workbook

NAME = "laporan_kerja_sama"
LINES = tuple(
    FirmLine(firm=f"UD Contoh {n:04}", commodity="Keripik pisang", unit="bungkus", target=Decimal(100), realised=Decimal(n) / 4,
             realised_value=Decimal(n * 1000)) for n in range(1, 2001)
)  # fmt: skip


def test_two_thousand_lines_go_over_pages_with_their_head_on_each(whole, absent, tmp_path):
    facts = replace(whole[NAME], firms=LINES)
    path = tmp_path / "laporan.pdf"
    path.write_bytes(letters.final_pdf(NAME, facts))
    try:
        text = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, timeout=120).stdout.decode()
    except FileNotFoundError:
        absent("poppler (pdftotext)")
    pages = [re.sub(r"\s+", " ", page) for page in text.split("\f")]
    of_firms = [page for page in pages if "UD Contoh" in page]
    assert len(of_firms) > 30
    assert all("Industri kecil dan menengah Komoditas Satuan Target Realisasi" in page for page in of_firms)
    assert re.findall(r"UD Contoh (\d{4})", text) == [f"{n:04}" for n in range(1, 2001)]
    assert "2.001.000.000,00" in text, "the sum of 1,000 rupiah for each n up to 2,000"
    table = Document(io.BytesIO(letters.draft_docx(NAME, facts)))._element.body.xpath("./w:tbl")[2]
    assert len(table.xpath("./w:tr")) == 2002


def test_the_sum_is_said_in_words_and_measured_by_the_target(whole, pdf_text):
    text = pdf_text(letters.final_pdf(NAME, whole[NAME]))
    assert "Rp211.844.946,38 (dua ratus sebelas juta delapan ratus empat puluh empat ribu sembilan ratus empat puluh enam rupiah" in text
    assert "105,9% dari target Rp200.000.000,00" in text


@given(st.decimals(0, 10**15, places=6), st.decimals("0.000001", 10**15, places=6))
def test_a_share_is_within_half_a_tenth_of_the_quotient(realised, target):
    exact = realised * 100 / target
    assert abs(share(realised, target) - exact) <= Decimal("0.05") + exact * Decimal("1e-20")


def test_what_is_not_known_has_no_share_and_adds_nothing():
    assert share(None, Decimal(1)) is share(Decimal(1), None) is share(Decimal(1), Decimal(0)) is None
    assert total([None, Decimal(2), Decimal("0.5")]) == Decimal("2.5")
    assert total([None]) is None
    assert share(Decimal("NaN"), Decimal(1)) is share(Decimal(1), Decimal("Infinity")) is None


@pytest.mark.parametrize("odd", ["NaN", "-Infinity", "1E+40"])
def test_a_number_that_is_none_is_drawn_and_refused(odd, whole):
    line = replace(whole[NAME].commodities[0], realised_value=Decimal(odd), target=Decimal(odd))
    facts = replace(whole[NAME], commodities=(line,))
    assert letters.draft_pdf(NAME, facts).startswith(b"%PDF")
    assert letters.missing(NAME, facts)
    assert workbook(facts)


def test_a_route_that_rests_on_a_reading_of_the_law_is_marked_in_the_draft(whole, pdf_text):
    assert "penafsiran, belum diverifikasi" in pdf_text(letters.draft_pdf(NAME, whole[NAME]))
    sure = replace(whole[NAME], addressees=(Addressee(who="Gubernur Banten", basis="UU 23/2014 Pasal 368 ayat (1)"),))
    assert "penafsiran, belum" not in pdf_text(letters.draft_pdf(NAME, sure))


def test_the_workbook_holds_the_same_lines_in_typed_cells(whole):
    facts = replace(whole[NAME], summary="=HYPERLINK(1)")
    book = load_workbook(io.BytesIO(workbook(facts)))
    assert book.sheetnames == ["Komoditas", "IKM", "Kendala", "Keterangan"]
    rows = list(book["Komoditas"].iter_rows(min_row=2, values_only=True))
    assert rows[0] == ("Keripik pisang", "bungkus", 6000, 6250, 104.2, 70500000, 73440625.5)
    assert rows[2] == ("Bata ringan", "m³", 120, 12.5, 10.4, None, 8904320.88)
    assert book["Kendala"]["D2"].value == datetime(2027, 8, 31)
    about = dict(row for row in book["Keterangan"].iter_rows(values_only=True))
    assert about["Ringkasan"] == "=HYPERLINK(1)"
    assert book["Keterangan"]["B7"].data_type == "s"
    assert about["Tujuan laporan 2"] == "Menteri Dalam Negeri (UU 23/2014 Pasal 368 ayat (2), penafsiran)"
    assert workbook(facts) == workbook(facts)


@pytest.mark.parametrize("gone", ["commodities", "addressees", "summary", "number", "starts"])
def test_a_report_without_its_core_is_no_final(gone, whole):
    facts = replace(whole[NAME], **{gone: () if gone in ("commodities", "addressees") else None})
    assert letters.missing(NAME, facts)
