"""Papers of a case on its page: what is blank and where it is filled in, finals, and keeping one for the step that freezes it."""

from __future__ import annotations

import hashlib
import re

import pytest

from exchange.agreements.onward import possible
from exchange.agreements.steps import named
from exchange.reports.case_papers import CasePaper, kinds_of
from exchange.store.agreements import AgreementRow
from exchange.web.agreement_drafts import staged

from ..agreements.cases import go_until  # isort: skip
from ..agreements.whole import whole_case  # isort: skip
from .casework import node, open_case, post, step  # noqa: F401  # isort: skip


@pytest.fixture
def whole(world, node):  # noqa: F811
    """A case whose Kesepakatan Bersama lacks nothing, before it is frozen."""
    with world.work() as session:
        return whole_case(session, node, last="isi_kb").ident


def test_a_final_is_kept_as_the_very_file_that_is_frozen(petugas, csrf, world, whole):
    page = petugas.get(f"/kerja-sama/{whole}").text
    assert f'href="/kerja-sama/{whole}/naskah/kesepakatan_bersama/final"' in page
    final = petugas.get(f"/kerja-sama/{whole}/naskah/kesepakatan_bersama/final")
    assert (final.status_code, final.mimetype, final.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert final.headers["Content-Disposition"] == f"attachment; filename={whole}-kesepakatan_bersama.pdf"
    digest = hashlib.sha256(final.data).hexdigest()
    assert post(petugas, csrf, f"/kerja-sama/{whole}/naskah/kesepakatan_bersama/simpan").status_code == 303
    with world.read() as session:
        version = named(session, whole).version
    assert step(petugas, csrf, whole, "bekukan_kb", version, **{"pakai-naskah_kb": digest}).status_code == 303
    with world.read() as session:
        assert named(session, whole).papers["naskah_kb"] == digest


def test_what_is_blank_is_listed_with_a_link_to_the_form_that_fills_it(petugas, csrf, staff, world, node, open_case):  # noqa: F811
    ident = open_case()
    with world.work() as session:
        go_until(session, node, named(session, ident), "terima")
    for form, status in (("", 200), ("/final", 409)):
        answer = petugas.get(f"/kerja-sama/{ident}/naskah/kesepakatan_bersama{form}")
        assert answer.status_code == status
        assert f'href="/kerja-sama/{ident}?buka=isi_kb#langkah-isi_kb-alamat_mitra"' in answer.text
    assert 'id="langkah-isi_kb-alamat_mitra"' in petugas.get(f"/kerja-sama/{ident}?buka=isi_kb").text
    assert post(petugas, csrf, f"/kerja-sama/{ident}/naskah/kesepakatan_bersama/simpan").status_code == 409
    reader = staff("pimpinan")
    assert reader.get(f"/kerja-sama/{ident}/naskah/pks").status_code == 200
    assert reader.get(f"/kerja-sama/{ident}/naskah/surat_cinta").status_code == 404
    assert reader.get(f"/kerja-sama/{ident}/naskah/nota_kesepakatan/docx").status_code == 404


def shown(page):
    """The papers of a page by their kinds: those shown at once, those folded with their stages."""
    part = page[page.index('aria-labelledby="naskah"') :]
    part = part[: part.index("</section>")]
    first, _fold, rest = part.partition("<details")
    kinds = [re.findall(r'/naskah/(\w+)">', each) for each in (first, rest)]
    return kinds[0], dict(zip(kinds[1], re.findall(r"Tahap: ([^<]+)<", rest), strict=True))


@pytest.mark.parametrize(
    ("last", "now", "said"),
    [
        (None, ["kak"], "tahap Persiapan"),
        ("siapkan", ["kak"], None),
        ("ajukan_telaah", ["surat_penawaran"], None),
        ("kirim_penawaran", ["kesepakatan_bersama"], "tahap Penyusunan Kesepakatan Bersama"),
        ("terima", ["kesepakatan_bersama"], None),
        ("tandatangani_kb", ["nota_dprd", "permohonan_dprd"], None),
        ("susun_pks", ["surat_kuasa", "pks"], None),
        ("laksanakan", ["surat_kuasa", "adendum", "berita_acara_pengakhiran"], None),
    ],
)
def test_papers_of_the_stage_at_hand_stand_first_and_others_behind_a_line_with_their_stages(
    petugas, world, node, open_case, last, now, said  # noqa: F811
):  # fmt: skip
    ident = open_case()
    if last:
        with world.work() as session:
            go_until(session, node, named(session, ident), last)
    page = petugas.get(f"/kerja-sama/{ident}").text
    first, others = shown(page)
    assert first == now
    assert (said is None) == ("Tahap ini tidak memerlukan naskah" not in page) and (said or "") in page
    assert set(first) | others.keys() == set(kinds_of("ksdd")) and not set(first) & others.keys()
    assert f"Naskah tahap lain ({len(others)})" in page
    stages = {
        "kak": "Persiapan", "surat_penawaran": "Telaah TKKSD", "kesepakatan_bersama": "Penyusunan Kesepakatan Bersama",
        "pks": "Penyusunan Perjanjian Kerja Sama", "surat_kuasa": "Penyusunan Perjanjian Kerja Sama, Pelaksanaan",
        "adendum": "Pelaksanaan",
        "nota_dprd": "Kesepakatan Bersama ditandatangani, Persetujuan DPRD tidak diperlukan",
        "permohonan_dprd": "Kesepakatan Bersama ditandatangani", "berita_acara_pengakhiran": "Pelaksanaan, Ditangguhkan",
    }  # fmt: skip
    assert {kind: others[kind] for kind in others if kind in stages} == {kind: stages[kind] for kind in others if kind in stages}


@pytest.mark.parametrize("instrument", ["ksdd", "ksdpk", "sinergi"])
def test_no_paper_of_any_stage_is_lost_and_each_belongs_to_one(node, instrument):  # noqa: F811
    kinds = kinds_of(instrument)
    papers = [CasePaper(kind, kind, kind, None, (), kind) for kind in kinds]
    for state in node.rules.states:
        row = AgreementRow(state=state, instrument=instrument)
        found = staged(node.rules, row, papers)
        if state not in possible(node.rules, instrument):
            continue
        assert sorted([each.asked for each in found.now] + [each.asked for each, _ in found.others]) == sorted(kinds)
        assert all(stages for _each, stages in found.others), state
        assert (found.stage is None) == (found.now == []), state


def test_only_those_who_decide_keep_a_paper(staff, petugas, csrf, whole):
    assert petugas.post(f"/kerja-sama/{whole}/naskah/kesepakatan_bersama/simpan").status_code == 400, "no token"
    reader = staff("pimpinan")
    assert "Simpan naskah akhir" not in reader.get(f"/kerja-sama/{whole}/naskah/kesepakatan_bersama").text
    assert post(reader, csrf, f"/kerja-sama/{whole}/naskah/kesepakatan_bersama/simpan").status_code == 403
    assert reader.post(f"/kerja-sama/{whole}/naskah/kesepakatan_bersama/simpan").status_code == 403, "nothing of it is read"


def test_a_wording_of_the_project_is_offered_marked_and_counts_once_it_is_saved(petugas, csrf, world, node, open_case):  # noqa: F811
    ident = open_case()
    with world.work() as session:
        version = go_until(session, node, named(session, ident), "terima").version
    page = petugas.get(f"/kerja-sama/{ident}?buka=isi_kb").text
    assert "ditetapkan dengan adendum yang disepakati" in page
    assert "teks usulan aplikasi ini, bukan ketentuan" in page
    wrong = {"isi-perubahan_kb": "Perubahan tertulis.", "isi-kode_pos_mitra": "4241", "isi-telepon_mitra": "nol delapan"}
    answer = step(petugas, csrf, ident, "isi_kb", version, **wrong)
    assert answer.status_code == 422
    assert "harus kode pos: 5 angka" in answer.text
    assert "harus satu nomor telepon" in answer.text
    assert "Perubahan tertulis." in answer.text, "nothing typed is lost"
    with world.read() as session:
        assert "perubahan_kb" not in named(session, ident).facts, "a proposal is not saved unasked"
    assert step(petugas, csrf, ident, "isi_kb", version, **{"isi-perubahan_kb": "Perubahan tertulis."}).status_code == 303
    with world.read() as session:
        assert named(session, ident).facts["perubahan_kb"] == "Perubahan tertulis."


def test_the_pages_ask_for_no_more_than_eight_statements(petugas, statements, whole):
    for path in (f"/kerja-sama/{whole}/naskah/kesepakatan_bersama", f"/kerja-sama/{whole}/naskah/pks"):
        petugas.get(path)
        with statements() as asked:
            assert petugas.get(path).status_code == 200
        assert len(asked) <= 8, asked
