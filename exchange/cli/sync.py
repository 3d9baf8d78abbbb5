"""`exchange sync` and `exchange nightly`."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from typing import Any

import click

from exchange import log
from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.errors import BadRequest
from exchange.jobs.nightly import Night, nightly
from exchange.jobs.pulling import sync_all
from exchange.store.sources import all_sources
from exchange.sync.report import Report

SKIPS_SHOWN = 8
STATES = {"complete": "lengkap", "partial": "sebagian", "unproven": "belum terbukti lengkap", "failed": "gagal"}
COLUMNS = {
    "source": "Sumber",
    "state": "Keadaan",
    "fetched": "Datang",
    "new": "Baru",
    "changed": "Berubah",
    "unchanged": "Tetap",
    "missing": "Hilang",
    "held": "Ditahan",
    "withdrawn": "Dicabut",
    "quarantined": "Karantina",
    "skipped": "Dilewati",
    "duplicates": "Kembar",
}


def show_reports(reports: list[Report]) -> None:
    """The table of runs, and under it what each wants to say."""
    rows: list[dict[str, Any]] = [report.as_json() for report in reports]
    write_table("Pengambilan", rows, COLUMNS)
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
    """Ambil permintaan dari setiap NAME; dari semua sumber yang disetujui bila tidak ada yang disebut."""
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
@click.option("--quiet", is_flag=True, help="Diam bila semua baik; selebihnya hanya yang perlu dilihat orang.")
@click.option("--verbose", is_flag=True, help="Tulis log lengkap ke keluaran galat.")
@click.pass_obj
def nightly_command(work: Work, as_json: bool, quiet: bool, verbose: bool) -> None:
    """Semua sumber yang disetujui, lalu pencocokan, lalu ringkasan; keluar 1 bila ada yang perlu dilihat orang."""
    if verbose:
        log.configure(logging.INFO)
    night = nightly(work.store(), work.settings)
    if as_json:
        write_json(night.as_json())
    else:
        _show_night(night, quiet=quiet)
    sys.exit(0 if night.all_well else 1)


def _show_night(night: Night, *, quiet: bool) -> None:
    """Two lines where all is well; besides, what a person must look at and the runs that it came from."""
    if not quiet:
        for line in _told_shortly(night):
            click.echo(line)
    if night.all_well:
        return
    for need in night.needs:
        click.echo(f"{need.source}: {need.what} {need.mend}")
    if not quiet:
        asking = {need.source for need in night.needs}
        show_reports([report for report in night.sources if report.source in asking])


def _told_shortly(night: Night) -> list[str]:
    states = Counter(STATES[report.state] for report in night.sources)
    told = [f"{count} {state}" for state, count in states.items()] + ([f"{len(night.resting)} beristirahat"] if night.resting else [])
    new, changed, withdrawn = (sum(getattr(report, name) for report in night.sources) for name in ("new", "changed", "withdrawn"))
    back = sum(again.returned for again in night.replayed)
    lines = [
        f"Malam selesai dalam {night.seconds:.0f} detik. Sumber: {', '.join(told) or 'tidak ada'}; "
        f"permintaan: {new} baru, {changed} berubah, {withdrawn} dicabut" + (f", {back} terbaca kembali." if back else "."),
        "Pencocokan: {demands} permintaan, {products} produk, {matches} kecocokan. ".format(**night.matching)
        + ("Semua baik." if night.all_well else f"{len(night.needs)} hal perlu dilihat orang."),
    ]
    lines += _forgotten(night.forgotten)
    lines += [f"{again.source}: {again.returned} dari {again.waiting} data karantina terbaca kembali." for again in night.replayed]
    lines += [f"{again.source}: {again.trouble}" for again in night.replayed if again.trouble]
    return lines + [told["trouble"] for told in (night.heartbeat, night.mail) if told and told["trouble"]]


def _forgotten(gone: dict[str, int | bool]) -> list[str]:
    """One line about what went because its days were over; none where nothing did and nothing is left for another night."""
    whole = gone.get("all", True)
    if whole and not any(gone.get(name) for name in ("changes", "run_listings", "demand_changes")):
        return []
    parts = (
        "{changes} perubahan umpan",
        "{run_listings} data dari {runs} pengambilan",
        "{demand_changes} perubahan permintaan yang tergantikan",
    )
    told = ", ".join(parts).format(**gone)
    return [f"Lewat masa simpan, dihapus: {told}." + ("" if whole else " Sisanya dihapus malam berikutnya.")]
