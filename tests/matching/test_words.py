from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.tables import rows
from exchange.matching.words import Word, marks, plain, root, words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Beras 50 kg", ("beras", "50kg")),
        ("beras 50kg", ("beras", "50kg")),
        ("HVS 70 gr", ("kertas_hvs", "70g")),
        ("Tangki air 2.000 liter", ("tangki", "air", "2000l")),
        ("besi beton D13 SNI 2052:2017", ("baja_tulangan", "d13", "sni2052")),
        ("Bronjong SNI 03-0090-1999", ("bronjong", "sni0090")),
        ("Baut M12 x 50", ("baut", "m12")),
        ("bronjong 2 x 1 x 0,5 m", ("bronjong", "2x1x0.5m")),
        ("lampu-lampu", ("lampu",)),
        ("bahan2 bangunan", ("bahan", "bangunan")),
    ],
)
def test_sizes_and_standards_stay_words_and_units_are_glued(text: str, wanted: tuple[str, ...]) -> None:
    assert words(text) == wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tong sampah", "bak sampah"),
        ("filling cabinet", "Filing Kabinet"),
        ("ATK", "alat tulis kantor"),
        ("makanan dan minuman", "mamin"),
        ("makanan/minuman", "makan & minum"),
        ("kripik pisang", "keripik pisang"),
        ("alumunium", "aluminium"),
        ("desinfectan", "disinfektan"),
        ("meubelair", "mebeler"),
        ("lampu jalan", "lampu penerangan jalan umum"),
    ],
)
def test_spellings_and_abbreviations_of_one_thing_become_the_same_words(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("pengelasan", "las"),
        ("cetakan", "cetak"),
        ("percetakan", "cetak"),
        ("kendaraan", "kendaraan"),
        ("pengecoran", "cor"),
        ("penerangan", "terang"),
        ("pelumas", "pelumas"),
        ("kemasan", "kemas"),
        ("lemarinya", "lemari"),
        ("pengeringan", "kering"),
        ("perikanan", "ikan"),
    ],
)
def test_affixes_are_taken_off_and_the_table_of_exceptions_wins(word: str, wanted: str) -> None:
    assert root(word) == wanted


def test_things_that_only_share_a_word_stay_apart() -> None:
    assert set(words("lampu proyektor")).isdisjoint(words("lampu jalan"))
    assert set(words("lemari es")).isdisjoint(words("lemari arsip"))
    assert "bensin" not in words("biodiesel")
    assert set(words("minyak goreng")).isdisjoint(words("minyak bakar"))


@given(st.text(max_size=200))
def test_no_text_breaks_the_analysis_and_every_word_has_a_root(text: str) -> None:
    for mark in marks(text):
        assert not isinstance(mark, Word) or (mark.root and mark.said)


@given(st.text(alphabet="abcdefgklmnprstu 0123456789.,;-/()", max_size=80))
def test_upper_case_says_the_same_as_lower_case(text: str) -> None:
    assert words(text.upper()) == words(text)


@given(st.integers(1, 9999), st.sampled_from(["kg", "liter", "ml", "watt", "cm"]))
def test_a_unit_reads_the_same_with_and_without_a_space(amount: int, unit: str) -> None:
    assert words(f"barang {amount} {unit}") == words(f"barang {amount}{unit}")


@pytest.mark.parametrize("name", ["spellings", "boilerplate", "asked", "kinds", "context"])
def test_no_table_says_a_thing_twice(name: str) -> None:
    table = rows(name)
    keys = [tuple(list(row.values())[: 2 if name == "asked" else 1]) for row in table]
    assert len(keys) == len(set(keys)) > 10


def test_class_members_are_listed_with_a_weight_in_bounds() -> None:
    assert all(0 < float(row["weight"]) <= 1 for row in rows("asked"))
    assert all(0 <= float(row["weight"]) <= 1 for row in rows("boilerplate"))


def test_a_spelling_points_to_words_that_are_themselves_final() -> None:
    for row in rows("spellings"):
        for word in row["standard"].split():
            assert re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)*", word), row


def test_thousand_dots_go_and_decimal_commas_become_points() -> None:
    assert plain("5.000 kg").strip() == "5000kg"
    assert plain("1,5 liter").strip() == "1.5l"
    assert plain("10.2.3") == "10.2.3"
