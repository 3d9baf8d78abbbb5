"""`exchange agreement rules`: the whole table that cases follow, with what was not verified and what this node added."""

from __future__ import annotations

from typing import Any

import click

from exchange.agreements.node import node_of
from exchange.agreements.rules import UNREAD, Named, Rules, shipped
from exchange.cli.context import Work, json_option, notes, write_json, write_table


@click.command("rules")
@json_option
@click.pass_obj
def rules_command(work: Work, as_json: bool) -> None:
    """Seluruh tabel tahap, langkah, isian dan dokumen; dasar yang belum diverifikasi ditandai, begitu juga tambahan simpul ini."""
    told = _told(node_of(work.settings).rules)
    if as_json:
        write_json(told)
        return
    for title, kind in (("Instrumen", "instruments"), ("Pelaku", "offices"), ("Tahap", "states")):
        write_table(title, told[kind], {"name": "Nama", "label": "Sebutan", "opens": "Membuka", "basis": "Dasar"})
    steps = [one | {name: ", ".join(one[name]) for name in ("from", "offices", "instruments", "fields", "papers")} for one in told["steps"]]
    columns = {
        "name": "Langkah", "label": "Sebutan", "from": "Dari", "to": "Ke", "offices": "Oleh", "fields": "Isian", "papers": "Dokumen",
        "basis": "Dasar",
    }  # fmt: skip
    write_table("Langkah", steps, columns)
    for title, kind in (("Isian", "fields"), ("Dokumen", "papers")):
        rows = [one | {"own": "ya" if one["own"] else ""} for one in told[kind]]
        write_table(title, rows, {"name": "Nama", "label": "Sebutan", "kind": "Jenis", "basis": "Dasar", "own": "Tambahan simpul ini"})
    unread = sum(1 for kind in ("states", "steps", "fields", "papers") for one in told[kind] if not one["verified"])
    notes.print(f"Edisi {told['edition']}; {unread} baris dengan {UNREAD}.")
    for want in told["wants"]:
        notes.print(f"Tambahan simpul ini: {want}")


def _told(rules: Rules) -> dict[str, Any]:
    ours = shipped()
    own = (rules.fields.keys() | rules.papers.keys()) - ours.fields.keys() - ours.papers.keys()
    return {
        "edition": rules.edition,
        "instruments": [_line(one) for one in rules.instruments.values()],
        "offices": [_line(one) for one in rules.offices.values()],
        "states": [
            _line(one) | {"opens": one.opens, "final": one.final, "instruments": list(one.instruments)} for one in rules.states.values()
        ],
        "steps": [
            _line(one)
            | {
                "from": list(one.sources), "to": one.to, "offices": list(one.offices), "instruments": list(one.instruments),
                "fields": list(one.fields), "may": list(one.may), "papers": list(one.papers), "again": list(one.again),
                "guards": list(one.guards), "objects": one.objects,
                "own": [name for name in (*one.fields, *one.papers) if name in _added(ours, rules, one.name)],
            }
            for one in rules.steps.values()
        ],
        "fields": [
            _line(one) | {"kind": one.kind, "choices": list(one.choices), "own": one.name in own} for one in rules.fields.values()
        ],
        "papers": [_line(one) | {"own": one.name in own} for one in rules.papers.values()],
        "wants": list(rules.wants),
    }  # fmt: skip


def _line(one: Named) -> dict[str, Any]:
    return {"name": one.name, "label": one.label, "basis": one.basis, "verified": one.verified}


def _added(ours: Rules, rules: Rules, step: str) -> set[str]:
    """What this node wants of a step beyond the shipped table."""
    before, now = ours.steps[step], rules.steps[step]
    return {*now.fields, *now.papers} - {*before.fields, *before.papers}
