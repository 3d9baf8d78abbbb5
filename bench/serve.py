"""
Requests per second of a page of 100 products, of its 304, of one product and of the whole UBL catalogue, for a caller without and
with a token, against the same server sending constant bytes of the same size and against datasette on the same rows.

    python3 run.py bench serve [--rounds N] [--seconds N] [--connections N] [--products N]

Constant bytes come from a bare WSGI callable: with two headers or one, the least that this server can do; as `same` the very answer of
the service, all of its headers with it, which is what a 304 consists of; as `flask` from a bare view of Flask. `long` is the same by the
long way, through Flask and the database, and its peer a view by SQLAlchemy's ORM and marshmallow. All servers run on loopback over a
folder of their own and are asked in short turns one after the other, so that what is compared meets the same weather of the machine. JSON
on standard output: for each target the bytes of its body, the median of requests per second, p50 and p99 in milliseconds, what it reaches
of its peers (median of the rounds, least and most), the server's peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import monotonic, sleep

from _load import Target, ratios, turn
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


def ask(port: int, request: bytes) -> tuple[int, bytes, bytes]:
    """One request over a connection of its own: status, headers, body."""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        data = b"".join(iter(lambda: connection.recv(1 << 18), b""))
    head, _, body = data.partition(b"\r\n\r\n")
    return int(head[9:12]), head, body


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
    status, _, body = ask(port, head.encode() + form)
    if status != 200:
        sys.exit(f"no token: {status}")
    return json.loads(body)["access_token"]


PATHS = {
    "page_of_100": "/api/v1/products?limit=100",
    "one_product": "/api/v1/products/LGM-00007",
    "ubl": "/api/v1/publications/ubl",
}
LONG = "Accept: application/json;q=1\r\n"  # not an Accept that the short way knows


def ours(port: int, folder: Path, secret: str) -> dict[str, Target]:
    """Every target of the service for a caller without and with a token; what each says is kept in the folder for the constant bytes."""
    bearer = f"Authorization: Bearer {token(port, secret)}\r\n"
    found = {}
    same = {}
    for name, path in PATHS.items():
        status, head, body = ask(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        if status != 200:
            sys.exit(f"{path} answered {status}")
        (folder / name).write_bytes(body)
        same[name] = ("200 OK", listed(head), name)
        tag = next(line[6:] for line in head.decode().split("\r\n") if line.lower().startswith("etag: "))
        for caller, header in (("anonymous", ""), ("token", bearer)):
            found[f"{name}_{caller}"] = Target(port, path, header)
            found[f"{name}_304_{caller}"] = Target(port, path, f"{header}If-None-Match: {tag}\r\n", 304)
            _, head, _ = ask(port, found[f"{name}_304_{caller}"].request())
            same[f"{name}_304"] = ("304 NOT MODIFIED", listed(head), None)
            if name != "ubl":
                found[f"{name}_long_{caller}"] = Target(port, path, header + LONG)
    (folder / "same.json").write_text(json.dumps(same))
    return found


def listed(head: bytes) -> list[list[str]]:
    """The headers that an application gave; `date` and `server` are the server's own."""
    pairs = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
    return [pair for pair in pairs if pair[0].lower() not in {"server", "connection"}]


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--rounds", type=int, default=9, help="turns of each target; the median counts")
    wanted.add_argument("--seconds", type=float, default=0.5, help="of one turn")
    wanted.add_argument("--connections", type=int, default=4)
    wanted.add_argument("--products", type=int, default=10_000)
    given = wanted.parse_args()
    root = {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        database = folder / "exchange.sqlite3"
        url = f"sqlite:///{database}"
        secret = fill(url, max(given.products, 101))
        for module, text in (("constant", CONSTANT), ("orm", ORM), ("plain", FLASK)):
            (folder / f"{module}.py").write_text(text)
        env = root | {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_DATA_DIR": str(folder),
                      "EXCHANGE_RATE_PUBLIC": "1000000000", "EXCHANGE_RATE_PARTNER": "1000000000"}  # fmt: skip
        port, process = running.enter_context(granian(["--factory", "exchange.app:served"], folder, env))
        targets = ours(port, folder, secret)
        port, _ = running.enter_context(granian(["constant:application"], folder, {}))
        targets |= {f"constant_{target}": Target(port, f"/{target}") for target in PATHS}
        targets["constant_304"] = Target(port, "/304", status=304)
        targets |= {f"same_{target}": Target(port, f"/same/{target}") for target in PATHS if target != "ubl"}
        targets |= {f"same_{target}_304": Target(port, f"/same/{target}_304", status=304) for target in PATHS}
        port, _ = running.enter_context(granian(["plain:application"], folder, {}))
        targets |= {f"flask_{target}": Target(port, f"/{target}") for target in PATHS}
        port, _ = running.enter_context(granian(["orm:application"], folder, root | {"EXCHANGE_DATABASE_URL": url}))
        targets["orm_marshmallow_page"] = Target(port, "/")
        words = ["-m", "datasette", "serve", str(database), "--host", "127.0.0.1", "--port"]
        port, _ = running.enter_context(serving(lambda port: [*words, str(port)], folder, {}))
        targets["datasette_page"] = Target(port, "/exchange/product.json?_size=100&_shape=array")
        for target in targets.values():
            turn(target, 0.2, given.connections)  # warms up
            target.rates.clear()
            target.times.clear()
        for number in range(given.rounds):
            names = sorted(targets)
            for target in names if number % 2 else reversed(names):
                turn(targets[target], given.seconds, given.connections)
        report = {name: target.said() for name, target in targets.items()}
        compare(report, targets)
        report["server"] = {"peak_mb": peak_mb(process)}
    print(json.dumps(report))


def compare(report: dict[str, dict[str, object]], targets: dict[str, Target]) -> None:
    """Each target against what it is measured by: the median of the rounds, with the least and the most."""

    def tell(name: str, word: str, peer: str) -> None:
        found = ratios(targets[name], targets[peer])
        report[name][word] = round(statistics.median(found), 3)
        report[name][f"{word}_from_to"] = [round(min(found), 3), round(max(found), 3)]

    for caller in ("anonymous", "token"):
        for target in PATHS:
            tell(f"{target}_{caller}", "share_of_constant", f"constant_{target}")
            if target != "ubl":
                tell(f"{target}_{caller}", "share_of_same_headers", f"same_{target}")
            tell(f"{target}_304_{caller}", "share_of_same_headers", f"same_{target}_304")
            tell(f"{target}_{caller}", "times_flask", f"flask_{target}")
            tell(f"{target}_304_{caller}", "share_of_constant", "constant_304")
        tell(f"page_of_100_{caller}", "times_datasette", "datasette_page")
        tell(f"page_of_100_long_{caller}", "times_orm", "orm_marshmallow_page")


if __name__ == "__main__":
    main()
