"""
Matching stored demands with the sample catalogue, criteria and reasons kept in the database: demands a second.

  python3 run.py bench rematch [--demands 20000] [--rounds 3] [--database URL]

The same demands, made up in the shape of real plans, are matched in one process, on two worker processes and on a Dask cluster of two
workers, in turn; what is kept must be the same to the last character. Then one demand, and one product, is changed, and only what
that touches is matched. JSON on standard output. Floor in the same run: the same match rows written once with the driver alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sqlite3
import statistics
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from _demands import demands
from sqlalchemy import delete, insert, select, update

from exchange.demo.prepare import load_catalogue
from exchange.matching.run import rematch
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.sources import SourceRow


def load(store: Store, settings: Settings, number: int) -> None:
    migrate.upgrade(store)
    load_catalogue(store, settings)
    with store.work() as session:
        source = SourceRow(name="contoh", connector="table", region="33.74", state="approved")
        session.add(source)
        session.flush()
        rows = [
            {
                "ident": f"d-{listing['reference']}", "source_id": source.id, "reference": listing["reference"], "title": listing["title"],
                "buyer_name": "Dinas Contoh", "region": listing["region"], "category": listing["category"],
                "items": [_plain(item) for item in listing["items"]], "quantity_said": listing["quantity_said"],
                "budget_amount": listing["budget"]["amount"], "budget_currency": "IDR", "budget_basis": "package_ceiling",
                "status": "open", "content_hash": listing["reference"], "raw_answer": "0", "raw_position": 0, "connector_version": "1",
            }
            for listing in demands(number)
        ]  # fmt: skip
        session.execute(insert(DemandRow), rows)


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    quantity = item["quantity"]
    return item | {"quantity": quantity and quantity | {"amount": str(quantity["amount"])}}


def forget(store: Store) -> None:
    with store.work() as session:
        session.execute(delete(MatchRow))
        session.execute(update(DemandRow).values(matched_version=0, matched_model=None, served=None))
        session.execute(update(ProductRow).values(matched_version=0))


def picture(store: Store) -> tuple[str, int]:
    """A hash of all that is kept, and the number of matches."""
    digest, number = hashlib.sha256(), 0
    columns = (MatchRow.demand_id, MatchRow.product_id, MatchRow.score, MatchRow.marks, MatchRow.model, MatchRow.state, MatchRow.verdict)
    with store.read() as session:
        for row in session.execute(select(*columns).order_by(MatchRow.demand_id, MatchRow.product_id).execution_options(yield_per=1000)):
            digest.update(repr(tuple(row)).encode())
            number += 1
        for told in session.execute(select(DemandRow.id, DemandRow.served).order_by(DemandRow.id)):
            digest.update(repr(tuple(told)).encode())
    return digest.hexdigest()[:16], number


def floor(store: Store, folder: Path) -> float:
    """Seconds to write the same match rows with sqlite3 alone."""
    with store.read() as session:
        columns = (MatchRow.demand_id, MatchRow.product_id, MatchRow.score, MatchRow.marks)
        rows = [
            (demand, product, int(score * 1_000_000), json.dumps(marks))
            for demand, product, score, marks in session.execute(select(*columns))
        ]
    started = perf_counter()
    connection = sqlite3.connect(folder / "floor.sqlite3")
    connection.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, demand INTEGER, product INTEGER, score INTEGER, marks TEXT)")
    connection.executemany("INSERT INTO one (demand, product, score, marks) VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    return perf_counter() - started


def changed(store: Store, folder: Path) -> dict[str, Any]:
    """What one changed demand and one changed product cost."""
    told = {}
    with store.work() as session:
        row = session.scalars(select(DemandRow).order_by(DemandRow.id).limit(1)).one()
        row.title, row.version = "Pengadaan rak arsip besi", row.version + 1
    told["one_demand"] = rematch(store, home_region="36.72", folder=folder).record()
    with store.work() as session:
        product = session.scalars(select(ProductRow).where(ProductRow.name.like("Genset diesel%"))).one()
        product.price_min, product.version = Decimal(50_000_000), product.version + 1
    told["one_product"] = rematch(store, home_region="36.72", folder=folder).record()
    before = picture(store)
    rematch(store, home_region="36.72", folder=folder, full=True)
    told["same_as_a_full_run"] = picture(store) == before
    return told


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--demands", type=int, default=20_000)
    wanted.add_argument("--rounds", type=int, default=3)
    wanted.add_argument("--database", default="")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(data_dir=folder, database_url=given.database)
        store = Store(settings.url())
        load(store, settings, given.demands)
        from distributed import LocalCluster

        ways = {"serial": "serial", "two_processes": "process"}
        seconds: dict[str, list[float]] = {}
        pictures = set()
        with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
            ways["two_dask_workers"] = cluster.scheduler_address.replace("tcp://", "dask://")
            for _ in range(given.rounds):
                for way, shared in ways.items():
                    forget(store)
                    started = perf_counter()
                    rematch(store, home_region="36.72", shared=shared, folder=folder / "index")
                    seconds.setdefault(way, []).append(perf_counter() - started)
                    pictures.add(picture(store))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        _, matches = pictures.pop()
        rates = {way: [round(given.demands / one) for one in took] for way, took in seconds.items()}
        json.dump(
            {
                "demands": given.demands,
                "matches": matches,
                "same_in_all_ways": not pictures,
                "demands_per_second": {way: {"median": statistics.median(told), "rounds": told} for way, told in rates.items()},
                "floor_writing_alone_seconds": round(floor(store, folder), 3),
                "median_seconds": {way: round(statistics.median(took), 3) for way, took in seconds.items()},
                "changed": changed(store, folder / "index"),
                "peak_mb": peak,
            },
            sys.stdout,
        )
        print()
        store.close()


if __name__ == "__main__":
    main()
