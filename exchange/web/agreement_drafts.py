"""Drafts of a case's papers, filled in from what the case knows, to be finished by a person."""

from __future__ import annotations

import io
from collections.abc import Mapping

from flask import Response, send_file
from flask_babel import gettext as _

from exchange.agreements.node import node_of
from exchange.agreements.steps import named
from exchange.errors import NotFound
from exchange.reports.case_facts import facts_for, kind_for
from exchange.reports.case_known import CaseKnown
from exchange.reports.letters import KINDS, draft_docx, draft_pdf
from exchange.store.agreement_board import matches_under
from exchange.store.agreements import objects_of, steps_of
from exchange.web.asking import allow
from exchange.wiring import settings, store

_MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_UNSET = ".invalid"  # the mailbox of a node that nobody has set yet


def drafts_for(step: str, instrument: str) -> Mapping[str, str]:
    """The papers that a step is prepared with: kind and its title."""
    return {kind: KINDS[kind].title for kind in kind_for(step, instrument)}


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
    its = settings()
    node = node_of(its)
    with store().read() as session:
        row = named(session, ident)
        known = CaseKnown(
            row=row, objects=objects_of(session, [row.id])[row.id], under=matches_under(session, row.id), home=node.home, office=its.office,
            contact=None if its.contact.endswith(_UNSET) else its.contact,
            addenda=sum(step.step == "adendum" for step in steps_of(session, row.id)),
        )  # fmt: skip
        facts = facts_for(kind, known)
    body = io.BytesIO(makers[form](kind, facts))
    name = f"{ident}-{kind}-v{row.version}.{form}"
    return send_file(body, mimetype=_MEDIA[form], as_attachment=True, download_name=name)
