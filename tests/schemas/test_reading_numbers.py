"""Numbers, money and counts as offices write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reading.money import read_money, read_price
from schemas.reading.numbers import read_count, read_number

cents = st.integers(0, 10**13).map(lambda n: Decimal(n) / 100)
rupiah = st.integers(1, 10**12)


def english(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def indonesian(amount: Decimal) -> str:
    return english(amount).translate(str.maketrans(",.", ".,"))


@given(cents)
def test_an_amount_with_two_decimals_is_read_back_from_every_way_of_writing_it(amount: Decimal) -> None:
    for text in (
        indonesian(amount),
        english(amount),
        f"{amount:.2f}",
        f"{amount:.2f}".replace(".", ","),
        indonesian(amount).replace(".", " "),
    ):
        assert read_number(text).value == amount, text


@given(rupiah)
def test_whole_rupiah_are_read_back_from_every_way_of_writing_them(amount: int) -> None:
    dotted = f"{amount:,}".replace(",", ".")
    for text in (
        f"Rp {dotted},-",
        f"Rp. {dotted}",
        f"Rp{dotted},00",
        dotted,
        str(amount),
        f"{dotted} rupiah",
        f"IDR {amount}",
        f"{amount}.00",
    ):
        price = read_price(text).value
        assert price is not None and (price.low, price.high) == (amount, amount), text


@given(st.integers(1, 999), st.integers(0, 9), st.sampled_from([("rb", 3), ("ribu", 3), ("jt", 6), ("juta", 6), ("M", 9), ("miliar", 9)]))
def test_a_multiplier_counts_with_one_decimal(head: int, tail: int, times: tuple[str, int]) -> None:
    word, power = times
    price = read_price(f"{head},{tail} {word}").value
    assert price is not None and price.low == (head * 10 + tail) * 10 ** (power - 1)


@given(st.text(max_size=40))
def test_no_text_raises_and_no_number_comes_out_of_a_text_without_digits(text: str) -> None:
    for read in (read_number(text), read_price(text), read_money(text), read_count(text)):
        if not any(sign.isdigit() for sign in text):
            assert read.value is None


@given(st.text(alphabet="0123456789.,- Rpjtb/", max_size=18))
def test_digits_in_any_order_are_refused_or_hold_their_digits(text: str) -> None:
    read = read_number(text)
    if read.value is not None:
        assert f"{read.value:f}".replace(".", "").replace("-", "").strip("0") == "".join(filter(str.isdigit, text)).strip("0")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.250.000,50", "1250000.50"),
        ("1250000.50", "1250000.50"),
        ("1,250,000.50", "1250000.50"),
        ("12,5", "12.5"),
        ("1 000", "1000"),
        ("1.450", "1450"),
        ("0,385", "0.385"),
        ("0.385", "0.385"),
        ("47.2", "47.2"),
        ("-5", "-5"),
        ("1\u00a0250\u00a0000", "1250000"),
    ],
)
def test_the_documented_rule_holds(text: str, value: str) -> None:
    assert read_number(text).value == Decimal(value)


@pytest.mark.parametrize("text", ["1,450", "1.25.000", "1,2.3,4", "12..5", "1.2500.000", "5e3", "٣٤", "²"])
def test_what_two_people_would_read_differently_is_read_by_nobody(text: str) -> None:
    read = read_number(text)
    assert read.value is None and read.warnings


@pytest.mark.parametrize(
    ("text", "low", "high", "per"),
    [
        ("65-82 ribu", 65_000, 82_000, None),
        ("18000 s/d 25000", 18_000, 25_000, None),
        ("58.000 atau 82.000", 58_000, 82_000, None),
        ("28,5 – 38,5 jt", 28_500_000, 38_500_000, None),
        ("500.000 - 1,2 jt", 500_000, 1_200_000, None),
        ("24.000/kg", 24_000, 24_000, "kg"),
        ("65.000 - 110.000 / botol", 65_000, 110_000, "botol"),
        ("Rp 1.850.000 per meter persegi", 1_850_000, 1_850_000, "meter persegi"),
        ("605 Jt", 605_000_000, 605_000_000, None),
        ("13K", 13_000, 13_000, None),
        ("15rb s/d 20rb / kg", 15_000, 20_000, "kg"),
        ("@ Rp 5.000", 5_000, 5_000, None),
        ("Rp 15.000 / bungkus 250 gr", 15_000, 15_000, "bungkus 250 gr"),
        ("82rb sampai 65rb", 65_000, 82_000, None),
    ],
)
def test_prices_and_ranges(text: str, low: int, high: int, per: str | None) -> None:
    price = read_price(text).value
    assert price is not None and (price.low, price.high, price.per) == (low, high, per)


@pytest.mark.parametrize("text", ["nego", "hubungi kami", "1.250 jt", "-", "Rp", "12 dus 5", "1.2.3"])
def test_what_is_no_price_has_none_and_says_so(text: str) -> None:
    read = read_price(text)
    assert read.value is None and read.warnings


@pytest.mark.parametrize("text", ["± 3,2 juta", "2.85 jt", "Rp65,000", "6,2 M", "65000,4", "mulai 50rb"])
def test_a_price_that_leaned_on_a_rule_warns(text: str) -> None:
    read = read_price(text)
    assert read.value is not None and read.warnings


def test_a_range_is_no_single_sum_and_a_negative_one_is_none() -> None:
    assert read_money("1-2 jt").value is None
    assert read_money("-5000").value is None
    assert read_money("6,2 M").value == 6_200_000_000


@pytest.mark.parametrize(
    ("cell", "count"),
    [("31 org", 31), ("24 orang (16 L, 8 P)", 24), ("7-8", 7), (14, 14), (14.0, 14), ("12 L 3 P", None), (2.5, None), ("-", None)],
)
def test_counts_of_people(cell: object, count: int | None) -> None:
    assert read_count(cell).value == count
