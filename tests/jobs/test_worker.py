"""The worker as processes of its own: killed at any moment it loses nothing, two of them send nothing twice, it ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from connectors.kit.simulator import Canned, serve
from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES
from exchange.access.telling import EVENTS, STAGE_CHANGED, tell
from exchange.access.webhooks import add_webhook, sealer, webhook_named
from exchange.demand.indexing import catch_up
from exchange.jobs.worker import Worker
from exchange.store.base import utcnow
from exchange.store.webhooks import WebhookDeliveryRow, WebhookEventRow, WebhookRow

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no parent to lose")


@pytest.fixture
def receiver():
    with serve(feeds=(), script={"/": [Canned(b"")]}) as served:
        yield served


@pytest.fixture
def happen(store, settings, receiver):
    """Events for so many addresses of one partner, in turn; their identifiers. Nothing else waits for a worker."""
    catch_up(store, settings.home_region)

    def happen(count, addresses=1):
        with store.work() as session:
            partner = add_partner(session, "kota-contoh", "Kota Contoh", "33.74", SCOPES, actor="uji")
            its = sealer(settings.secret_key)
            idents = [
                add_webhook(
                    session, partner, f"{receiver.base}/?{n}", EVENTS, its, today=utcnow().date(), local=True, actor="uji"
                ).row.ident
                for n in range(addresses)
            ]
            rows = [webhook_named(session, ident) for ident in idents]
            return [tell(session, STAGE_CHANGED, [rows[n % addresses]], {"n": n}).ident for n in range(count)]

    return happen


@pytest.fixture
def started(settings, tmp_path):
    """Starts commands that stay; whatever still runs at the end is ended."""
    running = []
    env = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")} | {
        "EXCHANGE_DATABASE_URL": settings.database_url,
        "EXCHANGE_DATA_DIR": str(settings.data_dir),
        "EXCHANGE_SECRET_KEY": settings.secret_key,
    }

    def start(*words):
        command = [sys.executable, "-m", "exchange.cli", *words]
        with (tmp_path / f"said-{len(running)}").open("wb") as said:  # a file, since children of a killed server may keep it open
            running.append(subprocess.Popen(command, env=env, cwd=tmp_path, stdout=said, stderr=subprocess.STDOUT))
        running[-1].said = tmp_path / f"said-{len(running) - 1}"
        return running[-1]

    yield start
    for each in running:
        if each.poll() is None:
            each.terminate()
            try:
                each.wait(timeout=30)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


def until(holds, process=None, seconds=60):
    """Wait until something holds; what a process said where it ended instead."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        assert process is None or process.poll() is None, process.said.read_text()
        time.sleep(0.02)
    pytest.fail(f"it did not come to hold within {seconds} s")


def came(receiver):
    return Counter(asked.headers["webhook-id"] for asked in list(receiver.asked))


def states(store):
    with store.read() as session:
        return Counter(row.state for row in session.query(WebhookDeliveryRow))


def test_once_does_what_waits_and_leaves(store, receiver, happen, started):
    messages = happen(5)
    ran = started("worker", "--once")
    assert ran.wait(timeout=60) == 0, ran.said.read_text()
    assert "5 dikerjakan" in ran.said.read_text()
    assert came(receiver) == Counter(messages)


@POSIX
def test_workers_killed_in_the_middle_lose_nothing_and_what_comes_twice_has_the_same_identifier(store, receiver, happen, started):
    messages = happen(24)
    receiver.script["/"] = [Canned(b"", delay=0.05)]
    kills = 0
    for wanted in (1, 16):
        worker = started("worker")
        until(lambda wanted=wanted: len(receiver.asked) >= wanted, worker)
        worker.kill()
        worker.wait()
        kills += 1
    receiver.script["/"] = [Canned(b"")]
    ran = started("worker", "--once")
    assert ran.wait(timeout=60) == 0
    told = came(receiver)
    assert set(told) == set(messages)
    assert sum(told.values()) <= len(messages) + kills, "each kill interrupts one event of this address at most"
    assert states(store) == {"sent": 24}


def test_two_workers_at_once_send_nothing_twice(store, receiver, happen, started):
    messages = happen(60, addresses=5)
    receiver.script["/"] = [Canned(b"", delay=0.02)]
    workers = [started("worker", "--once") for _ in range(3)]
    assert [each.wait(timeout=90) for each in workers] == [0, 0, 0]
    until(lambda: states(store) == {"sent": 60})
    assert came(receiver) == Counter(messages)
    assert max(came(receiver).values()) == 1


@POSIX
def test_a_worker_that_is_told_to_stop_ends_what_is_under_way_and_takes_nothing_more(store, receiver, happen, started):
    happen(2)
    receiver.script["/"] = [Canned(b"", delay=1.0)]
    worker = started("worker")
    until(lambda: receiver.asked, worker)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    assert len(receiver.asked) == 1
    assert states(store) == {"sent": 1, "waiting": 1}
    with store.read() as session:
        assert session.query(WebhookRow).one().leased_by is None


def _children(pid, which="worker --parent"):
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    found = [line.split(None, 2) for line in listed.splitlines()]
    return [int(mine) for mine, parent, words in found if int(parent) == pid and which in words]


def _is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@POSIX
@ONE_DATABASE
def test_the_server_has_a_worker_beside_it_which_is_started_again_and_ends_with_it(store, receiver, happen, started, free_port):
    messages = happen(1)
    server = started("serve", "--port", str(free_port))
    # killed between the sending and the noting of it, a worker would send once more, as it must
    until(lambda: came(receiver) == Counter(messages) and states(store) == {"sent": 1} and _answers(free_port), server)
    (first,) = _children(server.pid)
    os.kill(first, signal.SIGKILL)
    with store.work() as session:
        more = tell(session, STAGE_CHANGED, [session.query(WebhookRow).one()], {}).ident
    until(lambda: came(receiver) == Counter([*messages, more]), server)
    (second,) = _children(server.pid)
    assert second != first
    server.send_signal(signal.SIGTERM)
    server.wait(timeout=30)
    until(lambda: not _is_running(second))


@POSIX
@ONE_DATABASE
def test_a_worker_beside_a_server_that_is_killed_ends_by_itself(receiver, happen, started, free_port):
    messages = happen(1)
    server = started("serve", "--port", str(free_port))
    until(lambda: came(receiver) == Counter(messages) and _answers(free_port), server)
    (beside,), serving = _children(server.pid), _children(server.pid, "serve")
    server.kill()
    server.wait()
    try:
        until(lambda: not _is_running(beside))
    finally:
        for left in serving:
            os.kill(left, signal.SIGKILL)  # the server's own processes outlive it where it is killed


@POSIX
@ONE_DATABASE
def test_the_demo_has_a_worker_too_which_sends_and_ends_with_it(receiver, happen, started, free_port):
    messages = happen(1)
    demo = started("demo", "--port", str(free_port))
    until(lambda: came(receiver) == Counter(messages) and _answers(free_port), demo)
    (beside,) = _children(demo.pid)
    demo.send_signal(signal.SIGTERM)
    demo.wait(timeout=30)
    until(lambda: not _is_running(beside))


@POSIX
@ONE_DATABASE
@pytest.mark.parametrize("words", [("serve",), ("demo",)])
def test_without_a_worker_nothing_is_sent_by_the_server(receiver, happen, started, free_port, words):
    happen(1)
    server = started(*words, "--no-worker", "--port", str(free_port))
    until(lambda: _answers(free_port), server)
    assert _children(server.pid) == []
    assert receiver.asked == []


def _answers(port):
    import requests

    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture
def free_port():
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_an_idle_look_is_one_statement(store, settings, happen, statements_of):
    happen(0, addresses=3)
    from exchange.jobs.webhooks import Webhooks

    kind = Webhooks(store, settings)
    with statements_of(store) as seen:
        assert kind.take(8) == []
    assert len(seen) == 1


@pytest.fixture
def statements_of():
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def count(store):
        seen = []

        def note(_c, _cur, statement, *_rest):
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        event.listen(store.engine, "before_cursor_execute", note)
        yield seen
        event.remove(store.engine, "before_cursor_execute", note)

    return count


def test_events_of_a_change_that_was_rolled_back_are_never_sent(store, settings, receiver, happen):
    happen(0)
    with pytest.raises(RuntimeError), store.work() as session:
        row = session.query(WebhookRow).one()
        tell(session, STAGE_CHANGED, [row], {})
        raise RuntimeError
    assert Worker(store, settings).run(once=True) == 0
    with store.read() as session:
        assert session.query(WebhookEventRow).count() == 0
