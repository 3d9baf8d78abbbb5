"""
Requests per second of a page of 100 products, of its 304, of one product and of the whole UBL catalogue, for a caller without and
with a token, against the same server sending constant bytes of the same size and against datasette on the same rows.

    python3 run.py bench serve [--seconds N] [--most N] [--connections N] [--products N]

Constant bytes come from a bare WSGI callable with two headers, the least that this server can do, and, where `flask` is said, from a
bare view of Flask. `long` is the same by the long way, through Flask and the database, and its peer a view by SQLAlchemy's ORM and
marshmallow. Starts each server on loopback over a folder of its own and ends it. JSON on standard output: for each target the bytes of
its body, requests per second, p50 and p99 in milliseconds, the share of what constant bytes reach, and the server's peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import monotonic, perf_counter, sleep

from _views import CONSTANT, FLASK, ORM

from exchange.access.partners import add_partner, new_secret
from exchange.access.scopes import SCOPES
from exchange.access.segments import refresh_businesses, refresh_products
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.products import ProductRow


def fill(url: str, count: int) -> str:
    """A database with one firm, made-up products and a partner, whose secret is returned."""
    store = Store(url)
    migrate.upgrade(store)
    with store.work() as session:
        data = {"nib": "9120000011111", "name": "CV Contoh", "legal_form": "CV", "district": "Citangkil", "consented_on": date(2026, 1, 5)}
        firm, _ = apply_business(session, data)
        rows = [
            ProductRow(
                sku=f"LGM-{number:05}", name=f"Pagar besi hollow {number}", sector="logam", kbli="25111", hs="730890", unit_said="m2",
                description="Rangka hollow galvanis 40x40, dicat dasar dan akhir, dipasang di tempat.", unit_code="MTK", business=firm,
                price_min=Decimal(550000 + number), price_max=Decimal(850000 + number), price_valid_until=date(2026, 12, 31),
                capacity_max=Decimal(180), capacity_period="bulan", lead_time_days=14, keywords=["pagar", "besi", "hollow"],
            )
            for number in range(count)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        refresh_businesses(session, [firm])
        refresh_products(session, rows)
        partner = add_partner(session, "kota-uji", "Kota Uji", "33.74", SCOPES, actor="bench")
        secret = new_secret(session, partner, actor="bench").word
    store.close()
    return secret


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def granian(target: list[str], folder: Path, env: dict[str, str]):
    """A granian with one worker and four threads over this WSGI target."""
    return serving(
        lambda port: ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
                      "--blocking-threads", "4", "--no-ws", "--log-level", "error", *target], folder, env,
    )  # fmt: skip


@contextmanager
def serving(words, folder: Path, env: dict[str, str]):
    """A server that Python starts with these words, on a free port; ended when the block ends."""
    port = free_port()
    command = [sys.executable, *words(port)]
    process = subprocess.Popen(command, cwd=folder, env=os.environ | env, stdout=subprocess.DEVNULL)
    try:
        until = monotonic() + 30
        while monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None:
                    sys.exit("the server did not start")
                sleep(0.05)
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


def ask(connection: socket.socket, request: bytes) -> tuple[int, bytes, bytes]:
    """One request over a kept connection: status, headers, body."""
    connection.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        while not body.endswith(b"0\r\n\r\n"):
            body += receive(connection)
        return int(head[9:12]), head, body
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    status = int(head[9:12])
    while status != 304 and len(body) < length:
        body += receive(connection)
    return status, head, body


def receive(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 18)
    if not data:
        sys.exit("the server closed the connection")
    return data


def measure(port: int, path: str, given: argparse.Namespace, *, header: str = "", status: int = 200) -> dict[str, float]:
    """Ask from several connections until the time or the number of requests is used up."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode()
    times: list[float] = []
    size = [0]
    failed: list[str] = []
    until = perf_counter() + given.seconds

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            for _ in range(given.most // given.connections):
                begun = perf_counter()
                if begun > until:
                    return
                answered, _head, body = ask(connection, request)
                if answered != status:
                    failed.append(f"{path} answered {answered}")
                    return
                times.append(perf_counter() - begun)
                size[0] = len(body)

    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        ask(connection, request)  # the first one warms up
    threads = [threading.Thread(target=work) for _ in range(given.connections)]
    started = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - started
    if failed:
        sys.exit(failed[0])
    times.sort()
    return {
        "bytes": size[0],
        "requests": len(times),
        "per_second": round(len(times) / seconds, 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 2),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 2),
    }


def peak_mb(process: subprocess.Popen) -> float | None:
    """The most memory that one process of the server has held, its children's too; None where the system does not tell."""
    peaks = []
    for pid in (process.pid, *children(process.pid)):
        status = Path(f"/proc/{pid}/status")
        if status.exists():
            peaks.append(int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024)
    return round(max(peaks), 1) if peaks else None


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in listed.read_text().split()] if listed.exists() else []


def token(port: int, secret: str) -> str:
    """An access token of the partner."""
    form = f"grant_type=client_credentials&client_id=kota-uji&client_secret={secret}".encode()
    kind = "Content-Type: application/x-www-form-urlencoded"
    head = f"POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\n{kind}\r\nContent-Length: {len(form)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        status, _, body = ask(connection, head.encode() + form)
    if status != 200:
        sys.exit(f"no token: {status}")
    return json.loads(body)["access_token"]


PATHS = {
    "page_of_100": "/api/v1/products?limit=100",
    "one_product": "/api/v1/products/LGM-00007",
    "ubl": "/api/v1/publications/ubl",
}
LONG = "Accept: application/json;q=1\r\n"  # not an Accept that the short way knows


def serve_ours(folder: Path, url: str, secret: str, given: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Every target for a caller without and with a token; what each says is kept in the folder for the constant bytes."""
    report: dict[str, dict[str, float]] = {}
    env = {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_DATA_DIR": str(folder), "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
           "EXCHANGE_RATE_PUBLIC": "1000000000", "EXCHANGE_RATE_PARTNER": "1000000000"}  # fmt: skip
    with granian(["--factory", "exchange.app:create_app"], folder, env) as (port, process):
        bearer = f"Authorization: Bearer {token(port, secret)}\r\n"
        for target, path in PATHS.items():
            with socket.create_connection(("127.0.0.1", port), 10) as connection:
                _, head, body = ask(connection, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            (folder / target).write_bytes(body)
            tag = next(line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("etag: "))
            for caller, header in (("anonymous", ""), ("token", bearer)):
                report[f"{target}_{caller}"] = measure(port, path, given, header=header)
                known = f"{header}If-None-Match: {tag}\r\n"
                report[f"{target}_304_{caller}"] = measure(port, path, given, header=known, status=304)
                if target != "ubl":
                    report[f"{target}_long_{caller}"] = measure(port, path, given, header=header + LONG)
        report["server"] = {"peak_mb": peak_mb(process)}
    return report


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--seconds", type=float, default=4.0, help="longest time for each target")
    wanted.add_argument("--most", type=int, default=20000, help="most requests for each target")
    wanted.add_argument("--connections", type=int, default=4)
    wanted.add_argument("--products", type=int, default=10_000)
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "exchange.sqlite3"
        url = f"sqlite:///{database}"
        secret = fill(url, max(given.products, 101))
        (folder / "constant.py").write_text(CONSTANT)
        (folder / "orm.py").write_text(ORM)
        (folder / "plain.py").write_text(FLASK)
        report = serve_ours(folder, url, secret, given)
        for target in PATHS:
            with granian(["constant:application"], folder, {"BENCH_BODY": str(folder / target)}) as (port, _):
                report[f"constant_{target}"] = measure(port, "/", given)
            with granian(["plain:application"], folder, {"BENCH_BODY": str(folder / target)}) as (port, _):
                report[f"flask_{target}"] = measure(port, "/", given)
        with granian(["constant:unchanged"], folder, {"BENCH_BODY": str(folder / "one_product")}) as (port, _):
            report["constant_304"] = measure(port, "/", given, status=304)
        root = {"EXCHANGE_DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        with granian(["orm:application"], folder, root) as (port, _):
            report["orm_marshmallow_page"] = measure(port, "/", given)
        words = ["-m", "datasette", "serve", str(database), "--host", "127.0.0.1", "--port"]
        with serving(lambda port: [*words, str(port)], folder, {}) as (port, _):
            report["datasette_page"] = measure(port, "/exchange/product.json?_size=100&_shape=array", given)
    compare(report)
    print(json.dumps(report))


def compare(report: dict[str, dict[str, float]]) -> None:
    """Each target against what it is measured by."""

    def rate(name: str) -> float:
        return report[name]["per_second"]

    for target in PATHS:
        for caller in ("anonymous", "token"):
            report[f"{target}_{caller}"]["share_of_constant"] = round(rate(f"{target}_{caller}") / rate(f"constant_{target}"), 3)
            report[f"{target}_{caller}"]["times_flask"] = round(rate(f"{target}_{caller}") / rate(f"flask_{target}"), 2)
            report[f"{target}_304_{caller}"]["share_of_constant"] = round(rate(f"{target}_304_{caller}") / rate("constant_304"), 3)
    for caller in ("anonymous", "token"):
        report[f"page_of_100_{caller}"]["times_datasette"] = round(rate(f"page_of_100_{caller}") / rate("datasette_page"), 1)
        report[f"page_of_100_long_{caller}"]["times_orm"] = round(rate(f"page_of_100_long_{caller}") / rate("orm_marshmallow_page"), 1)


if __name__ == "__main__":
    main()
