"""
Two pulls of one region's plan, five months apart, made up in the shape of the service bus: seconds and peak memory.

  python3 run.py bench pull [--database URL] [--rows 5271]

The counts of the second pull are known beforehand, so that a wrong one shows. JSON on standard output. Floor in the same
run: the same bytes fetched, split with orjson, and written with one executemany into an own SQLite file.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import tempfile
import time
import urllib.request
from pathlib import Path

import orjson

from connectors.kit.simulator import Canned, serve
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.sources import SourceRow
from exchange.sync.run import sync_source

PATH = "/isb-2/api/00000000-0000-4000-8000-000000000000/json/1/RUP"
THINGS = ("Kertas HVS 70 gr", "Spidol papan tulis", "Map arsip", "Nasi kotak rapat", "Kue basah", "Pipa besi 2 inci", "Cat tembok",
          "Lampu jalan surya", "Meja kerja", "Kursi lipat", "Tinta printer", "Sabun cuci tangan", "Karbol wangi")  # fmt: skip


def rows(codes: range, rng: random.Random, day: str) -> list[dict[str, object]]:
    """Packages with ten or so items each, texts aligned by position as the bus sends them."""
    made = []
    for code in codes:
        pick = random.Random(code)
        things = [pick.choice(THINGS) for _ in range(pick.randint(1, 18))]
        made.append(
            {
                "tahun_anggaran": 2027, "kd_klpd": "D999", "nama_klpd": "Provinsi Contoh", "jenis_klpd": "PROVINSI", "kd_satker": code % 90,
                "kd_satker_str": "1.02", "nama_satker": f"DINAS CONTOH {code % 90}", "kd_rup": code,
                "nama_paket": f"Belanja {things[0]}", "pagu": 100_000 + code, "metode_pengadaan": "E-Purchasing",
                "jenis_pengadaan": "Barang", "status_pdn": "PDN", "status_ukm": "UKM", "volume_pekerjaan": "1 Paket",
                "urarian_pekerjaan": "; ".join(things) + "; ",
                "spesifikasi_pekerjaan": "".join(f"ukuran {pick.randint(1, 99)}; \r\n" for _ in things),
                "tgl_awal_pemilihan": "2027-01-01", "tgl_akhir_pemilihan": "2027-01-01", "tgl_awal_kontrak": "2027-01-01",
                "tgl_akhir_kontrak": "2027-12-01", "tgl_awal_pemanfaatan": "2027-01-01", "tgl_akhir_pemanfaatan": "2027-12-01",
                "tgl_pengumuman_paket": "2026-12-30 09:36:18", "status_aktif_rup": True, "status_delete_rup": False,
                "status_umumkan_rup": "Terumumkan", "_event_date": day,
            }
        )  # fmt: skip
    rng.shuffle(made)
    return made


def floor(url: str) -> float:
    """Seconds for the same bytes with nothing kept, checked or told."""
    begun = time.perf_counter()
    with urllib.request.urlopen(url) as answer:
        listings = orjson.loads(answer.read())
    with tempfile.TemporaryDirectory() as folder, sqlite3.connect(Path(folder) / "floor.sqlite3") as database:
        database.execute("CREATE TABLE d (ref TEXT PRIMARY KEY, title TEXT, pagu INTEGER, body TEXT)")
        database.executemany(
            "INSERT INTO d VALUES (?, ?, ?, ?)", [(r["kd_rup"], r["nama_paket"], r["pagu"], orjson.dumps(r)) for r in listings]
        )
    return time.perf_counter() - begun


def main() -> None:
    """Pull four times: new, the same bytes, the same but for the day, and five months later."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--database", default="")
    parser.add_argument("--rows", type=int, default=5271)
    given = parser.parse_args()
    count, rng = given.rows, random.Random(7)
    gone, fresh, changed = count * 21 // 100, count * 21 // 100 + 23, 65
    first = rows(range(count), rng, "2026-06-15")
    later = rows(range(gone, count + fresh), rng, "2026-11-05")
    for row in sorted(later, key=lambda row: row["kd_rup"])[:changed]:
        row["pagu"] = 1
    answers = {"first": first, "again": first, "next_day": [row | {"_event_date": "2026-06-16"} for row in first], "five_months": later}
    report: dict[str, object] = {"rows": count, "database": given.database or "sqlite"}
    with tempfile.TemporaryDirectory() as folder, serve(feeds=(), script={PATH: [Canned.json(first)]}) as partner:
        settings = Settings(database_url=given.database, data_dir=Path(folder), executor="serial")
        store = Store(settings.url())
        migrate.upgrade(store)
        with store.work() as session:
            options = {"url": partner.base + PATH}
            session.add(SourceRow(name="bench", connector="lkpp_isb", region="61", options=options, local=True, state="approved"))
        report["bytes"] = len(orjson.dumps(first))
        for name, answer in answers.items():
            partner.script[PATH] = [Canned.json(answer)]
            begun = time.perf_counter()
            run = sync_source(store, settings, "bench")
            seconds = time.perf_counter() - begun
            counts = {key: getattr(run, key) for key in ("state", "new", "changed", "unchanged", "missing", "held")}
            report[name] = counts | {"seconds": round(seconds, 3), "per_second": round(run.fetched / seconds)}
            if name == "first":
                report["floor_seconds"] = round(floor(partner.base + PATH), 3)
        store.close()
    wanted = {"new": fresh, "changed": changed, "unchanged": count - gone - changed, "missing": gone, "held": gone}
    last = report["five_months"]
    assert isinstance(last, dict)
    report["as_expected"] = all(last[key] == value for key, value in wanted.items())
    report["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
