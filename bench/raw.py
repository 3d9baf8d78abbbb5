"""
Time of one original record out of a large archived answer, by format, beside the same answer kept in one piece as before blocks.

    python3 run.py bench raw [--mib 32] [--records 40]

JSON on standard output: for each format milliseconds at the median and the 95th percentile, and the packed size in MiB. XML has no parts
that can be read alone; its answer is read from its beginning.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from types import SimpleNamespace
from typing import Any

from connectors.kit import SourceError, Window
from exchange.store.base import utcnow
from exchange.sync.archive import Archive
from exchange.sync.raw import Origin, raw_text
from exchange.sync.recalled import Recalled
from exchange.sync.registry import connector_for

MAPPING = '\n[listing]\nreference = "id"\n[demand]\ntitle = "judul"\n[demand.buyer]\nname = "judul"\n'
WORDS = ("meja", "kursi", "rak", "lemari", "pagar besi", "teralis", "kanopi", "kain", "seragam batik", "jilid", "cetak", "spanduk")


def row(chance: random.Random, number: int) -> dict[str, Any]:
    title = " ".join(chance.choices(WORDS, k=chance.randint(3, 30)))
    return {"id": f"K-{number:07d}", "judul": title, "pagu": chance.randint(10**6, 10**9), "kode": f"{chance.getrandbits(96):x}"}


def answers(size: int) -> dict[str, tuple[str, bytes]]:
    """By format the mapping and an answer of about so many bytes."""
    chance, length = random.Random(1), 0
    rows: list[dict[str, Any]] = []
    while length < size:
        rows.append(row(chance, len(rows)))
        length += len(json.dumps(rows[-1])) + 1
    lines = [json.dumps(each).encode() for each in rows]
    table = "\n".join(["id,judul,pagu,kode", *(",".join(map(str, each.values())) for each in rows)]).encode()
    xml = b"".join(b"<b>%s</b>" % "".join(f"<{name}>{value}</{name}>" for name, value in each.items()).encode() for each in rows)
    return {
        "json": ('format = "json"\nlist = "daftar"' + MAPPING, b'{"daftar":[' + b",".join(lines) + b"]}"),
        "ndjson": ('format = "ndjson"' + MAPPING, b"\n".join(lines)),
        "csv": ('format = "csv"' + MAPPING, table),
        "xml": ('format = "xml"\nlist = "a/b"' + MAPPING, b"<a>" + xml + b"</a>"),
    }


def measure(folder: Path, mapping: str, body: bytes, records: int) -> dict[str, Any]:
    source: Any = SimpleNamespace(name="x", connector="rest", options={"url": "https://contoh.example/daftar", "mapping": mapping})
    told: dict[str, Any] = {"mib": round(len(body) / 2**20, 1)}
    archive = Archive(folder / "archive")
    digest = archive.keep(body)
    answer: Any = SimpleNamespace(id=1, digest=digest, request=None, url="https://contoh.example", size=len(body), facts={"headers": {}})
    run: Any = SimpleNamespace(started_at=utcnow())
    settings: Any = SimpleNamespace(data_dir=folder)
    origin = Origin(answer, run, 1)
    with Recalled([answer], archive, {digest}) as fetch:
        listings: list[Any] = []
        with suppress(SourceError):  # an end that is not proved comes after all listings
            listings.extend(connector_for(source).listings(fetch, Window(since=None, until=utcnow())))
    asked = random.Random(2).sample(listings, records)
    for name, packed in {"blocks": archive.path(digest).read_bytes(), "one_piece": zlib.compress(body, 3)}.items():
        archive.path(digest).write_bytes(packed)
        seconds = []
        for each in asked:
            begun = perf_counter()
            text, why = raw_text(settings, source, origin, [answer], each.reference, each.position, each.content_hash())
            seconds.append(perf_counter() - begun)
            assert (text and each.reference in text) or "terlalu besar" in (why or ""), why
        cuts = quantiles(seconds, n=20)
        told[name] = {"p50_ms": round(cuts[9] * 1000, 1), "p95_ms": round(cuts[18] * 1000, 1), "packed_mib": round(len(packed) / 2**20, 2)}
    return told


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--mib", type=int, default=32)
    wanted.add_argument("--records", type=int, default=40)
    given = wanted.parse_args()
    told = {}
    for name, (mapping, body) in answers(given.mib << 20).items():
        with tempfile.TemporaryDirectory() as folder:
            told[name] = measure(Path(folder), mapping, body, 8 if name == "xml" else given.records)
        print(name, told[name], file=sys.stderr)
    json.dump(told, sys.stdout)
    print()


if __name__ == "__main__":
    main()
