"""What the law says about who signs, in which order and until when, and how a deed is set."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from docx import Document

from exchange.errors import Conflict
from exchange.reports import letters
from exchange.reports.facts import Assembly, Good
from exchange.reports.letters import dprd
from exchange.reports.parts import total_of, worth


@pytest.mark.parametrize("name", ["kesepakatan_bersama", "surat_penawaran", "permohonan_dprd"])
def test_only_a_head_of_region_signs_what_no_power_of_attorney_reaches(name, whole, samples):
    facts = whole[name]
    delegated = (
        replace(facts, first=replace(facts.first, signatory=samples.head))
        if name == "kesepakatan_bersama"
        else replace(facts, signatory=samples.head)
    )
    missing = letters.missing(name, delegated)
    assert len(missing) == 1
    assert "kepala daerah" in missing[0]


def test_an_official_signs_a_pks_with_a_letter_of_authority_and_not_without(whole, samples):
    facts = whole["pks"]
    assert letters.missing("pks", facts) == []
    bare = replace(facts, first=replace(facts.first, signatory=replace(samples.head, mandate_number=None, mandate_day=None)))
    assert letters.missing("pks", bare) == ["nomor surat kuasa PIHAK KESATU", "tanggal surat kuasa PIHAK KESATU"]


@pytest.mark.parametrize(
    ("needed", "said"), [(True, "telah memberikan persetujuan"), (False, "Dewan Perwakilan Rakyat Daerah tidak diperlukan")]
)
def test_a_pks_says_what_became_of_the_councils_approval(needed, said, whole, pdf_text):
    facts = replace(whole["pks"], assembly=Assembly(needed=needed, number="7", day=date(2026, 1, 2)))
    assert said in pdf_text(letters.final_pdf("pks", facts))
    unanswered = letters.missing("pks", replace(facts, assembly=Assembly(number="7", day=date(2026, 1, 2))))
    assert len(unanswered) == 1
    assert "Pasal 6 ayat (2)" in unanswered[0]


def test_the_council_is_not_asked_where_both_answers_are_no(whole):
    facts = replace(whole["permohonan_dprd"], burdens=False, unfunded=False)
    with pytest.raises(Conflict, match="persetujuan tidak diperlukan"):
        letters.final_pdf("permohonan_dprd", facts)
    assert isinstance(facts, dprd.PermohonanDprdFacts)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("pks", {"ends": date(2030, 1, 1)}), ("pks", {"ends": date(2026, 1, 1)}), ("kesepakatan_bersama", {"ends": date(2027, 1, 1)}),
        ("surat_kuasa", {"until": date(2026, 11, 1)}), ("surat_penawaran_produk", {"valid_until": date(2026, 11, 26)}),
        ("laporan_kerja_sama", {"ends": date(2026, 12, 31)}), ("berita_acara_pengakhiran", {"ground": "pailit"}),
        ("berita_acara_pengakhiran", {"ground": "ganti pimpinan"}), ("adendum", {"ordinal": 11}),
    ],
)  # fmt: skip
def test_what_contradicts_itself_or_the_law_is_refused_and_drawn_all_the_same(name, change, whole):
    facts = replace(whole[name], **change)
    assert len(letters.missing(name, facts)) == 1
    with pytest.raises(Conflict):
        letters.final_pdf(name, facts)
    assert letters.draft_pdf(name, facts).startswith(b"%PDF")


@pytest.mark.parametrize(("same", "judge"), [(True, "Gubernur sebagai wakil Pemerintah Pusat"), (False, "Menteri Dalam Negeri")])
def test_disputes_go_to_the_governor_within_a_province_and_else_to_the_minister(same, judge, whole, pdf_text):
    assert f"disampaikan kepada {judge}" in pdf_text(letters.final_pdf("pks", replace(whole["pks"], same_province=same)))


def test_a_third_party_settles_by_agreement_and_may_go_bankrupt(whole, pdf_text):
    text = pdf_text(letters.final_pdf("pks_pihak_ketiga", whole["pks_pihak_ketiga"]))
    assert "mengutamakan musyawarah untuk mufakat" in text
    assert "PIHAK KEDUA dinyatakan pailit" in text
    assert "pailit" not in pdf_text(letters.final_pdf("pks", whole["pks"]))


def test_marks_of_what_is_unverified_stand_in_drafts_at_their_articles(whole, pdf_text):
    """The PP names what a contract with a third party holds, and not what one between regions does."""
    marked = {}
    for name in ("pks", "pks_pihak_ketiga"):
        document = Document(io.BytesIO(letters.draft_docx(name, whole[name])))
        assert "dasar belum diverifikasi" in next(iter(document.comments)).text
        marked[name] = {p.text.split("\n")[1] for p in document.paragraphs if p._p.xpath(".//w:commentReference")}
    assert {"HAK DAN KEWAJIBAN", "JANGKA WAKTU", "SANKSI"} <= marked["pks"] - marked["pks_pihak_ketiga"]
    assert not marked["pks"] & {"OBJEK", "PENYELESAIAN PERSELISIHAN", "PENGAKHIRAN"}
    assert "PP 28/2018 Pasal 30 ayat (3)" in pdf_text(letters.draft_pdf("permohonan_dprd", whole["permohonan_dprd"]))


def test_goods_add_up_to_the_sen_and_the_sum_is_said_in_words(whole, pdf_text):
    goods = whole["surat_penawaran_produk"].goods
    assert [worth(good) for good in goods] == [Decimal("146881250.00"), Decimal("277500000"), Decimal("171497220.05")]
    assert total_of(goods) == Decimal("595878470.05")
    text = pdf_text(letters.final_pdf("surat_penawaran_produk", whole["surat_penawaran_produk"]))
    assert (
        "Rp595.878.470,05 (lima ratus sembilan puluh lima juta delapan ratus tujuh puluh delapan ribu empat ratus tujuh puluh rupiah "
        "lima sen)" in text
    )
    for odd in ("NaN", "Infinity", "-1", "0"):
        strange = replace(whole["surat_penawaran_produk"], goods=(replace(goods[0], quantity=Decimal(odd)),))
        assert any("barang 1" in one for one in letters.missing("surat_penawaran_produk", strange))
        assert letters.draft_docx("surat_penawaran_produk", strange)
    assert worth(Good(quantity=Decimal(10) ** 20, price=Decimal(10) ** 20)) is None
    beyond = replace(whole["surat_penawaran_produk"], goods=(replace(goods[0], quantity=Decimal(10) ** 13),))
    assert any("jumlah seluruh barang" in one for one in letters.missing("surat_penawaran_produk", beyond))


@pytest.mark.parametrize("parts", range(2, 34, 2))
def test_a_signature_is_never_parted_from_its_name_nor_from_the_last_sentence(parts, whole, absent, tmp_path):
    facts = replace(whole["kesepakatan_bersama"], scope=tuple(f"bidang ke-{n} yang dikerjasamakan" for n in range(parts)))
    path = tmp_path / "kb.pdf"
    path.write_bytes(letters.final_pdf("kesepakatan_bersama", facts))
    try:
        text = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, timeout=60).stdout.decode()
    except FileNotFoundError:
        absent("poppler (pdftotext)")
    pages = [re.sub(r"\s+", " ", page) for page in text.split("\f")]
    last = next(page for page in pages if "Demikian Kesepakatan Bersama" in page)
    assert "Pasal 11 PENUTUP Demikian" in last
    assert "PIHAK KEDUA Bupati Lampung Selatan, PIHAK KESATU Wali Kota Cilegon," in last
    assert last.count("H. SURYA KENCANA, S.E.") == last.count("RATNA WIJAYANTI") == 1


def test_the_word_file_is_a_package_that_repeats_heads_and_keeps_rows_and_signatures_whole(whole):
    data = letters.draft_docx("pks", whole["pks"])
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    document = Document(io.BytesIO(data))
    goods = document.tables[-2]
    assert goods.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for table in document.tables for row in table.rows)
    signatures = document.tables[-3]
    assert all(p.paragraph_format.keep_with_next for row in signatures.rows[:2] for cell in row.cells for p in cell.paragraphs)
    assert [p.style.name for p in document.paragraphs if p.text.startswith("Pasal 1\n")] == ["Heading 2"]
    assert "RANCANGAN" in document.sections[0].header._element.xml
    assert document.core_properties.title == "Perjanjian Kerja Sama"
