"""`exchange sync` and `exchange nightly`."""

from __future__ import annotations

import sys
from typing import Any

import click

from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.errors import BadRequest
from exchange.jobs.nightly import nightly
from exchange.jobs.pulling import sync_all
from exchange.store.sources import all_sources
from exchange.sync.report import Report

SKIPS_SHOWN = 8
COLUMNS = {
    "source": "Sumber",
    "state": "Keadaan",
    "fetched": "Datang",
    "new": "Baru",
    "changed": "Berubah",
    "unchanged": "Tetap",
    "missing": "Hilang",
    "held": "Ditahan",
    "withdrawn": "Ditarik",
    "quarantined": "Karantina",
    "skipped": "Dilewati",
    "duplicates": "Kembar",
}


def show_reports(reports: list[Report]) -> None:
    """The table of runs, and under it what each wants to say."""
    rows: list[dict[str, Any]] = [report.as_json() for report in reports]
    write_table("Penarikan", rows, COLUMNS)
    for report in reports:
        for reason in (*report.reasons, *report.notes):
            notes.print(f"{report.source}: {reason}")
        for reason, count in report.skips.most_common(SKIPS_SHOWN):
            notes.print(f"{report.source}: {count} dilewati. {reason}")


@click.command("sync")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@json_option
@click.pass_obj
def sync_command(work: Work, names: tuple[str, ...], as_json: bool) -> None:
    """Tarik permintaan dari setiap NAME; dari semua sumber yang disetujui bila tidak ada yang disebut."""
    store = work.store()
    with store.read() as session:
        known = {row.name for row in all_sources(session)}
        wanted = list(names) or [row.name for row in all_sources(session, "approved")]
    if unknown := sorted(set(wanted) - known):
        raise BadRequest(f"Sumber tidak ada: {', '.join(unknown)}.", mend=f"Yang ada: {', '.join(sorted(known)) or 'belum ada'}.")
    reports = sync_all(store, work.settings, wanted)
    if as_json:
        write_json([report.as_json() for report in reports])
    else:
        show_reports(reports)
    sys.exit(1 if any(report.state != "complete" or report.quarantined for report in reports) else 0)


@click.command("nightly")
@json_option
@click.pass_obj
def nightly_command(work: Work, as_json: bool) -> None:
    """Semua sumber yang disetujui, lalu pencocokan, lalu ringkasan; keluar 1 bila ada yang perlu dilihat orang."""
    night = nightly(work.store(), work.settings)
    if as_json:
        write_json(night.as_json())
    else:
        for again in night.replayed:
            says = again.trouble or f"{again.returned} dari {again.waiting} data yang menunggu kini terbaca, {again.left} tetap menunggu."
            notes.print(f"{again.source}: {says}")
        show_reports(night.sources)
        notes.print("Pencocokan: {demands} permintaan, {products} produk, {matches} kecocokan.".format(**night.matching))
        notes.print("Semua baik." if night.all_well else "Ada yang perlu dilihat orang.")
    sys.exit(0 if night.all_well else 1)
