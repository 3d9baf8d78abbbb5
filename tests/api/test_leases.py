"""What is taken of a minute without a lock, by many threads at once, is what was borrowed: no more, and nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.api.leases import Lease
from exchange.api.limits import WINDOW, Limiter
from exchange.store.base import Store
from exchange.store.partners import Use

START = 1_800_000_000.0 // WINDOW * WINDOW


@given(held=st.integers(0, 500), others=st.integers(0, 50), steps=st.lists(st.sampled_from(["deal", "ready", "take"]), max_size=60))
def test_each_request_is_told_one_less_than_the_one_before_whichever_way_it_goes(held, others, steps):
    lease = Lease(1, held=held, others=others)
    left: list[int | None] = []
    for step in steps:
        if step == "deal":
            left.append(lease.deal())
        elif step == "ready":
            lease.made_ready()
        elif lease.ready:
            left.append(lease.ready.pop())
    told = [each for each in left if each is not None]
    assert told == list(range(held + others - 1, held + others - 1 - len(told), -1))
    assert len(told) == lease.used - len(lease.ready) <= held
    assert None not in left or len(told) == held


def test_threads_that_take_without_a_lock_and_with_one_let_no_request_more_go_than_the_limit(store: Store):
    process, limit = Limiter(store, lambda: START), 900
    left: list[int] = []

    def ask() -> None:
        for _ in range(300):
            strip = process.ready("both")
            try:
                left.append((strip or []).pop())
            except IndexError:
                said = process.take("both", limit)
                if said.allowed:
                    left.append(said.remaining)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(left) == limit
    assert not process.take("both", limit).allowed


def test_nothing_is_ready_of_another_minute_nor_of_a_caller_that_has_not_asked(store: Store):
    at = [START]
    process = Limiter(store, lambda: at[0])
    assert process.ready("new") is None
    assert process.take("new", 100).allowed
    assert process.ready("new") == list(range(90, 99))
    for later in (WINDOW, -1):
        at[0] = START + later
        assert process.ready("new") is None


def test_what_was_tallied_is_written_once_with_what_was_noted(store: Store):
    process = Limiter(store, lambda: START)
    process.note(7, "products.listing", True)
    marks = process.tally(7, "products.listing")
    for _ in range(5):
        marks.append(None)
    process.tally(7, "products.one")
    (one,) = process._drain()
    assert isinstance(one, Use)
    assert (one.operation, one.asked, one.refused) == ("products.listing", 6, 1)
    assert process.tally(7, "products.listing") is marks
    assert process._drain() == []


_PARENT = """
import os
from exchange.api.plumbing import READY, by_chance
by_chance()
mine, (reads, writes) = {value for _, value in READY}, os.pipe()
if not os.fork():
    os.write(writes, b" ".join(by_chance()[1].encode() for _ in range(100)))
    os._exit(0)
os.wait()
theirs = set(os.read(reads, 1 << 16).decode().split())
print(len(mine), len(theirs), len(mine & theirs))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
def test_a_child_process_names_no_request_as_its_parent_does():
    said = subprocess.run([sys.executable, "-c", _PARENT], capture_output=True, text=True, timeout=60, check=True).stdout.split()
    assert said == ["256", "100", "0"]
