"""`exchange source accept`: the last list of a source becomes what the next ones are measured by."""

from __future__ import annotations

import click

from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.errors import Conflict, NotFound
from exchange.store.runs import runs_of_source
from exchange.store.sources import source_by_name
from exchange.sync.accept import accept as accept_list
from exchange.sync.accept import acceptable

_COLUMNS = {"what": "Ukuran", "before": "Patokan sekarang", "now": "Daftar terakhir", "says": "Alasan"}


@click.command("accept")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Terima tanpa bertanya lagi.")
@click.option("--dry-run", is_flag=True, help="Hanya tampilkan apa yang akan diterima.")
@json_option
@click.pass_obj
def accept(work: Work, name: str, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Terima daftar terakhir NAME yang belum terbukti lengkap sebagai patokan baru; ditampilkan dahulu, lalu ditanyakan (--json: tidak)."""
    with work.store().read() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        its = acceptable(source, runs_of_source(session, source.id))
    if its.why is not None:
        raise Conflict(its.why, mend=its.mend)
    if not as_json:
        write_table(f"Yang diterima dari {name}", list(its.changes), _COLUMNS)
        runs = f"Pengambilan {its.run}; {its.runs} pengambilan berturut-turut belum terbukti lengkap."
        notes.print(f"{runs} Periksa dahulu di situs sumbernya.")
    if dry_run:
        if as_json:
            write_json({"source": name, "run": its.run, "changes": list(its.doubts), "accepted": False})
        return
    if not (yes or as_json):
        click.confirm("Terima sebagai patokan baru?", abort=True, err=True)
    told = accept_list(work.store(), name, actor(), expected=its.run)
    if as_json:
        write_json(told | {"accepted": True})
    else:
        notes.print(f"Daftar {name} diterima. Pengambilan berikutnya diukur dengannya; tidak ada permintaan yang dicabut karenanya.")
