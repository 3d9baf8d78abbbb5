"""Drafts of a case's papers, filled in from what the case knows, to be finished by a person."""

from __future__ import annotations

import io
from collections.abc import Mapping

from flask import Response, send_file
from flask_babel import gettext as _

from exchange.agreements.rules import Step
from exchange.agreements.steps import named
from exchange.errors import NotFound
from exchange.reports.case_facts import DRAFTS, CaseView, facts_of
from exchange.reports.letters import KINDS, draft_docx, draft_pdf
from exchange.store.agreement_board import matches_under
from exchange.store.agreements import objects_of
from exchange.web.asking import allow
from exchange.wiring import settings, store

_MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def drafts_for(step: Step) -> Mapping[str, str]:
    """The drafts of the papers that a step takes: kind and its title."""
    return {kind: KINDS[kind].title for paper, kind in DRAFTS.items() if paper in step.brings()}


def draft(ident: str, kind: str, form: str) -> Response:
    """
    The draft of a paper to save, as `docx` or `pdf`, with blanks for what the case does not know.

    Raises:
        NotFound: no such case, paper or form.
    """
    allow()
    makers = {"docx": draft_docx, "pdf": draft_pdf}
    if form not in makers:
        raise NotFound(_("Rancangan dibuat sebagai docx atau pdf."), mend=_("Pilih dari halaman perkaranya."))
    if kind not in DRAFTS.values():
        raise NotFound(_("Perkara tidak menyusun naskah itu."), mend=_("Pilih dari halaman perkaranya."))
    with store().read() as session:
        row = named(session, ident)
        case = CaseView(row, objects_of(session, [row.id])[row.id], settings(), row.updated_at, matches_under(session, row.id))
        name, facts = facts_of(kind, case)
    body = io.BytesIO(makers[form](name, facts))
    return send_file(body, mimetype=_MEDIA[form], as_attachment=True, download_name=f"{ident}-{name}-v{row.version}.{form}")
