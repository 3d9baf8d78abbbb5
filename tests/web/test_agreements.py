"""Kerja sama: the board and the case's page with the real app: what is typed is not lost, what is refused says why, roles, costs."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest

from exchange.agreements.node import node_of
from exchange.agreements.papers import bring
from exchange.agreements.rules import shipped
from exchange.agreements.steps import begin, named, take
from exchange.store.agreements import files_of, objects_of, steps_of
from exchange.store.base import utcnow
from exchange.web.agreement_words import PHASES

TEXT = "Isi yang ditulis petugas"
PDF = b"%PDF-1.7\n% naskah uji\n%%EOF\n"


@pytest.fixture
def node(settings):
    return node_of(settings)


@pytest.fixture
def open_case(world, node, settings):
    """Opens a case with the region of the world's partner."""

    def made(title: str = "Pemenuhan pagar sekolah", **more: Any) -> str:
        said = {"kind": "daerah", "region": "33.74", "counterpart": "Pemerintah Kota Semarang"} | more
        with world.work() as session:
            return begin(session, node, title=title, actor="petugas", on=settings.day(), **said).ident

    return made


def post(client, csrf, path: str, **form: Any):
    page = "/kerja-sama/" + path.split("/")[2]
    return client.post(path, data={"csrf_token": csrf(client.get(page))} | form, content_type="multipart/form-data")


def step(client, csrf, ident: str, name: str, version: int = 1, **form: Any):
    return post(client, csrf, f"/kerja-sama/{ident}/langkah/{name}", versi=str(version), **form)


def file(body: bytes = PDF, name: str = "nota.pdf"):
    return (io.BytesIO(body), name)


def test_every_state_of_the_table_has_its_place_on_the_board_once():
    placed = [state for _name, _label, states in PHASES for state in states]
    assert sorted(placed) == sorted(shipped().states)


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
        "objek-3-commodity": "Emping", "objek-3-quantity": "12.5",
    }  # fmt: skip
    answer = step(petugas, csrf, ident, "isi_kak", 2, **rows, **{"isi-lokasi": TEXT})
    assert answer.status_code == 422
    assert "“12.5” bukan bilangan" in answer.text
    assert 'value="1.250,5"' in answer.text
    assert f">{TEXT}</textarea>" in answer.text
    rows |= {"objek-3-quantity": "", "objek-3-hapus": "ya"}
    answer = step(petugas, csrf, ident, "isi_kak", 2, **rows)
    assert answer.status_code == 422
    assert "KBLI tidak ada dalam KBLI 2020" in answer.text.split('name="objek-2-commodity"')[1].split("</td>")[0]
    rows |= {"objek-2-kbli": "25111"}
    assert step(petugas, csrf, ident, "isi_kak", 2, tambah="ya", **rows).text.count("-commodity") >= 9
    assert step(petugas, csrf, ident, "isi_kak", 2, **rows).status_code == 303
    with world.read() as session:
        row = named(session, ident)
        kept = objects_of(session, [row.id])[row.id]
        assert [(one.commodity, one.kbli, one.quantity and str(one.quantity.normalize()), one.unit) for one in kept] == [
            ("Pagar besi", None, "1250.5", "MTR"), ("Rangka", "25111", None, None),
        ]  # fmt: skip
    page = petugas.get(f"/kerja-sama/{ident}").text
    assert "Pagar besi; Logam; 1.250,5 meter; Rp\u00a095.000.000" in page
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


def test_the_board_tells_what_needs_a_person_and_counts_every_stage(petugas, world, open_case, settings):
    still, ending, other, fine = (open_case(title) for title in ("Yang diam", "Yang berakhir", "Yang APBD lama", "Yang baik"))
    with world.work() as session:
        named(session, still).state_since = utcnow() - timedelta(days=settings.stand_still_days)
        named(session, fine).state_since = utcnow() - timedelta(days=settings.stand_still_days - 1)
        row = named(session, ending)
        row.state, row.ends_on, row.papers = "pelaksanaan", settings.day() + timedelta(days=30), {"pks": "0" * 64}
        row.state_since = utcnow() - timedelta(days=400)
        row = named(session, other)
        row.state, row.facts = "penyusunan_pks", {"tahun_apbd": settings.day().year - 1}
    page = petugas.get("/kerja-sama").text
    needing = page.split('id="perlu"')[1].split("</section>")[0]
    assert [title in needing for title in ("Yang diam", "Yang berakhir", "Yang APBD lama", "Yang baik")] == [True, True, True, False]
    assert needing.count("Yang berakhir") == 1, "what is carried out does not stand still"
    assert f"dijawab untuk APBD {settings.day().year - 1}" in needing
    assert "4 perkara" in page
    with world.work() as session:
        named(session, other).papers = {"keputusan_dprd": "0" * 64}
    assert "APBD lama" not in petugas.get("/kerja-sama").text.split('id="perlu"')[1].split("</section>")[0]
    assert fine in petugas.get("/kerja-sama?tahap=identifikasi").text


def test_the_board_is_filtered_in_its_address_and_a_word_that_it_does_not_know_is_named(petugas, open_case):
    open_case("Pagar sekolah")
    open_case("Emping pasar", kind="pihak_ketiga", region=None, counterpart="PT Niaga")
    both = {
        "cari=emping": ("Emping", "Pagar sekolah"),
        "daerah=33.74": ("Pagar sekolah", "Emping"),
        "instrumen=ksdpk": ("Emping", "Pagar sekolah"),
        "tahap=identifikasi&cari=PAGAR": ("Pagar sekolah", "Emping"),
    }
    for query, (there, absent) in both.items():
        shown = petugas.get(f"/kerja-sama?{query}").text.split('id="daftar"')[1]
        assert there in shown, query
        assert absent not in shown, query
    assert petugas.get("/kerja-sama?tahap=lain").status_code == 400
    assert petugas.get("/kerja-sama?status=lain").status_code == 400


def test_a_stage_with_many_cases_is_paged_and_no_case_is_left_out(petugas, open_case):
    idents = {open_case(f"Perkara {number}") for number in range(30)}
    seen, path = [], "/kerja-sama?tahap=identifikasi"
    while path:
        text = petugas.get(path).text.split("<table")[1]
        seen += re.findall(r'href="/kerja-sama/(KS-[\d-]+)"', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else None
    assert (len(seen), set(seen)) == (30, idents)
    board = petugas.get("/kerja-sama").text
    assert "Lihat semua 30 di tahap Identifikasi" in board


def test_pages_ask_few_questions_however_many_cases_there_are(petugas, open_case, statements):
    counts: dict[str, list[int]] = {}
    for more in (1, 20):
        for number in range(more):
            ident = open_case(f"Perkara {number}")
        for path in ("/kerja-sama", "/kerja-sama?tahap=identifikasi", f"/kerja-sama/{ident}", "/kerja-sama/baru?kecocokan=1&kecocokan=2"):
            with statements() as seen:
                assert petugas.get(path).status_code == 200
            counts.setdefault(re.sub("KS.*", "satu", path), []).append(len(seen))
    assert all(few == many <= 12 for few, many in counts.values()), counts


def test_a_case_that_is_not_there_is_said_to_be_so(petugas):
    assert petugas.get("/kerja-sama/KS-1999-0001").status_code == 404
