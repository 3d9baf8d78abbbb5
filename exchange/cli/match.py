"""`exchange match`."""

from __future__ import annotations

import click

from exchange.cli.context import Work, json_option, notes, write_json
from exchange.matching.run import rematch


@click.command("match")
@json_option
@click.pass_obj
def match_command(work: Work, as_json: bool) -> None:
    """Cocokkan permintaan terbuka dengan produk; hanya yang berubah dicocokkan lagi."""
    report = rematch(work.store(), work.settings)
    if as_json:
        write_json(report)
    else:
        notes.print("{demands} permintaan, {products} produk, {matches} kecocokan dalam {seconds:.1f} detik.".format(**report))
