"""How often a caller may ask: never more than the limit by any number of processes, at next to no cost, calm where the database fails."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from exchange.access.partners import add_partner
from exchange.api import limits
from exchange.api.limits import WINDOW, Limiter
from exchange.store.base import Store
from exchange.store.partners import PartnerUseRow
from exchange.store.rates import RateRow, draw

START = 1_800_000_000.0 // WINDOW * WINDOW
_names = count()


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: float = START) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def statements(store: Store):
    """The SQL statements that come from here on."""
    seen: list[str] = []

    def note(_c, _cur, statement, *_rest):
        seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


@bounds(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(1, 40),
    steps=st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 0, 0, 0, 0, 1, 20, 60])), max_size=150),
)
def test_no_more_than_the_limit_goes_through_in_a_minute_by_any_number_of_processes(store, limit, steps):
    bucket, clock, through = f"law-{next(_names)}", Clock(), Counter()
    processes = [Limiter(store, clock) for _ in range(4)]
    for which, later in steps:
        clock.at += later
        through[int(clock.at // WINDOW)] += processes[which].take(bucket, limit).allowed
    assert max(through.values(), default=0) <= limit
    if steps:
        assert through[int(START // WINDOW + steps[0][1] // WINDOW)] >= 1, "the first one to ask is let through"


@bounds(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(1, 30),
    draws=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 12)), min_size=1, max_size=40),
)
def test_processes_whose_clocks_are_a_little_apart_draw_of_one_count(store, limit, draws):
    bucket, granted = f"skew-{next(_names)}", Counter()
    for ahead, wanted in draws:
        with store.work() as session:
            drawn = draw(session, bucket, 1000 + ahead, wanted, limit)
            window = session.scalars(select(RateRow.window).where(RateRow.bucket == bucket)).one()
        granted[window] += drawn.granted
        assert 0 <= drawn.granted <= wanted
        assert drawn.left == limit - granted[window]
    assert max(granted.values()) <= limit


def test_a_process_alone_lets_all_of_the_limit_through_and_then_nobody(store):
    for limit in (1, 7, 10, 123):
        process = Limiter(store, Clock())
        said = [process.take(f"all-{limit}", limit) for _ in range(limit + 20)]
        assert [each.allowed for each in said] == [True] * limit + [False] * 20
        assert [each.remaining for each in said] == [*range(limit - 1, -1, -1), *[0] * 20]
        assert {(each.limit, each.resets) for each in said} == {(limit, WINDOW)}


def test_nine_requests_of_ten_cost_no_statement_and_who_has_used_up_costs_none(store, statements):
    process = Limiter(store, Clock())
    costly = 0
    for _ in range(1000):
        before = len(statements)
        assert process.take("cheap", 1000).allowed
        costly += len(statements) > before
    assert costly == 10
    assert not process.take("cheap", 1000).allowed
    statements.clear()
    assert not any(process.take("cheap", 1000).allowed for _ in range(500))
    assert statements == []


def test_the_end_of_a_minute_frees(store):
    clock = Clock(START + 59)
    process = Limiter(store, clock)
    assert [process.take("end", 2).allowed for _ in range(3)] == [True, True, False]
    assert process.take("end", 2).resets == 1
    clock.at = START + 60
    assert [process.take("end", 2).allowed for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("others", [0, 1, 20])
def test_who_waits_in_the_queue_of_writers_until_the_minute_is_over_is_judged_by_the_new_one(store, others):
    clock = Clock(START + 59)

    class Late(Limiter):
        """One whose first turn to write comes in the next minute, behind those who stood before it."""

        def _draw(self, bucket, window, limit, now):
            if clock.at < START + WINDOW:
                clock.at = START + WINDOW
                for _ in range(others):
                    with store.work() as session:
                        draw(session, bucket, int(clock.at // WINDOW), 1, limit)
            return super()._draw(bucket, window, limit, now)

    process, other = Late(store, clock), Limiter(store, clock)
    assert sum(other.take("late", 20).allowed for _ in range(25)) == 20
    told = process.take("late", 20)
    assert told.allowed is (others < 20), "the minute that ran when it asked was used up, the one that runs now is not"
    assert told.allowed or told.resets == WINDOW
    later = sum(process.take("late", 20).allowed for _ in range(25))
    assert later == 0 if others == 20 else 17 <= later + others <= 19


@pytest.mark.parametrize("back", [1, 59, 61, 125, 3600, 86400 * 400])
def test_a_clock_that_is_put_back_gives_no_more_and_locks_nobody_out(store, back):
    clock = Clock(START + 30)
    process, other = Limiter(store, clock), Limiter(store, clock)
    assert sum(process.take("back", 20).allowed for _ in range(30)) == 20
    clock.at -= back
    assert sum(each.take("back", 20).allowed for each in (process, other) for _ in range(30)) == 0
    clock.at = (clock.at // WINDOW + 1 + 3) * WINDOW  # in three minutes at the latest it is as ever
    assert sum(each.take("back", 20).allowed for each in (process, other) for _ in range(30)) == 20


def test_threads_of_several_limiters_share_one_count(store):
    clock, through, lock = Clock(), Counter(), threading.Lock()
    processes = [Limiter(store, clock) for _ in range(3)]

    def ask(which: int) -> None:
        allowed = sum(processes[which].take("threads", 100).allowed for _ in range(40))
        with lock:
            through[which] += allowed

    threads = [threading.Thread(target=ask, args=(number % 3,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 90 <= through.total() <= 100  # what one borrowed and did not deal out is lost


_PROCESS = """
import sys
from exchange.api.limits import Limiter
from exchange.store.base import Store
store = Store(sys.argv[1])
process = Limiter(store, lambda: float(sys.argv[2]))
sys.stdin.readline()
print(sum(process.take("processes", 200).allowed for _ in range(200)))
store.close()
"""


def test_real_processes_share_one_count(store, database_url):
    words = [sys.executable, "-c", _PROCESS, database_url, str(START)]
    running = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for each in running:
        each.stdin.write("\n")
        each.stdin.flush()
    through = [int(each.communicate(timeout=60)[0]) for each in running]
    assert [each.returncode for each in running] == [0, 0]
    assert 180 <= sum(through) <= 200


def test_where_the_database_fails_a_process_counts_alone_says_so_once_and_comes_back(store, caplog):
    clock = Clock()
    process = Limiter(store, clock)
    tried = []

    def fail(_connection):
        tried.append(1)
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    event.listen(store.engine, "begin", fail, insert=True)
    with caplog.at_level(logging.INFO, logger="exchange"):
        try:
            said = [process.take("down", 50) for _ in range(80)]
            assert [each.allowed for each in said] == [True] * 50 + [False] * 30
            for number in range(40):
                clock.at += 1
                assert process.take(f"other-{number}", 50).allowed
        finally:
            event.remove(store.engine, "begin", fail)
        assert len(tried) <= 5, "while it fails it is not asked for each request"
        assert [each.levelname for each in caplog.records] == ["WARNING"]
        clock.at += WINDOW
        assert process.take("down", 50).allowed
    assert [each.getMessage() for each in caplog.records][1:] == ["requests are counted in the database again"]
    assert not any("down" in each.getMessage() for each in caplog.records)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_another_one_keeps_locked_is_waited_for_once(store, database_url, monkeypatch):
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(limits, "_PATIENCE", 0.05)
        process = Limiter(store, Clock())
        assert sum(process.take("locked", 30).allowed for _ in range(40)) == 30
        other.execute("ROLLBACK")


def test_use_that_could_not_be_written_is_written_later(store, world, settings):
    clock = Clock()
    process = Limiter(store, clock)
    with store.work() as session:
        number = add_partner(session, "kota-contoh", "Kota Contoh", "33.74", ["catalogue:read"], actor="uji").id

    def fail(_connection):
        raise OperationalError("BEGIN", {}, Exception("disk I/O error"))

    for refused in (False, True, False):
        process.note(number, "products.listing", refused)
    event.listen(store.engine, "begin", fail, insert=True)
    assert process.take("one", 10).allowed
    event.remove(store.engine, "begin", fail)
    clock.at += WINDOW
    assert process.take("one", 10).allowed
    with store.read() as session:
        (row,) = session.scalars(select(PartnerUseRow))
        assert (row.asked, row.refused) == (3, 1)


def test_use_that_can_never_be_written_stops_no_counting(store):
    clock = Clock()
    process = Limiter(store, clock)
    process.note(999_999, "products.listing", False)  # of a partner that is not there
    assert process.take("one", 10).allowed
    clock.at += WINDOW
    assert process.take("one", 10).allowed
    with store.read() as session:
        assert session.scalars(select(RateRow.bucket)).all() == ["one"]


def test_a_hundred_thousand_addresses_take_no_more_memory_than_ten_thousand(store, monkeypatch):
    process = Limiter(store, Clock())
    monkeypatch.setattr(process, "_draw", lambda *_: limits.Drawn(1, 9))
    most = 0
    for number in range(100_000):
        assert process.take(f"a:{number}", 10).allowed
        most = max(most, len(process._leases))
    assert most == limits._MOST_CALLERS


def test_a_caller_that_was_forgotten_still_has_no_more_than_its_limit(store, monkeypatch):
    monkeypatch.setattr(limits, "_MOST_CALLERS", 3)
    process = Limiter(store, Clock())
    through = 0
    for number in range(60):
        through += process.take("steady", 20).allowed
        process.take(f"passing-{number % 7}", 20)
        process.take(f"passing-{number % 5}", 20)
    assert 0 < through <= 20
    assert len(process._leases) <= 3
