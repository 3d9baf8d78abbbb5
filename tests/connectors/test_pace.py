"""Politeness: seats and pauses of a host, whatever sources share it."""

from __future__ import annotations

import threading

from connectors.kit.origin import origin
from connectors.kit.pace import Pace

HERE, THERE = origin("https://satu.example/"), origin("https://dua.example/")


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_requests_to_one_host_begin_a_pause_apart_and_those_to_another_do_not_wait():
    clock = Clock()
    pace = Pace(2, 0.5, sleep=clock.sleep, clock=clock)
    begun = []
    for place in (HERE, HERE, THERE, HERE):
        with pace.turn(place, 60) as mine:
            assert mine
            begun.append((place.host, clock.now))
    assert begun == [("satu.example", 0.0), ("satu.example", 0.5), ("dua.example", 0.5), ("satu.example", 1.0)]


def test_no_more_than_its_seats_are_taken_at_once():
    pace, inside, most = Pace(2, 0.0), [], []
    lock, go = threading.Lock(), threading.Event()

    def ask():
        with pace.turn(HERE, 20):
            with lock:
                inside.append(1)
                most.append(len(inside))
            go.wait(0.2)
            with lock:
                inside.pop()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2


def test_who_waits_too_long_gets_no_turn_and_keeps_no_seat():
    clock = Clock()
    pace = Pace(1, 10.0, sleep=clock.sleep, clock=clock)
    with pace.turn(HERE, 60) as mine:
        assert mine
    with pace.turn(HERE, 5) as mine:
        assert not mine
    with pace.turn(HERE, 60) as mine:
        assert mine
        assert clock.now == 10.0, "who gave up moved nobody back"
