"""Every kind of paper: whole ones hold their facts, lacking ones say what they lack, and finals are archives that do not change."""

from __future__ import annotations

import io
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from docx import Document

from exchange.errors import Conflict, NotFound
from exchange.reports import letters, words
from exchange.reports.kinds import Origin
from exchange.reports.letters import KINDS

CONTACT = ("contact_office", "contact_address", "contact_mail", "contact_phone")
# facts that decide, or that this kind does not tell; all others must be read in the paper
SILENT = {
    # a deed's list of objects holds agreed targets alone: needs and capacities change from day to day
    "pks": {"price", "maker", "need", "capacity", "base_ends"}, "pks_pihak_ketiga": {"price", "maker", "need", "capacity"},
    "nota_dprd": set(), "kak": {"price", "maker", "mandate_number",
    "mandate_day"},
    "surat_penawaran": {"price", "maker", "terms.office", "terms.signatory", "terms.place", "terms.day"},
    "permohonan_dprd": {"terms"}, "surat_kuasa": {"mandate_number", "mandate_day"},
    "surat_penawaran_produk": {"need", "capacity", "mandate_number", "mandate_day"}, "laporan_kerja_sama": {"mandate_number",
    "mandate_day"},
    "kesepakatan_bersama": set(), "nota_kesepakatan": set(), "adendum": set(CONTACT), "berita_acara_pengakhiran": {"ground", *CONTACT},
}  # fmt: skip
# what a whole paper may do without
OPTIONAL = {
    "goods": {"kak"}, "agreement": {"surat_penawaran_produk"}, "third_party": {"surat_kuasa", "berita_acara_pengakhiran"},
    "base_number": {"pks_pihak_ketiga"}, "base_day": {"pks_pihak_ketiga"}, "base_ends": {"pks", "pks_pihak_ketiga"},
    "same_province": {"pks_pihak_ketiga"}, "firms": {"laporan_kerja_sama"}, "obstacles": {"laporan_kerja_sama"},
    "open": {"berita_acara_pengakhiran"}, "paper": {"adendum"},
}  # fmt: skip
every_kind = pytest.mark.parametrize("name", sorted(KINDS))


def told(value: object, silent: set[str], path: str = "") -> Iterator[str]:
    """The facts as a reader should find them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Decimal):
        yield words.figures(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        yield words.day(value)
    elif isinstance(value, tuple):
        for part in value:
            yield from told(part, silent, path)
    elif is_dataclass(value):
        for field in fields(value):
            at = f"{path}.{field.name}".lstrip(".")
            if field.name != "origin" and at not in silent and at.rpartition(".")[2] not in silent:
                yield from told(getattr(value, field.name), silent, at)


def bare(text: str) -> str:
    """Letters and figures alone: how lines, cells and pages break says nothing about what is there."""
    text = re.sub(r"Halaman\s+\d+\s+dari\s+\d+", "", text)
    return re.sub(r"[\W_]+", "", text).casefold()


def docx_text(data: bytes) -> str:
    """All paragraphs and cells."""
    return " ".join(node.text or "" for node in Document(io.BytesIO(data)).element.body.iter() if node.tag.endswith("}t"))


@every_kind
def test_the_final_paper_holds_every_fact_and_nothing_of_a_draft(name, whole, pdf_text):
    assert letters.missing(name, whole[name]) == []
    text = pdf_text(letters.final_pdf(name, whole[name]))
    lacking = [fact for fact in told(whole[name], SILENT[name]) if bare(fact) not in bare(text)]
    # days of a deed stand in words; its figures stand beside them
    lacking = [fact for fact in lacking if not _in_deed_words(fact, text)]
    assert lacking == []
    assert not re.search("rancangan|belum diverifikasi|KSDD-2026-0007", text, re.IGNORECASE)


def _in_deed_words(fact: str, text: str) -> bool:
    months = {month: n for n, month in enumerate(words.MONTHS, start=1)}
    found = re.fullmatch(r"(\d+) (\w+) (\d{4})", fact)
    return bool(found) and f"({int(found[1]):02}-{months[found[2]]:02}-{found[3]})" in text


@every_kind
def test_the_draft_for_word_holds_every_fact_and_says_that_it_is_one(name, whole, drafts_in_libreoffice):
    data = letters.draft_docx(name, whole[name])
    text = docx_text(data)
    lacking = [fact for fact in told(whole[name], SILENT[name]) if bare(fact) not in bare(text)]
    assert [fact for fact in lacking if not _in_deed_words(fact, text)] == []
    assert "kasus KSDD-2026-0007 versi 12 pada 27 November 2026 pukul 13.55 WIB" in text
    seen = bare(drafts_in_libreoffice[name])
    assert [
        fact for fact in told(whole[name], SILENT[name]) if bare(fact) not in seen and not _in_deed_words(fact, drafts_in_libreoffice[name])
    ] == []


@every_kind
def test_word_and_pdf_say_the_same(name, whole, pdf_text):
    data = letters.draft_docx(name, whole[name])
    pdf = pdf_text(letters.draft_pdf(name, whole[name]))
    for comment in Document(io.BytesIO(data)).comments:
        assert bare(comment.text) in bare(pdf)
    for paragraph in Document(io.BytesIO(data)).paragraphs:
        assert bare(paragraph.text) in bare(pdf)


@every_kind
def test_what_is_missing_is_a_blank_in_the_draft_and_refuses_the_final(name, whole, pdf_text):
    kind = KINDS[name]
    empty = kind.facts(origin=whole[name].origin)
    missing = letters.missing(name, empty)
    assert len(missing) >= 8
    assert len(set(missing)) == len(missing)
    text, pdf = docx_text(letters.draft_docx(name, empty)), pdf_text(letters.draft_pdf(name, empty))
    blanks = set(re.findall(r"\[([^\[\]]+)\]", text))
    assert blanks
    assert blanks - {"urutan adendum"} <= set(missing)
    assert {bare(blank) for blank in blanks} <= {bare(blank) for blank in re.findall(r"\[([^\[\]]+)\]", pdf)}
    assert all(bare(what) in bare(pdf) for what in missing), "the draft's small print lists all"
    with pytest.raises(Conflict) as refused:
        letters.final_pdf(name, empty)
    assert refused.value.facts["missing"] == missing
    assert refused.value.mend


@every_kind
def test_no_fact_can_be_left_out_without_a_word(name, whole):
    facts = whole[name]
    silent = []
    for field in fields(facts):
        default = getattr(KINDS[name].facts(origin=facts.origin), field.name)
        if field.name == "origin" or getattr(facts, field.name) == default:
            continue
        if not letters.missing(name, replace(facts, **{field.name: default})):
            silent.append(field.name)
    assert [one for one in silent if name not in OPTIONAL.get(one, ())] == []


@every_kind
def test_the_same_facts_give_the_same_bytes_whenever_they_are_set(name, whole):
    facts = whole[name]
    pdf, docx = letters.final_pdf(name, facts), letters.draft_docx(name, facts)
    if name == "pks":
        time.sleep(1.1)  # a clock that is read would be seen
    assert letters.final_pdf(name, facts) == pdf
    assert letters.draft_docx(name, facts) == docx
    later = replace(facts, origin=replace(facts.origin, made_at=datetime.fromisoformat("2027-01-02T03:04:05+00:00")))
    assert letters.final_pdf(name, later) != pdf


@every_kind
def test_the_final_is_pdf_a_with_all_fonts_inside(name, whole, absent, tmp_path):
    data = letters.final_pdf(name, whole[name])
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in data
    assert b"2026-11-27T06:55:00" in data
    path = tmp_path / "akhir.pdf"
    path.write_bytes(data)
    try:
        done = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, timeout=60)
    except FileNotFoundError:
        absent("poppler (pdffonts)")
    lines = done.stdout.decode().splitlines()[2:]
    assert lines
    for line in lines:
        assert re.match(r"[A-Z]{6}\+LibertinusSerif", line), "a font of this machine would make other bytes elsewhere"
        assert line.split()[-5] == "yes"


def test_a_kind_that_there_is_not_is_named_with_those_that_there_are(whole):
    with pytest.raises(NotFound) as none:
        letters.draft_pdf("surat_cinta", whole["kak"])
    assert "surat_kuasa" in none.value.mend
    with pytest.raises(TypeError):
        letters.draft_pdf("pks", whole["kak"])


def test_a_time_of_making_needs_a_zone():
    with pytest.raises(ValueError, match="zone"):
        Origin(case="a", version="1", made_at=datetime(2026, 1, 1))
