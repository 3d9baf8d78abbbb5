"""Papers are filled from the case, and what the case does not know is a blank that names it."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx
import pytest

from exchange.access.partners import add_partner
from exchange.access.scopes import SCOPES
from exchange.agreements.node import node_of
from exchange.errors import Conflict
from exchange.reports import letters
from exchange.reports.case_facts import DRAFTS, facts_of
from exchange.reports.case_view import CaseView
from exchange.settings import Settings
from exchange.store.agreements import objects_of
from exchange.store.base import Store

from ..agreements.cases import TODAY, go_until, new_case, signer

AT = datetime(2026, 11, 27, 3, tzinfo=UTC)


@pytest.fixture
def cases(store: Store, settings: Settings) -> dict[str, CaseView]:
    """A case of each instrument that was just begun, and one that is carried out."""
    node = node_of(settings)
    with store.work() as session:
        partner = add_partner(session, "kota-semarang", "Disperindag Kota Semarang", "33.74", SCOPES, actor="tes")
        rows = {
            "begun": new_case(session, node),
            "third": new_case(session, node, kind="pihak_ketiga", region=None, counterpart="PT Contoh Niaga"),
            "ministry": new_case(session, node, kind="kementerian", region=None, counterpart="Kementerian Contoh"),
            "running": go_until(session, node, new_case(session, node, partner), "laksanakan"),
        }
        session.flush()
        found = {name: CaseView(row, objects_of(session, [row.id])[row.id], settings, AT) for name, row in rows.items()}
        session.expunge_all()
    return found


def words(body: bytes) -> str:
    """All that a Word file says."""
    made = docx.Document(io.BytesIO(body))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in made.paragraphs] + cells)


@pytest.mark.parametrize("kind", sorted(set(DRAFTS.values())))
def test_every_draft_can_be_made_of_a_case_that_was_just_begun(cases: dict[str, CaseView], kind: str):
    for case in cases.values():
        name, facts = facts_of(kind, case)
        text = words(letters.draft_docx(name, facts))
        assert case.row.title.casefold() in text.casefold() or kind == "surat_kuasa"
    name, facts = facts_of(kind, cases["begun"])
    assert letters.missing(name, facts)
    with pytest.raises(Conflict):
        letters.final_pdf(name, facts)


def test_a_contract_says_what_the_case_knows(cases: dict[str, CaseView]):
    case = cases["running"]
    name, facts = facts_of("pks", case)
    text = words(letters.draft_docx(name, facts))
    for said in (
        "Pemerintah Kota Cilegon", "Pemerintah Kota Semarang", "Isi nomor_pks_kami", "Isi nomor_pks_mitra", "Isi nomor_kb_kami",
        "Pagar besi hollow", "Rangka baja ringan", "27 November 2028",
    ):  # fmt: skip
        assert said.casefold() in text.casefold(), said
    missing = letters.missing(name, facts)
    assert missing
    assert not [one for one in missing if "nomor Perjanjian" in one or "tanggal penandatanganan" in one]


def test_with_a_third_party_the_contract_is_its_own_kind(cases: dict[str, CaseView]):
    assert facts_of("pks", cases["third"])[0] == "pks_pihak_ketiga"
    assert facts_of("pks", cases["running"])[0] == "pks"


def test_the_official_who_signs_by_delegation_is_named_in_the_mandate(cases: dict[str, CaseView]):
    case = cases["running"]
    taker = signer("kami", "pejabat_kuasa", kuasa_nomor="800/12", kuasa_tanggal=TODAY.isoformat(), kuasa_lingkup="PKS")
    case.row.facts = {**case.row.facts, "penandatangan_pks": [taker, signer("mitra")]}
    name, facts = facts_of("surat_kuasa", case)
    text = words(letters.draft_docx(name, facts))
    assert "Kepala Dinas" in text
    assert "800/12" in text


def test_drafts_are_for_papers_of_the_table(settings: Settings):
    assert set(DRAFTS) <= node_of(settings).rules.papers.keys()
    assert set(DRAFTS.values()) <= letters.KINDS.keys()
