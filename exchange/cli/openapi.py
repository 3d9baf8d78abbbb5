"""`exchange openapi`: the built contract against the committed one, and against the one that partners were last given."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import orjson

from exchange.cli.context import notes


@click.command("openapi")
@click.option("--check", is_flag=True, help="Bandingkan dengan yang tersimpan dan yang terakhir dirilis; keluar 1 bila ada masalah.")
@click.option("--write", is_flag=True, help="Simpan dokumen yang dibangun.")
@click.option("--release", is_flag=True, help="Jadikan dokumen yang dibangun patokan bagi perubahan berikutnya.")
def openapi_command(check: bool, write: bool, release: bool) -> None:
    """Tulis kontrak API (OpenAPI 3.1) ke keluaran standar, simpan, rilis, atau bandingkan dengan yang tersimpan dan yang dirilis."""
    import openapi
    from exchange.api import document
    from openapi.diff import unannounced

    built = document()
    folder = Path(openapi.__file__).parent
    path, released = folder / "openapi.json", folder / "released.json"
    text = orjson.dumps(built, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    broken = unannounced(orjson.loads(released.read_bytes()), built)
    if release:
        _tell(broken)
        released.write_bytes(orjson.dumps(built, option=orjson.OPT_SORT_KEYS) + b"\n")
        notes.print(f"Dirilis: kontrak versi {built['info']['version']}.")
    elif write:
        path.write_bytes(text)
        notes.print(f"Tersimpan: {path.name}, {len(built['paths'])} jalur.")
    elif check:
        _tell(broken)
        if path.read_bytes() != text:
            notes.print("Dokumen OpenAPI yang tersimpan berbeda dari yang dibangun. Periksa, lalu: exchange openapi --write")
            sys.exit(1)
        notes.print("Dokumen OpenAPI yang tersimpan sama dengan yang dibangun, dan tidak memutus pemakai kontrak yang dirilis.")
    else:
        click.echo(text, nl=False)


def _tell(broken: list[Any]) -> None:
    """Leave with 1 where the contract takes away what partners were given, under the same major version."""
    for line in broken:
        notes.print(f"memutus pemakai: {line}")
    if broken:
        notes.print("Kembalikan yang hilang, atau naikkan angka pertama versi API (exchange/api/smorest.py) dan umumkan dengan Sunset.")
        sys.exit(1)
