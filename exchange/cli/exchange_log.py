"""`exchange log`: who was told what beyond the public, proved and exported."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exchange.access.log_check import check, marks_file, marks_in
from exchange.access.reads import as_csv, newest_reads, reads_of_firm
from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.errors import NotFound
from exchange.store.businesses import business_by_ident

_COLUMNS = {
    "when": "Waktu (WIB)", "times": "Kali", "partner": "Mitra", "region": "Wilayah", "told": "Kelompok data", "ground": "Dasar",
    "through": "Lewat", "about": "Tentang", "batch": "Bundel",
}  # fmt: skip


@click.group("log")
def log() -> None:
    """Catatan pertukaran: mitra mana membaca apa di luar yang terbuka untuk umum."""


@log.command("verify")
@json_option
@click.pass_obj
def verify_command(work: Work, as_json: bool) -> None:
    """Hitung ulang seluruh rantai; keluar 1 dan sebut bundel pertama yang tidak utuh."""
    store = work.store()
    with store.read() as session:
        found = check(session, marks_in(marks_file(work.settings)))
    if as_json:
        write_json(found._asdict() | {"well": found.well, "says": found.says()})
    else:
        click.echo(found.says())
    sys.exit(0 if found.well else 1)


@log.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="Berapa catatan terbaru.")
@json_option
@click.pass_obj
def list_command(work: Work, limit: int, as_json: bool) -> None:
    """Catatan terbaru, yang terakhir dahulu."""
    with work.store().read() as session:
        reads = newest_reads(session, limit)
    if as_json:
        write_json([read.as_json() for read in reads])
        return
    rows = [
        {
            "when": read.at.strftime("%Y-%m-%d %H:%M:%S"), "times": read.times, "partner": read.partner, "region": read.region,
            "told": read.told, "ground": read.ground, "through": read.through, "batch": read.batch,
            "about": ", ".join(f"{count} {kind}" for count, kind in ((read.firms, "usaha"), (read.demands, "permintaan")) if count),
        }
        for read in reads
    ]  # fmt: skip
    write_table("Catatan pertukaran", rows, _COLUMNS)


@log.command("export")
@click.option("--firm", required=True, metavar="IDENT", help="Nama umum usahanya.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Tulis sebagai CSV ke berkas ini.")
@json_option
@click.pass_obj
def export_command(work: Work, firm: str, csv_file: Path | None, as_json: bool) -> None:
    """Semua yang diberitahukan tentang satu usaha, sebagai hak usahanya (UU 27/2022 Pasal 32)."""
    with work.store().read() as session:
        reads = reads_of_firm(session, firm)
        if not reads and business_by_ident(session, firm) is None:
            raise NotFound(f"Usaha {firm[:80]!r} tidak ada.", mend="Pakai nama umum usahanya, seperti di /api/v1/businesses.")
    if csv_file is not None:
        csv_file.write_bytes(as_csv(reads))
    if as_json:
        write_json({"firm": firm, "reads": [read.as_json() for read in reads]})
    elif csv_file is None:
        click.echo(as_csv(reads).decode().removeprefix("\ufeff"), nl=False)
    notes.print(f"{len(reads)} catatan tentang {firm}.")
