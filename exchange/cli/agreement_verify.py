"""`exchange agreement verify` and `file`: whether histories and papers are whole, and a paper's bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from exchange.agreements.node import node_of
from exchange.agreements.steps import broken_at, named
from exchange.agreements.verifying import faults, prices_broken
from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.errors import BadRequest, NotFound
from exchange.store.agreements import AgreementRow, CaseFilter, files_of, list_cases
from exchange.store.base import Store

_AT_ONCE = 200
_LEAST = 8


@click.command("verify")
@click.argument("ident", required=False)
@json_option
@click.pass_obj
def verify_agreements(work: Work, ident: str | None, as_json: bool) -> None:
    """Periksa rantai riwayat dan daftar harga serta setiap bita dokumen perkara IDENT, atau semua; keluar 1 bila ada yang tidak utuh."""
    node, looked, found = node_of(work.settings), 0, []
    for row, session in _cases(work.store(), ident):
        looked += 1
        found += [{"ident": row.ident, **fault} for fault in faults(session, node.papers, row)]
    if as_json:
        write_json({"cases": looked, "well": not found, "faults": found})
    elif found:
        write_table("Tidak utuh", found, {"ident": "Perkara", "what": "Hal", "says": "Keterangan", "mend": "Langkah"})
    notes.print(f"{looked} perkara diperiksa, {len({one['ident'] for one in found})} tidak utuh.")
    sys.exit(1 if found else 0)


def broken_cases(store: Store) -> tuple[list[str], list[str]]:
    """The names of all cases whose history is not whole, or that do not stand as it left them; and of those with such price lists."""
    histories, prices = [], []
    for row, session in _cases(store, None):
        histories += [row.ident] if broken_at(session, row) is not None else []
        prices += [row.ident] if prices_broken(session, row) is not None else []
    return histories, prices


def _cases(store: Store, ident: str | None) -> Iterator[tuple[AgreementRow, Any]]:
    """One case or all, each with the session that it was read in."""
    if ident is not None:
        with store.read() as session:
            yield named(session, ident), session
        return
    after: str | None = None
    while True:
        with store.read() as session:
            rows = list_cases(session, CaseFilter(), limit=_AT_ONCE, after=after)
            for row in rows:
                yield row, session
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].ident


@click.command("file")
@click.argument("ident")
@click.argument("sha", metavar="SHA")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Berkas yang ditulis; tidak menimpa.")
@click.pass_obj
def file_command(work: Work, ident: str, sha: str, out: Path) -> None:
    """Ambil dokumen perkara IDENT dengan SHA-256 itu (awalannya cukup bila jelas), sesudah bitanya diperiksa."""
    if len(sha) < _LEAST:
        raise BadRequest(f"SHA {sha!r} terlalu pendek.", mend=f"Pakai paling sedikit {_LEAST} angka pertamanya.")
    with work.store().read() as session:
        row = named(session, ident)
        there = {one.sha256: one.name for one in files_of(session, row.id) if one.sha256.startswith(sha.lower())}
    if len(there) != 1:
        says = "tidak ada" if not there else "tidak jelas"
        raise NotFound(f"Dokumen {sha[:64]!r} pada perkara {ident} {says}.", mend=f"Daftarnya: exchange agreement show {ident}")
    (digest,) = there
    body = node_of(work.settings).papers.read(digest)
    try:
        with out.open("xb") as file:
            file.write(body)
    except FileExistsError:
        raise BadRequest(f"{out} sudah ada.", mend="Pilih nama lain, atau pindahkan yang lama.") from None
    notes.print(f"{there[digest]}: {len(body)} bita ditulis ke {out}.")
