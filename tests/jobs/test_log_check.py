"""The night proves the exchange log, says what is wrong with it to a person, and drops what is past its years from the front alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from exchange.access.log_check import marks_file, marks_in
from exchange.jobs import letters
from exchange.jobs.log_check import check_log, log_needs
from exchange.jobs.nightly import nightly
from exchange.store.base import utcnow
from exchange.store.exchange_log import LogBatchRow, LogHeadRow, append, head_of_log

ENTRY = {
    "at": "2026-11-27T06:00:00.000Z", "until": "2026-11-27T06:00:00.400Z", "times": 1, "partner": "kota-a", "name": "Kota A",
    "region": "33.74", "stage": "contracted", "basis": [], "door": "products.one", "told": [["business", ["contact"], ["cv-a"]]],
}  # fmt: skip


def write(store, count: int) -> None:
    for _ in range(count):
        with store.work() as session:
            append(session, [ENTRY])


def spoil(store, number: int) -> None:
    with store.work() as session:
        session.execute(update(LogBatchRow).where(LogBatchRow.id == number).values(entries=7))


def test_a_night_over_an_empty_log_is_well(store, settings):
    night = nightly(store, settings)
    assert night.all_well and night.exchange_log["bad"] is None
    assert night.as_json()["exchange_log"]["last"] == 0
    assert not marks_file(settings).exists()


def test_a_night_finds_what_was_changed_and_asks_for_a_person(store, settings):
    write(store, 3)
    assert nightly(store, settings).exchange_log["entries"] == 3
    write(store, 3)
    spoil(store, 5)
    night = nightly(store, settings)
    assert not night.all_well
    (need,) = night.needs
    assert (need.kind, need.source) == ("log", "catatan pertukaran")
    assert "Bundel 5" in need.what and "exchange log verify" in need.mend
    assert "Bundel 5" in letters.write(settings, 1, utcnow(), night.needs).get_content()
    with store.read() as session:
        head = head_of_log(session)
    assert head is not None and head.checked_number == 3, "it is not proved beyond the last good night"
    assert max(marks_in(marks_file(settings))) == 3


def test_each_night_proves_what_is_new_and_every_seventh_day_all(store, settings):
    write(store, 3)
    assert check_log(store, settings)["whole"]
    write(store, 2)
    told = check_log(store, settings)
    assert (told["first"], told["last"], told["whole"], told["bad"]) == (4, 5, False, None)
    spoil(store, 2)
    assert check_log(store, settings)["bad"] is None, "what was proved is looked at again once a week"
    with store.work() as session:
        session.execute(update(LogHeadRow).values(full_at=utcnow() - timedelta(days=7)))
    told = check_log(store, settings)
    assert (told["bad"], told["whole"]) == (2, True)
    assert log_needs(told)


@pytest.mark.parametrize(("years", "left"), [(5, 2), (0, 6)])
def test_what_is_past_its_years_is_dropped_and_the_rest_still_verifies(store, settings, monkeypatch, years, left):
    long_ago = utcnow() - timedelta(days=365 * 5 + 3)
    with monkeypatch.context() as before:
        before.setattr("exchange.store.exchange_log.utcnow", lambda: long_ago)
        write(store, 4)
    write(store, 2)
    told = check_log(store, replace(settings, log_years=years))
    assert told["bad"] is None and told["dropped"] == 6 - left
    with store.work() as session:
        session.execute(update(LogHeadRow).values(full_at=None))
    again = check_log(store, replace(settings, log_years=years))
    assert (again["bad"], again["first"], again["last"]) == (None, 7 - left, 6)


def test_nothing_is_dropped_from_a_broken_log(store, settings, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr("exchange.store.exchange_log.utcnow", lambda: utcnow() - timedelta(days=4000))
        write(store, 4)
    spoil(store, 4)
    told = check_log(store, settings)
    assert (told["bad"], told["dropped"]) == (4, 0)


def test_a_mark_that_was_half_written_is_passed_over(store, settings):
    write(store, 2)
    check_log(store, settings)
    path = marks_file(settings)
    path.write_bytes(path.read_bytes() + b'{"number": 9, "dig')
    assert path.stat().st_mode & 0o077 == 0
    assert check_log(store, settings)["bad"] is None
    write(store, 1)
    check_log(store, settings)
    assert sorted(marks_in(path)) == [2, 3]
