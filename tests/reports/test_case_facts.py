"""A case's papers are made from what the case knows: its names, days, numbers and objects stand in them, and nothing else."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.agreements.rules import shipped
from exchange.errors import NotFound
from exchange.reports.case_facts import OF_STEP, facts_for, kind_for
from exchange.reports.case_known import CaseKnown
from exchange.reports.letters import KINDS, draft_docx, draft_pdf, missing
from exchange.store.agreements import AgreementObjectRow, AgreementRow
from schemas.codes import region

RULES = shipped()
SIGNERS = [
    {
        "pihak": "kami",
        "nama": "Nama Kami",
        "jabatan": "Kepala Dinas",
        "peran": "pejabat_kuasa",
        "kuasa_nomor": "8/SK",
        "kuasa_tanggal": "2026-11-02",
    },
    {"pihak": "mitra", "nama": "Nama Mitra", "jabatan": "Wali Kota Semarang", "peran": "kepala_daerah"},
]


def case(instrument: str = "ksdd", **facts: Any) -> CaseKnown:
    row = AgreementRow(
        ident="KS-2026-0007", instrument=instrument, category="sukarela", title="Pemenuhan pagar sekolah", region="33.74",
        counterpart="Pemerintah Kota Semarang", state="penyusunan_pks", facts=facts, papers={}, turn=1, version=12, made_by="petugas",
        updated_at=datetime(2026, 11, 27, 3, tzinfo=UTC),
    )  # fmt: skip
    objects = [AgreementObjectRow(position=1, commodity="Pagar besi hollow", sector="logam", quantity=Decimal("1250.5"), unit="MTR")]
    return CaseKnown(row=row, objects=objects, home="36.72", office="Disperindag Kota Cilegon")


def words_of(kind: str, known: CaseKnown) -> str:
    with zipfile.ZipFile(io.BytesIO(draft_docx(kind, facts_for(kind, known)))) as packed:
        return packed.read("word/document.xml").decode()


def test_every_step_with_a_paper_is_a_step_and_every_paper_a_kind():
    assert OF_STEP.keys() <= RULES.steps.keys()
    for step in OF_STEP:
        for instrument in RULES.instruments:
            for kind in kind_for(step, instrument):
                assert isinstance(facts_for(kind, case(instrument)), KINDS[kind].facts)
    assert kind_for("isi_pks", "ksdpk") == ("pks_pihak_ketiga",)
    assert kind_for("batalkan", "ksdd") == ()
    with pytest.raises(NotFound):
        facts_for("laporan", case())


@pytest.mark.parametrize("kind", sorted({kind for step in OF_STEP for one in RULES.instruments for kind in kind_for(step, one)}))
def test_every_paper_of_an_empty_case_is_a_draft_in_both_forms_that_names_what_is_missing(kind):
    known = case("ksdpk" if kind == "pks_pihak_ketiga" else "ksdd")
    assert draft_pdf(kind, facts_for(kind, known)).startswith(b"%PDF-")
    assert "Pemenuhan pagar sekolah" in words_of(kind, known) or "PEMENUHAN PAGAR SEKOLAH" in words_of(kind, known)
    assert missing(kind, facts_for(kind, known))


def test_a_contract_bears_what_was_filled_in_and_by_whom_it_is_signed():
    known = case(
        tujuan_pks="Memenuhi kebutuhan.\n- Meningkatkan IKM", lingkup_pks="Pengadaan pagar", pelaksanaan_pks="Bertahap tiap triwulan",
        hak_kewajiban="Hak Pihak Kesatu: menerima pembayaran\nKewajiban Pihak Kedua:\n- membayar tepat waktu\n- menyiapkan lokasi",
        pks_mulai="2026-12-01", pks_berakhir="2028-11-30", nomor_kb_kami="1/KB", nomor_kb_mitra="2/KB", tanggal_kb="2026-11-20",
        kb_berakhir="2029-11-20", nomor_pks_kami="3/PKS", nomor_pks_mitra="4/PKS", tempat_pks="Cilegon", tanggal_pks="2026-11-27",
        penandatangan_pks=SIGNERS, pendanaan="APBD kedua pihak", pertukaran_data="Data kapasitas", sanksi="Teguran tertulis",
        membebani_masyarakat=False, membebani_daerah=True, teranggarkan=True, tahun_apbd=2026,
    )  # fmt: skip
    facts: Any = facts_for("pks", known)
    assert (facts.first.name, facts.second.name) == (f"Pemerintah {region('36.72').name}", "Pemerintah Kota Semarang")
    assert (facts.first.signatory.head, facts.first.signatory.mandate_number, facts.first.signatory.mandate_day) == (
        False,
        "8/SK",
        date(2026, 11, 2),
    )
    assert (facts.first_rights, facts.second_duties) == (("menerima pembayaran",), ("membayar tepat waktu", "menyiapkan lokasi"))
    assert (facts.base_number, facts.assembly.needed) == ("1/KB dan 2/KB", False)
    text = words_of("pks", known)
    for said in ("3/PKS", "4/PKS", "Nama Kami", "Nama Mitra", "1.250,5", "menyiapkan lokasi", "Teguran tertulis", "Pagar besi hollow"):
        assert said in text, said
    lacking = missing("pks", facts)
    assert "kewajiban PIHAK KESATU" in lacking, "no line said it"
    assert not {"nomor naskah PIHAK KESATU", "hak PIHAK KESATU", "kewajiban PIHAK KEDUA", "tanggal penandatanganan"} & set(lacking)


def test_rights_that_name_nobody_are_not_given_to_anybody_and_not_lost():
    facts: Any = facts_for("pks", case(hak_kewajiban="Saling menghormati"))
    assert facts.execution == ("Saling menghormati",)
    assert not (facts.first_rights or facts.first_duties or facts.second_rights or facts.second_duties)


@pytest.mark.parametrize(
    ("home", "name", "head"),
    [("36.72", "Pemerintah Kota Cilegon", "Wali Kota Cilegon"), ("36.04", "Pemerintah Kabupaten Serang", "Bupati Serang")],
)
def test_the_head_of_region_is_called_as_the_region_is(home, name, head):
    known = CaseKnown(row=case().row, home=home)
    facts: Any = facts_for("surat_penawaran", known)
    assert (facts.office.government, facts.signatory.title) == (name, head)


def test_both_questions_make_the_burden_and_the_budget_the_other_ground():
    for people, here, budgeted in ((True, True, True), (True, False, False), (False, False, True)):
        facts: Any = facts_for(
            "permohonan_dprd", case(membebani_masyarakat=people, membebani_daerah=here, teranggarkan=budgeted, tahun_apbd=2026)
        )
        assert (facts.burdens, facts.unfunded) == (people and here, not budgeted)
    unanswered: Any = facts_for("permohonan_dprd", case(membebani_masyarakat=True))
    assert (unanswered.burdens, unanswered.unfunded) == (None, None)


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), max_size=6))
def test_no_line_of_a_text_is_lost(lines):
    known = case(manfaat="\n".join(f"- {line}" for line in lines))
    facts: Any = facts_for("kak", known)
    assert list(facts.benefits) == lines
