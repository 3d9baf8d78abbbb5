"""Papers of a case from its page: what each still lacks and where that is filled in, drafts, and the final as it is signed."""

from __future__ import annotations

import io
from typing import Any, Final, NamedTuple

from flask import Response, flash, make_response, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.node import node_of
from exchange.agreements.onward import next_with, papers_at, stages_of
from exchange.agreements.papers import bring
from exchange.agreements.rules import Rules, State, Step
from exchange.agreements.steps import named
from exchange.errors import Conflict
from exchange.reports.case_facts import DRAFTS
from exchange.reports.case_papers import CasePaper, kinds_of, paper_from, paper_of
from exchange.reports.case_view import CaseView
from exchange.store.agreements import AgreementRow
from exchange.web.asking import allow
from exchange.web.pages import may_decide, require_decider
from exchange.wiring import settings, store

_MEDIA: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "final": "application/pdf",
}


def papers_of(case: CaseView) -> list[CasePaper]:
    """All papers that a case of its kind has, in the order of the way."""
    rules = node_of(case.settings).rules
    return [paper_from(case, rules, kind) for kind in kinds_of(case.row.instrument)]


class Staged(NamedTuple):
    """
    Papers by stage. now: those that the steps of `stage` take; others: each other one with its stages, in the order of the way.

    stage: where the case is, or the nearest one further on that takes any, None where none does.
    """

    stage: State | None
    now: list[CasePaper]
    others: list[tuple[CasePaper, list[State]]]


def staged(rules: Rules, row: AgreementRow, papers: list[CasePaper]) -> Staged:
    """The papers of a case with those first that the stage it is in needs, or the next one that needs any."""
    taken = {each.asked: frozenset(paper for paper, kind in DRAFTS.items() if kind == each.asked) for each in papers}
    stage: State | None = rules.states[row.state]
    every = frozenset(paper for held in taken.values() for paper in held)
    if not every & papers_at(rules, row.state, row.instrument):
        stage = next_with(rules, row.state, row.instrument, every)
    here = papers_at(rules, stage.name, row.instrument) if stage else frozenset()
    order = list(rules.states.values())
    others = [(each, stages_of(rules, row.instrument, taken[each.asked])) for each in papers if not taken[each.asked] & here]
    others.sort(key=lambda pair: order.index(pair[1][0]) if pair[1] else len(order))
    return Staged(stage, [each for each in papers if taken[each.asked] & here], others)


def papers_for(step: Step, papers: list[CasePaper]) -> list[CasePaper]:
    """Those of them that a step takes."""
    wanted = {kind for paper, kind in DRAFTS.items() if paper in step.brings()}
    return [paper for paper in papers if paper.asked in wanted]


def counted_as(kind: str) -> str:
    """The paper of the rule table that a kind is made for."""
    return next(paper for paper, made in DRAFTS.items() if made == kind)


def paper(ident: str, kind: str) -> Response:
    """What a paper lacks, each with where it is filled in, and its files."""
    allow()
    return _page(ident, kind)


def draft(ident: str, kind: str, form: str) -> Response:
    """
    A paper to save: `docx` and `pdf` are drafts with blanks for what the case does not know, `final` is refused with all that it lacks.

    Raises:
        NotFound: no such case, paper or form.
    """
    allow()
    with store().read() as session:
        paper = _paper(session, named(session, ident), kind)
    try:
        body = io.BytesIO(paper.made(form))
    except Conflict:
        return _page(ident, kind, 409)
    return send_file(body, mimetype=_MEDIA[form], as_attachment=True, download_name=paper.file_name(form))


def keep(ident: str, kind: str) -> WsgiResponse:
    """Keep the final among the files of the case, for the step that takes it; a text is frozen by choosing this very file."""
    require_decider()
    node = node_of(settings())
    with store().read() as session:
        paper = _paper(session, named(session, ident), kind)
    try:
        body = paper.made("final")
    except Conflict:
        return _page(ident, kind, 409)
    counts = counted_as(kind)
    with store().work() as session:
        row = named(session, ident)
        digest = bring(session, node.rules, node.papers, row, counts, paper.file_name("final"), body, actor=current_user.name)
    told = _("Naskah akhir tersimpan sebagai berkas %(paper)s, SHA-256 %(sha)s…; pilih berkas itu pada langkahnya.",
             paper=node.rules.label(counts), sha=digest[:12])  # fmt: skip
    flash(told, "success")
    return redirect(url_for("web_agreements.one", ident=ident, _anchor="berikutnya"), 303)


def _paper(session: Session, row: AgreementRow, kind: str) -> CasePaper:
    return paper_of(session, row, settings(), node_of(settings()).rules, kind)


def _page(ident: str, kind: str, status: int = 200) -> Response:
    rules = node_of(settings()).rules
    with store().read() as session:
        row = named(session, ident)
        paper = _paper(session, row, kind)
    context: dict[str, Any] = {
        "row": row, "paper": paper, "rules": rules, "counts": rules.papers[counted_as(kind)], "may_decide": may_decide(),
        "refused": status == 409,
    }  # fmt: skip
    return make_response(render_template("agreements/paper.html", **context), status)
