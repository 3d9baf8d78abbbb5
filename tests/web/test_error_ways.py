"""The page of an error leads on: to its list, to where one came from, to who may, to when; and never out of this service."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy.exc import OperationalError

from exchange.app import create_app
from exchange.errors import Conflict, DatabaseTrouble
from exchange.web import user_links
from exchange.web.pages import SMALL

HERE = "http://localhost"


def links(page) -> dict[str, str]:
    """The links and forms that the page of an error offers, by their words."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    found = {unescape(words): unescape(address) for address, words in re.findall(r'<a class="btn [^"]*" href="([^"]*)">([^<]*)</a>', main)}
    search = re.search(r'role="search" method="get" action="([^"]*)"', main)
    return found | ({"cari": unescape(search[1])} if search else {})


def searched(page) -> str | None:
    found = re.search(r'id="cari" name="cari" type="search" value="([^"]*)"', page.text)
    return unescape(found[1]) if found else None


@pytest.mark.parametrize(
    ("path", "words", "address"),
    [
        ("/produk/X", "Buka Produk", "/produk"),
        ("/kecocokan/9999", "Buka Kecocokan", "/kecocokan"),
        ("/kecocokan/abc/def", "Buka Kecocokan", "/kecocokan"),
        ("/permintaan/d-x", "Buka Permintaan", "/permintaan"),
        ("/sumber/x", "Buka Sumber", "/sumber"),
        ("/kerja-sama/KS-2026-9999", "Buka Perkara", "/kerja-sama"),
        ("/laporan/masa/1999-99", "Buka Bulanan dan tahunan", "/laporan"),
        ("/usaha/x/mutu", "Buka Mutu data", "/mutu"),
        ("/foto/99", "Buka IKM", "/ikm"),
        ("/laporan/kebutuhan?x=1", "Buka Permintaan tidak terlayani", "/laporan/kebutuhan"),
        ("/produk?warna=biru", "Buka Produk", "/produk"),
    ],
)
def test_what_is_not_there_or_not_understood_leads_to_the_list_it_belongs_to(petugas, path, words, address):
    answer = petugas.get(path)
    assert answer.status_code in {400, 404}
    assert links(answer)[words] == address
    assert petugas.get(address).status_code == 200


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/produk/pagar-besi_hollow", "pagar besi hollow"),
        ("/produk/UJI-LGM-999", "UJI-LGM-999"),
        ("/permintaan/Belanja%20kursi", "Belanja kursi"),
        ("/permintaan/d-0123456789abcdef", ""),
        ("/ikm/ikm-ef25d432bc9d", ""),
        ("/kecocokan/9999", ""),
        ("/produk/" + "pagar" * 40, ""),
        ("/sumber/tidakada", None),
        ("/produk?warna=biru", None),
    ],
)
def test_a_missing_record_is_searched_for_by_the_words_of_its_address_where_it_has_any(petugas, path, words):
    answer = petugas.get(path)
    assert searched(answer) == words
    if words:
        assert petugas.get(links(answer)["cari"], query_string={"cari": words}).status_code == 200


@pytest.mark.parametrize("referer", [f"{HERE}/produk?sektor=logam", f"{HERE}/produk?sektor=logam#isi"])
def test_one_comes_back_to_the_page_one_came_from_with_its_filters(petugas, referer):
    answer = petugas.get("/produk/X", headers={"Referer": referer})
    assert links(answer)["Kembali ke halaman sebelumnya"] == "/produk?sektor=logam"


@pytest.mark.parametrize(
    "referer",
    [
        "https://jahat.example/produk", "http://localhost.jahat.example/produk", "http://localhost@jahat.example/produk",
        "http://localhost:99/produk", "http://localhost//jahat.example/", "http://localhost/\\jahat.example", "javascript:alert(1)",
        "http://[", "//localhost/produk", f"{HERE}/tidak-ada", f"{HERE}/api/v1/products", f"{HERE}/kecocokan/1/putuskan",
        f"{HERE}/produk/X", f"{HERE}/masuk", f"{HERE}/unggah/rahasia", "",
    ],
)  # fmt: skip
def test_no_other_place_nor_one_that_cannot_be_opened_is_named_as_the_page_before(petugas, referer):
    answer = petugas.get("/produk/X", headers={"Referer": referer})
    assert "Kembali ke halaman sebelumnya" not in links(answer)
    assert "jahat" not in answer.text and "rahasia" not in answer.text
    assert all(address.startswith("/") and not address.startswith("//") for address in links(answer).values())


def test_a_stranger_is_led_to_the_login_and_told_of_no_list(client, world):
    answer = client.get("/tidak-ada")
    assert answer.status_code == 404
    assert links(answer) == {"Ke halaman masuk": "/masuk"}


def test_an_act_opened_by_its_address_leads_to_the_record_that_it_is_an_act_of(petugas):
    answer = petugas.get("/kecocokan/1/putuskan")
    assert answer.status_code == 405
    assert links(answer)["Buka halamannya"] == "/kecocokan/1"


def test_who_may_not_is_told_which_roles_may_and_can_log_in_as_another(staff, csrf):
    pimpinan = staff("pimpinan")
    answer = pimpinan.get("/pengguna")
    assert answer.status_code == 403
    assert "Yang dapat melakukannya di kantor ini: admin (admin)." in answer.text
    assert 'action="/keluar"' in answer.text.partition("<main")[2]
    assert "/pengguna" not in links(answer).values(), "nobody is led to what he may not open"
    form = {"csrf_token": csrf(pimpinan.get("/")), "version": "1", "state": "accepted"}
    assert "kantor ini: admin (admin), petugas (petugas)." in pimpinan.post("/kecocokan/1/putuskan", data=form).text


def test_a_conflict_tells_what_somebody_else_did_to_the_record(petugas, csrf, monkeypatch):
    form = {"csrf_token": csrf(petugas.get("/kecocokan/1")), "version": "1", "state": "rejected", "reason": "Terlalu besar."}
    assert petugas.post("/kecocokan/1/putuskan", data=form).status_code == 303

    def late(*_args, **_more):
        raise Conflict("Sudah berubah.", mend="Baca dahulu.")

    monkeypatch.setattr("exchange.web.matches.match_by_id", late)
    answer = petugas.get("/kecocokan/1")
    assert answer.status_code == 409
    assert re.search(r"Yang terakhir: petugas, [^<]*WIB: [^<]*tolak", answer.text)


def test_what_is_too_large_is_told_how_large_it_may_be(petugas, client):
    sent = {"data": b"x" * 42_000_000, "content_type": "multipart/form-data; boundary=x"}
    answer = petugas.post("/produk/UJI-LGM-001/foto/tambah", **sent)
    assert answer.status_code == 413
    assert "Buka Produk" in links(answer), "where it was sent to, and not the first page that has photos"
    said = re.search(r"Sekali kirim paling besar (\d+)\xa0MiB; kiriman ini 41\xa0MiB\.", answer.text)
    assert said and 0 < int(said[1]) <= 32
    answer = client.post("/masuk", data={"name": "x" * (2 * SMALL)})
    assert answer.status_code == 413 and "paling besar 66\xa0kB" in answer.text


def test_who_sends_too_often_is_told_when_to_try_again(settings, world, post, csrf):
    client = create_app(
        replace(settings, smtp_url=post.url, base_url="https://bursa.contoh.invalid", mail_from="bursa@contoh.invalid"), world
    ).test_client()
    token = csrf(client.get("/lupa"))
    answers = [client.post("/lupa", data={"csrf_token": token, "name": "x"}) for _each in range(2 * user_links._A_MINUTE + 1)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert re.search(r"Coba lagi sesudah [^<]*\d\d\.\d\d\xa0WIB\.", answers[-1].text)


def test_what_nobody_foresaw_bears_the_code_that_the_log_has_and_a_way_to_try_again(app, staff, monkeypatch, caplog):
    app.testing = False
    client = staff("petugas")
    for error in (ZeroDivisionError(), DatabaseTrouble("Disk basis data penuh.", mend="Kosongkan ruang.")):

        def fail(_session, error=error):
            raise error

        monkeypatch.setattr("exchange.web.sources.all_sources", fail)
        caplog.clear()
        answer = client.get("/sumber")
        assert answer.status_code in {500, 503}
        code = re.search(r"Kode kejadian: ([0-9a-f]{16}), ", answer.text)
        assert code and code[1] in caplog.text
        assert links(answer)["Coba lagi"] == "/sumber"


def test_a_database_that_answers_nobody_leaves_a_page_that_says_so(app, staff, monkeypatch):
    app.testing = False
    client = staff("petugas")

    def down(*_args, **_more):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("exchange.store.base.Store.read", down)
    answer = client.get("/kecocokan")
    assert answer.status_code == 500
    assert "Kode kejadian" in answer.text and "<h1>" in answer.text
    assert links(answer)["Coba lagi"] == "/kecocokan"
