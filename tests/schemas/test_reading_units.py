"""Units, quantities, capacities and least orders."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reading.quantities import read_capacity, read_minimum
from schemas.reading.units import UnitSaid, close_unit, read_unit
from schemas.units import units


def said(text: str) -> UnitSaid:
    unit = read_unit(text).value
    assert unit is not None
    return unit


@pytest.mark.parametrize(
    ("text", "shown", "code"),
    [
        ("M2 ", "m2", "MTK"),
        ("m²", "m2", "MTK"),
        ("bh", "buah", "H87"),
        ("pcs", "buah", "H87"),
        ("kilo", "kg", "KGM"),
        ("jrigen 5ltr", "jerigen 5 liter", "XJY"),
        ("dos @48", "dus isi 48", "XCT"),
        ("dus (24 pcs)", "dus isi 24", "XCT"),
        ("bks 250gr", "bungkus 250 gr", "XPA"),
        ("kotk", "kotak", "XBX"),
        ("tpls", "toples", "XJR"),
        ("lembr", "lembar", "XST"),
        ("Botol 1,5 liter", "botol 1.5 liter", "XBO"),
        ("pail", "pail", "XBJ"),
    ],
)
def test_units_come_out_in_the_usual_spelling(text: str, shown: str, code: str) -> None:
    unit = said(text)
    assert (unit.said, unit.code) == (shown, code)


@given(st.sampled_from(sorted(units())))
def test_every_unit_of_the_table_reads_as_itself(key: str) -> None:
    unit = said(key).unit
    assert unit is not None and unit.code == units()[key].code


@pytest.mark.parametrize("word", ["tusuk", "pax", "tumang", "xy", "kb"])
def test_a_word_on_no_list_stays_as_written_and_is_named(word: str) -> None:
    read = read_unit(word)
    assert read.value is not None and (read.value.said, read.value.code) == (word, None)
    assert read.warnings


def test_a_misspelling_of_two_units_is_neither() -> None:
    assert close_unit("kabung") is None  # karung or tabung
    assert close_unit("ktk2") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [("buah/pcs", "buah"), ("per kg", "kg"), ("Kg (kilogram)", "kg"), ("dus/24", "dus isi 24"), ("dirigen 20 lt", "jerigen 20 liter")],
)
def test_frills_around_a_unit_do_no_harm(text: str, shown: str) -> None:
    assert said(text).said == shown


def test_two_units_are_two_choices_and_no_decision() -> None:
    unit = said("kg/unit")
    assert [each.said for each in unit.choices] == ["kg", "unit"] and unit.code is None


@given(st.text(max_size=25))
def test_no_text_raises_and_no_code_comes_without_its_word(text: str) -> None:
    read = read_unit(text)
    if read.value is not None and read.value.code:
        assert read.value.unit is not None
    read_capacity(text, said("kg")), read_minimum(text, said("kg"))


@pytest.mark.parametrize(
    ("text", "unit", "low", "high", "period"),
    [
        ("5-10 kg/hari", "kg", "5", "10", "hari"),
        ("4,5 ton/bln", "kg", "4500", "4500", "bulan"),
        ("≤ 3 unit/bulan", "unit", "0", "3", "bulan"),
        ("6rb/bln", "buah", "6000", "6000", "bulan"),
        ("1500 dus per hari", "dos @48", "1500", "1500", "hari"),
        ("60 / minggu", "unit", "60", "60", "minggu"),
        ("30.000 pcs perbulan", "buah", "30000", "30000", "bulan"),
        ("10 kuintal sebulan", "kg", "1000", "1000", "bulan"),
        ("700", "kg", "700", "700", None),
        ("300 kg/bulan", "bungkus 250 gr", "1200", "1200", "bulan"),
        ("6 unit/bulan (tergantung kain)", "unit", "6", "6", "bulan"),
    ],
)
def test_capacities_are_in_the_products_unit_with_their_period(text: str, unit: str, low: str, high: str, period: str | None) -> None:
    capacity = read_capacity(text, said(unit)).value
    assert capacity is not None and (capacity.low, capacity.high, capacity.period) == (Decimal(low), Decimal(high), period)


@pytest.mark.parametrize("text", ["100-150 kg/hr", "± 500 kg/bulan", "≤ 3 kg/bulan"])
def test_a_capacity_that_leaned_on_a_rule_warns(text: str) -> None:
    read = read_capacity(text, said("kg"))
    assert read.value is not None and read.warnings


@pytest.mark.parametrize("text", ["-", "20 dus/bulan", "5 kg per jam", "banyak", "1,250 kg/bulan", -5])
def test_what_cannot_be_counted_in_the_unit_is_left_out_not_guessed(text: object) -> None:
    read = read_capacity(text, said("kg"))
    assert read.value is None and read.warnings


@given(st.integers(1, 10**6), st.sampled_from(["kg", "buah", "liter", "m2"]), st.sampled_from(["hari", "minggu", "bulan", "tahun"]))
def test_a_capacity_written_plainly_is_read_back(amount: int, unit: str, period: str) -> None:
    read = read_capacity(f"{amount} {unit}/{period}", said(unit))
    assert read.value is not None and (read.value.low, read.value.period, read.warnings) == (amount, period, ())


def test_least_orders() -> None:
    assert read_minimum("min. 10", said("botol")).value == 10
    assert read_minimum("100 pcs", said("buah")).value == 100
    assert read_minimum("tdk ada", said("buah")).value is None
    assert read_minimum("1 dus", said("buah")).value is None
