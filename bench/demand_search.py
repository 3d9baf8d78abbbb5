"""
Milliseconds that a page of a search of demands takes, over the WSGI application without a network, and what the index costs.

    python3 run.py bench demand_search [--demands N] [--rounds N] [--postgresql URL] [--kept URL]

Fills a SQLite database of its own (or the empty PostgreSQL database that is named) with made-up procurement plans, lets the worker's kind
of work take them in, and asks each query in turn; `--kept` asks a database that is filled already, as it is. JSON on standard output: the
demands a second that the index took in, its size, and for each query the records of its page, p50 and p99 in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from _demands import ITEMS, demands
from search import measured
from sqlalchemy import func, select

from exchange.access.policy import Tier, bits
from exchange.demand.indexing import advance, catch_up, lag
from exchange.demand.intake import ident_of
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store, utcnow
from exchange.store.changes import note_new
from exchange.store.demand_index import PostingRow
from exchange.store.demands import DemandRow, insert_new
from exchange.store.segments import put_new_segments
from exchange.store.sources import SourceRow
from schemas.codes import regions

BUYERS = ("Dinas Pendidikan", "Dinas Kesehatan", "RSUD", "Kecamatan", "Sekretariat Daerah", "Dinas Pekerjaan Umum", "Badan Keuangan")
QUERIES: dict[str, dict[str, object]] = {
    "first page, not searched": {},
    "a rare word": {"q": "langka"},
    "a common word": {"q": "belanja"},
    "two common words": {"q": "belanja besi"},
    "two common words, best first": {"q": "belanja besi", "sort": "relevance"},
    "a word that is being typed": {"q": "kertas pri"},
    "three letters of a word": {"q": "pen"},
    "word, region, status": {"q": "besi", "region": "33.74", "status": "open"},
    "word, province, budget, deadline": {
        "q": "kursi", "region": "33", "budget_min": "50000000", "budget_max": "90000000", "deadline_from": "2026-06-01",
    },
    "common word, dearest first": {"q": "belanja", "sort": "-budget"},
    "common word, soonest first": {"q": "belanja", "sort": "deadline"},
    "all, dearest first": {"sort": "-budget"},
    "four facets of a common word": {"q": "belanja", "facets": "region,status,category,source"},
    "four facets of all": {"facets": "region,status,category,source"},
    "nothing has them all": {"q": "belanja langka rumput", "region": "11"},
}  # fmt: skip
WORDS_OF_OWN = 40_000


def fill(store: Store, count: int) -> None:
    """Made-up plans of two sources of the own region that everybody reads; one in 5,000 has a rare word, each a number and a name."""
    seed, codes = random.Random(11), [place.code for place in regions() if "." in place.code]
    with store.work() as session:
        names = ("rencana", "tender")
        rows = [SourceRow(name=name, connector="ocds", region="36.72", state="approved", public=True, options={}) for name in names]
        session.add_all(rows)
        session.flush()
        ids = [row.id for row in rows]
    columns = (
        "ident", "source_id", "reference", "title", "buyer_name", "region", "category", "items", "budget_amount", "budget_currency",
        "budget_basis", "selection_start", "selection_end", "selection_precision", "status", "published_at", "description",
        "content_hash", "raw_position",
    )  # fmt: skip
    made = demands(count)
    for first in range(0, count, 5000):
        batch, bodies = [], []
        for number in range(first, min(first + 5000, count)):
            batch.append(_row(seed, codes, ids, next(made), number))
            ident, title = str(batch[-1][0]), str(batch[-1][3])
            bodies.append((ident, {str(tier): orjson.dumps({"ident": ident, "title": title}) for tier in Tier}))
        with store.work() as session:
            always = {"raw_answer": "0" * 64, "connector_version": "1", "related": {}, "first_seen_at": utcnow(), "updated_at": utcnow()}
            insert_new(session, columns, batch, always)
            put_new_segments(session, "demand", 1, bodies)
            note_new(session, "demand", (ident for ident, _ in bodies), bits(Tier))


def _row(seed: random.Random, codes: list[str], ids: list[int], its: dict[str, Any], number: int) -> tuple[object, ...]:
    start = date(2026, 1, 1) + timedelta(days=seed.randrange(365))
    strange = f"merek{min(int(seed.expovariate(1 / 4000)), WORDS_OF_OWN)}"
    said = f"{seed.choice(ITEMS)[0]} {strange} untuk kegiatan {seed.randrange(1, 500)} tahun anggaran 2026."
    return (
        ident_of("bench", str(number)), seed.choice(ids), f"RUP-{50_000_000 + number}", its["title"],
        f"{seed.choice(BUYERS)} {seed.choice(codes)}", its["region"] if seed.random() < 0.1 and its["region"] else seed.choice(codes),
        its["category"], orjson.dumps(its["items"], default=str).decode(), int(its["budget"]["amount"] * 10_000), "IDR", "package_ceiling",
        start.isoformat(), (start + timedelta(days=30)).isoformat(), "day", seed.choice(("planned", "planned", "open", "closed")),
        datetime(2026, 1, 1, tzinfo=UTC), said + (" Langka." if number % 5000 == 7 else ""), "0" * 64, number,
    )  # fmt: skip


def sizes(store: Store) -> dict[str, float]:
    """Megabytes of the index's bodies, and its rows."""
    with store.read() as session:
        rows, size = session.execute(select(func.count(), func.sum(func.length(PostingRow.body)))).one()
        demands_kept = session.scalar(select(func.count(DemandRow.id))) or 0
        return {"rows": rows, "bodies_mb": round(int(size or 0) / 2**20, 1), "demands": demands_kept}


def one_change(store: Store, home: str) -> float:
    """Milliseconds until the index has taken in one demand that changed."""
    with store.work() as session:
        row = session.scalars(select(DemandRow).order_by(DemandRow.id).limit(1)).one()
        note_new(session, "demand", [row.ident], bits(Tier))
    begun = perf_counter()
    advance(store, home)
    return round((perf_counter() - begun) * 1000, 1)


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--demands", type=int, default=100_000)
    wanted.add_argument("--rounds", type=int, default=20)
    wanted.add_argument("--postgresql", default="", help="address of an empty database")
    wanted.add_argument("--kept", default="", help="address of a database that is filled already")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        url = given.kept or given.postgresql or f"sqlite:///{Path(name) / 'exchange.sqlite3'}"
        store, report = Store(url), {}
        settings = Settings(database_url=url, data_dir=Path(name), executor="serial", secret_key="0" * 64, rate_public=0)
        migrate.upgrade(store)
        if not given.kept:
            begun = perf_counter()
            fill(store, given.demands)
            report["filled_s"] = round(perf_counter() - begun, 1)
        begun = perf_counter()
        taken = catch_up(store, settings.home_region)
        report |= {"index_took_in": taken, "index_per_second": round(taken / (perf_counter() - begun))}
        report |= sizes(store) | {"one_change_ms": one_change(store, settings.home_region)}
        with store.read() as session:
            report["behind"] = lag(session)
        report |= measured(settings, store, "/api/v1/demands", QUERIES, given.rounds)
        store.close()
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
