"""`exchange catalogue export`: a publication as a file, with its signature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exchange.cli.context import Work, json_option, notes, write_json
from schemas.publication import READERS


@click.command("export")
@click.argument("format_name", metavar="FORMAT")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Berkas yang ditulis.")
@click.option("--tier", default="public", show_default=True, type=click.Choice(READERS), help="Untuk siapa: umum, penanda tangan, petugas.")
@click.option("--sign", is_flag=True, help="Tulis juga tanda tangannya di sampingnya, sebagai OUTPUT.sig.")
@json_option
@click.pass_obj
def export_command(work: Work, format_name: str, output: Path, tier: str, sign: bool, as_json: bool) -> None:
    """Tulis katalog dalam FORMAT (misalnya json, ubl) ke berkas, dan katakan apa yang tidak ikut."""
    from exchange.access.policy import Tier
    from exchange.publish.export import export
    from exchange.publish.lacking import lacking, told

    store, day = work.store(), work.settings.day()
    made = export(store, work.settings, format_name, output, Tier(tier), sign=sign)
    with store.read() as session:
        price = lacking(session, Tier(tier), day)
    if as_json:
        said: dict[str, Any] = {"format": format_name, "tier": tier, "file": str(output), "signature": f"{output}.sig" if sign else None}
        said |= {"products": made.products, "left_out": made.left_out, "bytes": made.bytes, "sha256": made.etag}
        write_json(said | {"reasons": told(made.left_out), "lacking": told(price), "as_of": day, "version": made.version})
        return
    notes.print(f"{made.products} produk, {made.bytes} bita ditulis ke {output}.")
    for reason, count in made.left_out.items():
        notes.print(f"{count} tidak ikut: {reason}")
    for reason, count in price.items():
        notes.print(f"{count} ikut, tetapi {reason}")
    if sign:
        notes.print(f"Tanda tangannya {output}.sig; periksa dengan: exchange verify {output}")
