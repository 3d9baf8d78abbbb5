"""
Milliseconds until the first byte of the staff's pages, their weight and their requests, in a large office.

    python3 run.py bench pages [--demands 1000000] [--products 20000] [--rounds 40] [--postgresql URL] [--folder KEPT] [--prove]

The service runs as `exchange serve` does, on loopback; each page is asked `--rounds` times over one kept connection by somebody logged
in, the pages in turns so that all meet the same weather. JSON on standard output: for each page p50, p95 and the most in milliseconds,
the processor's time that the service spent on it (mean; where the system tells it, and without that of a database server), and bytes as
sent (gzip where the server packs); for the first page with everything that a browser fetches for it. `load` is how many processes wanted
a processor. A kept database is brought to the newest shape first, and what a night counts ahead is counted: seconds of each. Bounds: p95
of a list 300 ms, of one record 150 ms, the first page with all that it needs 100 kB. `--folder` keeps the database for another run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode

from _office import NAME, WORD, faults, furnish, kept_ahead
from sqlalchemy import func, select

from exchange.settings import Settings
from exchange.store.agreements import AgreementRow
from exchange.store.base import Store
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow
from exchange.store.trade import DealRow

LIST_MS, ONE_MS, FIRST_BYTES = 300, 150, 100_000
ONES = {
    "a match": ("/kecocokan/", MatchRow.id), "a demand": ("/permintaan/", DemandRow.ident), "a product": ("/produk/", ProductRow.sku),
    "a firm": ("/ikm/", BusinessRow.ident), "a case": ("/kerja-sama/", AgreementRow.ident), "a deal": ("/perdagangan/", DealRow.ident),
}  # fmt: skip
LISTS = {
    "home": "/",
    "matches": "/kecocokan",
    "matches of a region": "/kecocokan?daerah=33.74",
    "matches of a sector": "/kecocokan?sektor=logam",
    "matches of a province, good ones": "/kecocokan?daerah=33&nilai=70",
    "matches that speak of": "/kecocokan?cari=rak",
    "matches accepted": "/kecocokan?status=accepted",
    "matches without an agreement": "/kecocokan?cakupan=none",
    "matches of months": "/kecocokan?dari=2026-T3&sampai=2026-T4",
    "matches of months by words": "/kecocokan?dari=2026&sampai=2026&cari=rak",
    "matches of a month, region, scores": "/kecocokan?dari=2026-10&sampai=2026-10&daerah=33&nilai=50&di_bawah=70",
    "demands": "/permintaan",
    "demands of a region": "/permintaan?daerah=33.74",
    "demands planned": "/permintaan?status=planned",
    "demands by a common word": "/permintaan?cari=besi",
    "demands by a rare word": "/permintaan?cari=oktagonal",
    "demands by words, region": "/permintaan?cari=rak+arsip&daerah=33.74",
    "products": "/produk",
    "products by words": "/produk?cari=pagar+besi",
    "agreements": "/kerja-sama",
    "trade": "/perdagangan",
    "agreements of months": "/kerja-sama?dari=2026&sampai=2026",
    "trade of months": "/perdagangan?dari=2026&sampai=2026&daerah=33",
    "sources": "/sumber",
    "nights": "/malam",
    "unmet": "/laporan/kebutuhan",
    "quality": "/mutu",
    "matches in my care": "/kecocokan?orang=saya",
    "matches snoozed": "/kecocokan?tunda=ya",
    "firms": "/ikm",
    "firms by words": "/ikm?cari=karya",
    "imports": "/impor",
    "map": "/peta",
    "charts": "/grafik",
    "reports": "/laporan",
    "a month's report": "/laporan/masa/2026-10",
    "downloads": "/unduhan",
}


@contextmanager
def serving(url: str, folder: Path) -> Iterator[tuple[int, int]]:
    """The port of a service over this database, and the number of its process; ended with the block."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    env = os.environ | {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_DATA_DIR": str(folder), "EXCHANGE_SECRET_KEY": "0" * 64}
    command = [sys.executable, "-m", "exchange.cli", "serve", "--no-worker", "--port", str(port)]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            _await(port)
            yield port, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _await(port: int) -> None:
    until = monotonic() + 60
    while monotonic() < until:
        try:
            HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/healthz")
            return
        except OSError:
            sleep(0.2)
    raise SystemExit("the service did not come up")


class Reader:
    """Somebody logged in, on one kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}
        form = self.get("/masuk")[2].decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
        if token is None:
            raise SystemExit("the login page has no token")
        status = self.post("/masuk", {"csrf_token": token[1], "name": NAME, "password": WORD})
        if status != 303:
            raise SystemExit(f"the login answered {status}")

    def get(self, address: str, *, packed: bool = False) -> tuple[float, int, bytes]:
        """Milliseconds to the first byte, bytes as sent, and the body; SystemExit unless the answer is 200."""
        headers = {"Cookie": self._said(), "Accept-Encoding": "gzip" if packed else "identity"}
        begun = perf_counter()
        self._connection.request("GET", address, headers=headers)
        answer = self._connection.getresponse()
        first = (perf_counter() - begun) * 1000
        body = answer.read()
        self._take(answer.headers.get_all("Set-Cookie") or [])
        if answer.status != 200:
            raise SystemExit(f"{address} answered {answer.status}: {body[:300]!r}")
        return first, len(body), body

    def post(self, address: str, form: dict[str, str]) -> int:
        """The status of a form that is sent."""
        headers = {"Cookie": self._said(), "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", address, urlencode(form), headers)
        answer = self._connection.getresponse()
        answer.read()
        self._take(answer.headers.get_all("Set-Cookie") or [])
        return answer.status

    def _said(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def _take(self, cookies: list[str]) -> None:
        for cookie in cookies:
            name, _equals, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]


def deep(reader: Reader, address: str, pages: int) -> str:
    """The address of a page further on, by following `next` links."""
    for _ in range(pages):
        body = reader.get(address)[2].decode()
        found = re.search(r'href="([^"]*setelah=[^"]*)"', body)
        if found is None:
            break
        address = found[1].replace("&amp;", "&")
    return address


def records(store: Store, rounds: int) -> dict[str, list[str]]:
    """For each kind of record the addresses of as many as there are rounds, from all over its table."""
    seed, found = random.Random(11), {}
    with store.read() as session:
        for title, (prefix, column) in ONES.items():
            table = column.class_
            most = session.scalar(select(func.max(table.id))) or 0
            ids = [seed.randrange(1, most + 1) for _ in range(rounds)]
            rows = [session.scalar(select(column).where(table.id >= at).order_by(table.id).limit(1)) for at in ids]
            found[title] = [f"{prefix}{row}" for row in rows]
    return found


def weight(reader: Reader) -> dict[str, int]:
    """Bytes of the first page as a browser fetches it, part by part."""
    page = reader.get("/", packed=True)[1]
    body = reader.get("/")[2].decode()
    parts = set(re.findall(r'(?:src|href)="(/static/[^"]+|/bootstrap/[^"]+)"', body))
    weights = {"page": page} | {part.partition("?")[0]: reader.get(part, packed=True)[1] for part in sorted(parts)}
    return weights | {"all": sum(weights.values())}


def spent(process: int) -> float:
    """Milliseconds of processor time that a process and those it began have had; 0 where the system does not tell."""
    whole = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[1]) == process or int(stat.parent.name) == process:
            whole += int(told[11]) + int(told[12])
    return whole * 1000 / os.sysconf("SC_CLK_TCK") if whole else 0.0


def summary(times: list[float], sizes: list[int], worked: float, bound: int) -> dict[str, object]:
    times = sorted(times)
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    return {
        "p50_ms": round(times[len(times) // 2], 1), "p95_ms": round(p95, 1), "most_ms": round(times[-1], 1),
        "processor_ms": round(worked / len(times), 1), "bytes": max(sizes), "within": p95 <= bound,
    }  # fmt: skip


def measure(port: int, process: int, store: Store, rounds: int) -> dict[str, object]:
    reader = Reader(port)
    lists = dict(LISTS) | {f"{name}, 20 pages on": deep(reader, LISTS[name], 20) for name in ("matches", "demands", "products")}
    ones = records(store, rounds)
    times: dict[str, list[float]] = {title: [] for title in (*lists, *ones)}
    sizes: dict[str, list[int]] = {title: [] for title in times}
    worked = dict.fromkeys(times, 0.0)
    for turn in range(-1, rounds):
        for title in times:
            before = spent(process)
            first, size, _body = reader.get(lists[title] if title in lists else ones[title][max(turn, 0)], packed=True)
            if turn >= 0:  # the first turn warms up
                times[title].append(first)
                sizes[title].append(size)
                worked[title] += spent(process) - before
    told: dict[str, object] = {
        title: summary(times[title], sizes[title], worked[title], LIST_MS if title in lists else ONE_MS) for title in times
    }
    first_page = weight(reader)
    return {"first_page": first_page | {"within": first_page["all"] <= FIRST_BYTES}, "pages": told}


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--demands", type=int, default=1_000_000)
    wanted.add_argument("--products", type=int, default=20_000)
    wanted.add_argument("--rounds", type=int, default=40)
    wanted.add_argument("--postgresql", default="", help="address of an empty database")
    wanted.add_argument("--folder", default="", help="where the database is kept for another run")
    wanted.add_argument("--prove", action="store_true", help="compare counts and index with a fresh make, which reads everything")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(given.folder or name)
        folder.mkdir(parents=True, exist_ok=True)
        store = Store(given.postgresql or Settings(data_dir=folder, database_url="").url())
        kept, begun = folder / "furnished.json", perf_counter()
        if not kept.exists():
            kept.write_text(json.dumps(furnish(store, folder, products=given.products, asked=given.demands)))
        ahead = kept_ahead(store, folder)
        report: dict[str, object] = json.loads(kept.read_text())
        report |= ahead | {"filled_s": round(perf_counter() - begun, 1), "load": os.getloadavg()[0]}
        if given.prove:
            report["faults"] = faults(store)
        with serving(store.engine.url.render_as_string(hide_password=False), folder) as (port, process):
            try:
                report |= measure(port, process, store, given.rounds)
            except HTTPException as broken:
                raise SystemExit(f"the service broke off: {broken!r}; see {folder / 'serve.log'}") from broken
        store.close()
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
