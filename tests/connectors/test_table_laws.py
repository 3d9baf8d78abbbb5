"""Laws of tables: no row is lost without a word, and no cell costs more than moments."""

from __future__ import annotations

import io
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from connectors.kit import Answer, AnswerMeta, Limits, Refused, SourceError
from connectors.kit.answer import RunFacts
from connectors.kit.sheet.opening import open_sheets
from connectors.table import Table
from schemas.demand import DemandSchema

BUYER = {"buyer": "Pemerintah Kota Contoh"}


ANSWER = Answer(b"", AnswerMeta("https://contoh.example/…", 200, {}, 0, 0, True), "d")


def book(lines: list[list[Any]]) -> bytes:
    made = Workbook()
    for line in lines:
        made.worksheets[0].append(line)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


class Fetched:
    """What listings are counted in."""

    def __init__(self) -> None:
        self.limits, self.facts = Limits(), RunFacts()


@pytest.mark.parametrize("part", ["a", "1.", "total i ", "1 a ", ",", "; ", "Rp", "-", "x@", "\u0301", "(", "9 ", "dan ", "\n", "..., "])
def test_a_hundred_thousand_letters_in_every_cell_cost_moments(part):
    source = Table({"url": "https://contoh.example/a", **BUYER})
    long = (part * 100_000)[:100_000]
    begun = time.process_time()
    for title in (
        "Nama Barang",
        "Spesifikasi",
        "Jumlah",
        "Satuan",
        "Pagu",
        "Waktu Pelaksanaan",
        "Tanggal Mulai",
        "Status",
        "UKM",
        "Tautan",
    ):
        raw = source.listing("r", "u", {"Nama Barang": "Meja", title: long}, 0, "d")
        try:
            source.translate(raw)
        except Refused as refused:
            assert len(refused.message) < 300
    (sheet,) = open_sheets(f'Nama Barang;Volume;"{long}"\n"{long}";;\nMeja;"{long}";buah\n'.encode(), Limits())
    try:
        list(source.listings_of(Fetched(), [sheet], ANSWER))
    except SourceError as error:
        assert error.message
    assert time.process_time() - begun < 4


CELL = (
    st.none()
    | st.integers(-5, 10**9)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.dates(date(2020, 1, 1))
    | st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=12)
)


@given(st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_every_row_of_a_workbook_is_listed_left_out_or_told(lines):
    source = Table({"url": "https://contoh.example/a", **BUYER})
    sheets = open_sheets(book([["Nama Barang", "Volume", "Satuan", "Ruang"], *lines]), Limits())
    shown = len(list(sheets[0].rows())) - 1
    fetched = Fetched()
    listed = list(source.listings_of(fetched, sheets, ANSWER))
    told = [note.partition("dilewati: ")[2] for note in fetched.facts.notes if "dilewati: " in note]
    left = sum(int(part.split()[0]) for note in told for part in note.split(", "))
    joined = next((int(note.split()[0]) for note in fetched.facts.notes if "baris menjadi" in note), len(listed))
    assert joined + left == shown
    for raw in listed:
        try:
            DemandSchema().load(source.translate(raw))
        except Refused as refused:
            assert refused.message
