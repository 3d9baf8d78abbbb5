"""Dates, years and positions as offices write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reading.coordinates import read_position, read_two
from schemas.reading.dates import MONTHS, read_date, read_past_date, read_period, read_year
from schemas.values import Precision

TODAY = date(2026, 6, 1)
days = st.dates(date(1960, 1, 1), date(2100, 12, 31))


@given(days, st.sampled_from(sorted(MONTHS)))
def test_every_usual_way_of_writing_a_day_is_read_back(day: date, word: str) -> None:
    ways = [day.isoformat(), f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}", f"{day:%d.%m.%Y}", f"{day.isoformat()} 08:30:00"]
    ways += [f"{day.day} {word} {day.year}", f"Senin, {day.day} {word.title()} {day.year}"] if MONTHS[word] == day.month else []
    for text in ways:
        assert read_date(text, TODAY).value == day, text


@given(days)
def test_excels_serial_number_is_the_day_it_shows(day: date) -> None:
    assert read_date((day - date(1899, 12, 30)).days, TODAY).value == day


@given(st.text(max_size=30))
def test_no_text_raises_and_no_day_comes_out_of_a_text_without_digits(text: str) -> None:
    if not any(sign.isdigit() for sign in text):
        assert read_date(text, TODAY).value is None
    read_date(text, TODAY), read_year(text, TODAY), read_position(text)


@given(days)
def test_a_day_after_the_given_one_is_never_a_past_day(day: date) -> None:
    read = read_past_date(day, TODAY)
    assert read.value == (day if day <= TODAY else None)
    assert bool(read.warnings) == (day > TODAY)


@pytest.mark.parametrize("text", ["31 Februari 2026", "30-02-2025", "00/01/2025", "13/13/2025", "kemarin", "5", "999999"])
def test_a_day_that_does_not_exist_is_named_and_left_out(text: str) -> None:
    read = read_date(text, TODAY)
    assert read.value is None and read.warnings


@pytest.mark.parametrize(("text", "precision"), [("Agt 2025", Precision.MONTH), ("08/2025", Precision.MONTH), ("2025", Precision.YEAR)])
def test_a_day_is_not_invented_for_a_month_or_a_year(text: str, precision: Precision) -> None:
    assert read_date(text, TODAY).value is None
    assert read_period(text, TODAY)[1] is precision


def test_a_year_of_two_digits_is_read_day_first_with_a_warning() -> None:
    assert read_date("12/08/25", TODAY).value == date(2025, 8, 12)
    assert read_date("12/08/25", TODAY).warnings
    assert read_date("01/02/98", TODAY).value == date(1998, 2, 1)


@pytest.mark.parametrize(("cell", "year"), [(2012, 2012), ("2015'", 2015), ("thn 2010", 2010), (18, None), (2099, None), ("-", None)])
def test_founding_years(cell: object, year: int | None) -> None:
    assert read_year(cell, TODAY).value == year


@given(st.floats(-11, 6), st.floats(95, 141))
def test_a_position_is_read_in_either_order(latitude: float, longitude: float) -> None:
    ways = f"{latitude:.5f}, {longitude:.5f}", f"{longitude:.5f}; {latitude:.5f}"
    for text in ways:
        position = read_position(text).value
        assert position is not None and (position.latitude, position.longitude) == (round(latitude, 5), round(longitude, 5))
    assert read_position(ways[1]).warnings and not read_position(ways[0]).warnings


@pytest.mark.parametrize("text", ["6°01'05\"S 106°04'08\"E", "6° 1’ 5” LS, 106° 4’ 8” BT", "106°04'08\"E 6°01'05\"S"])
def test_degrees_minutes_seconds(text: str) -> None:
    position = read_position(text).value
    assert position is not None and (position.latitude, position.longitude) == (-6.01806, 106.06889)


@pytest.mark.parametrize(
    "text", ["S 6°01'05\" E 106°04'08\"", "6,01806 LS, 106,06889 BT", "lat -6.01806 long 106.06889", "106°04'08\" BT - 6°01'05\" LS"]
)
def test_the_hemisphere_is_read_before_or_behind_the_degrees(text: str) -> None:
    position = read_position(text).value
    assert position is not None and (position.latitude, position.longitude) == (-6.01806, 106.06889)


def test_degrees_without_a_hemisphere_are_not_put_north_of_the_line() -> None:
    assert read_position("6°01'05\" 106°04'08\"").value is None


def test_half_a_position_or_one_elsewhere_is_none() -> None:
    assert read_two("-6.1", "").value is None
    assert read_two("", "").warnings == ()
    assert read_position("51.5, 0.1").value is None
    assert TODAY - timedelta(1) == read_past_date(TODAY - timedelta(1), TODAY).value
