"""Many sources side by side, in threads and in processes: each alone."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.kit.simulator import Canned, serve
from exchange.jobs import pulling
from exchange.jobs.pulling import sync_all
from exchange.store.demands import count_demands
from exchange.store.runs import latest_runs
from exchange.store.sources import SourceRow

MANY = 20


def bus(number):
    """One source's list, made up."""
    return [
        {"kd_klpd": f"D{number}", "nama_klpd": f"Kota Contoh {number}", "kd_rup": 1000 * number + code, "nama_paket": f"Rak arsip {code}",
         "pagu": 1000, "status_aktif_rup": True, "status_delete_rup": False, "status_umumkan_rup": "Terumumkan"}
        for code in range(3)
    ]  # fmt: skip


@pytest.fixture
def many(store):
    """Twenty sources; the fourth hangs for longer than its time, the fifth sends a web page."""
    script = {f"/{number}": [Canned.json(bus(number))] for number in range(MANY)}
    script["/3"] = [Canned.json(bus(3), delay=60)]
    script["/4"] = [Canned(b"<html></html>")]
    with serve(feeds=(), script=script) as served:
        with store.work() as session:
            for number in range(MANY):
                options = {"url": f"{served.base}/{number}"}
                session.add(
                    SourceRow(name=f"s{number}", connector="lkpp_isb", region="33.74", options=options, local=True, state="approved")
                )
        yield [f"s{number}" for number in range(MANY)]


@pytest.mark.parametrize("executor", ["serial", "process"])
def test_of_many_sources_those_that_hang_or_break_cost_the_others_nothing(store, settings, many, executor):
    given = replace(settings, executor=executor, total_timeout=1.0, read_timeout=1.0)
    reports = sync_all(store, given, many)
    assert [report.source for report in reports] == many
    assert {report.source for report in reports if report.state != "complete"} == {"s3", "s4"}
    with store.read() as session:
        assert count_demands(session) == 3 * (MANY - 2)
        assert len(latest_runs(session)) == MANY


def test_few_sources_are_pulled_by_threads_of_this_process_at_the_same_time(store, settings, many, monkeypatch):
    met = threading.Barrier(3, timeout=20)
    real = pulling.sync_source

    def together(*args, **more):
        met.wait()
        return real(*args, **more)

    monkeypatch.setattr(pulling, "sync_source", together)
    reports = sync_all(store, replace(settings, executor="process", sync_threads=3), ["s0", "s1", "s2"])
    assert {report.state for report in reports} == {"complete"}


def test_sources_of_a_worker_that_dies_are_taken_over(store, settings, many, monkeypatch):
    killed = []

    def kill_a_worker():
        children = [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
        if children and not killed:
            killed.append(children[-1])
            os.kill(children[-1], signal.SIGKILL)

    if not Path("/proc/self/task").exists():
        pytest.skip("no /proc here to find the worker in")
    monkeypatch.setattr(pulling, "_BEAT", 0.3)
    given = replace(settings, executor="process", total_timeout=1.0, read_timeout=1.0)
    reports = {report.source: report.state for report in sync_all(store, given, many, beat=kill_a_worker)}
    assert killed
    assert {name for name, state in reports.items() if state != "complete"} == {"s3", "s4"}


def test_a_sign_of_life_is_given_while_a_source_hangs(store, settings, many, monkeypatch):
    monkeypatch.setattr(pulling, "_BEAT", 0.1)
    beats = []
    given = replace(settings, executor="process", total_timeout=1.5, read_timeout=1.5)
    started = time.monotonic()
    sync_all(store, given, ["s3", "s0"], beat=lambda: beats.append(time.monotonic() - started))
    assert len(beats) >= 3
