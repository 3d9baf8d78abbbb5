"""`exchange report agreement`: the report of one agreement in one period, as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from exchange.cli.context import Work, json_option, notes, write_json


@click.command("agreement")
@click.argument("ident")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Awal masa laporan, misalnya 2026-07-01.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Akhir masa laporan, misalnya 2026-09-30.")
@click.option("--number", help="Nomor laporan; tanpa nomor PDF-nya rancangan.")
@click.option("--signer", help="Nama penanda tangan.")
@click.option("--title", help="Jabatan penanda tangan.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Folder untuk DOCX, PDF dan XLSX.")
@json_option
@click.pass_obj
def of_agreement(
    work: Work,
    ident: str,
    first: datetime,
    last: datetime,
    number: str | None,
    signer: str | None,
    title: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """Susun laporan satu perkara kerja sama: DOCX, PDF dan XLSX."""
    from exchange.agreements.steps import named
    from exchange.reports.pack import pack_of
    from exchange.store.base import utcnow

    at = utcnow().astimezone(ZoneInfo("Asia/Jakarta"))
    with work.store().read() as session:
        row = named(session, ident)
        pack = pack_of(session, row, work.settings, first.date(), last.date(), at, number=number, signer=signer, title=title)
    out.mkdir(parents=True, exist_ok=True)
    written = {}
    for ending, make in (("docx", pack.docx), ("pdf", pack.pdf), ("xlsx", pack.xlsx)):
        path = out / f"laporan-{ident}-{first:%Y%m%d}-{last:%Y%m%d}.{ending}"
        path.write_bytes(make())
        written[ending] = str(path)
    if as_json:
        write_json({"files": written, "missing": list(pack.missing), "summary": pack.facts.summary})
        return
    notes.print(pack.facts.summary or "")
    for name in written.values():
        notes.print(f"Tersimpan: {name}")
    if pack.missing:
        notes.print(f"PDF-nya masih rancangan; belum ada: {'; '.join(pack.missing)}.")
