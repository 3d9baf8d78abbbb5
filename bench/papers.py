"""
Papers: seconds and peak memory of a Perjanjian Kerja Sama and of a report with many lines, as PDF, DOCX and XLSX.

  python3 run.py bench papers [--rows 2000]

Each paper is made in a process of its own, five times; `first` is the first one, `best` the best of the others. Memory is that
process's peak, `loaded` what it had before it made anything, `setter` the peak of the processes in which the PDFs are set. JSON on
standard output.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from exchange.reports import letters
from exchange.reports.facts import Assembly, Good, Office, Party, Signatory, Work
from exchange.reports.kinds import Origin
from exchange.reports.letters.pks import PksFacts
from exchange.reports.report import Addressee, CommodityLine, FirmLine, LaporanFacts
from exchange.reports.report_sheet import workbook

TURNS = 5
ORIGIN = Origin(case="contoh", version="1", made_at=datetime(2026, 1, 1, tzinfo=UTC))
WAYS = ("pks-pdf", "pks-docx", "report-pdf", "report-docx", "report-xlsx")


def party(name: str) -> Party:
    return Party(
        name=f"Pemerintah {name}", address=f"Jalan Contoh Nomor 1, {name}", paper_number="1/KB/2026",
        signatory=Signatory(name="CONTOH NAMA", title=f"Kepala Daerah {name}"), contact_office=f"Dinas {name}",
        contact_address=f"Jalan Contoh Nomor 2, {name}", contact_mail="dinas@contoh.invalid", contact_phone="000",
    )  # fmt: skip


def pks() -> PksFacts:
    some = tuple(f"hal ke-{n} yang disepakati kedua pihak untuk pelaksanaan kerja sama" for n in range(5))
    return PksFacts(
        origin=ORIGIN, first=party("Kota Satu"), second=party("Kabupaten Dua"), day=date(2026, 1, 1), place="Kota Satu",
            subject="Perdagangan",
        base_number="1/KB/2026", base_day=date(2025, 1, 1), assembly=Assembly(needed=False, number="3", day=date(2025, 6, 1)),
        purposes=some, goals=some, object="perdagangan produk", scope=some, execution=some, first_rights=some, first_duties=some,
        second_rights=some, second_duties=some, starts=date(2026, 1, 1), ends=date(2028, 1, 1), funding=some, data=some, sanctions=some,
        same_province=False,
        goods=tuple(Good(commodity=f"Komoditas {n}", quantity=Decimal(n + 1), unit="kg", need="10 kg",
            capacity="20 kg") for n in range(20)),
        works=tuple(Work(activity=f"Kegiatan {n}", when="2026", who="Dinas", target="1") for n in range(10)),
    )  # fmt: skip


def report(rows: int) -> LaporanFacts:
    return LaporanFacts(
        origin=ORIGIN, office=Office(government="Pemerintah Kota Satu", name="Dinas", address="Jalan Contoh"), number="1",
            agreement="Perdagangan",
        agreement_number="2", partner="Kabupaten Dua", starts=date(2026, 1, 1), ends=date(2026, 6, 30), summary="Ringkasan.",
        commodities=(CommodityLine(commodity="Keripik", unit="kg", target=Decimal(1), realised=Decimal(2), realised_value=Decimal(3)),),
        firms=tuple(
            FirmLine(firm=f"UD Contoh Sejahtera {n}", commodity=f"Komoditas {n % 40}", unit="bungkus", target=Decimal(100 + n),
                     realised=Decimal(n) / 4, realised_value=Decimal(n * 12345)) for n in range(rows)
        ),
        addressees=(Addressee(who="Wali Kota", basis="PP 28/2018"),), place="Kota Satu", day=date(2026, 7, 1),
        signatory=Signatory(name="CONTOH NAMA", title="Kepala Dinas"),
    )  # fmt: skip


def turn(way: str, rows: int) -> dict[str, float]:
    """One paper in this process."""
    make: Callable[[], bytes] = {
        "pks-pdf": lambda: letters.final_pdf("pks", pks()),
        "pks-docx": lambda: letters.draft_docx("pks", pks()),
        "report-pdf": lambda: letters.final_pdf("laporan_kerja_sama", report(rows)),
        "report-docx": lambda: letters.draft_docx("laporan_kerja_sama", report(rows)),
        "report-xlsx": lambda: workbook(report(rows)),
    }[way]
    loaded, seconds, size = peak(), [], 0
    for _ in range(TURNS):
        started = time.perf_counter()
        size = len(make())
        seconds.append(time.perf_counter() - started)
    return {
        "first_s": round(seconds[0], 3), "best_s": round(min(seconds[1:]), 3), "bytes": size, "loaded_mib": loaded, "peak_mib": peak(),
        "setter_mib": peak(resource.RUSAGE_CHILDREN),
    }  # fmt: skip


def peak(whose: int = resource.RUSAGE_SELF) -> float:
    """The peak so far of this process, or the highest of those that it started; MiB (Linux counts in KiB)."""
    return round(resource.getrusage(whose).ru_maxrss / 1024, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--way", choices=WAYS, help="one paper in this process")
    asked = parser.parse_args()
    if asked.way:
        print(json.dumps(turn(asked.way, asked.rows)))
        return
    made = {}
    for way in WAYS:
        command = [sys.executable, __file__, "--way", way, "--rows", str(asked.rows)]
        made[way] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    print(json.dumps({"rows": asked.rows, "papers": made}, indent=2))


if __name__ == "__main__":
    main()
