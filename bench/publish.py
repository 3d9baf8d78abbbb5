"""
The UBL catalogue of made-up products: seconds and peak memory of building it, of a second call, of all of it as an increment, and a peer.

  python3 run.py bench publish [--products 300 10000]

Peer in the same run: the same bytes written with lxml from ready tuples, nothing read, chosen or cleaned. Building must take less than
twice its time (`within_twice`, exit 1 where not). Times are the best of three; of the increment, in which every product changed, the
only one. Memory is the peak of a process of its own, and how much it grew by publishing. JSON on standard output.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from exchange.access.policy import Tier
from exchange.access.segments import rebuild, refresh_products
from exchange.publish.export import export
from exchange.publish.increments import build_increment
from exchange.publish.picture import head_of
from exchange.settings import Settings
from exchange.store import migrate
from exchange.store.base import Store
from exchange.store.businesses import apply_business
from exchange.store.products import ProductRow

TURNS = 3
Event = tuple[str, dict[str, str] | None, str | None]


def fill(folder: Path, count: int) -> Settings:
    """A database of that many products with every member said, four to a firm."""
    settings = Settings(data_dir=folder, executor="serial")
    store = Store(settings.url())
    migrate.upgrade(store)
    with store.work() as session:
        for number in range(0, count, 4):
            form = ("CV", "UD")[number % 8 // 4]
            said = {"nib": f"{number:013}", "name": f"{form} Contoh {number}", "legal_form": form, "district": "Citangkil"}
            firm, _ = apply_business(session, said | {"consented_on": date(2026, 1, 2)})
            rows = [product(n, firm) for n in range(number, min(number + 4, count))]
            session.add_all(rows)
            session.flush()
            refresh_products(session, rows)
    store.close()
    return settings


def product(number: int, firm: Any) -> ProductRow:
    """One product, much as a food or metal workshop describes its own."""
    return ProductRow(
        sku=f"CTH-{number:06}", business=firm, name=f"Pagar besi hollow model {number}", sector="logam", kbli="25111",
        description="Rangka galvanis 40x40 mm, cat dasar dan cat akhir, ukuran menurut pesanan, sudah termasuk pemasangan. " * 2,
        kbki="4219001007", hs="730890", unit_said="meter persegi", unit_code="MTK", price_min=Decimal(500_000 + number),
        price_max=Decimal(900_000 + number), price_valid_until=date(2027, 6, 30), capacity_min=Decimal(120), capacity_max=Decimal(180),
        capacity_period="bulan", lead_time_days=14, minimum_order=Decimal(6), tkdn_percent=Decimal("47.2"), sni="SNI 2052:2017",
        distribution_permit="P-IRT 2063672010001-31", keywords=["pagar", "besi", "hollow"], weight_kg=Decimal(22), is_sample=True,
    )  # fmt: skip


def first_and_second(settings: Settings) -> dict[str, Any]:
    """Build it into empty folders, then ask for it again."""
    store, builds = Store(settings.url()), []
    for turn in range(TURNS):
        begun = time.perf_counter()
        settings = replace(settings, database_url=settings.url(), data_dir=settings.data_dir / str(turn))
        made = export(store, settings, "ubl")
        assert made.built
        builds.append(time.perf_counter() - begun)
    begun = time.perf_counter()
    again = export(store, settings, "ubl")
    seconds = time.perf_counter() - begun
    assert not again.built
    store.close()
    return {
        "file": str(made.path), "products": made.products, "bytes": made.bytes, "build_seconds": round(min(builds), 3),
        "first_build_seconds": round(builds[0], 3),
        "again_seconds": round(seconds, 4), "products_per_second": round(made.products / min(builds)),
    }  # fmt: skip


def change_all(settings: Settings) -> dict[str, Any]:
    """Every product changes; the word for the catalogue before."""
    store = Store(settings.url())
    with store.read() as session:
        since = head_of(session, settings, Tier.PUBLIC).state
    with store.work() as session:
        rebuild(session, settings.home_region)
    store.close()
    return {"since": since}


def increment(settings: Settings, since: str) -> dict[str, Any]:
    """Build what changed since that catalogue."""
    store, begun = Store(settings.url()), time.perf_counter()
    made = build_increment(store, settings, since, Tier.PUBLIC)
    seconds = time.perf_counter() - begun
    store.close()
    return {"lines": made.lines, "seconds": round(seconds, 3)}


def events(path: Path) -> list[Event]:
    """The document as what lxml must be told: begin of an element, its text, end."""
    told: list[Event] = []
    for action, node in etree.iterparse(path, events=("start", "end"), resolve_entities=False, no_network=True):
        if action == "start":
            told.append((str(node.tag), {str(key): str(value) for key, value in node.attrib.items()}, None))
        else:
            told.append(("", None, node.text if len(node) == 0 else None))
    return told


def write_events(told: list[Event], nsmap: dict[str | None, str], out: Path) -> None:
    """All that lxml has to do."""
    with out.open("wb") as file, etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        stack: list[Any] = []
        for tag, attributes, text in told:
            if attributes is not None:
                element = xml.element(tag, attributes) if stack else xml.element(tag, nsmap=nsmap)
                element.__enter__()
                stack.append(element)
            else:
                if text:
                    xml.write(text)
                stack.pop().__exit__(None, None, None)


def floor(path: Path) -> dict[str, Any]:
    """Write the same bytes from ready tuples, and prove that they are the same."""
    told, out, times = events(path), path.with_suffix(".floor"), []
    nsmap = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot().nsmap
    for _ in range(TURNS):
        begun = time.perf_counter()
        write_events(told, nsmap, out)
        times.append(time.perf_counter() - begun)
    same = hashlib.sha256(out.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()
    return {"floor_seconds": round(min(times), 3), "same_bytes": same}


def peak_mb() -> float:
    """The most memory this process has held; Linux tells it of the program alone, getrusage also of whoever started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return round(int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _alone(work: Callable[..., dict[str, Any]], arguments: tuple[Any, ...], answers: Any) -> None:
    before = peak_mb()
    found = work(*arguments)
    answers.put(found | {"peak_mb": peak_mb(), "peak_grew_mb": round(peak_mb() - before, 1)})


def alone(work: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """Do it in a fresh process, so that its peak of memory is its own."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_alone, args=(work, arguments, answers))
    process.start()
    found: dict[str, Any] = answers.get(timeout=600)
    process.join()
    return found


def main() -> None:
    """Each size in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--products", type=int, nargs="+", default=[300, 10_000])
    report = []
    for count in parser.parse_args().products:
        print(f"{count} produk ...", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            settings = fill(Path(folder), count)
            made = alone(first_and_second, settings)
            peer = alone(floor, Path(made.pop("file")))
            changed = alone(increment, settings, alone(change_all, settings)["since"])
            times = round(made["build_seconds"] / peer["floor_seconds"], 2)
            report.append(
                made
                | {name: peer[name] for name in ("floor_seconds", "same_bytes")}
                | {"times_floor": times, "within_twice": times <= 2}
                | {f"increment_{name}": changed[name] for name in ("lines", "seconds", "peak_grew_mb")}
            )
    print(json.dumps(report, indent=2))
    sys.exit(0 if all(each["within_twice"] and each["same_bytes"] for each in report) else 1)


if __name__ == "__main__":
    main()
