"""
The contract held to the running service: Schemathesis with every check, as each kind of caller.

  python3 run.py bench contract [--cases 20000] [--seed N] [--database URL] [--only CALLER,...] [--forget STATUS]

Fills a database of its own, starts `exchange serve` on loopback and asks it along its own /openapi.json: as nobody, as a partner with every
scope on each stage (public, agreed, contracted), as one whose token lacks scopes, and with a session of staff. JSON on standard output:
cases, seconds, failures by check with an example of each, and which documented statuses each operation answered; `excused` counts what a
check took for a failure and `Caller.excuses` did not, for a reason that stands there. Exits 1 where anything failed or fewer cases ran
than were asked for. `--forget 404` takes that status out of the contract first: the run must then fail.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests
from _asked import FEW, STAGES, Node, cookie, fill, token
from _schemathesis import Caller, run
from _tally import Tally

from exchange.settings import Settings

# share of the cases that each caller has; the fuller its rights, the more
SHARES = {"nobody": 2, "mitra-public": 2, "mitra-agreed": 2, "mitra-contracted": 4, FEW: 1, "petugas": 2}
# what no caller over loopback reaches here, with the reason
_FREE_OF = {"429": "the rates are set so high that nobody reaches them", "500": "is what must never come"}


@contextmanager
def serving(settings: Settings, log: Path):
    """`exchange serve` over the settings' database; its address while the block lasts."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    env = os.environ | {
        "EXCHANGE_DATABASE_URL": settings.url(), "EXCHANGE_DATA_DIR": str(settings.data_dir), "EXCHANGE_SECRET_KEY": "0" * 64,
        "EXCHANGE_RATE_PUBLIC": "0", "EXCHANGE_RATE_PARTNER": "0", "EXCHANGE_RATE_TOKEN": "0", "EXCHANGE_FEED_POLLS": "0",
        "EXCHANGE_EXECUTOR": "serial", "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }  # fmt: skip
    command = [sys.executable, "-m", "exchange.cli", "serve", "--no-worker", "--port", str(port)]
    with log.open("wb") as said, subprocess.Popen(command, env=env, stdout=said, stderr=said) as process:
        base = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                try:
                    requests.get(f"{base}/healthz", timeout=5)
                    break
                except requests.ConnectionError:
                    if process.poll() is not None:
                        sys.exit(log.read_text(errors="replace")[-2000:])
                    time.sleep(0.05)
            yield base
        finally:
            process.terminate()
            process.wait(30)


def callers(base: str, node: Node, seed: int) -> list[Caller]:
    """Each kind of caller."""
    partners = [*(f"mitra-{stage}" for stage in STAGES), FEW]
    known = [Caller(name, node, token=token(base, name, node.secrets[name]), seed=seed) for name in partners]
    return [Caller("nobody", node, seed=seed), *known, Caller("petugas", node, cookie=cookie(base), seed=seed)]


def ask(base: str, document: dict, one: Caller, cases: int, given: argparse.Namespace) -> tuple[Tally, dict[str, float]]:
    """Ask as one caller until that many cases are there: once along all that the contract names, then by chance."""
    tally, begun = Tally(), time.perf_counter()
    phases = given.phases.split(",")
    if named := [phase for phase in phases if phase != "fuzzing"]:
        run(base, document, one, 1, given.seed, tally, named)
    operations = sum(method != "parameters" for item in document["paths"].values() for method in item)
    for turn in range(9 if "fuzzing" in phases else 0):
        if tally.cases >= cases:
            break
        run(base, document, one, max(2, (cases - tally.cases) // operations), given.seed + turn, tally, ["fuzzing"])
    if one.token:
        still = requests.get(f"{base}/api/v1/partner", headers={"Authorization": f"Bearer {one.token}"}, timeout=30)
        if still.status_code != 200:
            tally.errors.append(f"{one.name}: the token no longer holds, what came after it proves nothing")
    return tally, {"cases": tally.cases, "seconds": round(time.perf_counter() - begun, 1)}


def reached(document: dict, tally: Tally) -> dict[str, dict[str, list[str]]]:
    """Of each operation the documented statuses that were answered, and those that were not."""
    told = {}
    for path, item in document["paths"].items():
        for method in item:
            if method != "parameters":
                label = f"{method.upper()} {path}"
                documented, seen = item[method]["responses"], tally.statuses[label]
                told[label] = {
                    "reached": {status: seen[status] for status in sorted(seen)},
                    "not_reached": sorted(set(documented) - set(seen) - set(_FREE_OF)),
                }
    return told


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--cases", type=int, default=20_000)
    wanted.add_argument("--seed", type=int, default=36)
    wanted.add_argument("--database", default="")
    wanted.add_argument("--only", default="")
    wanted.add_argument("--phases", default="examples,coverage,fuzzing")
    wanted.add_argument("--processes", type=int, default=2)
    wanted.add_argument("--forget", default="")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(database_url=given.database or f"sqlite:///{folder / 'exchange.sqlite3'}", data_dir=folder)
        node = fill(settings)
        tally, started, by_caller = Tally(), time.perf_counter(), {}
        with serving(settings, folder / "log") as base:
            document = requests.get(f"{base}/openapi.json", timeout=30).json()
            for item in document["paths"].values():
                for method in item:
                    if method != "parameters":
                        item[method]["responses"].pop(given.forget, None)
            chosen = [one for one in callers(base, node, given.seed) if not given.only or one.name in given.only.split(",")]
            whole = sum(SHARES[one.name] for one in chosen)
            fullest_first = sorted(chosen, key=lambda one: -SHARES[one.name])
            with ProcessPoolExecutor(given.processes, multiprocessing.get_context("spawn")) as pool:
                asked = {
                    one.name: pool.submit(ask, base, document, one, -(-given.cases * SHARES[one.name] // whole), given)
                    for one in fullest_first
                }
                for name, told in asked.items():
                    its, by_caller[name] = told.result()
                    tally.take(its)
                    rate = by_caller[name]["cases"] / by_caller[name]["seconds"]
                    print(f"{name}: {by_caller[name]['cases']} cases, {rate:.0f} a second", file=sys.stderr, flush=True)
        seconds = time.perf_counter() - started
        log = (folder / "log").read_text(errors="replace")
    told = {
        "cases": tally.cases, "seconds": round(seconds, 1), "per_second": round(tally.cases / seconds, 1), "seed": given.seed,
        "operations": len(tally.statuses), "callers": by_caller, "checks": dict(tally.checks), "failures": dict(tally.failures),
        "excused": tally.excused,
        "errors": tally.errors, "examples": tally.examples, "statuses": reached(document, tally),
        "log": log[-3000:] if "Traceback" in log else "",
    }  # fmt: skip
    json.dump(told, sys.stdout, ensure_ascii=False)
    print()
    if tally.failures or tally.errors or tally.cases < given.cases:
        sys.exit(1)


if __name__ == "__main__":
    main()
