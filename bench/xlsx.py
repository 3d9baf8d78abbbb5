"""
A workbook of made-up products: seconds, size and peak memory of ours, and of xlsxwriter in constant memory beside it.

  python3 run.py bench xlsx [--rows 50000]

Both read the same stored segments and write the same cells in the same types: texts, numbers, days, times, yes and no.
Each turn is a process of its own, the two take turns, the best of three counts; memory is that process's peak and how much
writing made it grow. `levels` writes ours with other levels of zlib. JSON on standard output.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from publish import alone

from exchange.access.segments import canonical
from exchange.publish import ooxml
from exchange.publish.base import Head
from exchange.publish.columns import Kind, columns_of, flat, joined
from exchange.publish.formats.xlsx import Xlsx

TURNS = 3
EXCEL = datetime(1899, 12, 30, tzinfo=UTC)
HEAD = Head(
    office="Dinas", contact="dinas@contoh.invalid", region="36.72", region_name="Kota Cilegon", licence="https://lisensi.example/by",
    version=7, changed_at=datetime(2026, 3, 1, tzinfo=UTC), tier="public", products=0,
)  # fmt: skip


def bodies(count: int) -> Iterator[bytes]:
    """That many products with every member said, each other than the last."""
    for n in range(count):
        yield canonical({
            "sku": f"CTH-{n:06}", "name": f"Pagar besi hollow model {n}", "sector": "logam", "kbli": "25111", "kbli_edition": "2020",
            "description": f"Rangka galvanis {n % 97}x40 mm, cat dasar & cat akhir, ukuran menurut pesanan, sudah termasuk pemasangan.",
            "kbki": f"4219{n % 5000:06}", "kbki_edition": "2012", "hs": "730890", "hs_edition": "2022", "unit_said": "meter persegi",
            "unit_code": "MTK", "price_min": Decimal(500_000 + n), "price_max": Decimal(900_000 + n) + Decimal("0.5"),
            "price_valid_until": date(2027, 6, 30) + timedelta(days=n % 300), "capacity_band": "100-1000", "capacity_period": "bulan",
            "lead_time_days": n % 60, "minimum_order": Decimal(n % 50), "tkdn_percent": Decimal("47.2"), "sni": "SNI 2052:2017",
            "halal": None, "distribution_permit": f"P-IRT {n:013}-31", "keywords": ["pagar", "besi", f"model {n}"],
            "weight_kg": Decimal("22.25"), "photo": f"https://foto.example.id/{n}.jpg", "is_sample": n % 2 == 0, "version": 1 + n % 5,
            "updated_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=7 * n),
            "producer": {"ident": f"u{n // 4:08x}", "name": f"CV Contoh {n // 4}", "legal_form": "CV", "nib": f"{n // 4:013}",
                         "district": "Citangkil"},
        })  # fmt: skip


def stored(path: Path) -> Iterator[bytes]:
    """The segments as they lie, one a line."""
    with path.open("rb") as file:
        yield from (line[:-1] for line in file)


def ours(source: Path, out: Path, level: int) -> dict[str, Any]:
    """The format as it is published."""
    ooxml.LEVEL = level
    begun = time.perf_counter()
    with out.open("wb") as file:
        count = Xlsx().write(stored(source), io.BufferedWriter(file.raw, 1 << 18), HEAD)
    return {"rows": count, "seconds": time.perf_counter() - begun, "bytes": out.stat().st_size}


def theirs(source: Path, out: Path) -> dict[str, Any]:
    """The same cells by xlsxwriter's own typed calls, its fastest way in bounded memory."""
    begun = time.perf_counter()
    book = xlsxwriter.Workbook(str(out), {"constant_memory": True})
    sheet = book.add_worksheet("Produk")
    text, whole, exact = (book.add_format({"num_format": said}) for said in ("@", "#,##0", "#,##0.00####"))
    day, clock = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    columns, count = columns_of(HEAD.tier), 0
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title)
    for count, body in enumerate(stored(source), start=1):
        get = flat(body).get
        for place, column in enumerate(columns):
            value, kind = get(column.name), column.kind
            if value is None:
                continue
            if kind is Kind.TEXT:
                sheet.write_string(count, place, value, text)
            elif kind is Kind.NUMBER:
                sheet.write_number(count, place, float(value), exact if "." in value else whole)
            elif kind is Kind.WHOLE:
                sheet.write_number(count, place, value, whole)
            elif kind is Kind.DATE:
                sheet.write_number(count, place, (date.fromisoformat(value) - EXCEL.date()).days, day)
            elif kind is Kind.TIME:
                when = datetime.fromisoformat(value) + timedelta(hours=7) - EXCEL
                sheet.write_number(count, place, when.total_seconds() / 86400, clock)
            elif kind is Kind.FLAG:
                sheet.write_boolean(count, place, value)
            else:
                sheet.write_string(count, place, joined(value), text)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    sheet.freeze_panes(1, 0)
    book.close()
    return {"rows": count, "seconds": time.perf_counter() - begun, "bytes": out.stat().st_size}


def best(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """The fastest turn, and all of them."""
    chosen = min(turns, key=lambda turn: turn["seconds"])
    told = {"seconds": round(chosen["seconds"], 3), "turns": [round(turn["seconds"], 3) for turn in turns]}
    return chosen | told | {"rows_per_second": round(chosen["rows"] / chosen["seconds"])}


def main() -> None:
    """Take turns, then the levels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rows", type=int, default=50_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "segments", Path(folder) / "book.xlsx"
        with source.open("wb") as file:
            file.writelines(body + b"\n" for body in bodies(rows))
        mine, peer = [], []
        for turn in range(TURNS):
            print(f"{rows} baris, putaran {turn + 1} ...", file=sys.stderr)
            mine.append(alone(ours, source, out, ooxml.LEVEL))
            peer.append(alone(theirs, source, out))
        found = {"exchange": best(mine), "xlsxwriter_constant_memory": best(peer)}
        levels = {str(level): best([alone(ours, source, out, level) for _ in range(TURNS)]) for level in (1, 3, 6)}
        tenth = Path(folder) / "tenth"
        with tenth.open("wb") as file:
            file.writelines(body + b"\n" for body in bodies(rows // 10))
        small = alone(ours, tenth, out, ooxml.LEVEL)
    report = found | {
        "times_faster": round(found["xlsxwriter_constant_memory"]["seconds"] / found["exchange"]["seconds"], 2),
        "peak_grew_mb_for_a_tenth": small["peak_grew_mb"],
        "levels": {level: {"seconds": made["seconds"], "bytes": made["bytes"]} for level, made in levels.items()},
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
