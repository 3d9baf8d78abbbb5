"""Numbers typed into forms: the number that was meant, or a refusal; never another number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask, session
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import BadRequest
from exchange.web import typed

NUMBERS = st.decimals(min_value=0, max_value=10**15, allow_nan=False, allow_infinity=False, places=6) | st.integers(0, 10**15).map(Decimal)
LANGUAGES = st.sampled_from(sorted(typed.WRITINGS))


def write(value: Decimal, language: str, *, parted: bool, places: int) -> str:
    """A number in that language's writing, with at least so many decimals."""
    marks = typed.WRITINGS[language]
    head, _point, rest = f"{value.normalize():f}".partition(".")
    rest = rest.ljust(places, "0")
    head = f"{int(head):,}".replace(",", marks.group) if parted else head
    return f"{head}{marks.decimal}{rest}" if rest else head


def one_mark_before_three_digits(text: str) -> bool:
    head, mark, tail = text.rpartition("." if "." in text else ",")
    return bool(mark) and len(tail) == 3 and head.isdigit() and not head.startswith("0")


@given(NUMBERS, LANGUAGES, st.booleans(), st.integers(0, 6), st.booleans())
def test_what_is_written_as_the_page_writes_is_read_as_that_number_or_refused(value, language, parted, places, money):
    if money:
        value = round(value, 2)
    text = write(value, language, parted=parted, places=min(places, 2) if money else places)
    try:
        assert typed.read(text, language, money=money) == value
    except typed.Ambiguous as either:
        assert value in either.readings
        assert one_mark_before_three_digits(text)


@given(NUMBERS, LANGUAGES, LANGUAGES, st.booleans(), st.integers(0, 6))
def test_what_is_written_in_either_form_is_that_number_or_refused_but_for_thousands_as_the_page_parts_them(
    value, page, hand, parted, places
):
    text = write(value, hand, parted=parted, places=places)
    try:
        read = typed.read(text, page)
    except typed.Ambiguous as either:
        assert value in either.readings
    except ValueError:
        pytest.fail(f"{text} is a number in {hand}")
    else:
        as_thousands = one_mark_before_three_digits(text) and typed.WRITINGS[page].group in text
        assert read == value or (as_thousands and write(read, page, parted=True, places=0) == text)


@given(st.text(max_size=60), LANGUAGES, st.booleans())
def test_anything_else_is_refused_and_nothing_breaks(text, language, money):
    try:
        value = typed.read(text, language, money=money)
    except ValueError:
        return
    assert any(letter in "0123456789" for letter in text)
    assert value.is_finite()


@pytest.mark.parametrize(
    ("text", "indonesian", "english"),
    [
        ("1.250.000,50", "1250000.50", "1250000.50"),
        ("1250000.50", "1250000.50", "1250000.50"),
        ("1,250,000.50", "1250000.50", "1250000.50"),
        ("12,5", "12.5", "12.5"),
        ("12.5", "12.5", "12.5"),
        ("1.250", "1250", None),
        ("1,250", None, "1250"),
        ("0,250", "0.250", "0.250"),
        ("1250,000", None, None),
        ("1250.000", None, None),
        ("1 250 000,5", "1250000.5", "1250000.5"),
        ("-3", "-3", "-3"),
        ("1.25.0", None, None),
        ("1.2500,5", None, None),
        ("1e5", None, None),
        ("٣", None, None),
        ("12 buah", None, None),
        ("", None, None),
        ("9" * 41, None, None),
    ],
)
def test_each_writing_in_each_language(text, indonesian, english):
    for language, wanted in (("id", indonesian), ("en", english)):
        if wanted is None:
            with pytest.raises(ValueError):
                typed.read(text, language)
        else:
            assert typed.read(text, language) == Decimal(wanted)


def test_of_money_a_third_decimal_does_not_occur():
    for language in typed.WRITINGS:
        assert typed.read("1.250", language, money=True) == typed.read("1,250", language, money=True) == 1250


@pytest.mark.parametrize(
    ("language", "text", "says", "mend"),
    [
        ("id", "1,250", "“1,250” dapat berarti 1.250 atau 1,25.", "Tulis 1250 atau 1,25."),
        ("en", "1.250", "“1.250” may mean 1,250 or 1.25.", "Write 1250 or 1.25."),
        ("en", "1.255", "“1.255” may mean 1,255 or 1.255.", "Write 1255 or 1.2550."),
        ("id", "banyak", "“banyak” bukan bilangan.", "Tulis seperti 1.250,5, tanpa satuan."),
    ],
)
def test_a_refusal_names_both_readings_and_how_to_write_each(app, language, text, says, mend):
    with app.test_request_context("/mitra", method="POST", data={"tulisan": language}):
        session["language"] = language
        with pytest.raises(BadRequest) as refused:
            typed.number(text)
    assert (refused.value.message, refused.value.mend) == (says, mend)


@given(NUMBERS, LANGUAGES, st.booleans())
def test_what_a_field_shows_is_read_back_as_it_is(value, language, parted):
    app = Flask("kosong")
    Babel(app, locale_selector=lambda: language)
    with app.test_request_context("/"):
        text = typed.written(value, parted=parted)
    assert typed.read(text, language) == value


def test_a_form_is_read_in_the_language_in_which_it_was_shown(app):
    with app.test_request_context("/", method="POST", data={"tulisan": "en"}):
        assert typed.number("1,250") == 1250
    with app.test_request_context("/", method="POST", data={"tulisan": "xx"}), pytest.raises(BadRequest):
        typed.number("1,250")
