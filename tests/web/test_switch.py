"""The switch of language: on every page, back to where it was pressed, for one reader alone, and nothing to machines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.access.upload_links import UploadLink, write_link
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow
from exchange.sync.uploaded import ADDRESS


def press(browser, csrf, language="en", back="/", page="/masuk"):
    form = {"csrf_token": csrf(browser.get(page)), "bahasa": language, "kembali": back}
    return browser.post("/bahasa", data=form)


def test_the_switch_leads_back_to_the_page_and_that_page_is_english_from_then_on(petugas, csrf):
    answer = press(petugas, csrf, back="/kecocokan?sektor=logam&status=semua", page="/")
    assert (answer.status_code, answer.location) == (303, "/kecocokan?sektor=logam&status=semua")
    page = petugas.get(answer.location)
    assert '<html lang="en">' in page.text and "<h1>Matches</h1>" in page.text
    assert 'name="kembali" value="/kecocokan?sektor=logam&amp;status=semua"' in page.text
    assert ">Bahasa Indonesia</button>" in page.text
    press(petugas, csrf, "id", page="/")
    assert '<html lang="id">' in petugas.get("/kecocokan").text


@pytest.mark.parametrize("back", ["https://lain.example/", "//lain.example/", "/\\lain.example", "javascript:alert(1)", ""])
def test_it_leads_nowhere_else(petugas, csrf, back):
    assert press(petugas, csrf, back=back, page="/").location == "/"


def test_a_language_that_is_none_and_a_form_without_its_token_change_nothing(petugas, csrf):
    assert press(petugas, csrf, "xx", page="/").status_code == 400
    assert petugas.post("/bahasa", data={"bahasa": "en"}).status_code == 400
    assert '<html lang="id">' in petugas.get("/").text


def test_the_language_stays_over_the_login_and_the_logout_and_is_no_other_readers(app, csrf, world, client):
    assert press(client, csrf).status_code == 303
    assert "Log in" in client.get("/masuk").text
    form = {"csrf_token": csrf(client.get("/masuk")), "name": "petugas", "password": "kata-sandi-uji-coba"}
    assert client.post("/masuk", data=form).status_code == 303
    assert '<html lang="en">' in client.get("/").text
    assert '<html lang="id">' in app.test_client().get("/masuk").text
    out = client.post("/keluar", data={"csrf_token": csrf(client.get("/"))}, follow_redirects=True)
    assert "You have been logged out" in out.text


def test_what_is_refused_is_refused_in_english_with_what_to_do_next(petugas, csrf):
    press(petugas, csrf, page="/")
    for path, status, says in (
        ("/tidak-ada", 404, "Page not found"),
        ("/permintaan/tidak-ada", 404, "Search the list of demand."),
        ("/produk?cari=a%00b", 400, "contains a character that cannot be read (NUL)"),
        ("/kecocokan?warna=biru", 400, "This list does not know the filter warna."),
    ):
        page = petugas.get(path)
        assert (page.status_code, says in page.text) == (status, True), path
    form = {"csrf_token": csrf(petugas.get("/kecocokan/1")), "version": "1", "state": "rejected", "reason": ""}
    page = petugas.post("/kecocokan/1/putuskan", data=form)
    assert page.status_code == 422
    assert "The reason for rejecting is not filled in yet. Write the reason in short, then send it again." in page.text
    assert 'action="/bahasa"' not in page.text, "what was typed would be lost"


def test_numbers_money_days_and_times_are_in_the_readers_form(petugas, csrf):
    for language, budget, clock in (
        ("id", "Rp\u00a095.000.000", "1 November 2026 01.15"),
        ("en", "Rp\u00a095,000,000", "1 November 2026 01:15"),
    ):
        press(petugas, csrf, language, page="/")
        assert budget in petugas.get("/permintaan/d-0000000000000000").text
        assert clock in petugas.get("/sumber").text.replace("\u00a0", " ")


def test_machines_are_answered_as_ever(petugas, csrf):
    before = {path: petugas.get(path) for path in ("/api/v1/runs", "/api/v1/products/tidak-ada", "/readyz")}
    press(petugas, csrf, page="/")
    for path, answer in before.items():
        again = petugas.get(path)
        assert again.headers.get("Vary") == answer.headers.get("Vary"), path
        told, then = again.get_json(), answer.get_json()
        assert {name: told[name] for name in told if name not in {"request_id", "instance"}} == {
            name: then[name] for name in then if name not in {"request_id", "instance"}
        }, path


def test_a_page_of_a_link_keeps_its_language_in_its_address_and_sets_no_cookie(client, settings, world):
    with world.work() as session:
        session.add(SourceRow(name="kota", connector="table", region="33.74", options={"url": ADDRESS}, state="approved", upload_key=1))
    token = write_link(settings.secret_key, UploadLink("kota", 1, "Dinas Contoh", utcnow() + timedelta(days=3)))
    plain = client.get(f"/unggah/{token}")
    assert 'href="?bahasa=en"' in plain.text and '<html lang="id">' in plain.text
    page = client.get(f"/unggah/{token}?bahasa=en")
    assert '<html lang="en">' in page.text and 'href="?bahasa=id"' in page.text
    assert f'action="/unggah/{token}?bahasa=en"' in page.text, "what is sent from here is answered in English"
    refused = client.post(f"/unggah/{token}?bahasa=en", data={"berkas": (b"", "kosong.csv")})
    assert "Choose a CSV or XLSX file that holds a table" in refused.text
    missing = client.get("/unggah/tidak-ada?bahasa=en")
    assert missing.status_code == 404 and "This upload link is not known." in missing.text
    for answer in (plain, page, refused, missing):
        assert "Set-Cookie" not in answer.headers


def test_what_is_proposed_for_official_papers_is_indonesian_in_both_languages(petugas, csrf, world):
    page = {}
    for language in ("id", "en"):
        press(petugas, csrf, language, page="/")
        text = petugas.get("/kerja-sama/baru?kecocokan=7").text
        page[language] = text.split('id="judul"')[1].split(">")[0], text.split('id="nama"')[1].split(">")[0]
    assert page["id"] == page["en"]
    assert "Pemenuhan" in page["en"][0]
