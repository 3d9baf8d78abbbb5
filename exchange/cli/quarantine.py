"""`exchange quarantine`: listings that could not be understood."""

from __future__ import annotations

import sys

import click

from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.errors import NotFound
from exchange.store.quarantine import QuarantineRow, quarantine_list, waiting_by_rule
from exchange.sync.again import together
from exchange.sync.archive import Archive
from exchange.sync.replay import replay

_COUNTS = {
    "source": "Sumber",
    "waiting": "Menunggu",
    "returned": "Kembali",
    "skipped": "Bukan permintaan",
    "superseded": "Sudah ada yang lebih baru",
    "expired": "Lewat masa simpan",
    "missing": "Tidak ditemukan lagi",
    "left": "Tetap menunggu",
}


@click.group("quarantine")
def quarantine() -> None:
    """Data sumber yang belum dapat dipahami."""


@quarantine.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="Paling banyak baris.")
@json_option
@click.pass_obj
def list_quarantine(work: Work, limit: int, as_json: bool) -> None:
    """Yang menunggu, dikelompokkan menurut sebab, lalu satu per satu."""
    with work.store().read() as session:
        causes = waiting_by_rule(session)
        rows = [_brief(row) for row in quarantine_list(session, limit)]
    if as_json:
        write_json({"causes": causes, "listings": rows})
        return
    columns = {
        "count": "Jumlah",
        "rule": "Aturan",
        "sources": "Sumber",
        "example": "Contoh",
        "reference": "Rujukan contoh",
        "source": "dari",
    }
    write_table("Sebab", causes, columns)
    write_table("Karantina", rows, {"id": "No", "reference": "Rujukan", "rule": "Aturan", "message": "Keterangan"})


def _brief(row: QuarantineRow) -> dict[str, object]:
    return {"id": row.id, "reference": row.reference, "rule": row.rule, "message": row.message, "at": row.at.isoformat()}


@quarantine.command("show")
@click.argument("number", type=int)
@json_option
@click.pass_obj
def show(work: Work, number: int, as_json: bool) -> None:
    """Satu data: aturan yang dilanggar dan letak bita aslinya di arsip."""
    with work.store().read() as session:
        row = session.get(QuarantineRow, number)
        if row is None:
            raise NotFound(f"Karantina nomor {number} tidak ada.", mend="Lihat: exchange quarantine list")
        facts = _brief(row) | {
            "answer": row.answer,
            "position": row.position,
            "connector_version": row.connector_version,
            "reader": row.reader,
            "state": row.state,
            "archived": Archive(work.settings.data_dir / "archive").path(row.answer).exists(),
        }
    if as_json:
        write_json(facts)
    else:
        write_table("Karantina", [{"k": k, "v": v} for k, v in facts.items()], {"k": "Hal", "v": "Isi"})


@quarantine.command("replay")
@click.option("--source", "name", help="Hanya dari sumber ini; tanpa ini dari semua sumber yang disetujui.")
@click.option("--rule", help="Hanya yang melanggar aturan ini, seperti disebut `quarantine list`.")
@json_option
@click.pass_obj
def replay_command(work: Work, name: str | None, rule: str | None, as_json: bool) -> None:
    """Baca ulang dari arsip, tanpa bertanya kepada sumber; yang kini dipahami menjadi permintaan. Keluar 1 bila ada yang tetap menunggu."""
    reports = replay(work.store(), work.settings, actor(), name=name, rule=rule)
    if as_json:
        write_json({"total": together(reports), "sources": [report.as_json() for report in reports]})
    elif not reports:
        notes.print("Tidak ada yang menunggu.")
    else:
        write_table("Dibaca ulang", [report.as_json() | {"left": report.left} for report in reports], _COUNTS)
        for report in reports:
            for broken, count in report.still.items():
                notes.print(f"{report.source}: {count} masih melanggar {broken}.")
            if report.trouble:
                notes.print(f"{report.source}: {report.trouble}")
    sys.exit(1 if any(report.left or report.trouble for report in reports) else 0)
