"""
Retrieval in number: the best ten of 50,000 products for each of 200,000 demands, texts read from a file within the time.

    python3 run.py bench match [--demands N] [--products N] [--rounds N] [--threads N]

The engine, with and without the reuse of repeated texts, stands beside tantivy and sp-matmul-rs, which get the same bags from the
same analyser, its cost included, and as many threads; and beside the floor, which streams the same postings once and reads no
text. Each has its own process; they take turns, so that every round's ratios come from the same minutes. JSON on standard output:
demands per second as median and range, ratios of each round, seconds of building the index (texts read, files flushed), peak
memory of each process, and how far the engine's ten agree with exhaustive scoring by a plain program that shares neither analyser
shortcuts nor kernel.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from importlib.metadata import version
from math import log1p
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
from _rivals import KINDS, TOP, texts

SAMPLE = 2_000


def child(kind: str, folder: Path, threads: int) -> None:
    """Build, say so, then run once for each line on standard input."""
    products, demands = folder / "products.txt", folder / "demands.txt"
    started, busy = perf_counter(), process_time()
    made = KINDS[kind](products, folder, threads)
    built, busy = perf_counter() - started, process_time() - busy
    made.warm()
    if hasattr(made, "prepare"):
        made.prepare(demands)
    print(json.dumps({"build_seconds": round(built, 2), "build_processor_seconds": round(busy, 2)}), flush=True)
    for _ in sys.stdin:
        started = perf_counter()
        found = made.run(demands)
        seconds = perf_counter() - started
        if kind.startswith("engine"):
            save(found, folder / f"{kind}.npz")
        del found
        peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(json.dumps({"seconds": seconds, "peak_mb": peak}), flush=True)


def save(found: list[Any], path: Path) -> None:
    documents = np.concatenate([one.documents for one in found])
    at = sample(len(documents))
    np.savez(path, documents=documents[at], scores=np.concatenate([one.scores for one in found])[at])


def sample(count: int) -> Any:
    return np.unique(np.linspace(0, count - 1, SAMPLE).astype(int))


def exhaustive(products: list[Counter[str]], asked: list[Counter[str]]) -> Any:
    """Every score of every product for each demand, by the formula of BM25 over a dense row of doubles."""
    from exchange.matching.tables import rows

    counts = {row["root"]: int(row["texts"]) for row in rows("word_counts")}
    texts_read, rarest = counts.pop(""), min(counts.values())
    by_root: dict[str, list[tuple[int, float]]] = {}
    for number, bag in enumerate(products):
        norm = 1.2 * (0.5 + 0.5 * sum(bag.values()) / 10.0)
        for root, count in bag.items():
            held = counts.get(root, rarest)
            idf = log1p((texts_read - held + 0.5) / (held + 0.5))
            by_root.setdefault(root, []).append((number, idf * count * 2.2 / (count + norm)))
    posted = {root: (np.array([one[0] for one in told]), np.array([one[1] for one in told])) for root, told in by_root.items()}
    for bag in asked:
        scores = np.zeros(len(products))
        for root, count in bag.items():
            if root in posted:
                scores[posted[root][0]] += count * posted[root][1]
        yield scores


def counted(text: tuple[str, ...]) -> Counter[str]:
    from exchange.matching.phrases import word_weight
    from exchange.matching.words import words

    fields = [{root for part in field.split(";") for root in words(part) if word_weight(root) > 0} for field in text]
    return Counter(root for field in fields for root in field)


def agreement(folder: Path) -> dict[str, Any]:
    """Share of the ten that exhaustive scoring would put there too, ties at the tenth place counting as such."""
    asked = list(texts(folder / "demands.txt"))
    asked = [asked[at] for at in sample(len(asked))]
    truth = list(exhaustive([counted(text) for text in texts(folder / "products.txt")], [counted(text) for text in asked]))
    told: dict[str, Any] = {"demands": len(asked)}
    for kind in ("engine", "engine_once"):
        found = np.load(folder / f"{kind}.npz")
        met, wanted, furthest = 0, 0, 0.0
        for documents, scores, exact in zip(found["documents"], found["scores"], truth, strict=True):
            best = np.sort(exact)[::-1][:TOP]
            best = best[best > 0]
            ours = documents[documents >= 0]
            wanted += max(len(best), len(ours))
            if len(best) and len(ours):
                met += int((exact[ours] >= best[-1] * (1 - 1e-5)).sum())
                furthest = max(furthest, float(np.abs(exact[ours] / scores[: len(ours)] - 1).max()))
        told[kind] = {"share": round(met / max(1, wanted), 5), "largest_relative_error": float(f"{furthest:.1e}")}
    return told


def write(path: Path, made: Any) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines("\t".join(text) + "\n" for text in made)


def spread(values: list[float], digits: int = 0) -> dict[str, float]:
    return {"median": round(median(values), digits), "min": round(min(values), digits), "max": round(max(values), digits)}


def measure(folder: Path, demands: int, rounds: int, threads: int) -> dict[str, Any]:
    """Start every kind, one after another; then let them take turns."""
    ready: dict[str, Any] = {}
    children: dict[str, subprocess.Popen[str]] = {}
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    try:
        for kind in KINDS:
            command = [sys.executable, __file__, "--child", kind, "--folder", str(folder), "--threads", str(threads)]
            children[kind] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            ready[kind] = answer(children[kind])
            print(f"{kind}: {ready[kind]}", file=sys.stderr)
        for _ in range(rounds):
            for kind, process in children.items():
                assert process.stdin
                print("go", file=process.stdin, flush=True)
                said = answer(process)
                ready[kind]["peak_mb"] = said["peak_mb"]
                seconds[kind].append(said["seconds"])
                print(f"{kind}: {demands / said['seconds']:.0f}/s", file=sys.stderr)
    finally:
        for process in children.values():
            process.communicate()
    speed = {kind: [demands / one for one in told] for kind, told in seconds.items()}
    ratios = {
        f"{own}/{rival}": [round(a / b, 2) for a, b in zip(speed[own], speed[rival], strict=True)]
        for own in ("engine", "engine_once")
        for rival in ("tantivy", "sp_matmul_rs", "floor")
    }
    return {"demands_per_second": {kind: spread(told) for kind, told in speed.items()}, "ratios_per_round": ratios, "processes": ready}


def answer(process: subprocess.Popen[str]) -> Any:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise SystemExit("a process of the benchmark ended; what it said stands above")
    return json.loads(line)


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--demands", type=int, default=200_000)
    wanted.add_argument("--products", type=int, default=50_000)
    wanted.add_argument("--rounds", type=int, default=3)
    wanted.add_argument("--threads", type=int, default=2)
    wanted.add_argument("--child", choices=KINDS)
    wanted.add_argument("--folder", type=Path)
    given = wanted.parse_args()
    if given.child:
        child(given.child, given.folder, given.threads)
        return

    from _large import Market

    with tempfile.TemporaryDirectory(prefix="bench-match-") as name:
        folder, market = Path(name), Market()
        write(folder / "products.txt", market.products(given.products))
        write(folder / "demands.txt", market.demands(given.demands))
        told = measure(folder, given.demands, given.rounds, given.threads)
        told["agreement"] = agreement(folder)
    told |= {"demands": given.demands, "products": given.products, "threads": given.threads, "rounds": given.rounds}
    told["versions"] = {name: version(name) for name in ("tantivy", "sp-matmul-rs", "numba", "numpy")}
    told["cores"] = os.cpu_count()
    json.dump(told, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
