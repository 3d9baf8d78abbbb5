"""`exchange agreement paper` and `usual`: the papers of a case as files, and the wording that forms offer."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from exchange.agreements.node import node_of
from exchange.agreements.steps import named
from exchange.cli.context import Work, json_option, notes, write_json, write_table
from exchange.errors import BadRequest
from exchange.reports.case_blanks import Blank
from exchange.reports.case_defaults import proposals
from exchange.reports.case_papers import FORMS, kinds_of, paper_of, view_of_case


@click.command("paper")
@click.argument("ident")
@click.argument("kind", required=False)
@click.option("--form", type=click.Choice(FORMS), default="final", show_default=True, help="docx dan pdf rancangan, final naskah akhir.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Berkas yang ditulis; tidak menimpa.")
@json_option
@click.pass_obj
def paper_command(work: Work, ident: str, kind: str | None, form: str, out: Path | None, as_json: bool) -> None:
    """
    Naskah perkara IDENT: tanpa KIND daftar semuanya, dengan KIND apa yang belum diisi, dengan --out berkasnya.

    Naskah akhir (PDF/A-2b) perkara yang sama selalu bita yang sama; keluar 1 bila masih ada yang belum diisi.
    """
    rules = node_of(work.settings).rules
    with work.store().read() as session:
        row = named(session, ident)
        papers = [paper_of(session, row, work.settings, rules, one) for one in ([kind] if kind else kinds_of(row.instrument))]
    if kind is None:
        if out is not None:
            raise BadRequest("--out memerlukan jenis naskahnya.", mend=f"Yang ada: {', '.join(one.asked for one in papers)}.")
        told = [{"kind": one.asked, "title": one.title, "blanks": len(one.blanks)} for one in papers]
        if as_json:
            write_json(told)
        else:
            write_table(f"Naskah {ident}", told, {"kind": "Jenis", "title": "Naskah", "blanks": "Belum diisi"})
        return
    (paper,) = papers
    blanks = [blank._asdict() for blank in paper.blanks]
    if out is None:
        if as_json:
            write_json({"kind": paper.asked, "title": paper.title, "blanks": blanks})
        elif blanks:
            rows = [{"says": blank.says, "where": _where(blank)} for blank in paper.blanks]
            write_table(paper.title, rows, {"says": "Belum diisi", "where": "Diisi dengan"})
        notes.print(f"{paper.title}: {len(blanks)} hal belum diisi." if blanks else f"{paper.title}: lengkap.")
        return
    body = paper.made(form)
    try:
        with out.open("xb") as file:
            file.write(body)
    except FileExistsError:
        raise BadRequest(f"{out} sudah ada.", mend="Pilih nama lain, atau pindahkan yang lama.") from None
    digest = hashlib.sha256(body).hexdigest()
    if as_json:
        write_json({"kind": paper.asked, "form": form, "size": len(body), "sha256": digest, "blanks": blanks})
    notes.print(f"{paper.title}: {len(body)} bita ditulis ke {out}, SHA-256 {digest}.")


def _where(blank: Blank) -> str:
    if blank.step is not None and blank.field != "objek":
        return f"step {blank.step} --set {blank.field}=…"
    if blank.step is not None:
        return f"step {blank.step} --objects …"
    if blank.elsewhere:
        return f"tahap lain: {', '.join(blank.elsewhere)}"
    return f"setelan {blank.setting}" if blank.setting else "rancangan DOCX"


@click.command("usual")
@click.argument("ident")
@json_option
@click.pass_obj
def usual_command(work: Work, ident: str, as_json: bool) -> None:
    """Teks usulan untuk isian perkara IDENT yang masih kosong, untuk diubah dan dipakai dengan --set; usulan, bukan ketentuan."""
    rules = node_of(work.settings).rules
    with work.store().read() as session:
        row = named(session, ident)
        offered = proposals(view_of_case(session, row, work.settings), {})
    can = {name for step in rules.steps_from(row.state, row.instrument) for name in step.takes()}
    told = {
        name: {"label": rules.label(name), "value": one.value, "source": one.source}
        for name, one in offered.items()
        if name in can and row.facts.get(name) in (None, "", [])
    }  # fmt: skip
    if as_json:
        write_json(told)
        return
    rows = [{"field": name, "label": one["label"], "value": str(one["value"])} for name, one in told.items()]
    write_table(f"Usulan untuk {ident}", rows, {"field": "Isian", "label": "Sebutan", "value": "Teks usulan"})
