"""`exchange quarantine`: listings that could not be understood."""

from __future__ import annotations

import click

from exchange.cli.context import Work, json_option, write_json, write_table
from exchange.errors import NotFound
from exchange.store.quarantine import QuarantineRow, quarantine_list, waiting_by_rule


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
    write_table("Sebab", causes, {"count": "Jumlah", "rule": "Aturan", "example": "Contoh"})
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
            "state": row.state,
        }
    if as_json:
        write_json(facts)
    else:
        write_table("Karantina", [{"k": k, "v": v} for k, v in facts.items()], {"k": "Hal", "v": "Isi"})
