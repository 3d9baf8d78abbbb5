"""Papers of a case from its page: what each still lacks and where that is filled in, drafts, and the final as it is signed."""

from __future__ import annotations

import io
from typing import Any, Final

from flask import Response, flash, make_response, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.node import node_of
from exchange.agreements.papers import bring
from exchange.agreements.rules import Step
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
