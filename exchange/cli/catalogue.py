"""`exchange catalogue`: the office's workbook in, publications out."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from exchange.catalogue.archive import LARGEST_FILE
from exchange.catalogue.intake import import_table
from exchange.catalogue.mended import write_mended
from exchange.catalogue.outcome import REJECT, WARN, Report
from exchange.catalogue.quality.score import products_mean
from exchange.catalogue.save import known_of, save
from exchange.catalogue.table import read_table
from exchange.cli.catalogue_export import export_command
from exchange.cli.catalogue_quality import quality_command
from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.errors import BadRequest

COLUMNS = {"sheet": "Lembar", "row": "Baris", "action": "Tindakan", "said": "Keterangan"}
ACTIONS = {WARN: "diterima dengan peringatan", REJECT: "ditolak"}


@click.group()
def catalogue() -> None:
    """Katalog IKM: impor buku kerja kantor, ekspor terbitan."""


catalogue.add_command(export_command)
catalogue.add_command(quality_command)


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise click.BadParameter(f"{value!r} bukan tanggal TTTT-BB-HH.") from error


@catalogue.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Hanya laporan; tidak ada yang disimpan.")
@click.option(
    "--mended", type=click.Path(dir_okay=False, path_type=Path), help="Tulis baris yang ditolak beserta alasannya ke buku kerja ini."
)
@click.option("--consent-on", callback=_day, metavar="DATE", help="Hari semua usaha dalam berkas menyetujui penerbitan (TTTT-BB-HH).")
@click.option("--consent-basis", metavar="TEXT", help="Bukti persetujuan itu, misalnya nomor berita acara.")
@json_option
@click.pass_obj
def import_command(
    work: Work, file: Path, dry_run: bool, mended: Path | None, consent_on: date | None, consent_basis: str | None, as_json: bool
) -> None:
    """Muat FILE (XLSX atau CSV) ke katalog; keluar 1 bila ada baris yang ditolak."""
    consent = _consent(consent_on, consent_basis, work.settings.day())
    if file.stat().st_size > LARGEST_FILE:
        raise BadRequest(f"{file.name}: lebih besar dari {LARGEST_FILE // 2**20} MB.", mend="Bagi menjadi beberapa berkas.")
    table = read_table(file.read_bytes(), file.name)
    store = work.store()
    saved: dict[str, int] = {}
    with store.read() if dry_run else store.work() as session:
        known = known_of(session)
        report = import_table(table, file.name, known, work.settings.day(), consent)
        if not dry_run:
            saved = save(session, report, actor())
    quality = {
        "before": products_mean([known.products[sku] for sku in report.products if sku in known.products], work.settings.day()),
        "after": products_mean(report.products.values(), work.settings.day()),
    }
    if mended is not None:
        _write_mended(report, mended)
    if as_json:
        write_json(report.as_json() | {"dry_run": dry_run, "saved": saved, "quality": quality})
    else:
        _show(report, saved, dry_run)
        _show_quality(**quality)
    sys.exit(1 if report.count(REJECT) else 0)


def _show_quality(before: float | None, after: float | None) -> None:
    """The mean quality of the products that the file speaks of, as they were kept and as they are now."""
    if after is not None:
        was = "" if before is None else f" (sebelumnya {before:.1f})"
        notes.print(f"Mutu data produk dalam berkas: rata-rata {after:.1f} dari 100{was}. Yang terendah: exchange catalogue quality")


def _consent(day: date | None, basis: str | None, today: date) -> tuple[date, str] | None:
    if (day is None) != (not basis):
        raise click.UsageError("--consent-on dan --consent-basis harus diberikan bersama.")
    if day is None or not basis:
        return None
    if day > today:
        raise click.UsageError(f"--consent-on {day} di masa depan.")
    return day, basis[:200]


def _write_mended(report: Report, path: Path) -> None:
    try:
        count = write_mended(report, path)
    except OSError as error:
        raise BadRequest(f"{path} tidak dapat ditulis: {error.strerror}.") from error
    notes.print(f"{count} baris yang ditolak ditulis ke {path}.")


def _show(report: Report, saved: dict[str, int], dry_run: bool) -> None:
    rows = [
        {"sheet": row.sheet, "row": row.row, "action": ACTIONS[row.action], "said": row.reason or "; ".join(row.warnings)}
        for row in report.rows
        if row.action in ACTIONS
    ]
    if rows:
        write_table("Baris yang perlu dilihat", rows, COLUMNS)
    for sentence in report.warnings:
        notes.print(sentence)
    notes.print(
        "{rows} baris: {accepted} diterima, {warned} dengan peringatan, {refused} ditolak, {skipped} dilewati.".format(**report.counts())
    )
    if dry_run:
        notes.print("Percobaan: tidak ada yang disimpan.")
        return
    notes.print(
        "Usaha: {businesses_new} baru, {businesses_changed} berubah. Produk: {products_new} baru, {products_changed} berubah."
        " {proposals} usulan menunggu petugas.".format(**saved)
    )


@catalogue.command("duplicates")
@json_option
@click.pass_obj
def duplicates_command(work: Work, as_json: bool) -> None:
    """Produk yang mungkin satu barang yang tercatat dua kali, yang termirip dahulu."""
    from exchange.matching.asking import alike
    from exchange.matching.offers import read_offer
    from exchange.store.products import active_products, product_record

    with work.store().read() as session:
        rows = list(active_products(session))
    firms = {row.sku: row.business.name for row in rows}
    names = {row.sku: row.name for row in rows}
    found = alike([read_offer(product_record(row), work.settings.home_region) for row in rows])
    report = [
        {
            "one": pair.one, "one_name": names[pair.one], "one_firm": firms[pair.one],
            "other": pair.other, "other_name": names[pair.other], "other_firm": firms[pair.other], "share": pair.share,
        }
        for pair in found
    ]  # fmt: skip
    if as_json:
        write_json(report)
        return
    columns = {"share": "Kemiripan", "one_name": "Produk", "one_firm": "IKM", "other_name": "Produk lain", "other_firm": "IKM lain"}
    write_table(f"{len(report)} pasang produk yang mirip", report, columns)
