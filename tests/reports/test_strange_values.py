"""Values come from strangers: they come out as themselves or cleaned, and never break a renderer or leave the page."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.errors import Conflict
from exchange.reports import letters
from exchange.reports.blocks import Paper, Para, Run
from exchange.reports.docx import docx
from exchange.reports.letters import KINDS
from exchange.reports.pdf import pdf
from exchange.reports.texts import LONGEST, PRINTABLE, clean, printable, unprintable

AS_THEY_ARE = [
    "{{ x }} {% for a in b %} {# c #}", "<b>tebal</b> & <w:p/> &amp; ]]> <!-- -->", "#set page(width: 1cm) #read(\"/etc/passwd\") \\ "
                                                            "\\u{41}",
    "`kode` $x^2$ *bintang* _garis_ //tautan @acuan <label> = judul - butir + urut ~ ---", "=1+1 +62 -5 @SUM",
    "'petik' \"dua\" ‘satu’ “lipat”",
    "%s %d {} {0} *PIHAK* {", "../../etc/passwd", "_x0041_ &#65; \\n",
]  # fmt: skip
CLEANED = {
    "terbalik \u202etxt.exe\u202c dan \u2067lain\u2069": "terbalik txt.exe dan lain", "ken\x00da\x07li\x1b": "kendali",
    "a\u200bb\ufeffc\xadd": "abcd",
    "baris\r\nsatu\u2028dua\tantara": "baris\nsatu\ndua antara", "\ud800tunggal": "\ufffdtunggal", "A\u030a": "Å", "  tepi \n ": "tepi",
    "bukan\ufffehuruf\U000fffff\U000e0041": "bukanhuruf",
}  # fmt: skip


def with_all(value, change):
    """The facts with every text of theirs changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(with_all(part, change) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        # a ground is a word of a list; what is on no list is missing
        return replace(
            value, **{f.name: with_all(getattr(value, f.name), change) for f in fields(value) if f.name not in ("origin", "ground")}
        )
    return value


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("\u200b", "")


@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_looks_like_markup_stands_there_as_it_is(name, whole, pdf_text):
    facts = with_all(whole[name], lambda text: f"{' '.join(AS_THEY_ARE)} {text}")
    assert letters.missing(name, facts) == []
    # titles are set in capitals
    text = bare(pdf_text(letters.final_pdf(name, facts))).casefold()
    assert [one for one in AS_THEY_ARE if bare(one).casefold() not in text] == []
    body = Document(io.BytesIO(letters.draft_docx(name, facts))).element.body
    in_word = "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))
    assert [one for one in AS_THEY_ARE if one not in in_word] == []


@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_is_not_seen_is_dropped_and_lines_stay(name, whole):
    for strange, cleaned in CLEANED.items():
        assert clean(strange) == cleaned
    mess = "".join(CLEANED)
    facts = with_all(whole[name], lambda text: text + mess)
    assert letters.draft_pdf(name, facts).startswith(b"%PDF")
    package = Document(io.BytesIO(letters.draft_docx(name, facts)))
    text = "".join(node.text or "" for node in package.element.body.iter() if node.tag.endswith("}t"))
    assert not set(text) & set("\u202e\u2067\u200b\ufeff\x00\x07\x1b\ufffe")


def test_letters_that_the_fonts_lack_refuse_the_final_and_are_named_in_the_draft(whole, pdf_text):
    facts = replace(whole["kak"], location="Kota 漢字 😀 Cilegon")
    with pytest.raises(Conflict, match=r"U\+6F22, U\+5B57, U\+1F600"):
        letters.final_pdf("kak", facts)
    assert "Kota [U+6F22][U+5B57] [U+1F600] Cilegon" in pdf_text(letters.draft_pdf("kak", facts))
    body = Document(io.BytesIO(letters.draft_docx("kak", facts))).element.body
    assert any("漢字 😀" in (node.text or "") for node in body.iter()), "Word has letters for them"
    assert printable("ﬁ ① Ａ") == "fi 1 A"
    assert unprintable("a漢a漢") == ["漢"]


def test_every_letter_that_is_called_printable_can_be_set_as_pdf_a_in_every_manner():
    text = "".join(sorted(PRINTABLE))
    lines = tuple(Para((Run(" ".join(text), bold=bold, italic=italic),)) for bold in (False, True) for italic in (False, True))
    assert pdf(Paper(title="Huruf", author="", blocks=lines, made_at=datetime(2026, 1, 1, tzinfo=UTC))).startswith(b"%PDF")


@pytest.mark.parametrize("letter", ["W", "1.", "é"])
@pytest.mark.parametrize("name", ["pks", "surat_penawaran_produk", "laporan_kerja_sama", "surat_penawaran", "berita_acara_pengakhiran"])
def test_ten_thousand_letters_without_a_blank_stay_on_the_page(name, letter, whole, tmp_path, absent):
    long = (letter * 10_000)[:10_000]
    hit = iter(range(10_000))
    facts = with_all(whole[name], lambda text: text + long if next(hit) % 9 == 4 else text + long[:300])
    path = tmp_path / "panjang.pdf"
    path.write_bytes(letters.draft_pdf(name, facts))
    try:
        done = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, timeout=120)
    except FileNotFoundError:
        absent("poppler (pdftotext)")
    edges = [float(edge) for edge in re.findall(r'xMax="([\d.]+)"', done.stdout.decode())]
    assert len(edges) > 100
    assert max(edges) < 590, "the page is 595 points wide"
    Document(io.BytesIO(letters.draft_docx(name, facts)))


def test_a_value_without_end_is_cut_with_a_mark():
    assert clean("a" * 10**6).endswith("… [dipotong]")
    assert len(clean("a" * 10**6)) < LONGEST + 20


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(alphabet=st.characters(categories=("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "So", "Lo")), max_size=60))
def test_no_text_at_all_breaks_a_renderer(first, second):
    run = Run(clean(first + second) or "-", bold=True)
    paper = Paper(title=clean(first), author=clean(second), blocks=(Para((run,)),), made_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert pdf(paper).startswith(b"%PDF")
    body = Document(io.BytesIO(docx(paper))).element
    assert ElementTree.fromstring(body.xml) is not None
    assert "".join(n.text or "" for n in body.iter() if n.tag.endswith("}t")) == run.text.replace("\n", "")
    assert clean(run.text) == run.text, "what is clean stays as it is"
