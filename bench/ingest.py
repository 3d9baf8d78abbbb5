"""
Records of a source into the database: first load, the same again but for one volatile field, the same again byte for byte.

  python3 run.py bench ingest [--records 200000] [--database URL] [--peer PYTHON] [--forms json,ndjson,xml]

A loopback server sends pages of 1,000 records as JSON, NDJSON or XML; connector `rest` reads them by a mapping, with validation, raw
answers and ledger. In the same run, over the same pages in JSON, on SQLite: the bare floor (parse, normalise, one executemany upsert of
eleven columns; no validation, no answer kept, no ledger), the floor of what is kept (parse, then executemany of the very rows that the
exchange keeps of them: demand, segment, change), and dlt (REST source, merge) where a Python that has `dlt[sqlalchemy]` is named with
--peer. JSON on standard output: records a second of the wall's clock and of the processor's time, peak memory of each load in a process
of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import requests
from _records import MAPPINGS, server_script, write_pages

from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.sources import SourceRow
from exchange.sync.registry import found
from exchange.sync.run import BATCH, sync_source

_PEER = Path(__file__).parent / "_dlt_peer.py"


def alone(work: Callable[..., Any], *given: Any) -> dict[str, Any]:
    """What a piece of work in a fresh process gives, with the seconds and the peak memory it took."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=_measured, args=(its, work, given))
    process.start()
    its.close()
    told: dict[str, Any] = mine.recv()
    process.join()
    return told


def _measured(pipe: Any, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
    found()  # as the peer's modules are loaded before its clock starts
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, used = time.perf_counter(), time.process_time()
    told = work(*given)
    seconds = {"seconds": time.perf_counter() - started, "processor": time.process_time() - used}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send({"told": told, **seconds, "peak_mb": round(peak / 1024), "grown_mb": round((peak - base) / 1024)})


def pull(settings: Settings, name: str) -> dict[str, int]:
    """One run of one source; its counts."""
    store = Store(settings.url())
    report = sync_source(store, settings, name)
    store.close()
    if report.state != "complete":
        raise SystemExit(f"{name}: {report.state} {report.reasons}")
    return {word: getattr(report, word) for word in ("fetched", "new", "changed", "unchanged", "quarantined", "requests")}


def floor(base: str, path: str, records: int) -> dict[str, int]:
    """Parse each page, normalise and upsert: what is left when nothing is kept, checked or told."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS demand (reference TEXT PRIMARY KEY, title TEXT, buyer TEXT, code TEXT, item TEXT, quantity TEXT,"
        " amount INTEGER, start TEXT, until TEXT, method TEXT, status TEXT)"
    )
    session = requests.Session()
    count = 0
    for page in range(1, records // 1000 + 1):
        document = orjson.loads(session.get(f"{base}/json?page={page}", timeout=30).content)
        rows = [_normal(row) for row in document["data"]]
        with connection:
            connection.executemany(
                "INSERT INTO demand VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (reference) DO UPDATE SET title = excluded.title,"
                " buyer = excluded.buyer, amount = excluded.amount, status = excluded.status WHERE title IS NOT excluded.title",
                rows,
            )
        count += len(rows)
    connection.close()
    return {"fetched": count}


def _normal(row: dict[str, Any]) -> tuple[Any, ...]:
    item = row["items"][0]
    words = row["name"].strip(), row["buyer"].strip(), row["buyer_code"], item["name"].strip(), item["qty"]
    return (row["id"], *words, int(Decimal(row["amount"]) * 10_000), row["start"], row["end"], row["method"], row["status"])


KEPT = ("source", "demand", "segment", "change")


def kept_floor(base: str, had: str, path: str, records: int) -> dict[str, Any]:
    """Parse each page, and write the rows that were kept of such pages into tables like the exchange's; only these two are timed."""
    before, after = sqlite3.connect(had), sqlite3.connect(path, isolation_level=None)
    for pragma in ("page_size=8192", "journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16384", "wal_autocheckpoint=4000"):
        after.execute(f"PRAGMA {pragma}")
    made = f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND tbl_name IN {KEPT} ORDER BY type DESC"
    for (words,) in before.execute(made).fetchall():
        after.execute(words)
    session, seconds = requests.Session(), 0.0
    cursors = {table: before.execute(f"SELECT * FROM {table} ORDER BY id") for table in KEPT[1:]}
    for start in range(0, records, BATCH):
        rows = {table: cursor.fetchmany(BATCH) for table, cursor in cursors.items()}
        begun = time.perf_counter()
        for page in range(start // 1000 + 1, min(start + BATCH, records) // 1000 + 1):
            orjson.loads(session.get(f"{base}/json?page={page}", timeout=30).content)
        after.execute("BEGIN IMMEDIATE")
        for table, its in rows.items():
            after.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(its[0]))})", its)
        after.execute("COMMIT")
        seconds += time.perf_counter() - begun
    return {"seconds": seconds}


def peer(python: str, base: str, folder: Path, records: int) -> dict[str, Any] | None:
    """dlt's own figures for the same pages."""
    if not python:
        return None
    ran = subprocess.run([python, str(_PEER), base, str(folder), str(records)], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(ran.stderr[-2000:])
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def rates(told: dict[str, Any], records: int) -> dict[str, Any]:
    return {
        "records_per_second": round(records / told["seconds"]),
        "per_processor_second": round(records / told["processor"]),
        "peak_mb": told["peak_mb"],
        "counts": told["told"],
    }


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--records", type=int, default=200_000)
    wanted.add_argument("--peer-records", type=int, default=20_000)
    wanted.add_argument("--database", default="")
    wanted.add_argument("--peer", default="")
    wanted.add_argument("--forms", default="json,ndjson,xml")
    given = wanted.parse_args()
    forms = given.forms.split(",")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for day in (1, 2):
            write_pages(folder / str(day), given.records, day, {*forms, "json"})
        (folder / "day").write_text("1")
        program = [sys.executable, "-c", server_script(folder)]
        server = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert server.stdout is not None
            base = server.stdout.readline().strip()
            told: dict[str, Any] = {"records": given.records}
            told["floor"] = rates(alone(floor, base, str(folder / "floor.sqlite3"), given.records), given.records)
            told["dlt"] = peer(given.peer, base, folder / "dlt", given.peer_records)
            settings = Settings(data_dir=folder / "data", database_url=given.database)
            store = Store(settings.url())
            migrate.upgrade(store)
            with store.work() as session:
                for form in forms:
                    options = {"url": f"{base}/{form}", "mapping": MAPPINGS[form]}
                    session.add(SourceRow(name=form, connector="rest", region="33.74", options=options, local=True, state="approved"))
            store.close()
            for form in forms:
                told[form] = {}
                for step, day in (("first", 1), ("volatile_only", 2), ("same_bytes", 2)):
                    (folder / "day").write_text(str(day))
                    told[form][step] = rates(alone(pull, settings, form), given.records)
                    if (form, step, given.database) == ("json", "first", ""):
                        kept = alone(
                            kept_floor, base, str(folder / "data" / "exchange.sqlite3"), str(folder / "kept.sqlite3"), given.records
                        )
                        told["floor_of_what_is_kept"] = {"records_per_second": round(given.records / kept["told"]["seconds"])}
        finally:
            server.kill()
            server.wait()
            server.stdout.close()  # type: ignore[union-attr]
    first = told["json"]["first"]["records_per_second"] if "json" in told else None
    told["times_the_floor"] = first and round(told["floor"]["records_per_second"] / first, 2)
    if first and "floor_of_what_is_kept" in told:
        told["times_the_floor_of_what_is_kept"] = round(told["floor_of_what_is_kept"]["records_per_second"] / first, 2)
    told["times_dlt"] = first and told["dlt"] and round(first / told["dlt"]["records_per_second"], 2)
    json.dump(told, sys.stdout)
    print()


if __name__ == "__main__":
    main()
