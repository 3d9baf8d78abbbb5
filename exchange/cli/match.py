"""`exchange match`."""

from __future__ import annotations

import click

from exchange.cli.context import Work, json_option, notes, write_json
from exchange.matching.models import Models
from exchange.matching.run import rematch


@click.command("match")
@click.option("--full", is_flag=True, help="Cocokkan semuanya lagi, bukan hanya yang berubah.")
@json_option
@click.pass_obj
def match_command(work: Work, full: bool, as_json: bool) -> None:
    """Cocokkan permintaan terbuka dengan produk; hanya yang berubah dicocokkan lagi."""
    settings = work.settings
    report = rematch(
        work.store(),
        home_region=settings.home_region,
        full=full,
        folder=settings.index(),
        shared=settings.executor,
        model=Models(settings.models()).in_use(),
        today=settings.day(),
    ).record()
    if as_json:
        write_json(report)
    else:
        notes.print("{demands} permintaan, {products} produk, {matches} kecocokan dalam {seconds:.1f} detik.".format(**report))
