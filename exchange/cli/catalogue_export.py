"""`exchange catalogue export`: a publication as a file, with its signature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exchange.cli.context import Work, json_option, notes, write_json
from schemas.publication import READERS

_FOR_ALL = tuple(each for each in READERS if each != "contracted")  # what a contract opens is one partner's


@click.command("export")
@click.argument("format_name", metavar="FORMAT")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Berkas yang ditulis.")
@click.option("--tier", type=click.Choice(_FOR_ALL), help="Untuk siapa: umum (bila tidak disebut), penanda tangan, petugas.")
@click.option("--partner", "ident", help="Untuk satu mitra dengan namanya, sebagaimana tahap kerja samanya membuka hari ini.")
@click.option("--sign", is_flag=True, help="Tulis juga tanda tangannya di sampingnya, sebagai OUTPUT.sig.")
@json_option
@click.pass_obj
def export_command(work: Work, format_name: str, output: Path, tier: str | None, ident: str | None, sign: bool, as_json: bool) -> None:
    """Tulis katalog dalam FORMAT (misalnya json, ubl) ke berkas, dan katakan apa yang tidak ikut."""
    from exchange.access.callers import partner_of
    from exchange.access.partners import named
    from exchange.access.policy import Tier
    from exchange.publish.export import export
    from exchange.publish.lacking import lacking, told
    from exchange.publish.receivers import receiver_of

    if tier and ident:
        raise click.UsageError("--tier dan --partner tidak dapat bersama: tahap mitra yang menentukan.")
    store, day = work.store(), work.settings.day()
    whose, receiver = Tier(tier or Tier.PUBLIC), None
    if ident:
        with store.read() as session:
            partner = partner_of(named(session, ident), [], day)
        whose = partner.reader.stage
        receiver = receiver_of(partner, whose, work.settings.peppol_endpoint_of(ident))
    made = export(store, work.settings, format_name, output, whose, receiver, sign=sign)
    with store.read() as session:
        price = lacking(session, whose, day)
    if as_json:
        said: dict[str, Any] = {"format": format_name, "tier": made.tier, "partner": ident, "file": str(output)}
        said |= {"signature": f"{output}.sig" if sign else None}
        said |= {"products": made.products, "left_out": made.left_out, "bytes": made.bytes, "sha256": made.etag}
        write_json(said | {"reasons": told(made.left_out), "lacking": told(price), "as_of": day, "version": made.version})
        return
    notes.print(f"{made.products} produk, {made.bytes} bita ditulis ke {output}.")
    if ident:
        notes.print(f"Dibuat untuk mitra {ident}, yang hari ini pada tahap {made.tier}.")
    for reason, count in made.left_out.items():
        notes.print(f"{count} tidak ikut: {reason}")
    for reason, count in price.items():
        notes.print(f"{count} ikut, tetapi {reason}")
    if sign:
        notes.print(f"Tanda tangannya {output}.sig; periksa dengan: exchange verify {output}")
