"""`exchange key`: the keys that sign what this node publishes."""

from __future__ import annotations

import click

from exchange.cli.context import Work, actor, json_option, notes, write_table
from exchange.publish.keys import Ring, key_set
from exchange.store.audit import audit
from exchange.store.locks import hold

STATES = {"active": "menandatangani", "retired": "diganti; tanda tangannya tetap berlaku", "revoked": "dicabut"}
COLUMNS = {"kid": "Kunci", "state": "Keadaan", "valid_from": "Sejak", "valid_until": "Sampai", "reason": "Alasan"}
_WHAT = "Pergantian kunci"


@click.group("key")
def key() -> None:
    """Kunci penanda tangan terbitan: lihat, ganti, cabut."""


@key.command("list")
@json_option
@click.pass_obj
def list_command(work: Work, as_json: bool) -> None:
    """Semua kunci simpul ini, yang terbaru dahulu; --json memberi daftar yang dibaca `exchange verify --keys`."""
    keys = Ring(work.settings.data_dir).all_keys()
    if as_json:
        click.echo(key_set(keys), nl=False)
        return
    write_table("Kunci", [each.jwk() | {"state": STATES[each.state]} for each in keys], COLUMNS)


@key.command("rotate")
@json_option
@click.pass_obj
def rotate_command(work: Work, as_json: bool) -> None:
    """Ganti kunci: yang baru menandatangani mulai sekarang, yang lama tetap membuktikan unduhan lama."""
    store, ring = work.store(), Ring(work.settings.data_dir)
    with hold(store, "key", _WHAT):
        made = ring.rotate()
        with store.work() as session:
            audit(session, actor(), "key.rotate", "key", made.kid)
    _tell(ring, as_json, f"Kunci baru {made.kid}. Beri tahu mitra yang menyimpan daftar kunci; kunci lama tetap membuktikan unduhan lama.")


@key.command("revoke")
@click.argument("kid")
@click.option("--reason", required=True, help="Mengapa, untuk mitra yang memeriksa unduhannya; tanpa nama orang.")
@json_option
@click.pass_obj
def revoke_command(work: Work, kid: str, reason: str, as_json: bool) -> None:
    """Cabut kunci KID (atau awalannya) yang bocor: yang ditandatanganinya tidak terbukti lagi. Bila ia yang dipakai, dibuat yang baru."""
    store, ring = work.store(), Ring(work.settings.data_dir)
    with hold(store, "key", _WHAT):
        gone = ring.revoke(kid, " ".join(reason.split())[:200])
        with store.work() as session:
            audit(session, actor(), "key.revoke", "key", gone.kid, reason=gone.reason)
    signing = ring.signing()
    _tell(ring, as_json, f"Kunci {gone.kid} dicabut. Yang menandatangani sekarang {signing.kid}; terbitan ditandatangani ulang dengannya.")


def _tell(ring: Ring, as_json: bool, says: str) -> None:
    if as_json:
        click.echo(key_set(ring.all_keys()), nl=False)
    notes.print(says)
