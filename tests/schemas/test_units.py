"""Units mean what offices mean by them, and are converted exactly or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.units import aliases, convert, unit_of, unit_of_code, units

KNOWN = st.sampled_from(sorted(units().values(), key=lambda unit: unit.id))
AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "code"),
    [("Bh.", "H87"), ("LBR", "XST"), ("m²", "MTK"), ("jerigen", "XJY"), ("ons", "HGM"), ("rim", "RM"), ("kodi", None), (" Kg ", "KGM")],
)
def test_a_word_means_the_unit_of_its_code(text, code):
    assert unit_of(text).code == code


@pytest.mark.parametrize("text", ["", "tusuk", "pax", "paket wisata"])
def test_an_unknown_word_means_nothing(text):
    assert unit_of(text) is None


@pytest.mark.parametrize(
    ("amount", "have", "want", "result"),
    [("3", "ons", "g", "300"), ("2", "lusin", "buah", "24"), ("1.5", "ton", "kg", "1500"), ("3", "kodi", "buah", "60"),
     ("1", "rim", "lembar", "500"), ("20", "l", "m3", "0.02"), ("1", "ku", "kg", "100")],
)  # fmt: skip
def test_a_conversion_is_exact(amount, have, want, result):
    assert convert(Decimal(amount), unit_of(have), unit_of(want)) == Decimal(result)


@pytest.mark.parametrize(
    ("have", "want"),
    [("sak", "kg"), ("buah", "kg"), ("dus", "buah"), ("batang", "m"), ("minggu", "bulan"), ("lembar", "buah"), ("paket", "unit")],
)
def test_what_differs_by_product_is_never_converted(have, want):
    assert convert(Decimal(1), unit_of(have), unit_of(want)) is None


@given(AMOUNTS, KNOWN, KNOWN)
def test_there_and_back_is_the_same_amount(amount, have, want):
    there = convert(amount, have, want)
    assert there is None or abs(convert(there, want, have) - amount) <= Decimal("1e-15")


@given(AMOUNTS, KNOWN, KNOWN)
def test_only_one_dimension_is_ever_converted(amount, have, want):
    assert convert(amount, have, want) is None or have.dimension == want.dimension


def test_no_spelling_has_two_meanings_and_every_code_is_found_again():
    assert all(word == word.lower().strip() for word in aliases())
    assert all(unit_of_code(unit.code).code == unit.code for unit in units().values() if unit.code)


def test_codes_that_the_recommendation_deleted_are_not_used():
    assert not {unit.code for unit in units().values()} & {"BX", "PK", "SA", "DR", "RO", "ST", "HAR", "15"}
