"""Amounts inside running text: what is an amount, what is a size, and what nobody can tell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reading.stated import read_pack, read_stated
from schemas.units import units

COUNTED = ["buah", "unit", "lusin", "kodi", "rim", "lembar", "dus", "karung", "botol", "set", "batang", "roll"]


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("10 sak @ 50 kg", [("10", "sak")]),
        ("NCR 3 ply isi 100 set 4 buku", [("4", "buku")]),
        ("5 kodi kain, 3 lusin peci", [("5", "kodi"), ("3", "lusin")]),
        ("total 40 buah, terdiri dari 10 dus", [("40", "buah")]),
        ("Air mineral 600 ml 1 dus isi 24 botol @ 600 ml", [("1", "dus")]),
        ("40 orang x 365 hari", []),
        ("12 bulan x 30 kotak", []),
        ("Pekerjaan 3 titik, 2 paket", []),
        ("RT 5 RW 3 buah batu", []),
        ("½ kg", []),
    ],
)
def test_what_is_counted_is_an_amount_unless_its_words_make_it_a_size(text: str, amounts: list[tuple[str, str]]) -> None:
    assert [(f"{one.amount:f}", one.unit.id) for one in read_stated(text).stated] == amounts


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("karung 25 kg", [("25", "kg")]),
        ("dus isi 24", [("24", None)]),
        ("dus isi 24 pcs", [("24", "buah")]),
        ("dus isi 24 x 600 ml", [("14400", "ml")]),
        ("dus 10 kg", [("10", "kg")]),
        ("lembar 120x240 cm", [("2.8800", "m2")]),
        ("lembar 120x240", []),
        ("lembar 120 x 240 x 2 cm", []),
        ("kg", []),
    ],
)
def test_a_catalogues_unit_tells_what_one_holds(text: str, holds: list[tuple[str, str | None]]) -> None:
    unit, found = read_pack(text)
    assert unit is not None
    assert [(f"{one.amount:f}", one.unit and one.unit.id) for one in found] == holds


@pytest.mark.parametrize("text", ["kg/unit", "tusuk", "", "paket", "orang", "25 kg"])
def test_what_is_no_single_unit_of_goods_is_none(text: str) -> None:
    assert read_pack(text) == (None, ())


@given(st.integers(1, 10**6), st.sampled_from(COUNTED), st.sampled_from(["", "Pengadaan ", "Kain polos "]))
def test_a_count_written_plainly_is_read_back(amount: int, word: str, before: str) -> None:
    dotted = f"{amount:,}".replace(",", ".")
    for text in (f"{before}{amount} {word}", f"{before}{dotted} {word}", f"{before}{amount}{word}"):
        (one,) = read_stated(text, bulk=True).stated
        assert (one.amount, one.unit) == (amount, units()[word])


@pytest.mark.parametrize(
    "text",
    ["90 pcs", "40 lembar", "Warna bening 20 lembar", "1 buku = 50 set x 5 lembar", "Isi (3 buah)", "meja + 4 kursi", "komplek 1 blok D"],
)
def test_a_count_in_a_specification_may_tell_what_is_in_one(text: str) -> None:
    assert read_stated(text).stated == ()


def test_sheets_of_paper_are_bought_only_where_the_text_says_so() -> None:
    assert read_stated("Kertas continuous form 3 ply 1000 sheet", bulk=True).stated == ()
    assert read_stated("Kertas buffalo sebanyak 1000 lembar", bulk=True).stated
    assert read_stated("Tripleks 10 lembar", bulk=True).stated


@given(st.integers(1, 10**6), st.sampled_from(["kg", "ton", "liter", "m2", "m3", "m"]))
def test_a_measure_is_an_amount_only_where_the_text_says_so(amount: int, word: str) -> None:
    assert not read_stated(f"Barang {amount} {word}", bulk=True).stated
    assert not read_stated(f"{amount} {word} barang").stated
    for text in (f"{amount} {word} barang", f"barang jumlah {amount} {word}", f"barang sebanyak: {amount} {word}"):
        (one,) = read_stated(text, bulk=True).stated
        assert one.amount == amount


@given(st.text(max_size=60) | st.text(alphabet="0123456789 .,x@/()kgmlisiduskotak'-", max_size=60))
def test_no_text_raises_and_every_amount_is_above_nought_and_quotes_its_text(text: str) -> None:
    read = read_stated(text, bulk=True)
    read_pack(text)
    for one in read.stated:
        assert one.amount > 0
        assert any(sign.isdigit() for sign in one.said)
        assert all(measure.amount > 0 for measure in one.holds)


def test_a_very_long_text_is_read_in_its_first_part_alone() -> None:
    assert read_stated("10 dus " + "x" * 5000 + " 5 dus").stated[0].amount == Decimal(10)
    assert not read_stated("x" * 5000 + " 5 dus").stated
