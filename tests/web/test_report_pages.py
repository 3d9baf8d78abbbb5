"""The report of an agreement as a page and as files, and the letter of a deal; both only for staff who are logged in."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from exchange.store.base import Store

from ..trade.conftest import agreement

from .dealing import SENT, deals  # noqa: F401  # isort: skip
from .test_together import shortage  # noqa: F401  # isort: skip

pytestmark = pytest.mark.usefixtures("deals")


@pytest.fixture
def case(world: Store) -> str:
    with world.work() as session:
        return agreement(session, {"sector": "logam", "commodity": "Pagar besi <b>hollow</b>"}, title="Pagar & pintu").ident


def test_the_page_tells_the_figures_of_a_period_and_leads_to_the_files(petugas: Any, case: str):
    page = petugas.get(f"/kerja-sama/{case}/laporan?dari=2026-07-01&sampai=2026-09-30")
    assert page.status_code == 200
    assert "Pagar besi &lt;b&gt;hollow&lt;/b&gt;" in page.text
    assert "dasar belum diverifikasi" in page.text
    assert "Menteri Dalam Negeri" in page.text
    for form, start in (("docx", b"PK"), ("pdf", b"%PDF-"), ("xlsx", b"PK"), ("zip", b"PK")):
        answer = petugas.get(f"/kerja-sama/{case}/laporan.{form}?dari=2026-07-01&sampai=2026-09-30&nomor=500%2F1")
        assert answer.status_code == 200
        assert answer.data.startswith(start)
        assert f"laporan-{case}-20260701-20260930.{form}" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as box:
        assert len(box.namelist()) == 3


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("?dari=kemarin", 400, "tanggal"),
        ("?dari=2026-09-30&sampai=2026-07-01", 400, "berakhir sebelum mulai"),
        ("?tahun=2026", 400, "tahun"),
        (".exe", 404, "zip"),
    ],
)
def test_what_cannot_be_read_is_named(petugas: Any, case: str, path: str, status: int, says: str):
    page = petugas.get(f"/kerja-sama/{case}/laporan{path}")
    assert (page.status_code, says in page.text) == (status, True)


def test_a_case_that_is_none_and_a_reader_without_a_login(petugas: Any, app: Any, case: str):
    assert petugas.get("/kerja-sama/KS-1999-0001/laporan").status_code == 404
    assert app.test_client().get(f"/kerja-sama/{case}/laporan.pdf").status_code == 302


def test_the_letter_of_an_offer_that_was_sent_can_be_taken_away_and_of_a_draft_it_cannot(petugas: Any):
    for form, start in (("docx", b"PK"), ("pdf", b"%PDF-")):
        answer = petugas.get(f"/perdagangan/{SENT}/surat.{form}")
        assert (answer.status_code, answer.data[: len(start)]) == (200, start)
    assert f"/perdagangan/{SENT}/surat.pdf" in petugas.get(f"/perdagangan/{SENT}").text
    assert petugas.get("/perdagangan/TR-2026-9999/surat.pdf").status_code == 404
    assert petugas.get(f"/perdagangan/{SENT}/surat.txt").status_code == 404
