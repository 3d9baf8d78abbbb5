"""The coat of arms stands at the head of letters and reports, and a picture that cannot be used costs no paper."""

from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document
from PIL import Image, ImageDraw

from exchange.errors import BadRequest
from exchange.reports import letters
from exchange.reports.blocks import Letterhead, Paper, Para, plain
from exchange.reports.docx import docx
from exchange.reports.emblem import checked, emblem
from exchange.reports.pdf import pdf

AT = datetime(2026, 11, 27, 6, 55, tzinfo=UTC)


def shield(width: int = 900, height: int = 1100, **save: object) -> bytes:
    """A made-up coat of arms."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 0), (width, 0), (width, height // 2), (width // 2, height), (0, height // 2)], fill=(14, 80, 40, 255))
    draw.ellipse([width // 4, height // 6, 3 * width // 4, height // 2], fill=(240, 190, 20, 255))
    out = io.BytesIO()
    image.save(out, "PNG", **save)
    return out.getvalue()


@pytest.fixture
def with_emblem(settings, tmp_path):
    path = tmp_path / "lambang.png"
    path.write_bytes(shield())
    return replace(settings, office_emblem=path)


def pictures(path: Path) -> list[tuple[int, int]]:
    """Width and height in pixels of each picture of a PDF; what is seen through (masks) is none."""
    if shutil.which("pdfimages") is None:
        (pytest.fail if os.environ.get("EXCHANGE_TEST_WHOLE") else pytest.skip)("poppler (pdfimages) is not installed")
    said = subprocess.run(["pdfimages", "-list", str(path)], capture_output=True, check=True, timeout=60).stdout.decode()
    rows = [line.split() for line in said.splitlines()[2:]]
    return [(int(row[3]), int(row[4])) for row in rows if row[2] == "image"]


@pytest.mark.parametrize("name", ["surat_penawaran", "surat_penawaran_produk"])
def test_letters_carry_it_once_in_both_forms_and_say_the_same_as_without(name, whole, with_emblem, pdf_text, tmp_path):
    bare = whole[name]
    facts = replace(bare, office=replace(bare.office, emblem=emblem(with_emblem)))
    final = letters.final_pdf(name, facts)
    (tmp_path / "surat.pdf").write_bytes(final)
    ((wide, high),) = pictures(tmp_path / "surat.pdf")
    assert (wide, high) == (393, 480), "as high and wide to each other as the file's"
    assert pdf_text(final) == pdf_text(letters.final_pdf(name, bare))
    made = Document(io.BytesIO(letters.draft_docx(name, facts)))
    (shape,) = made.inline_shapes
    assert abs(shape.width / shape.height - 393 / 480) < 0.01
    assert shape.width.cm <= 2
    assert shape.height.cm <= 2.2
    assert letters.draft_docx(name, facts) == letters.draft_docx(name, facts)
    assert not Document(io.BytesIO(letters.draft_docx(name, bare))).inline_shapes


def test_word_processors_show_it(with_emblem, absent, tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None:
        absent("LibreOffice (soffice)")
    head = Letterhead((plain("Pemerintah Kota Contoh"), plain("Dinas Contoh")), (plain("Jalan Contoh 1"),), emblem(with_emblem))
    paper = Paper("Surat", "Dinas Contoh", (head, Para(plain("Isi."))), AT, draft=False)
    (tmp_path / "surat.docx").write_bytes(docx(paper))
    command = [soffice, f"-env:UserInstallation={(tmp_path / 'profil').as_uri()}", "--headless", "--convert-to", "pdf:writer_pdf_Export"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "surat.docx")], capture_output=True, check=True, timeout=300)
    assert len(pictures(tmp_path / "surat.pdf")) == 1


@pytest.mark.parametrize(("wide", "high"), [(2000, 100), (100, 2000), (1, 1)])
def test_one_of_any_shape_stays_within_its_place(wide, high, with_emblem, tmp_path):
    with_emblem.office_emblem.write_bytes(shield(wide, high))
    head = Letterhead((plain("Pemerintah Kota Contoh"),), (), emblem(with_emblem))
    paper = Paper("Surat", "Dinas Contoh", (head, Para(plain("Isi."))), AT, draft=True)
    (shape,) = Document(io.BytesIO(docx(paper))).inline_shapes
    assert 0 < shape.width.cm <= 2
    assert 0 < shape.height.cm <= 2.2
    assert pdf(paper).startswith(b"%PDF-")


def test_what_was_put_beside_the_picture_does_not_come_along(with_emblem):
    from PIL.PngImagePlugin import PngInfo

    beside = PngInfo()
    beside.add_text("Author", "seseorang")
    with_emblem.office_emblem.write_bytes(shield(pnginfo=beside) + b"PK\x03\x04ekor")
    made = emblem(with_emblem)
    assert made is not None
    assert b"seseorang" not in made
    assert b"ekor" not in made


@pytest.mark.parametrize("body", [None, b"", b"bukan gambar", b"%PDF-1.7", "cut"], ids=["absent", "empty", "text", "pdf", "cut"])
def test_one_that_cannot_be_used_is_left_out_and_named(body, with_emblem, caplog):
    path = with_emblem.office_emblem
    if body is None:
        path.unlink()
    else:
        path.write_bytes(shield()[:600] if body == "cut" else body)
    with caplog.at_level(logging.WARNING, "exchange.reports"):
        assert emblem(with_emblem) is None
    assert "coat of arms" in caplog.text
    with pytest.raises(BadRequest, match=r"EXCHANGE_OFFICE_EMBLEM: berkas lambang\.png") as refused:
        checked(with_emblem)
    assert refused.value.mend


def test_a_picture_that_was_changed_is_read_anew(with_emblem):
    before = emblem(with_emblem)
    with_emblem.office_emblem.write_bytes(shield(300, 300))
    assert emblem(with_emblem) not in (before, None)
    assert emblem(replace(with_emblem, office_emblem=None)) is None
