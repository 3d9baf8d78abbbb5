"""
The papers of a case: each kind as a draft for Word, a draft to look at, and the final PDF/A where nothing is missing.

A final of a text is made of what the case says alone and bears the day that it is signed on as its time of making: the same case gives
the same bytes, whenever they are asked for, so that the SHA-256 of a frozen text can be that of this very file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from exchange.agreements.rules import Rules
from exchange.errors import NotFound
from exchange.reports import letters
from exchange.reports.case_blanks import Blank, blanks
from exchange.reports.case_facts import DRAFTS, facts_of
from exchange.reports.case_view import CaseView
from exchange.reports.kinds import Facts
from exchange.reports.letters import KINDS
from exchange.reports.price_annex import annexed
from exchange.settings import Settings
from exchange.store.agreement_board import matches_under
from exchange.store.agreements import AgreementRow, objects_of

FORMS: Final = ("docx", "pdf", "final")
_JAKARTA = ZoneInfo("Asia/Jakarta")
_OF: Final[Mapping[str, frozenset[str]]] = {
    "sinergi": frozenset({"kak", "nota_kesepakatan", "berita_acara_akhir"}),
    "ksdd": frozenset(DRAFTS) - {"nota_kesepakatan"},
    "ksdpk": frozenset(DRAFTS) - {"nota_kesepakatan"},
}


@dataclass(frozen=True, slots=True)
class CasePaper:
    """One paper of a case. kind: of `letters.KINDS`; asked: of `DRAFTS`; blanks: what it lacks before it may be final."""

    kind: str
    asked: str
    title: str
    facts: Facts
    blanks: tuple[Blank, ...]
    name: str

    def made(self, form: str) -> bytes:
        """
        Its bytes: `docx` and `pdf` are drafts, `final` the paper as it is signed.

        Raises:
            Conflict: a final was asked for and something is missing; `missing` lists it. NotFound: another form.
        """
        if form == "final":
            return letters.final_pdf(self.kind, _as_signed(self.facts))
        if form not in FORMS:
            raise NotFound("Naskah dibuat sebagai docx, pdf atau final.", mend=f"Pilih salah satu: {', '.join(FORMS)}.")
        return (letters.draft_docx if form == "docx" else letters.draft_pdf)(self.kind, self.facts)

    def file_name(self, form: str) -> str:
        """What its file is called."""
        return f"{self.name}.pdf" if form == "final" else f"{self.name}-v{self.facts.origin.version}.{form}"


def kinds_of(instrument: str) -> dict[str, str]:
    """The kinds of paper that a case of an instrument has, by what `paper_of` takes, with their titles, in the order of the way."""
    return {kind: KINDS[kind].title for paper, kind in DRAFTS.items() if paper in _OF[instrument]}


def paper_of(session: Session, row: AgreementRow, settings: Settings, rules: Rules, kind: str) -> CasePaper:
    """
    A paper of a case as it stands. kind: of `kinds_of`.

    Raises:
        NotFound: the case has no such paper.
    """
    return paper_from(view_of_case(session, row, settings), rules, kind)


def view_of_case(session: Session, row: AgreementRow, settings: Settings) -> CaseView:
    """A case with all that its papers say."""
    return CaseView(
        row, objects_of(session, [row.id])[row.id], settings, row.updated_at, matches_under(session, row.id), annexed(session, row.id)
    )


def paper_from(case: CaseView, rules: Rules, kind: str) -> CasePaper:
    """A paper of a case that was read already; raises NotFound as `paper_of` does."""
    row = case.row
    if kind not in kinds_of(row.instrument):
        raise NotFound(f"Perkara tidak menyusun naskah “{kind[:40]}”.", mend=f"Pilih salah satu: {', '.join(kinds_of(row.instrument))}.")
    name, facts = facts_of(kind, case)
    missing = letters.missing(name, facts)
    found = tuple(blanks(name, missing, rules, row.state, row.instrument))
    return CasePaper(name, kind, KINDS[name].title, facts, found, f"{row.ident}-{name}")


def _as_signed(facts: Facts) -> Facts:
    day = getattr(facts, "day", None) or getattr(getattr(facts, "letter", None), "day", None)
    if not isinstance(day, date):
        return facts
    return replace(facts, origin=replace(facts.origin, made_at=datetime.combine(day, time(), _JAKARTA)))
