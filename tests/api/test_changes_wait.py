"""Requests of the change feed that wait: for what is new, as many as there is room for, and to the end of the process at most."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import requests
from sqlalchemy import select

from exchange.api.feed_wait import Watch, watch_of
from exchange.app import create_app
from exchange.store.users import UserRow

from .following import FEED, change, pages, read  # isort: skip
from .loopback import served  # isort: skip

LONG = 30


class Node:
    """The service under a real server, and those who ask it to wait."""

    def __init__(self, app: Any, base: str, asking: ThreadPoolExecutor) -> None:
        self.watch, self.base, self._asking = watch_of(app), base, asking

    def get(self, cursor: str, wait: int = 0, **more: Any) -> requests.Response:
        return requests.get(self.base + FEED, params={"since": cursor, "wait": wait}, timeout=60, **more)

    def asks(self, cursor: str, wait: int = LONG, **more: Any) -> Future[requests.Response]:
        """A request that waits; back when it does."""
        before = self.watch.waiting
        asked = self._asking.submit(self.get, cursor, wait, **more)
        self.until(lambda: self.watch.waiting > before)
        return asked

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < end, "it never came to that"
            time.sleep(0.005)


@pytest.fixture
def node(settings, store, world) -> Iterator[Node]:
    app = create_app(replace(settings, feed_polls=3), store)
    with ThreadPoolExecutor(8) as asking, served(app) as base:
        its = Node(app, base, asking)
        yield its
        its.watch.ending = lambda: True  # who still waits lets the test end


@pytest.fixture
def cursor(visitor) -> str:
    return [page["next"] for page in pages(visitor)][-1]


def test_who_waits_is_told_when_there_is_something_and_everybody_of_it(node, store, cursor):
    asked = [node.asks(cursor) for _ in range(3)]
    change(store, "rename", "LGM-1")
    told = [each.result(timeout=LONG - 5).json() for each in asked]
    assert [[entry["ident"] for entry in page["items"]] for page in told] == [["LGM-1"]] * 3
    assert node.watch.waiting == 0


def test_where_there_is_something_already_the_answer_comes_at_once(node, store, cursor, visitor):
    change(store, "rename", "LGM-1")
    assert [entry["ident"] for entry in node.get(cursor, wait=LONG).json()["items"]] == ["LGM-1"]
    assert read(visitor, wait=LONG)["more"], "without since too"
    assert requests.head(node.base + FEED, params={"since": read(visitor, cursor)["next"], "wait": LONG}, timeout=20).status_code == 200


def test_a_change_that_the_reader_may_not_know_of_ends_no_wait_and_leaves_no_trace(node, store, cursor):
    calm = node.get(cursor)
    asked = node.asks(cursor, wait=2)
    also = node.asks(cursor, wait=2, headers={"If-None-Match": calm.headers["ETag"]})
    for what, name in (("rename", "SLT-1"), ("rename", "OFF-1")):
        change(store, what, name)
    told = asked.result()
    assert (told.content, told.headers["ETag"]) == (calm.content, calm.headers["ETag"])
    assert also.result().status_code == 304
    patient = node.asks(cursor)
    change(store, "rename", "SLT-1")
    change(store, "rename", "LGM-2")
    assert [entry["ident"] for entry in patient.result().json()["items"]] == ["LGM-2"]


def test_an_answer_that_may_have_waited_is_kept_by_no_shared_cache_and_the_tag_is_the_same_as_without(node, store, cursor):
    plain, waited = node.get(cursor), node.get(cursor, wait=1)
    assert plain.headers["Cache-Control"] == "public, max-age=30"
    assert waited.headers["Cache-Control"] == "private, no-cache"
    assert plain.headers["ETag"] == waited.headers["ETag"]
    change(store, "rename", "LGM-1")
    news = node.get(cursor, wait=LONG)
    again = node.get(cursor, wait=LONG, headers={"If-None-Match": news.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-cache"), "what one has already is no reason to wait"


def test_more_than_there_is_room_for_are_answered_at_once_and_say_so(node, store, cursor):
    asked = [node.asks(cursor) for _ in range(3)]
    turned_away = node.get(cursor, wait=LONG)
    assert (turned_away.headers["Feed-Wait"], turned_away.headers["Retry-After"]) == ("full", "5")
    assert turned_away.json() == node.get(cursor).json()
    assert "Feed-Wait" not in node.get(cursor).headers
    change(store, "rename", "LGM-1")
    for each in asked:
        assert "Feed-Wait" not in each.result().headers


def test_nobody_holds_a_connection_to_the_database_while_they_wait(node, store, cursor):
    asked = [node.asks(cursor) for _ in range(3)]
    node.until(lambda: node.watch.waiting == 3 and store.engine.pool.checkedout() == 0)
    change(store, "rename", "LGM-1")
    assert all(each.result().json()["items"] for each in asked)


def test_who_loses_the_login_while_waiting_is_told_nothing_of_what_staff_read(node, store, staff):
    own = [page["next"] for page in pages(staff)][-1]
    cookie = staff.get_cookie("session")
    asked = node.asks(own, cookies={"session": cookie.value})
    with store.work() as session:
        session.scalars(select(UserRow)).one().session_key = "0" * 32
    change(store, "rename", "SLT-1")
    told = asked.result()
    assert (told.status_code, "Hak baca" in told.json()["detail"]) == (410, True)


def test_a_database_that_is_another_one_meanwhile_is_told_as_gone(node, store, cursor):
    from exchange.store.feed import renew_epoch

    asked = node.asks(cursor)
    with store.work() as session:
        renew_epoch(session)
    change(store, "rename", "LGM-1")
    assert asked.result().status_code == 410


@pytest.mark.parametrize("wait", ["-1", "31", "x", "1.5", ""])
def test_a_time_that_nobody_may_wait_is_refused(visitor, cursor, wait):
    answer = visitor.get(FEED, query_string={"since": cursor, "wait": wait})
    assert answer.status_code == 400
    assert answer.get_json()["errors"][0]["parameter"] == "wait"


def waits(watch: Watch, count: int, seen: int, seconds: float) -> list[Future[bool]]:
    asking = ThreadPoolExecutor(count)
    asked = [asking.submit(watch.newer, seen, time.monotonic() + seconds) for _ in range(count)]
    asking.shutdown(wait=False)
    return asked


def test_one_looks_for_all_and_another_one_goes_on_when_its_time_is_over():
    number, looking, most = [7], threading.Semaphore(1), []

    def newest() -> int:
        most.append(looking.acquire(blocking=False))
        time.sleep(0.02)
        looking.release()
        return number[0]

    watch = Watch(newest, room=9)
    short, long = waits(watch, 3, 7, 0.6), waits(watch, 3, 7, 60)
    assert [each.result() for each in short] == [False] * 3
    looks = len(most)
    number[0] = 8
    assert [each.result(timeout=30) for each in long] == [True] * 3
    assert 0 < looks < 6, "a look each quarter of a second, however many wait"
    assert all(most), "never two at once"


def test_all_end_when_the_process_is_told_to():
    told = [False]
    watch = Watch(lambda: 7, room=9, ending=lambda: told[0])
    asked = waits(watch, 4, 7, 600)
    told[0] = True
    assert [each.result(timeout=30) for each in asked] == [False] * 4
    assert watch.newer(7, time.monotonic() + 600) is False, "nor does anybody begin to wait"


def test_a_look_that_fails_is_its_own_failure_and_the_others_go_on():
    answers: list[Any] = [OSError("gone"), 9]

    def newest() -> int:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    asked = waits(Watch(newest, room=9), 3, 7, 60)
    told = sorted(type(each.exception(timeout=30)).__name__ if each.exception(timeout=30) else str(each.result()) for each in asked)
    assert told == ["OSError", "True", "True"]


@pytest.mark.parametrize(
    ("threads", "polls", "room"), [(4, None, 2), (1, None, 0), (2, None, 0), (8, None, 6), (4, 9, 3), (4, 0, 0), (1, 5, 0)]
)
def test_a_thread_is_always_left_for_those_who_do_not_wait(settings, threads, polls, room):
    assert replace(settings, server_threads=threads, feed_polls=polls).polls() == room
