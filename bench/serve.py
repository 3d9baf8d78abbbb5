"""
Requests per second of a page of 100 products, of its 304 and of one product, against the same server sending constant bytes.

    python3 run.py bench serve [--seconds N] [--most N] [--connections N] [--products N]

Starts both servers on loopback over a folder of its own and ends them. JSON on standard output: for each target the bytes
of its body, requests per second, p50 and p99 in milliseconds, and the share of what constant bytes of the same size reach.
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

from exchange.access.segments import refresh_businesses, refresh_products
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.products import ProductRow

CONSTANT = """
import os
BODY = open(os.environ["BENCH_BODY"], "rb").read()
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]
"""


def fill(url: str, count: int) -> None:
    """A database with one firm and made-up products."""
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
    store.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def serving(target: list[str], folder: Path, env: dict[str, str]):
    """A granian with one worker and four threads over this WSGI target; ended when the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
               "--blocking-threads", "4", "--no-ws", "--log-level", "error", *target]  # fmt: skip
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
        yield port
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


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--seconds", type=float, default=4.0, help="longest time for each target")
    wanted.add_argument("--most", type=int, default=20000, help="most requests for each target")
    wanted.add_argument("--connections", type=int, default=4)
    wanted.add_argument("--products", type=int, default=1000)
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'exchange.sqlite3'}"
        fill(url, max(given.products, 101))
        (folder / "constant.py").write_text(CONSTANT)
        paths = {"page_of_100": "/api/v1/products?limit=100", "one_product": "/api/v1/products/LGM-00007"}
        report: dict[str, dict[str, float]] = {}
        env = {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_DATA_DIR": str(folder), "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        with serving(["--factory", "exchange.app:create_app"], folder, env) as port:
            for target, path in paths.items():
                with socket.create_connection(("127.0.0.1", port), 10) as connection:
                    _, head, body = ask(connection, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                (folder / target).write_bytes(body)
                report[target] = measure(port, path, given)
                tag = next(line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("etag: "))
                report[f"{target}_304"] = measure(port, path, given, header=f"If-None-Match: {tag}\r\n", status=304)
        for target in paths:
            with serving(["constant:application"], folder, {"BENCH_BODY": str(folder / target)}) as port:
                constant = measure(port, "/", given)
            report[f"constant_{target}"] = constant
            for part in (target, f"{target}_304"):
                report[part]["share_of_constant"] = round(report[part]["per_second"] / constant["per_second"], 3)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
