"""`exchange openapi`: the committed contract against the built one."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson

from exchange.cli.context import notes


@click.command("openapi")
@click.option("--check", is_flag=True, help="Bandingkan dengan dokumen yang tersimpan; keluar 1 bila berbeda.")
@click.option("--write", is_flag=True, help="Simpan dokumen yang dibangun.")
def openapi_command(check: bool, write: bool) -> None:
    """Tulis kontrak API (OpenAPI 3.1) ke keluaran standar, simpan, atau bandingkan dengan yang tersimpan."""
    import openapi
    from exchange.api import document
    from openapi.diff import breaking

    built = document()
    path = Path(openapi.__file__).parent / "openapi.json"
    text = orjson.dumps(built, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    if write:
        path.write_bytes(text)
        notes.print(f"Tersimpan: {path.name}, {len(built['paths'])} jalur.")
    elif check:
        kept = path.read_bytes()
        if kept == text:
            notes.print("Dokumen OpenAPI yang tersimpan sama dengan yang dibangun.")
            return
        for line in breaking(orjson.loads(kept), built):
            notes.print(f"memutus pemakai: {line}")
        notes.print("Dokumen OpenAPI yang tersimpan berbeda. Periksa, lalu: exchange openapi --write")
        sys.exit(1)
    else:
        click.echo(text, nl=False)
