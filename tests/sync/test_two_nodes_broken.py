"""Pulls of another node that are broken off anywhere end with the picture that undisturbed ones give."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.store.base import utcnow
from exchange.store.demands import count_demands
from exchange.sync.release import release

from .conftest import counts  # isort: skip
from .two_nodes import HERE, broken_pull  # isort: skip


@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("change_between", [False, True])
@pytest.mark.parametrize("hard", [False, True])
def test_a_first_pass_that_is_broken_off_anywhere_ends_with_the_same_picture(a, b, monkeypatch, after, change_between, hard):
    for number in range(11):
        a.put(number)
    assert broken_pull(b, monkeypatch, after, hard=hard)
    assert b.cursor() is None, "only a run that came to its end moves the cursor"
    if change_between:
        a.put(0, title="Rak lain")
        a.take_back(1, 10)
        a.put(11)
    report = b.pull()
    assert report.state == "complete"
    assert len(b.runs()) == 1, "it is one run, taken up again"
    b.pull()
    assert b.shown() == a.shown()


@pytest.mark.parametrize("after", range(3))
def test_a_run_of_changes_that_is_broken_off_anywhere_ends_with_the_same_picture(a, b, monkeypatch, after):
    for number in range(40):
        a.put(number)
    b.pull()
    cursor = b.cursor()
    for number in range(3):
        a.put(number, title=f"Rak lain {number}")
    a.take_back(3, 4)
    for number in range(40, 44):
        a.put(number)
    assert broken_pull(b, monkeypatch, after)
    assert b.cursor() == cursor
    with b.store.read() as session:
        assert count_demands(session, "withdrawn") == 0, "tombstones hold when the run is proved to its end"
    a.take_back(40)
    report = b.pull()
    assert report.state == "complete"
    assert report.withdrawn in {2, 3}, "the third was read or not before it was taken back"
    b.pull()
    assert b.shown() == a.shown()


@pytest.mark.parametrize("after", range(3))
def test_a_pass_after_410_that_is_broken_off_anywhere_ends_with_the_same_picture(a, b, monkeypatch, after):
    for number in range(12):
        a.put(number)
    b.pull()
    a.replace(range(1, 13))
    assert broken_pull(b, monkeypatch, after)
    report = b.pull()
    assert (report.state, report.missing, report.held) == ("complete", 1, 1)
    now = utcnow()
    for day in (1, 2):
        b.pull(clock=lambda day=day: now + timedelta(days=day, hours=1))
    assert b.shown() == a.shown()


def test_a_database_replaced_while_we_were_down_ends_the_run_and_the_next_one_begins_anew(a, b, monkeypatch):
    for number in range(12):
        a.put(number)
    assert broken_pull(b, monkeypatch, 2)
    a.replace(range(6, 16))
    assert b.pull().state == "partial"
    assert b.cursor() is None
    report = b.pull()
    assert (report.state, report.undecided) == ("complete", 6), "what the first database had and the second has not"
    release(b.store, "semarang", "sari", HERE)
    assert b.shown() == a.shown()


ACTS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["put", "take back"]), st.integers(0, 11)),
        st.tuples(st.sampled_from(["pull", "broken pull", "killed pull"]), st.integers(0, 3)),
    ),
    max_size=16,
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_happens_on_either_side_the_pictures_agree_in_the_end(a, b, monkeypatch, acts):
    for what, number in acts:
        if what == "put":
            a.put(number, title=f"Rak arsip {number} {utcnow():%f}")
        elif what == "take back":
            a.take_back(number)
        elif what == "pull":
            b.pull()
        else:
            broken_pull(b, monkeypatch, number, hard=what == "killed pull")
    b.pull()
    b.pull()
    release(b.store, "semarang", "sari", HERE)
    assert b.shown() == a.shown()
    assert counts(b.pull()) == {}
