"""`exchange agreement list` and `show`."""

from __future__ import annotations

from typing import Any

import click

from exchange.agreements.full import brief, full
from exchange.agreements.node import node_of
from exchange.agreements.rules import shipped
from exchange.agreements.steps import named
from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.store.agreements import CaseFilter, list_cases

_AT_ONCE = 200


@click.command("list")
@click.option("--state", type=click.Choice(list(shipped().states)), help="Hanya pada tahap ini.")
@click.option("--region", help="Hanya dengan daerah ini.")
@click.option("--text", help="Kata dalam judul, nama mitra atau nama perkara.")
@json_option
@click.pass_obj
def list_agreements(work: Work, state: str | None, region: str | None, text: str | None, as_json: bool) -> None:
    """Daftar perkara kerja sama."""
    rules = node_of(work.settings).rules
    want, found, after = CaseFilter(state=state, region=region, text=text), list[dict[str, Any]](), None
    while True:
        with work.store().read() as session:
            rows = list_cases(session, want, limit=_AT_ONCE, after=after)
            found += [brief(rules, row) for row in rows]
        if len(rows) < _AT_ONCE:
            break
        after = rows[-1].ident
    if as_json:
        write_json(found)
        return
    columns = {
        "ident": "Perkara", "title": "Judul", "counterpart": "Mitra", "region": "Daerah", "state_label": "Tahap", "since": "Sejak",
        "ends_on": "PKS sampai", "kb_until": "KB sampai",
    }  # fmt: skip
    write_table("Perkara kerja sama", [row | {"since": row["since"].date()} for row in found], columns)


@click.command("show")
@click.argument("ident")
@json_option
@click.pass_obj
def show(work: Work, ident: str, as_json: bool) -> None:
    """Satu perkara: tahapnya, langkah berikut dengan semua kekurangannya, objek, dokumen, riwayat, pengawasan dan keutuhannya."""
    node = node_of(work.settings)
    with work.store().read() as session:
        told = full(session, node, named(session, ident), work.settings.day())
    if as_json:
        write_json(told)
        return
    notes.print(f"{told['ident']} {told['title']}: {told['instrument_label']}, {told['category']}, dengan {told['counterpart']}")
    facts = {
        "Tahap": f"{told['state_label']} [{told['basis']}]", "Sejak": f"{told['since']:%Y-%m-%d %H:%M} UTC",
        "Versi": told["version"], "Mitra API": told["partner"],
        "Memperpanjang": told["extends"], "KB sampai": told["kb_until"], "PKS": _span(told["starts_on"], told["ends_on"]),
        "Terbuka bagi mitra": ", ".join(f"{one['tier']} [{one['article']}]" for one in told["opens"]) or "seperti umum",
        "Laporan kepada": ", ".join(told["oversight"]["reports"]), "Tembusan": ", ".join(told["oversight"]["copies"]),
        "Perselisihan": told["oversight"]["disputes"], "Dasar pengawasan": told["oversight"]["basis"],
        "Utuh": "ya" if not told["faults"] else "TIDAK: " + " ".join(f"{one['what']}: {one['says']}" for one in told["faults"]),
    }  # fmt: skip
    write_table("Perkara", [{"what": name, "says": value} for name, value in facts.items() if value], {"what": "", "says": ""})
    _tables(told)


def _tables(told: dict[str, Any]) -> None:
    write_table(
        "Langkah berikut",
        [
            {"step": one["step"], "label": one["label"], "by": ", ".join(one["offices"]), "article": one["article"],
             "lacks": _lacks(one["lacks"]) or "dapat diambil"}
            for one in told["next"]
        ],
        {"step": "Langkah", "label": "Nama", "by": "Oleh", "lacks": "Kekurangannya", "article": "Dasar"},
    )  # fmt: skip
    columns = {"commodity": "Komoditas", "sector": "Sektor", "kbli": "KBLI", "quantity": "Jumlah", "unit": "Satuan", "value": "Nilai (Rp)"}
    if told["objects"]:
        write_table("Objek", told["objects"], columns | {"district": "Kecamatan"})
    files = [one | {"counts": "ya" if one["counts"] else ""} for one in told["files"]]
    if files:
        write_table("Dokumen", files, {"kind": "Jenis", "name": "Berkas", "sha256": "SHA-256", "counts": "Berlaku", "made_by": "Oleh"})
    history = [one | {"state": one["after"]["state"], "at": one["at"].strftime("%Y-%m-%d %H:%M")} for one in told["history"]]
    columns = {"number": "No", "at": "Waktu (UTC)", "label": "Langkah", "office": "Atas nama", "actor": "Dicatat", "state": "Tahap"}
    write_table("Riwayat", history, columns | {"article": "Dasar", "note": "Catatan"})


def _lacks(lacks: list[dict[str, str]]) -> str:
    """What a step lacks, under the article that it rests on; first the name by which `step` takes it."""
    by_article: dict[str, list[str]] = {}
    for lack in lacks:
        by_article.setdefault(lack["article"], []).append(f"- {lack['what']}: {lack['says']}")
    return "\n".join("\n".join([f"{article}:", *lines]) for article, lines in by_article.items())


def _span(starts: str | None, ends: str | None) -> str | None:
    return f"{starts} sampai {ends}" if starts or ends else None
