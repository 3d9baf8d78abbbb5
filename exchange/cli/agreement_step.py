"""`exchange agreement step`: bring files and take a step, both or neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from exchange.agreements.case import Object
from exchange.agreements.check import StepRefused
from exchange.agreements.node import node_of
from exchange.agreements.objects import read_objects
from exchange.agreements.papers import LARGEST, bring
from exchange.agreements.rules import Rules
from exchange.agreements.steps import named, take
from exchange.agreements.told import step_label
from exchange.cli.agreement_matches import changed
from exchange.cli.context import Work, actor, json_option, notes, write_json
from exchange.errors import BadRequest, Mismatch


@click.command("step")
@click.argument("ident")
@click.argument("step", metavar="STEP")
@click.option("--as", "office", required=True, metavar="OFFICE", help="Atas nama siapa: opd, tkksd, kepala_daerah, dan seterusnya.")
@click.option(
    "--set", "facts", multiple=True, metavar="FIELD=VALUE", help="Isian; @BERKAS membaca dari berkas, penandatangan sebagai JSON."
)
@click.option("--file", "files", multiple=True, metavar="KIND=PATH", help="Dokumen yang diunggah bersama langkah ini; boleh berulang.")
@click.option("--objects", "objects_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Objek baru sebagai JSON.")
@click.option("--match", "added", multiple=True, metavar="DEMAND:PRODUCT", help="Kecocokan yang ditambahkan; boleh berulang.")
@click.option("--without-match", "removed", multiple=True, metavar="DEMAND:PRODUCT", help="Kecocokan yang dikeluarkan; boleh berulang.")
@click.option("--note", help="Catatan pada riwayat.")
@click.option("--version", type=click.IntRange(1), help="Versi perkara yang Anda baca; ditolak bila ia sudah berubah.")
@json_option
@click.pass_obj
def step_command(
    work: Work, ident: str, step: str, office: str, facts: tuple[str, ...], files: tuple[str, ...], objects_file: Path | None,
    added: tuple[str, ...], removed: tuple[str, ...], note: str | None, version: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Ambil langkah STEP pada perkara IDENT; bila ditolak tidak ada yang tersimpan, dan semua kekurangannya disebut dengan dasarnya."""
    node = node_of(work.settings)
    said = {name: _value(node.rules, name, value) for name, value in _named(facts, "--set").items()}
    bodies = {kind: (Path(path).name, _body(path)) for kind, path in _named(files, "--file").items()}
    objects = read_objects_file(objects_file) if objects_file else None
    try:
        with work.store().work() as session:
            row = named(session, ident, lock=True)
            papers = {
                kind: bring(session, node.rules, node.papers, row, kind, name, body, actor=actor()) for kind, (name, body) in bodies.items()
            }
            row = take(
                session, node, ident, step, office=office, actor=actor(), on=work.settings.day(), version=version, facts=said,
                papers=papers, objects=objects, matches=changed(session, row.id, added, removed), note=note,
            )  # fmt: skip
            made = {"ident": row.ident, "step": step, "state": row.state, "version": row.version, "papers": papers}
            label = node.rules.states[row.state].label
    except StepRefused as refusal:
        if as_json:
            write_json({"ident": ident, "step": step, "refused": True, "missing": refusal.facts["missing"]})
        raise
    except Mismatch as late:
        if as_json:
            write_json({"ident": ident, "step": step, "late": True, "version": late.facts["version"], "last": late.facts["last"]})
        notes.print(_faster(node.rules, late.facts["last"]))
        raise
    if as_json:
        write_json(made)
    notes.print(f"Langkah {node.rules.steps[step].label!r} tercatat: perkara {ident} pada tahap {label}, versi {made['version']}.")


def read_objects_file(path: Path) -> list[Object]:
    """Objects from a JSON file; raises BadRequest where it holds none."""
    try:
        said = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"{path}: bukan JSON ({error}).", mend="Periksa berkasnya.") from None
    return read_objects(said)


def _faster(rules: Rules, last: Any) -> str:
    """What whoever was faster did."""
    after = last["after"]
    changed = {name: told for kind in ("facts", "papers") for name, told in (after.get(kind) or {}).items()}
    told = [f"{rules.label(name)}: {value}" for name, value in changed.items()]
    told += [f"{len(after[kind])} {word}" for kind, word in (("objects", "objek"), ("matches", "kecocokan")) if kind in after]
    told += [f"tahap: {rules.states[after['state']].label}"] if after.get("state") in rules.states else []
    return f"Terakhir {last['by']} mencatat {step_label(rules, last['step'])!r} pada {last['at']}: {'; '.join(told)}."


def _named(said: tuple[str, ...], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in said:
        name, equals, value = one.partition("=")
        if not (name and equals):
            raise BadRequest(f"{option} {one[:60]!r} tidak dapat dibaca.", mend=f"Tulis {option} nama=nilai.")
        if name in found:
            raise BadRequest(f"{option}: {name} diberikan dua kali.", mend="Beri satu nilai saja.")
        found[name] = value
    return found


def _value(rules: Rules, name: str, said: str) -> Any:
    """A field's value as it is written on a command line; signers as JSON. What it must be the rule table says."""
    if said.startswith("@"):
        try:
            said = Path(said[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadRequest(
                f"--set {name}: {said[1:200]} tidak dapat dibaca ({type(error).__name__}).", mend="Periksa berkasnya."
            ) from None
    field = rules.fields.get(name)
    if field is None or field.kind != "signers":
        return said
    try:
        return orjson.loads(said)
    except orjson.JSONDecodeError:
        example = '[{"pihak": "kami", "nama": "…", "jabatan": "Wali Kota", "peran": "kepala_daerah"}, …]'
        raise BadRequest(f"--set {name}: bukan JSON.", mend=f"Tulis seperti {example}") from None


def _body(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise BadRequest(f"--file: {path[:200]} tidak dapat dibaca ({type(error).__name__}).", mend="Periksa berkasnya.") from None
