"""Amounts in words, read back by a reader that knows nothing of how they were written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exchange.reports import words

ONES = {"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9}
SCALES = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12, "kuadriliun": 10**15}


def read(text: str) -> int:
    """A number from its words; anything that is not Indonesian raises KeyError."""
    if text == "nol":
        return 0
    text = text.replace("sepuluh", "satu puluh").replace("sebelas", "satu belas")
    text = text.replace("seratus", "satu ratus").replace("seribu", "satu ribu")
    total = group = one = 0
    for word in text.split(" "):
        if word in ("puluh", "belas", "ratus"):
            assert one, f"{word} without a number before it"
            group += {"puluh": one * 10, "belas": 10 + one, "ratus": one * 100}[word]
            one = 0
        elif word in SCALES:
            total += (group + one) * SCALES[word]
            group = one = 0
        else:
            assert not one
            one = ONES[word]
    return total + group + one


@given(
    st.one_of(st.integers(0, 10**15), st.integers(0, 99_999), st.builds(lambda n, p: n * 1000**p, st.integers(0, 999), st.integers(0, 4)))
)
@example(0)
@example(10**15)
@example(1_001_001_001_001)
def test_a_number_in_words_is_read_back_as_itself(number):
    assert read(words.whole(number)) == number


@given(st.integers(0, 10**17).map(lambda sen: Decimal(sen) / 100))
def test_a_sum_in_words_is_read_back_to_the_sen(amount):
    rupiah, _, sen = words.rupiah(amount).partition(" rupiah")
    assert read(rupiah) * 100 + (read(sen.strip().removesuffix(" sen")) if sen else 0) == amount * 100


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "nol"), (1, "satu"), (10, "sepuluh"), (11, "sebelas"), (12, "dua belas"), (100, "seratus"), (1000, "seribu"),
        (1001, "seribu satu"), (1111, "seribu seratus sebelas"), (21_000, "dua puluh satu ribu"), (101_000, "seratus satu ribu"),
        (1_000_000, "satu juta"), (1_001_000, "satu juta seribu"), (2_500_000_000, "dua miliar lima ratus juta"),
        (10**15, "satu kuadriliun"),
    ],
)  # fmt: skip
def test_numbers_are_said_as_people_say_them(number, said):
    assert words.whole(number) == said


@pytest.mark.parametrize("amount", ["-1", "1000000000000000.01", "0.001", "NaN", "Infinity", "-0.01"])
def test_what_cannot_be_said_exactly_is_refused(amount):
    with pytest.raises(ValueError, match="is not a sum"):
        words.rupiah(Decimal(amount))
    with pytest.raises(ValueError, match="is not between"):
        words.whole(10**15 + 1)


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=2), st.integers(0, 4))
def test_figures_are_read_back_as_the_number_they_were(number, places):
    said = words.figures(number, places)
    assert Decimal(said.replace(".", "").replace(",", ".")) == number
    assert len(said.partition(",")[2]) >= places
    groups = said.lstrip("-").partition(",")[0].split(".")
    assert all(len(group) == 3 for group in groups[1:])
    assert 1 <= len(groups[0]) <= 3


def test_figures_and_sums_are_written_the_indonesian_way():
    assert words.figures(Decimal("1250000.5"), 2) == "1.250.000,50"
    assert words.figures(Decimal("-0.00"), 2) == "0,00"
    assert words.figures(12) == "12"
    assert words.money(Decimal("1250000.5")) == "Rp1.250.000,50"
    assert words.rupiah(Decimal("1250.5")) == "seribu dua ratus lima puluh rupiah lima puluh sen"
    assert words.to_sen(Decimal("0.005")) == Decimal("0.01")


def test_a_day_is_written_as_letters_and_as_deeds_write_it():
    assert words.day(date(2026, 11, 27)) == "27 November 2026"
    assert words.day_in_words(date(2026, 11, 27)) == "Jumat tanggal dua puluh tujuh bulan November tahun dua ribu dua puluh enam"
    assert words.day(date(2026, 5, 1)) == "1 Mei 2026"
    week = [words.day_in_words(date(2026, 11, 23) + timedelta(n)).split()[0] for n in range(7)]
    assert week == ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
    assert words.counted(3, "tahun") == "3 (tiga) tahun"
