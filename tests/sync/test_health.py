"""How a source fares: one notice when it begins to fail, one when it lapses, one when it is back, and longer pauses between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.settings import Settings
from exchange.store.sources import SourceRow
from exchange.sync.health import after_failure, after_list, keep

BEGUN = datetime(2027, 1, 1, 18, tzinfo=UTC)
SETTINGS = Settings()


def source() -> SourceRow:
    return SourceRow(name="mitra", health="good", failures=0, made_at=BEGUN)


def nights(row, outcomes):
    """The notices of nights of which each brings a list or not; a night in the pause asks nothing."""
    said = []
    for night, came in enumerate(outcomes):
        now = BEGUN + timedelta(days=night)
        if row.next_try_at is not None and row.next_try_at > now:
            said.append("…")
            continue
        health = after_list(row, now, SETTINGS) if came else after_failure(row, now, SETTINGS)
        keep(row, health)
        said.append(health.notice and health.notice.split()[1])
    return said


def test_a_source_that_dies_is_told_about_twice_and_asked_less_and_less_often():
    row = source()
    said = nights(row, [True] + [False] * 29)
    assert [word for word in said if word not in {None, "…"}] == ["mulai", "tidak"]
    assert [night for night, word in enumerate(said) if word != "…"] == [0, 1, 2, 3, 4, 6, 10, 17, 24]
    assert (row.health, row.last_good_at) == ("lapsed", BEGUN)


def test_one_that_comes_back_is_asked_every_night_again_and_told_about_once():
    row = source()
    nights(row, [True] + [False] * 20)
    row.next_try_at = None
    health = after_list(row, BEGUN + timedelta(days=21), SETTINGS)
    assert health == ("good", 0, BEGUN + timedelta(days=21), None, "Sumber menjawab lagi, setelah 21 hari.")


def test_one_bad_night_is_told_about_and_forgotten():
    row = source()
    assert nights(row, [True, False, True, True]) == [None, "mulai", None, None]
    assert (row.health, row.failures) == ("good", 0)


@given(st.lists(st.booleans(), max_size=80))
def test_no_two_notices_of_one_kind_follow_one_another_and_no_pause_is_above_a_week(outcomes):
    row = source()
    said = [word for word in nights(row, outcomes) if word not in {None, "…"}]
    assert all(one != other for one, other in pairwise(said) if one != "mulai")
    if row.next_try_at is not None:
        last = BEGUN + timedelta(days=len(outcomes))
        assert row.next_try_at - last <= timedelta(days=7)


@pytest.mark.parametrize("state", ["partial", "unproven"])
def test_a_list_that_is_not_whole_is_an_answer_all_the_same(state):
    assert after_list(source(), BEGUN, SETTINGS).health == "good"
