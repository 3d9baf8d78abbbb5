"""Kerja sama: the board and the case's page with the real app: what is typed is not lost, what is refused says why, roles, costs."""

from __future__ import annotations

import hashlib
import re
from datetime import date

import pytest

from exchange.agreements.papers import bring
from exchange.agreements.steps import named, take
from exchange.store.agreements import files_of, objects_of, steps_of

from .casework import PDF, file, post, step

TEXT = "Isi yang ditulis petugas"


def test_a_step_is_taken_with_its_file_in_one_go_and_stands_in_the_history(petugas, csrf, world, open_case, node):
    ident = open_case()
    form = {
        "isi-urusan": "Perindustrian",
        "isi-tidak_bertentangan": "ya",
        "isi-rujukan_rencana": "RPJMD 2025-2029",
        "catatan": "Rapat 27/11",
    }
    answer = step(petugas, csrf, ident, "siapkan", **form, **{"berkas-nota_kebutuhan": file()})
    assert (answer.status_code, answer.location) == (303, f"/kerja-sama/{ident}")
    with world.read() as session:
        row = named(session, ident)
        assert (row.state, row.version, row.facts["urusan"]) == ("persiapan", 2, "Perindustrian")
        assert row.papers == {"nota_kebutuhan": hashlib.sha256(PDF).hexdigest()}
        assert [one.note for one in steps_of(session, row.id)] == [None, "Rapat 27/11"]
    page = petugas.get(f"/kerja-sama/{ident}").text
    assert "Identifikasi → Persiapan" in page
    assert "Rapat 27/11" in page
    assert "<del>" not in page.split("Mulai persiapan")[-1].split("Perkara dibuka")[0], "nothing was there before"


def test_a_refused_step_comes_back_with_all_that_was_typed_each_missing_thing_beside_its_field_and_the_file_kept(
    petugas, csrf, world, open_case
):
    ident = open_case()
    answer = step(petugas, csrf, ident, "siapkan", **{"isi-urusan": TEXT, "catatan": "Catatan saya", "berkas-nota_kebutuhan": file()})
    assert answer.status_code == 422
    assert f">{TEXT}</textarea>" in answer.text
    assert ">Catatan saya</textarea>" in answer.text
    field = answer.text.split('name="isi-rujukan_rencana"')[1].split("</div>\n</div>")[0]
    assert "PP 28/2018 Pasal 4 ayat (2) dan (3)" in field
    assert re.search(rf'<option value="{hashlib.sha256(PDF).hexdigest()}" selected>nota.pdf', answer.text)
    with world.read() as session:
        row = named(session, ident)
        assert (row.state, row.version, row.papers) == ("identifikasi", 1, {})
        assert [one.name for one in files_of(session, row.id)] == ["nota.pdf"]
    again = {
        "isi-urusan": TEXT,
        "isi-tidak_bertentangan": "ya",
        "isi-rujukan_rencana": "RPJMD",
        "pakai-nota_kebutuhan": hashlib.sha256(PDF).hexdigest(),
    }
    assert step(petugas, csrf, ident, "siapkan", **again).status_code == 303


def test_values_that_cannot_be_read_and_files_that_are_none_are_named_at_their_place(petugas, csrf, open_case):
    ident = open_case()
    answer = step(
        petugas, csrf, ident, "siapkan", **{"isi-tidak_bertentangan": "mungkin", "berkas-nota_kebutuhan": file(b"MZ", "nota.pdf")}
    )
    assert answer.status_code == 422
    assert "Jenis berkas tidak diterima" in answer.text.split('name="berkas-nota_kebutuhan"')[1].split("</div>\n    </div>")[0]
    answer = step(petugas, csrf, ident, "siapkan", **{"isi-tidak_bertentangan": "mungkin"})
    assert answer.status_code == 422
    assert "harus ya atau tidak" in answer.text


def test_who_comes_second_sees_what_the_first_changed_and_keeps_what_he_typed(staff, csrf, world, open_case):
    ident, first, second = open_case(), staff("admin"), staff("petugas")
    assert step(first, csrf, ident, "isi_identifikasi", **{"isi-urusan": "Perdagangan"}).status_code == 303
    answer = step(second, csrf, ident, "isi_identifikasi", **{"isi-urusan": TEXT, "isi-rujukan_rencana": "RPJMD"})
    assert answer.status_code == 409
    assert "admin mencatat “Isi data awal”" in answer.text
    assert 'Urusan pemerintahan yang menjadi kewenangan daerah: <span class="said">Perdagangan</span>' in answer.text
    assert f">{TEXT}</textarea>" in answer.text
    assert ">RPJMD</textarea>" in answer.text
    assert 'name="versi" value="2"' in answer.text
    with world.read() as session:
        assert named(session, ident).facts == {"urusan": "Perdagangan"}


def test_what_was_typed_for_a_step_that_is_gone_is_still_shown(staff, csrf, open_case):
    ident, first, second = open_case(), staff("admin"), staff("petugas")
    page = second.get(f"/kerja-sama/{ident}")
    assert step(first, csrf, ident, "batalkan", **{"isi-alasan": "Tidak jadi."}).status_code == 303
    form = {"csrf_token": csrf(page), "versi": "1", "isi-urusan": TEXT}
    answer = second.post(f"/kerja-sama/{ident}/langkah/siapkan", data=form)
    assert answer.status_code == 409
    assert "Yang Anda ketik, supaya tidak hilang" in answer.text
    assert TEXT in answer.text
    assert "admin mencatat “Batalkan”" in answer.text


def test_objects_are_written_as_people_write_numbers_and_a_wrong_row_is_marked(petugas, csrf, world, open_case, node):
    ident = open_case()
    with world.work() as session:
        row = named(session, ident)
        nota = bring(session, node.rules, node.papers, row, "nota_kebutuhan", "nota.pdf", PDF, actor="petugas")
        facts = {"urusan": "Industri", "tidak_bertentangan": True, "rujukan_rencana": "RPJMD"}
        take(
            session,
            node,
            ident,
            "siapkan",
            office="opd",
            actor="petugas",
            on=date.today(),
            version=1,
            facts=facts,
            papers={"nota_kebutuhan": nota},
        )
    rows = {
        "objek-0-commodity": "", "objek-1-commodity": "Pagar besi", "objek-1-sector": "logam", "objek-1-quantity": "1.250,5",
        "objek-1-unit": "MTR", "objek-1-value": "95.000.000", "objek-2-commodity": "Rangka", "objek-2-kbli": "99999",
        "objek-3-commodity": "Emping", "objek-3-quantity": "12.5.5",
    }  # fmt: skip
    answer = step(petugas, csrf, ident, "isi_kak", 2, **rows, **{"isi-lokasi": TEXT})
    assert answer.status_code == 422
    assert "“12.5.5” bukan bilangan" in answer.text
    assert 'value="1.250,5"' in answer.text
    assert f">{TEXT}</textarea>" in answer.text
    rows |= {"objek-3-quantity": "", "objek-3-hapus": "ya"}
    answer = step(petugas, csrf, ident, "isi_kak", 2, **rows)
    assert answer.status_code == 422
    assert "KBLI tidak ada dalam KBLI 2020" in answer.text.split('name="objek-2-commodity"')[1].split("</td>")[0]
    rows |= {"objek-2-kbli": "25111"}
    form = step(petugas, csrf, ident, "isi_kak", 2, tambah="ya", **rows).text.split('id="langkah-isi_kak-objek"')[1].split("</table>")[0]
    assert form.count("-commodity") == 5, "one more than was sent"
    assert step(petugas, csrf, ident, "isi_kak", 2, **rows).status_code == 303
    with world.read() as session:
        row = named(session, ident)
        kept = objects_of(session, [row.id])[row.id]
        assert [(one.commodity, one.kbli, one.quantity and str(one.quantity.normalize()), one.unit) for one in kept] == [
            ("Pagar besi", None, "1250.5", "MTR"), ("Rangka", "25111", None, None),
        ]  # fmt: skip
    page = petugas.get(f"/kerja-sama/{ident}").text
    assert "Pagar besi; Logam; 1.250,5\u00a0meter; Rp\u00a095.000.000" in page
    unchanged = re.findall(r'name="(objek-\d+-\w+)"[^>]*? value="([^"]*)"', page)
    assert dict(unchanged)["objek-0-quantity"] == "1.250,5", "what is shown is read back as it is"


def test_a_file_is_downloaded_as_it_came_and_never_shown(petugas, csrf, staff, open_case):
    ident = open_case()
    assert post(petugas, csrf, f"/kerja-sama/{ident}/berkas", jenis="kak", berkas=file(name="kak akhir é.pdf")).status_code == 303
    page = petugas.get(f"/kerja-sama/{ident}").text
    (path,) = re.findall(rf'href="(/kerja-sama/{ident}/berkas/[0-9a-f]{{64}})"', page)
    for role in ("petugas", "pimpinan", "auditor"):
        answer = staff(role).get(path)
        assert (answer.status_code, answer.data) == (200, PDF)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    assert petugas.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    assert "Jenis dokumen" in petugas.get(post(petugas, csrf, f"/kerja-sama/{ident}/berkas", jenis="x", berkas=file()).location).text


@pytest.mark.parametrize("role", ["pimpinan", "auditor"])
def test_who_may_only_look_sees_the_checklists_and_changes_nothing(staff, csrf, world, open_case, role):
    ident, reader = open_case(), staff(role)
    page = reader.get(f"/kerja-sama/{ident}")
    assert "Nota kebutuhan belum ada." in page.text
    assert f"/kerja-sama/{ident}/langkah/" not in page.text
    for path in (f"/kerja-sama/{ident}/langkah/batalkan", f"/kerja-sama/{ident}/berkas", "/kerja-sama/baru"):
        form = {"csrf_token": csrf(page), "versi": "1", "isi-alasan": "x", "jenis": "kak", "berkas": file()}
        assert reader.post(path, data=form, content_type="multipart/form-data").status_code == 403
    with world.read() as session:
        assert named(session, ident).version == 1


def test_a_tampered_step_is_told_on_the_page(petugas, world, open_case):
    ident = open_case()
    assert "Utuh: 1 langkah" in petugas.get(f"/kerja-sama/{ident}").text
    with world.work() as session:
        steps_of(session, named(session, ident).id)[0].actor = "orang lain"
    assert "tidak utuh mulai langkah ke-1" in petugas.get(f"/kerja-sama/{ident}").text


@pytest.mark.parametrize(("form", "begins"), [("docx", b"PK"), ("pdf", b"%PDF-")])
def test_a_draft_is_downloaded_from_the_step_that_it_prepares_whoever_reads(petugas, csrf, staff, open_case, form, begins):
    ident = open_case()
    filled = {"isi-urusan": "Perindustrian", "isi-tidak_bertentangan": "ya", "isi-rujukan_rencana": "RPJMD"}
    assert step(petugas, csrf, ident, "siapkan", **filled, **{"berkas-nota_kebutuhan": file()}).status_code == 303
    for role in ("petugas", "pimpinan"):
        reader = staff(role)
        assert f'href="/kerja-sama/{ident}/naskah/kak/{form}"' in reader.get(f"/kerja-sama/{ident}").text
        answer = reader.get(f"/kerja-sama/{ident}/naskah/kak/{form}")
        assert (answer.status_code, answer.data[: len(begins)]) == (200, begins)
        assert answer.headers["Content-Disposition"] == f"attachment; filename={ident}-kak-v2.{form}"
    for path in (f"{ident}/naskah/kak/exe", f"{ident}/naskah/surat_cinta/pdf", f"KS-1999-0001/naskah/kak/{form}"):
        assert petugas.get(f"/kerja-sama/{path}").status_code == 404
