"""
The proof of the change feed: many processes write, some read along, and nobody misses anything.

  python3 run.py bench feed [--changes N] [--writers 16] [--readers 4] [--delay 10] [--seed 1] [--database URL]

Each writer writes transactions of 1 to 100 new records through `Store.work`, segments and changes as the service does, and rests for a
random while of up to `--delay` milliseconds before each commit. The readers follow from the beginning with cursors: the first over
HTTP, as a partner does it (`exchange serve`, `wait`), the others by the questions that the API asks of the store. JSON on standard
output: changes lost and told twice, by reader; whether all had the same order, and the order of the table; what failed; the fewest
and the most commits of a writer; seconds. Without --database in an own SQLite file, 100,000 changes; with one, 1,000,000 on
PostgreSQL, and everything in that database is dropped.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from _emptied import emptied
from sqlalchemy import select

from exchange.access.policy import Tier, bits
from exchange.store.base import Store
from exchange.store.changes import ChangeRow, note_new
from exchange.store.feed import changes_told, last_change
from exchange.store.segments import put_new_segments

KIND = "product"
LARGEST = 100
PAGE = 1000
READERS = bits(Tier)
SPAWN = multiprocessing.get_context("spawn")


def write(url: str, number: int, given: argparse.Namespace, begin: Any, told: Any) -> None:
    """Write until there are as many changes as are wanted; tells the size of each transaction that was committed, and what failed."""
    store, chance = Store(url), random.Random(given.seed * 1000 + number)
    sizes: list[int] = []
    failed = ""
    begin.wait()
    try:
        while True:
            with store.work() as session:
                size = min(chance.randint(1, LARGEST), given.changes - last_change(session))
                if size <= 0:
                    break
                idents = [f"{number}-{len(sizes)}-{part}" for part in range(size)]
                made = [(ident, {Tier.PUBLIC: json.dumps({"sku": ident, "version": 1}).encode()}) for ident in idents]
                put_new_segments(session, KIND, 1, made)
                note_new(session, KIND, idents, READERS)
                time.sleep(chance.uniform(0, given.delay / 1000))
            sizes.append(size)
    except Exception as error:
        failed = f"{type(error).__name__}: {error}"[:300]
    store.close()
    told.put((number, sizes, failed))


def of_the_store(url: str, done: Path) -> Iterator[list[str]]:
    """The idents of each page as the store tells them, until writing is done and nothing is left."""
    store, place = Store(url), 0
    while True:
        last = done.exists()
        with store.read() as session:
            part = changes_told(session, Tier.PUBLIC, bits([Tier.PUBLIC]), (KIND,), after=place, limit=PAGE)
        place = part.position
        yield [entry.ident for entry in part.entries]
        if last and not part.more:
            store.close()
            return
        if not part.entries:
            time.sleep(0.01)


def over_http(base: str, done: Path) -> Iterator[list[str]]:
    """The idents of each page as a partner gets them, until writing is done and nothing is left."""
    cursor = None
    with requests.Session() as session:
        while True:
            last = done.exists()
            asked = {"kind": KIND, "limit": PAGE} | ({"since": cursor, "wait": 0 if last else 2} if cursor else {})
            answer = session.get(f"{base}/api/v1/changes", params=asked, timeout=60)
            answer.raise_for_status()
            page = answer.json()
            cursor = page["next"]
            yield [entry["ident"] for entry in page["items"]]
            if last and not page["more"]:
                return


def read(url: str, base: str, done: Path, out: Path, ready: Any) -> None:
    """Follow to the end, over HTTP where a base is given; what was told goes into a file, an ident a line."""
    pages = over_http(base, done) if base else of_the_store(url, done)
    with out.open("w") as kept:
        for number, idents in enumerate(pages):
            kept.writelines(f"{ident}\n" for ident in idents)
            if number == 1:
                ready.wait()  # behind the pass over all records, of which there were none: from here on all is a change


@contextmanager
def serving(url: str, folder: Path) -> Iterator[str]:
    """`exchange serve` over this database, ended with the block; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    env |= {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_RATE_PUBLIC": "0"}
    words = [sys.executable, "-m", "exchange.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while True:
            try:
                requests.get(f"{base}/healthz", timeout=5)
                break
            except requests.ConnectionError:
                if server.poll() is not None or time.monotonic() > until:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait(30)


def judged(url: str, written: dict[int, list[int]], files: list[Path]) -> dict[str, Any]:
    """What the readers were told, held to what the writers wrote and to the order of the table."""
    store = Store(url)
    with store.read() as session:
        order = list(session.scalars(select(ChangeRow.ident).order_by(ChangeRow.id)))
    store.close()
    wanted = {f"{number}-{each}-{part}" for number, sizes in written.items() for each, size in enumerate(sizes) for part in range(size)}
    lost, twice, alike = [], [], []
    for file in files:
        told = file.read_text().split()
        seen = set(told)
        lost.append(len(wanted - seen))
        twice.append(len(told) - len(seen))
        alike.append(told == order)
    return {
        "changes": len(order),
        "lost": lost,
        "duplicated": twice,
        "same_order": all(alike),
        "kept_is_written": set(order) == wanted and len(order) == len(wanted),
        "whole_transactions": _whole(order),
    }


def _whole(order: list[str]) -> bool:
    """Whether each transaction's changes stand together, each writer's transactions one after the other."""
    gone = [ident.rpartition("-")[0] for ident in order]
    runs = [name for place, name in enumerate(gone) if place == 0 or gone[place - 1] != name]
    by_writer: dict[str, list[int]] = {}
    for name in runs:
        writer, _, number = name.partition("-")
        by_writer.setdefault(writer, []).append(int(number))
    return all(numbers == list(range(len(numbers))) for numbers in by_writer.values())


def proof(url: str, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Write and read along; what came of it."""
    begin, ready = SPAWN.Barrier(given.writers + 1), SPAWN.Barrier(given.readers + 1)
    told, done = SPAWN.Queue(), folder / "done"
    files = [folder / f"reader{number}" for number in range(given.readers)]
    with serving(url, folder) as base:
        readers = [SPAWN.Process(target=read, args=(url, "" if number else base, done, file, ready)) for number, file in enumerate(files)]
        writers = [SPAWN.Process(target=write, args=(url, number, given, begin, told)) for number in range(given.writers)]
        for process in (*readers, *writers):
            process.start()
        ready.wait(120)
        begin.wait(120)
        started = time.perf_counter()
        ended = [told.get() for _ in writers]
        written = time.perf_counter() - started
        done.touch()
        for process in (*writers, *readers):
            process.join()
        read_after = time.perf_counter() - started
        stopped = [process.exitcode for process in (*writers, *readers) if process.exitcode]
    commits = sorted(len(sizes) for _, sizes, _ in ended)
    return judged(url, {number: sizes for number, sizes, _ in ended}, files) | {
        "failures": sorted(failed for *_, failed in ended if failed) + [f"exit {code}" for code in stopped],
        "commits": sum(commits),
        "fewest": commits[0],
        "most": commits[-1],
        "share": round(commits[0] / max(1, commits[-1]), 3),
        "seconds": round(written, 1),
        "seconds_to_the_last_reader": round(read_after, 1),
    }


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--changes", type=int, default=0)
    wanted.add_argument("--writers", type=int, default=16)
    wanted.add_argument("--readers", type=int, default=4)
    wanted.add_argument("--delay", type=float, default=10.0)
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--database", default="")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = given.database or f"sqlite:///{folder / 'exchange.sqlite3'}"
        is_sqlite = url.startswith("sqlite")
        given.changes = given.changes or (100_000 if is_sqlite else 1_000_000)
        emptied(url).close()
        told = {"database": "sqlite" if is_sqlite else "postgresql", "writers": given.writers, "readers": given.readers, "seed": given.seed}
        json.dump(told | proof(url, folder, given), sys.stdout)
        print()


if __name__ == "__main__":
    main()
