"""A source is looked at by the worker, and approved only while it sends what was seen."""

from __future__ import annotations

import re

import pytest

from connectors.kit.simulator import Canned
from exchange.store.audit import history
from exchange.store.demands import DemandRow
from exchange.store.looks import KEPT, SourceLookRow, looks_of
from exchange.store.sources import source_by_name

from .sourcing import MAPPING, rows

LOOK, APPROVE = "/sumber/jati/pratinjau", "/sumber/jati/setujui"


@pytest.fixture
def admin(staff):
    return staff("admin")


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)).replace("\u00a0", " ")


def looked(admin, csrf, jati):
    assert admin.post(LOOK, data={"csrf_token": csrf(admin.get(LOOK))}).status_code == 303
    assert jati.work() == 1
    return admin.get(LOOK)


def approving(admin, csrf):
    page = admin.get(LOOK)
    number = re.search(r'name="pratinjau" value="(\d+)"', page.text)[1]
    return {"csrf_token": csrf(page), "pratinjau": number, "dilihat": "ya"}


def test_what_comes_is_seen_field_by_field_before_anything_is_kept_as_demand(admin, csrf, jati, world):
    page = admin.get(LOOK)
    assert "belum pernah dilihat" in plain(page)
    assert admin.post(LOOK, data={"csrf_token": csrf(page)}).status_code == 303
    waits = admin.get(LOOK)
    assert 'hx-trigger="every 2s"' in waits.text and "menunggu pekerja" in plain(waits), "the page says who is at it"
    jati.work()
    page = admin.get(LOOK)
    said = plain(page)
    for part in ("Meja rapat kayu jati 3", "Kota Contoh", "Rp 3.000.000", "6 data pertama", "permintaan 6", "daftarnya habis", "catatan"):
        assert part in said, part
    assert "199001012020121001" not in page.text
    assert "every 2s" not in page.text
    assert str(jati.url) not in page.text, "an address may be a key"
    with world.read() as session:
        assert session.query(DemandRow).filter_by(source_id=jati.row().id).count() == 0


def test_a_source_that_still_sends_what_was_seen_is_approved_and_it_is_on_record_who_saw_what(admin, csrf, jati, world):
    looked(admin, csrf, jati)
    assert admin.post(APPROVE, data=approving(admin, csrf)).status_code == 303
    assert jati.row().state == "pending", "nothing is approved before the source was asked again"
    jati.work()
    row = jati.row()
    assert (row.state, row.decided_by) == ("approved", "admin")
    with world.read() as session:
        act = history(session, "source", "jati")[0]
        first = looks_of(session, row.id)[-1]
        assert (act.actor, act.action, act.facts["look"], act.facts["listings"]) == ("admin", "source.approved", first.id, {"saved": 6})
        assert act.facts["looked_at"] == first.ended_at.isoformat(timespec="seconds")
    assert "menyetujui sumber" in admin.get("/sumber/jati").text
    assert 'name="dilihat"' not in admin.get(LOOK).text, "what is approved is not approved again"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Canned.json({"daftar": [{"kode": 1, "nama": "lain"}]}), "tidak mengirim daftarnya"),
        ([{key: value for key, value in row.items() if key != "pagu"} for row in rows(6)], "Kolom pagu tidak lagi datang."),
        (rows(6, pagu="seratus"), "Isi kolom pagu berubah: dulu bilangan, sekarang teks."),
        (rows(6, instansi="Kabupaten Lain"), "Pembelinya lain: dulu Kota Contoh, sekarang Kabupaten Lain."),
        (rows(6, harga=5), "Kolom baru dari sumber: harga."),
        (rows(6, status="entah"), "Yang tidak terbaca sekarang 6 dari 6 data."),
    ],
)
def test_a_source_that_sends_another_thing_by_then_is_not_approved_and_the_page_says_what(admin, csrf, jati, world, said, why):
    looked(admin, csrf, jati)
    form = approving(admin, csrf)
    jati.answers(said)
    assert admin.post(APPROVE, data=form).status_code == 303
    jati.work()
    assert jati.row().state == "pending"
    shown = plain(admin.get(LOOK))
    assert "tidak disetujui" in shown
    assert why in shown
    with world.read() as session:
        assert history(session, "source", "jati")[0].action == "source.refused"


def test_settings_that_changed_after_the_look_refuse_the_approval_and_are_named_without_their_value(admin, csrf, jati, world):
    looked(admin, csrf, jati)
    form = approving(admin, csrf)
    with world.work() as session:
        source_by_name(session, "jati").options = {"url": jati.url + "?rahasia=9", "mapping": MAPPING}
    refused = admin.post(APPROVE, data=form)
    assert refused.status_code == 409
    assert "Pengaturan berubah sejak pratinjau ini: url." in plain(refused)
    page = admin.get(LOOK)
    assert "Pengaturan berubah sejak pratinjau ini: url." in plain(page)
    assert "rahasia=9" not in page.text and 'name="pratinjau"' not in page.text


def test_settings_that_change_while_the_worker_looks_refuse_it_too(admin, csrf, jati, world):
    looked(admin, csrf, jati)
    admin.post(APPROVE, data=approving(admin, csrf))
    with world.work() as session:
        source_by_name(session, "jati").options = {"url": jati.url, "mapping": MAPPING + '\n# lain\n[paging]\nkind = "none"\n'}
    jati.work()
    assert jati.row().state == "pending"
    assert "diganti sebelum pratinjau ini dibuat" in plain(admin.get(LOOK))


def test_who_stops_a_source_while_its_approval_waits_has_the_last_word(admin, csrf, jati, world):
    looked(admin, csrf, jati)
    assert admin.post(APPROVE, data=approving(admin, csrf)).status_code == 303
    assert admin.post("/sumber/jati/hentikan", data={"csrf_token": csrf(admin.get("/sumber/jati"))}).status_code == 303
    jati.work()
    assert jati.row().state == "disabled"
    assert "admin memutuskan tentang sumber ini sesudah persetujuan itu diminta." in plain(admin.get(LOOK))


def test_a_form_without_its_tick_its_number_or_of_another_source_approves_nothing(admin, csrf, jati, world):
    looked(admin, csrf, jati)
    form = approving(admin, csrf)
    for wrong in ({"dilihat": ""}, {"pratinjau": ""}, {"pratinjau": "x"}, {"pratinjau": "\u0661"}):
        assert admin.post(APPROVE, data=form | wrong).status_code == 400
    assert admin.post(APPROVE, data=form | {"pratinjau": "999"}).status_code == 409
    assert admin.post("/sumber/baru/setujui", data=form).status_code == 409
    assert jati.work() == 0
    assert jati.row().state == "pending"


def test_a_source_that_sends_no_list_cannot_be_approved_and_says_what_came(admin, csrf, jati):
    jati.answers(Canned(b"<!doctype html><title>Masuk</title>", headers={"Content-Type": "text/html"}))
    page = looked(admin, csrf, jati)
    assert "HTML" in plain(page), plain(page)
    assert 'name="pratinjau"' not in page.text


def test_asking_twice_makes_one_look_and_old_looks_are_forgotten(admin, csrf, jati, world):
    form = {"csrf_token": csrf(admin.get(LOOK))}
    admin.post(LOOK, data=form)
    admin.post(LOOK, data=form)
    assert jati.work() == 1
    for _ in range(KEPT + 3):
        admin.post(LOOK, data=form)
        jati.work()
    with world.read() as session:
        assert session.query(SourceLookRow).count() <= KEPT + 1


def test_a_worker_that_was_killed_leaves_its_look_to_the_next_and_a_third_time_it_has_failed(admin, csrf, jati, world):
    from datetime import timedelta

    from exchange.store.base import utcnow
    from exchange.store.looks import LAPSE, LOOKS, TRIES

    admin.post(LOOK, data={"csrf_token": csrf(admin.get(LOOK))})
    for attempt in range(TRIES):
        with world.work() as session:
            assert len(LOOKS.claim(session, 5, utcnow())) == 1, attempt
            assert LOOKS.claim(session, 5, utcnow()) == [], "nobody takes it while it is fresh"
        with world.work() as session:
            session.query(SourceLookRow).one().begun_at = utcnow() - LAPSE - timedelta(seconds=1)
    jati.work()
    assert "2 kali tidak sampai selesai" in plain(admin.get(LOOK))


@pytest.mark.parametrize("role", ["petugas", "pimpinan", "auditor"])
def test_who_is_no_administrator_reads_the_look_and_changes_nothing(staff, csrf, jati, admin, role):
    looked(admin, csrf, jati)
    browser = staff(role)
    page = browser.get(LOOK)
    assert "Meja rapat kayu jati 1" in page.text
    assert "Hanya admin" in plain(page)
    form = {"csrf_token": csrf(browser.get("/saya")), "pratinjau": "1", "dilihat": "ya"}
    for path in (LOOK, APPROVE, "/sumber/jati/hentikan", "/sumber/jati/pengaturan", "/sumber/jati/pemetaan", "/tambah-sumber"):
        assert browser.post(path, data=form).status_code == 403, path
    assert jati.row().state == "pending"


def test_a_source_is_added_with_its_settings_and_its_secret_is_never_shown_again(admin, csrf, world):
    page = admin.get("/tambah-sumber")
    assert "/tambah-sumber?konektor=rest" in page.text
    page = admin.get("/tambah-sumber?konektor=rest")
    assert "alamat daftar pertama" in page.text
    url = "https://data.contoh.go.id/kebutuhan?kunci=R4hasia"
    form = {"csrf_token": csrf(page), "konektor": "rest", "nama": "kudus", "wilayah": "33.19", "set_url": url, "set_mapping": MAPPING}
    for wrong, says in (({"nama": "Kudus!"}, "tidak dapat dipakai"), ({"wilayah": "99.99"}, "dikenal"), ({"set_url": ""}, "url wajib"),
                        ({"set_mapping": "x = "}, "TOML"), ({"set_url": "ftp://contoh"}, "")):  # fmt: skip
        answer = admin.post("/tambah-sumber", data=form | wrong)
        assert answer.status_code == 422 and says in plain(answer), wrong
    answer = admin.post("/tambah-sumber", data=form)
    assert (answer.status_code, answer.location) == (303, "/sumber/kudus/pratinjau")
    with world.read() as session:
        row = source_by_name(session, "kudus")
        assert (row.state, row.local, row.options["url"]) == ("pending", False, url)
        assert history(session, "source", "kudus")[0].action == "source.add"
    assert admin.post("/tambah-sumber", data=form).status_code == 409
    for path in ("/sumber", "/sumber/kudus", "/sumber/kudus/pengaturan", "/sumber/kudus/pratinjau", "/sumber/kudus/pemetaan"):
        assert "R4hasia" not in admin.get(path).text, path


def test_settings_are_changed_once_and_who_is_second_sees_what_is_kept_and_keeps_what_was_typed(admin, csrf, world):
    options = {"url": "https://data.contoh.go.id/a.csv", "buyer": "Kota Contoh"}
    with world.work() as session:
        source_by_name(session, "baru").connector = "table"
        source_by_name(session, "baru").options = options
        source_by_name(session, "baru").state = "approved"
    page = admin.get("/sumber/baru/pengaturan")
    form = {"csrf_token": csrf(page), "dilihat": re.search(r'name="dilihat" value="(\w+)"', page.text)[1], "set_url": ""}
    assert admin.post("/sumber/baru/pengaturan", data=form | {"set_buyer": "Kota Satu"}).status_code == 303
    with world.read() as session:
        row = source_by_name(session, "baru")
        assert (row.options["buyer"], row.options["url"], row.state) == ("Kota Satu", options["url"], "pending")
        act = history(session, "source", "baru")[0]
        assert act.facts["settings"] == ["buyer"]
        assert "-Kota Contoh\n+Kota Satu" in act.facts["lines"]["buyer"]
    second = admin.post("/sumber/baru/pengaturan", data=form | {"set_buyer": "Kota Dua"})
    assert second.status_code == 409
    assert 'value="Kota Dua"' in second.text and "Tersimpan sekarang: Kota Satu" in plain(second)


def test_a_stopped_source_is_asked_no_more_and_comes_back_by_a_look(admin, csrf, jati):
    looked(admin, csrf, jati)
    admin.post(APPROVE, data=approving(admin, csrf))
    jati.work()
    stop = {"csrf_token": csrf(admin.get("/sumber/jati"))}
    assert admin.post("/sumber/jati/hentikan", data=stop).status_code == 303
    assert jati.row().state == "disabled"
    assert admin.post("/sumber/jati/hentikan", data=stop).status_code == 409
    looked(admin, csrf, jati)
    admin.post(APPROVE, data=approving(admin, csrf))
    jati.work()
    assert jati.row().state == "approved"
