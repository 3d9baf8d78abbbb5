"""`exchange agreement prices`: the negotiated price list of a case, brought from a sheet and read again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from exchange.agreements.node import node_of
from exchange.agreements.prices.basis import LABELS, Ground
from exchange.agreements.prices.lines import Line
from exchange.agreements.prices.preview import Preview, preview
from exchange.agreements.prices.record import broken_version, lines_of, record
from exchange.agreements.steps import named
from exchange.catalogue.archive import LARGEST_FILE
from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.errors import BadRequest, NotFound
from exchange.store.prices import PriceListRow, lists_of

_COLUMNS = {
    "sku": "SKU", "price": "Harga (Rp)", "unit_said": "Satuan", "unit": "Kode", "quantity_min": "Jumlah min", "quantity_max": "Jumlah maks",
    "valid_from": "Berlaku dari", "valid_until": "Berlaku sampai", "note": "Catatan",
}  # fmt: skip


@click.group("prices")
def prices() -> None:
    """Daftar harga yang disepakati dalam PKS."""


def _day(_context: click.Context, _parameter: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise click.BadParameter(f"{value!r} bukan tanggal TTTT-BB-HH.") from error


@prices.command("import")
@click.argument("ident")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--basis", type=click.Choice(list(LABELS)), default="naskah", show_default=True, help="Atas dasar apa harga ini berlaku.")
@click.option("--since", callback=_day, metavar="DATE", help="Hari pertama harga baru (TTTT-BB-HH), untuk adendum dan klausul.")
@click.option("--reference", metavar="TEXT", help="Nomor adendum yang tercatat; atau pasal PKS dan berita acaranya.")
@click.option("--note", help="Catatan pada versi ini.")
@click.option("--dry-run", is_flag=True, help="Hanya pratinjau; tidak ada yang dicatat.")
@click.option("--yes", is_flag=True, help="Catat tanpa bertanya lagi.")
@json_option
@click.pass_obj
def import_command(
    work: Work, ident: str, file: Path, basis: str, since: date | None, reference: str | None, note: str | None, dry_run: bool, yes: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Baca FILE (XLSX atau CSV) sebagai daftar harga perkara IDENT: pratinjau, lalu catat; keluar 1 bila ada sel yang ditolak."""
    node, today = node_of(work.settings), work.settings.day()
    if file.stat().st_size > LARGEST_FILE:
        raise BadRequest(f"{file.name}: lebih besar dari {LARGEST_FILE // 2**20} MB.", mend="Bagi menjadi beberapa berkas.")
    with work.store().read() as session:
        seen = preview(session, named(session, ident), file.read_bytes(), file.name, today)
    if not as_json:
        _show(seen)
    told: dict[str, Any] = _told(seen) | {"ident": ident, "recorded": None}
    if not seen.refused and not dry_run:
        if not yes and not as_json:
            click.confirm(f"Catat sebagai versi {seen.against + 1}?", abort=True, err=True)
        with work.store().work() as session:
            ground = Ground(basis, since, reference, note)
            made = record(session, node, ident, seen.lines, ground, seen=seen.against, actor=actor(), on=today)
            told["recorded"] = _version(made)
        notes.print(f"Versi {seen.against + 1} daftar harga {ident} tercatat: {len(seen.lines)} baris, dasar {LABELS[basis]}.")
    if as_json:
        write_json(told)
    if seen.refused:
        notes.print(f"{len(seen.refused)} sel ditolak; tidak ada yang dicatat. Perbaiki berkasnya, lalu ulangi.")
        raise SystemExit(1)


@prices.command("list")
@click.argument("ident")
@click.option("--version", "number", type=click.IntRange(1), help="Baris versi ini; tanpa itu versi terakhir.")
@json_option
@click.pass_obj
def list_command(work: Work, ident: str, number: int | None, as_json: bool) -> None:
    """Daftar harga perkara IDENT: versi-versinya, dan baris salah satunya."""
    with work.store().read() as session:
        row = named(session, ident)
        versions = lists_of(session, row.id)
        chosen = next((one for one in versions if one.number == number), None) if number else versions[-1] if versions else None
        if number and chosen is None:
            raise NotFound(f"Perkara {ident} tidak punya versi {number} daftar harga.", mend=f"Versi terakhir: {len(versions)}.")
        lines, broken = lines_of(session, chosen), broken_version(session, row)
    told: dict[str, Any] = {
        "ident": ident, "versions": [_version(one) for one in versions], "version": chosen and chosen.number,
        "lines": [line.as_json() for line in lines], "broken": broken,
    }  # fmt: skip
    if as_json:
        write_json(told)
        return
    shown = [one | {"basis": LABELS[one["basis"]]} for one in told["versions"]]
    columns = {"version": "Versi", "since": "Sejak", "basis": "Dasar", "reference": "Rujukan", "made_by": "Dicatat", "made_at": "Waktu"}
    write_table(f"Daftar harga {ident}", shown, columns)
    write_table(f"Baris versi {chosen.number if chosen else '-'}", told["lines"], _COLUMNS)
    if broken is not None:
        notes.print(f"TIDAK UTUH mulai versi {broken}: isinya bukan yang dahulu dicatat.")
        raise SystemExit(1)


def _version(row: PriceListRow) -> dict[str, Any]:
    return {
        "version": row.number, "since": row.since and row.since.isoformat(), "basis": row.basis, "reference": row.reference,
        "note": row.note, "made_by": row.made_by, "made_at": row.made_at.isoformat(timespec="seconds"), "digest": row.digest,
    }  # fmt: skip


def _told(seen: Preview) -> dict[str, Any]:
    return {
        "against": seen.against, "counts": seen.counts,
        "changes": [
            {"kind": one.kind, "before": one.before and one.before.as_json(), "after": one.after and one.after.as_json()}
            for one in seen.differences
            if one.kind != "tetap"
        ],
        "refused": [one._asdict() for one in seen.refused], "warnings": seen.warnings,
    }  # fmt: skip


def _show(seen: Preview) -> None:
    for warning in seen.warnings:
        notes.print(warning)
    rows = []
    for one in seen.differences:
        line: Line | None = one.after or one.before
        assert line is not None
        was = one.before.as_json()["price"] if one.before and one.after and one.before.price != one.after.price else None
        rows.append(line.as_json() | {"kind": one.kind, "was": was})
    against = f"terhadap versi {seen.against}" if seen.against else "daftar pertama"
    write_table(f"Pratinjau ({against})", rows, {"kind": "", "was": "Harga sebelum"} | _COLUMNS)
    if seen.refused:
        columns = {"address": "Sel", "heading": "Kolom", "shown": "Isinya", "says": "Mengapa ditolak"}
        write_table("Ditolak", [one._asdict() for one in seen.refused], columns)
