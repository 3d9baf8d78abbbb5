"""Writers come in in the order in which they stood in line, whether threads or processes, and nobody waits for the dead."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from exchange.store.base import Store, TurnMissed
from exchange.store.changes import changes_after, note_change
from exchange.store.turns import turns_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no locks of a file's bytes that wait")

WRITER = """
import sys, time
from exchange.store.base import Store, TurnMissed
from exchange.store.changes import note_change
url, name, stays = sys.argv[1:]
store = Store(url)
with store.work() as session:
    session.connection()
    print("in", flush=True)
    note_change(session, "test", name, 1)
    time.sleep(600 if stays == "stays" else 0)
store.close()
"""


@pytest.fixture
def start(database_url: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process that writes one change under a name, and with `stays` keeps its transaction open; ended with the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(name: str, stays: str = "") -> subprocess.Popen[str]:
        words = [sys.executable, "-c", WRITER, database_url, name, stays]
        running.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield begin
    for each in running:
        with suppress(ProcessLookupError):
            each.kill()
        each.communicate()


def turns_file(url: str) -> Path:
    path = Path(make_url(url).database or "")
    return path.with_name(f"{path.name}-turns")


class Line:
    """Who stands in line, as seen from outside."""

    def __init__(self, store: Store, url: str) -> None:
        self.store, self.url = store, url
        # kept open: a process that closes a file gives back all its locks of that file
        self.file = os.open(turns_file(url), os.O_RDWR | os.O_CREAT, 0o600) if store.is_sqlite else None

    def came(self) -> int:
        """How many have stood in line so far on SQLite, how many stand in it on PostgreSQL."""
        if self.file is not None:
            return int.from_bytes(os.pread(self.file, 8, 0), "little")
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
        here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
        with self.store.engine.connect() as connection:
            return connection.scalar(text(waiting + here)) or 0

    def until_one_more(self, act: Callable[[], object]) -> None:
        """Act, and wait until it brought one more into the line."""
        before, end = self.came(), time.monotonic() + 60
        act()
        while self.came() == before:
            assert time.monotonic() < end, "nobody came"
            time.sleep(0.01)


@pytest.fixture
def line(store: Store, database_url: str) -> Iterator[Line]:
    its = Line(store, database_url)
    yield its
    if its.file is not None:
        os.close(its.file)


def written(store: Store) -> list[str]:
    with store.read() as session:
        return [row.ident for row in changes_after(session, 0, 1000)]


@contextmanager
def threads_that_write(store: Store) -> Iterator[Callable[[str], None]]:
    """Starts a thread that writes one change; all have ended without a fault when the block ends."""
    started: list[threading.Thread] = []
    wrong: list[BaseException] = []

    def write(name: str) -> None:
        try:
            with store.work() as session:
                note_change(session, "test", name, 1)
                session.connection()
        except BaseException as error:
            wrong.append(error)

    def begin(name: str) -> None:
        started.append(threading.Thread(target=write, args=(name,)))
        started[-1].start()

    yield begin
    for thread in started:
        thread.join(60)
        assert not thread.is_alive()
    assert wrong == []


def test_writers_come_in_in_the_order_in_which_they_came_threads_and_processes_alike(store, line, start):
    names = ["process 1", "thread 1", "thread 2", "process 2", "thread 3"]
    processes = []
    with threads_that_write(store) as thread:
        with store.work() as session:
            session.connection()
            for name in names:
                if name.startswith("thread"):
                    line.until_one_more(lambda name=name: thread(name))
                else:
                    line.until_one_more(lambda name=name: processes.append(start(name)))
            note_change(session, "test", "first", 1)
        for process in processes:
            assert process.wait(60) == 0, process.stderr.read()
    assert written(store) == ["first", *names]


def test_a_writer_that_is_killed_in_its_turn_or_in_the_line_holds_nobody_up(store, line, start):
    holder = start("holder", "stays")
    assert holder.stdout.readline() == "in\n"
    others = []
    for name in ("one", "killed in line", "two"):
        line.until_one_more(lambda name=name: others.append(start(name)))
    others[1].kill()
    holder.kill()
    for each in (others[0], others[2]):
        assert each.wait(60) == 0, each.stderr.read()
    with store.work() as session:
        note_change(session, "test", "after", 1)
    assert written(store) == ["one", "two", "after"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_process_that_was_forked_in_the_middle_of_a_turn_stands_in_line_as_another_one(database_url, line):
    turns = turns_of(Path(make_url(database_url).database))
    place = turns.take()
    heard, told = os.pipe()
    child: list[int] = []

    def fork() -> None:
        child.append(os.fork())
        if child[0]:
            return
        try:
            turns.leave(place)  # as by what a fork takes over and drops: it is the parent's turn and stays so
            turns.leave(turns.take())
            os.write(told, b"child")
            os._exit(0)
        finally:
            os._exit(1)

    line.until_one_more(fork)
    os.write(told, b"parent ")
    turns.leave(place)
    assert os.waitpid(child[0], 0)[1] == 0
    assert os.read(heard, 100) == b"parent child"
    os.close(heard)
    os.close(told)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_turn_inside_a_turn_is_refused_instead_of_waiting_for_itself(store, database_url):
    other = Store(database_url)
    with store.work() as session:
        note_change(session, "test", "outer", 1)
        session.connection()
        for inner in (store, other):
            with pytest.raises(RuntimeError, match="inside another"), inner.work() as nested:
                nested.connection()
    other.close()
    with store.work() as session:
        note_change(session, "test", "next", 1)
    assert written(store) == ["outer", "next"]


def test_who_has_no_time_gives_up_its_place_and_who_came_later_comes_in(store, line, start):
    holder = start("holder", "stays")
    assert holder.stdout.readline() == "in\n"
    with pytest.raises(TurnMissed), store.work(patience=0.05):
        raise AssertionError("it is somebody else's turn")
    patient = []
    line.until_one_more(lambda: patient.append(start("patient")))
    with threads_that_write(store) as thread:
        line.until_one_more(lambda: thread("in this process"))
        with pytest.raises(TurnMissed), store.work(patience=0.05):
            raise AssertionError("it is somebody else's turn")
        holder.kill()
    assert patient[0].wait(60) == 0, patient[0].stderr.read()
    with store.work(patience=30) as session:
        note_change(session, "test", "in time", 1)
    assert written(store) == ["patient", "in this process", "in time"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_no_number_can_be_drawn_everybody_writes_as_before(store, database_url, start):
    turns_file(database_url).mkdir()
    process = start("process")
    assert process.wait(60) == 0, process.stderr.read()
    with threads_that_write(store) as thread:
        for number in range(5):
            thread(str(number))
    assert sorted(written(store)) == ["0", "1", "2", "3", "4", "process"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_of_numbers_that_was_emptied_or_spoilt_holds_nobody_up(store, database_url):
    for number, content in enumerate([b"", b"\xff" * 8, b"\xff" * 4000, b"x"]):
        turns_file(database_url).write_bytes(content)
        with store.work() as session:
            note_change(session, "test", str(number), 1)
    assert written(store) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_file_of_numbers_is_its_owners_alone_and_one_for_all_who_open_the_database(store, database_url, tmp_path):
    link = tmp_path / "other name.sqlite3"
    link.symlink_to(make_url(database_url).database)
    other = Store(f"sqlite:///{link}")
    for each in (store, other):
        with each.work() as session:
            session.connection()
    other.close()
    assert turns_file(database_url).stat().st_mode & 0o777 == 0o600
    assert int.from_bytes(turns_file(database_url).read_bytes()[:8], "little") == 2
