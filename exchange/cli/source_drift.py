"""`exchange source drift`: how a source's listings differ from what they used to look like."""

from __future__ import annotations

import click

from exchange.cli.context import Work, actor, json_option, notes, write_json, write_table
from exchange.errors import NotFound
from exchange.store.profiles import profile_of
from exchange.store.sources import source_by_name
from exchange.sync.drift import acknowledge, drift_shown


@click.command("drift")
@click.argument("name")
@click.option("--known", is_flag=True, help="Nyatakan sudah diketahui: bentuk yang sekarang menjadi patokan.")
@click.option("--member", help="Bersama --known: hanya kolom ini.")
@json_option
@click.pass_obj
def drift(work: Work, name: str, known: bool, member: str | None, as_json: bool) -> None:
    """Kolom sumber NAME yang baru, hilang atau berubah jenisnya, sampai diketahui atau tiga pengambilan lengkap menunjukkannya."""
    with work.store().work() as session:
        source = source_by_name(session, name)
        if source is None:
            raise NotFound(f"Sumber {name!r} tidak ada.", mend="Lihat: exchange source list")
        count = acknowledge(session, source, actor(), member) if known else 0
        changes = drift_shown(profile_of(session, source.id))
    if as_json:
        write_json({"source": name, "known": count, "changes": changes})
        return
    if known:
        notes.print(f"{count} perubahan {name} dinyatakan diketahui.")
    write_table(f"Perubahan bentuk data {name}", changes, {"says": "Perubahan", "since": "Sejak", "runs": "Pengambilan"})
