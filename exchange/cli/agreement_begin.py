"""`exchange agreement decide` and `begin`: which instrument a counterpart asks for, and the case that begins with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exchange.access.partners import named as partner_named
from exchange.agreements.instruments import KINDS, decide
from exchange.agreements.node import node_of
from exchange.agreements.once import begin_once
from exchange.agreements.steps import named
from exchange.cli.agreement_matches import pairs
from exchange.cli.agreement_step import read_objects_file
from exchange.cli.context import Work, actor, json_option, notes, write_json

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _counterpart(command: Any) -> Any:
    """What decides the instrument."""
    for option in (
        click.option("--shared-service", is_flag=True, help="Layanan publiknya lebih baik dikelola bersama."),
        click.option("--externality", is_flag=True, help="Dampaknya lintas daerah."),
        click.option("--region", help="Kode wilayah Kemendagri mitra, misalnya 33.74."),
        click.option("--kind", required=True, type=click.Choice(list(KINDS)), help="Siapa di pihak lain."),
    ):
        command = option(command)
    return command


@click.command("decide")
@_counterpart
@json_option
@click.pass_obj
def decide_command(work: Work, kind: str, region: str | None, externality: bool, shared_service: bool, as_json: bool) -> None:
    """Instrumen dan kategori bagi mitra itu, dengan sebab dan dasarnya; keluar 1 bila tidak ada yang dapat atau perlu dibuka."""
    node = node_of(work.settings)
    made = decide(kind, home=node.home, region=region, borders=node.borders, externality=externality, shared_service=shared_service)
    instrument = node.rules.instruments[made.instrument]
    if as_json:
        write_json(made._asdict() | {"instrument_label": instrument.label, "instrument_article": instrument.article})
        return
    click.echo(f"{instrument.label}, {made.category}: {made.says} [{made.article}; {instrument.article}]")


@click.command("begin")
@_counterpart
@click.option("--counterpart", required=True, help="Nama pihak lain.")
@click.option("--title", required=True, help="Judul kerja sama.")
@click.option("--partner", help="Mitra API yang aksesnya mengikuti perkara ini.")
@click.option("--match", "matches", multiple=True, metavar="DEMAND:PRODUCT", help="Kecocokan yang melatarinya; boleh berulang.")
@click.option("--objects", "objects_file", type=_FILE, help="Daftar objek sebagai JSON.")
@click.option("--extends", help="Perkara yang diperpanjang dengan perkara ini.")
@click.option("--key", help="Kata kunci pembukaan ini; perintah yang sama diulang dengannya tidak membuka perkara kedua.")
@click.option("--anyway", is_flag=True, help="Buka juga bila perkara serupa dengan mitra itu masih terbuka.")
@json_option
@click.pass_obj
def begin_command(
    work: Work, kind: str, region: str | None, externality: bool, shared_service: bool, counterpart: str, title: str,
    partner: str | None, matches: tuple[str, ...], objects_file: Path | None, extends: str | None, key: str | None, anyway: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Buka perkara kerja sama baru; namanya ditulis ke keluaran standar."""
    node, objects = node_of(work.settings), read_objects_file(objects_file) if objects_file else ()
    with work.store().work() as session:
        row, new = begin_once(
            session, node, key=key, anyway=anyway,
            kind=kind, title=title, counterpart=counterpart, actor=actor(), on=work.settings.day(), region=region,
            partner=partner_named(session, partner) if partner else None, matches=pairs(session, matches), objects=objects,
            externality=externality, shared_service=shared_service, extends=named(session, extends) if extends else None,
        )  # fmt: skip
        made = {
            "ident": row.ident, "instrument": row.instrument, "category": row.category, "state": row.state, "version": row.version,
            "new": new,
        }  # fmt: skip
    if as_json:
        write_json(made)
    else:
        click.echo(made["ident"])
    said = "dibuka" if new else "sudah dibuka dengan kunci ini"
    notes.print(f"Perkara {row.ident} {said}: {row.instrument}, {row.category}. Langkahnya: exchange agreement show {row.ident}")
