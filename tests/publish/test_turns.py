"""Who asks for a publication while it is built waits for the builder, in this process and in others, and the work is done once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Semaphore

import pytest

from exchange.access.segments import refresh_products
from exchange.publish import registry
from exchange.publish.shelf import Shelf
from exchange.publish.turns import turn
from exchange.publish.write import build
from exchange.store.products import products_by_sku

ROOT = Path(__file__).resolve().parents[2]

# builds once and says whether it wrote the file itself; waits for a line before it begins
BUILDER = """
import sys
from pathlib import Path
from exchange.publish.write import build
from exchange.settings import Settings
from exchange.store.base import Store

settings = Settings(database_url=sys.argv[1], data_dir=Path(sys.argv[2]), executor="serial", secret_key="0" * 64)
store = Store(settings.url())
build.__globals__["format_named"]("json")
print("ready", flush=True)
sys.stdin.readline()
made = build(store, settings, "json")
print(made.built, made.etag, flush=True)
store.close()
"""


def rename(store, sku, name):
    with store.work() as session:
        row = products_by_sku(session, [sku])[sku]
        row.name = name
        row.version += 1
        refresh_products(session, [row])


@pytest.fixture
def slow(monkeypatch):
    """A json format that says when it began and goes on when it is let."""
    began, go, kind = Event(), Event(), registry.installed().usable["json"]
    whole, counted = kind.write, []

    def write(self, products, out, head):
        counted.append(head.version)
        began.set()
        assert go.wait(30)
        return whole(self, products, out, head)

    monkeypatch.setattr(kind, "write", write)
    yield began, go, counted
    go.set()


def test_all_who_ask_while_it_is_built_get_that_one(catalogue, settings, slow):
    began, go, counted = slow
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(build, catalogue, settings, "json") for _ in range(6)]
        assert began.wait(30)
        go.set()
        made = [each.result(30) for each in asked]
    assert len(counted) == 1
    assert sorted(each.built for each in made) == [False] * 5 + [True]
    assert len({each.etag for each in made}) == 1


def test_who_asked_before_the_builder_looked_takes_its_work_though_the_catalogue_has_moved_on(catalogue, settings, monkeypatch):
    """Without it each of many waiting callers would build anew for as long as an import commits."""
    kind = registry.installed().usable["json"]
    whole, counted = kind.write, []

    def write(self, products, out, head):
        counted.append(head.version)
        done = whole(self, products, out, head)
        rename(catalogue, "A-1", f"Nama {len(counted)}")
        return done

    arrived = Semaphore(0)

    @contextmanager
    def at_the_door(path):
        arrived.release()
        with turn(path):
            yield

    monkeypatch.setattr(kind, "write", write)
    monkeypatch.setattr("exchange.publish.write.turn", at_the_door)
    with ThreadPoolExecutor(5) as pool:
        with turn(settings.data_dir / "locks" / "publication-json-public"):
            asked = [pool.submit(build, catalogue, settings, "json") for _ in range(5)]
            assert all(arrived.acquire(timeout=30) for _ in asked)
        made = [each.result(30) for each in asked]
    assert len(counted) == 1
    assert {each.version for each in made} == set(counted)
    assert build(catalogue, settings, "json").version > counted[0]


def test_who_asks_after_a_change_never_gets_what_was_looked_at_before_it(catalogue, settings, slow):
    began, go, counted = slow
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(build, catalogue, settings, "json")
        assert began.wait(30)
        rename(catalogue, "A-1", "Nama sesudahnya")
        second = pool.submit(build, catalogue, settings, "json")
        go.set()
        old, new = first.result(30), second.result(30)
    assert len(counted) == 2
    assert new.version > old.version
    assert b"Nama sesudahnya" in new.path.read_bytes()
    assert b"Nama sesudahnya" not in old.path.read_bytes()


def test_two_processes_that_build_at_once_make_one_file_and_one_of_them_makes_it(catalogue, settings):
    command = [sys.executable, "-W", "error", "-c", BUILDER, settings.url(), str(settings.data_dir)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(2)]
    for each in both:
        assert each.stdout.readline() == "ready\n", each.stderr.read()
    for each in both:
        each.stdin.write("\n")
        each.stdin.flush()
    said = [each.communicate(timeout=60) for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    built, tags = zip(*(out.split() for out, _ in said), strict=True)
    assert sorted(built) == ["False", "True"]
    assert len(set(tags)) == 1
    note = Shelf(settings.data_dir / "publications").newest("json-public")
    assert note["sha256"] == tags[0]
    assert not list((settings.data_dir / "publications").glob("*.building"))


def test_a_builder_that_fails_leaves_the_door_open(catalogue, settings, monkeypatch):
    kind = registry.installed().usable["json"]
    monkeypatch.setattr(kind, "write", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    with pytest.raises(OSError, match="no room"):
        build(catalogue, settings, "json")
    monkeypatch.undo()
    assert build(catalogue, settings, "json").built
