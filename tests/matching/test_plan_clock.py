from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.plan_clock import STEP, day_of, learn


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_later_number_is_never_an_earlier_day(one: int, other: int) -> None:
    first, second = day_of(str(min(one, other))), day_of(str(max(one, other)))
    assert first is not None
    assert second is not None
    assert first <= second


def test_a_plan_of_january_2022_is_told_from_one_of_january_2025() -> None:
    early, late = day_of("32200000"), day_of("55000000")
    assert early is not None
    assert late is not None
    assert date.fromordinal(int(early)).year == 2022
    assert date.fromordinal(int(late)).year == 2025


def test_what_is_no_number_has_no_day() -> None:
    assert day_of("paket-7") is None
    assert day_of("") is None
    assert day_of("²") is None


def test_an_announcement_made_again_does_not_move_its_neighbours() -> None:
    numbers = [*range(100), *range(STEP, STEP + 100)]
    days = [*[900] * 100, *[950] * 100]
    days[3], days[150] = 5000, 5000
    assert learn(numbers, days) == [(0, 900), (STEP, 950)]


def test_the_learned_days_never_fall_and_thin_windows_are_left_out() -> None:
    numbers = [*range(10), *range(STEP, STEP + 10), *range(2 * STEP, 2 * STEP + 4)]
    assert learn(numbers, [*[950] * 10, *[900] * 10, *[990] * 4]) == [(0, 900), (STEP, 900)]
