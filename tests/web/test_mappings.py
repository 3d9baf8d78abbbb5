"""A mapping is written with what it reads beside it, on kept answers; saved once, on record, and read by after an approval."""

from __future__ import annotations

import re

import pytest

from connectors.kit.simulator import Canned
from exchange.jobs.looks import SourceLooks
from exchange.store.audit import history
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import source_by_name
from exchange.sync.run import sync_source

from .sourcing import MAPPING, rows

EDITOR, LOOK = "/sumber/jati/pemetaan", "/sumber/jati/pratinjau"
BETTER = MAPPING.replace('plan = "planned"', 'plan = "planned"\nentah = "planned"')


@pytest.fixture
def admin(staff):
    return staff("admin")


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)).replace("\u00a0", " ")


def form_of(page, csrf, **more):
    return {"csrf_token": csrf(page), "dilihat": re.search(r'name="dilihat" value="(\w+)"', page.text)[1], **more}


@pytest.fixture
def pulled(world, settings, jati):
    """A run of which one listing waits in quarantine."""
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    them = rows(3)
    them[2]["status"] = "entah"
    jati.answers(them)
    assert sync_source(world, settings, "jati").quarantined == 1
    return jati


def test_the_mapping_is_shown_with_what_it_reads_in_the_last_kept_answer_and_the_source_is_not_asked(admin, pulled):
    pulled.answers(Canned(b"", status=500))
    page = admin.get(EDITOR)
    said = plain(page)
    assert page.status_code == 200
    for part in ("3 data pertama", "1 tidak terbaca", "Meja rapat kayu jati 2", "Rp 2.000.000", "Kota Contoh"):
        assert part in said, part
    assert "periksa demand.status dalam pemetaan" in said, "the place to mend is named"
    assert '<option value="pagu">' in page.text and "<code>catatan</code>" in page.text
    assert "nip" not in re.sub(r"[a-z]*nip[a-z]+|[a-z]+nip[a-z]*", "", page.text), "a column about a person is offered to nobody"


def test_a_typed_mapping_is_tried_and_not_saved(admin, csrf, pulled):
    page = admin.get(EDITOR)
    form = form_of(page, csrf, aksi="pratinjau", mapping=BETTER)
    whole = admin.post(EDITOR, data=form)
    assert whole.status_code == 200 and "tidak terbaca" not in plain(whole)
    assert "entah = &#34;planned&#34;" in whole.text, "what was typed stays"
    part = admin.post(EDITOR, data=form, headers={"HX-Request": "true"})
    assert "<h1" not in part.text and "K-3" in part.text
    assert pulled.row().options["mapping"] == MAPPING


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ('format = "json"\nlist = = 3', "Pemetaan bukan TOML yang sah di baris 2"),
        (MAPPING.replace('title = "judul"', 'titel = "judul"'), "demand.titel"),
        (MAPPING.replace('"daftar"', '"isi.daftar"'), "Tidak ada daftar yang terbaca."),
        (MAPPING.replace('reference = "id"', 'reference = "kode"'), "listing.reference"),
        (MAPPING.replace('"pagu"', '"nip"'), "dibuang karena tentang orang: nip"),
        ("", "mapping wajib"),
        ("x" * 70_000, "terlalu panjang"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said_with_its_place(admin, csrf, pulled, mapping, says):
    form = form_of(admin.get(EDITOR), csrf, aksi="pratinjau", mapping=mapping)
    answer = admin.post(EDITOR, data=form)
    assert says in plain(answer)
    assert answer.status_code in {200, 400}


def test_a_saved_mapping_is_on_record_and_reads_the_quarantine_again_once_it_is_approved(admin, csrf, pulled, world, settings):
    page = admin.get(EDITOR)
    saved = admin.post(EDITOR, data=form_of(page, csrf, aksi="simpan", mapping=BETTER.replace("\n", "\r\n")))
    assert (saved.status_code, saved.location) == (303, LOOK)
    row = pulled.row()
    assert (row.options["mapping"].replace("\r", ""), row.state) == (BETTER, "pending")
    with world.read() as session:
        act = history(session, "source", "jati")[0]
        assert (act.actor, act.action, act.facts["settings"]) == ("admin", "source.mapping", ["mapping"])
        assert '+entah = "planned"' in act.facts["lines"]["mapping"]
    pulled.answers(rows(3))
    admin.post(LOOK, data={"csrf_token": csrf(page)})
    pulled.work()
    number = re.search(r'name="pratinjau" value="(\d+)"', admin.get(LOOK).text)[1]
    admin.post("/sumber/jati/setujui", data={"csrf_token": csrf(page), "pratinjau": number, "dilihat": "ya"})
    pulled.work()
    with world.read() as session:
        assert source_by_name(session, "jati").state == "approved"
        assert [each.state for each in session.query(QuarantineRow).filter_by(reference="K-3")] == ["replayed"]
    assert SourceLooks(world, settings).take(5) == []


def test_who_is_second_sees_what_the_first_saved_and_keeps_what_was_typed(admin, csrf, pulled):
    page = admin.get(EDITOR)
    first, second = BETTER, MAPPING + "\n# dari orang kedua\n"
    assert admin.post(EDITOR, data=form_of(page, csrf, aksi="simpan", mapping=first)).status_code == 303
    answer = admin.post(EDITOR, data=form_of(page, csrf, aksi="simpan", mapping=second))
    assert answer.status_code == 409
    assert "# dari orang kedua" in answer.text and "mapping yang tersimpan sekarang" in plain(answer)
    assert "entah = &#34;planned&#34;" in answer.text
    assert pulled.row().options["mapping"] == first


def test_the_same_mapping_again_changes_nothing(admin, csrf, pulled):
    answer = admin.post(EDITOR, data=form_of(admin.get(EDITOR), csrf, aksi="simpan", mapping=MAPPING), follow_redirects=True)
    assert "Tidak ada yang berubah." in plain(answer)
    assert pulled.row().state == "approved"


def test_a_mapping_that_cannot_be_used_is_not_saved(admin, csrf, pulled):
    answer = admin.post(EDITOR, data=form_of(admin.get(EDITOR), csrf, aksi="simpan", mapping="salah"))
    assert answer.status_code == 422 and "salah" in answer.text
    assert pulled.row().options["mapping"] == MAPPING


def test_columns_of_a_table_are_named_from_those_that_came(admin, csrf, world, settings, jati):
    table = b"Nomor;Yang dicari;Berapa;Uang;Nama PPK\nA-1;Kursi tamu;4;2500000;Orang Contoh\nA-2;Meja makan;1;900000;Orang Contoh\n"
    with world.work() as session:
        row = source_by_name(session, "jati")
        row.connector, row.options = "table", {"url": jati.url, "buyer": "Kota Contoh"}
    jati.answers(Canned(table, headers={"Content-Type": "text/csv"}))
    admin.post(LOOK, data={"csrf_token": csrf(admin.get(LOOK))})
    jati.work()
    page = admin.get(EDITOR)
    assert "Tidak ada daftar yang terbaca" in plain(page)
    assert '<option value="Yang dicari">' in page.text, "what stands in the heading is offered, although nothing is understood yet"
    assert "Orang Contoh" not in page.text and '<option value="Nama PPK">' not in page.text
    form = form_of(page, csrf, aksi="pratinjau", buyer="Kota Contoh", map_item="Yang dicari", map_budget="Uang", map_reference="Nomor")
    tried = admin.post(EDITOR, data=form)
    assert "Kursi tamu" in plain(tried) and "Rp 2.500.000" in plain(tried)
    assert admin.post(EDITOR, data=form | {"aksi": "simpan"}).status_code == 303
    assert jati.row().options["map_item"] == "Yang dicari" and jati.row().options["url"] == jati.url


def test_a_source_without_a_mapping_says_so(admin):
    answer = admin.get("/sumber/semarang/pemetaan")
    assert answer.status_code == 404
    assert "tidak memakai pemetaan" in plain(answer)


@pytest.mark.parametrize("role", ["petugas", "pimpinan", "auditor"])
def test_who_is_no_administrator_reads_it_and_writes_nothing(staff, csrf, pulled, role):
    browser = staff(role)
    page = browser.get(EDITOR)
    assert "readonly" in page.text
    assert browser.post(EDITOR, data=form_of(page, csrf, aksi="simpan", mapping=BETTER)).status_code == 403
    assert pulled.row().options["mapping"] == MAPPING
