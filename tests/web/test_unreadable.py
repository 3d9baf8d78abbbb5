"""What no view can read is said in plain words, before any database is asked."""

from __future__ import annotations

import pytest

PATHS = [
    "/permintaan/a%00b",
    "/produk/a%00b",
    "/sumber/a%00b",
    "/permintaan?cari=a%00b",
    "/permintaan?%00=1",
    "/produk?setelah=a%00",
    "/karantina?sebab=%00",
    "/usulan?usulan=1&produk=%00",
    "/masuk?next=/%00",
    "/static/a%00b",
]


def _refused(answer):
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"
    assert "berisi tanda yang tidak dapat dibaca (NUL)" in answer.text
    return True


@pytest.mark.parametrize("path", PATHS)
def test_nul_in_an_address_is_refused_on_a_page(petugas, path):
    assert _refused(petugas.get(path))


def test_nul_in_the_name_of_a_login_is_refused(client, world, csrf):
    form = {"csrf_token": csrf(client.get("/masuk")), "name": "petu\0gas", "password": "kata-sandi-uji-coba"}
    assert _refused(client.post("/masuk", data=form))
    assert _refused(client.post("/masuk", data=form | {"name": "petugas", "password": "\0"}))


def test_nul_in_a_form_is_refused_and_nothing_is_saved(petugas, csrf, world):
    form = {"csrf_token": csrf(petugas.get("/kecocokan/1")), "version": "1", "state": "rejected"}
    for field in ("reason", "note", "kembali"):
        assert _refused(petugas.post("/kecocokan/1/putuskan", data={"reason": "Terlalu besar."} | form | {field: "a\0b"}))
    assert _refused(petugas.post("/usulan/1/putuskan", data={"csrf_token": form["csrf_token"], "verdict": "create", "sku": "A\0B"}))
    assert petugas.post("/kecocokan/1/putuskan", data=form | {"reason": "Terlalu besar."}).status_code == 303


@pytest.mark.parametrize("number", [2**63, 99999999999999999999, "9" * 5000, "\u0661"])
def test_a_number_that_no_row_can_bear_names_no_page(petugas, csrf, number):
    form = {"csrf_token": csrf(petugas.get("/kecocokan/1")), "version": "1", "state": "accepted"}
    assert petugas.get(f"/kecocokan/{number}").status_code == 404
    for kind in ("kecocokan", "usulan"):
        answer = petugas.post(f"/{kind}/{number}/putuskan", data=form)
        assert answer.status_code == 404
        assert "Halaman tidak ditemukan" in answer.text


def test_the_largest_number_of_a_row_is_asked_for_like_any_other(petugas):
    answer = petugas.get(f"/kecocokan/{2**63 - 1}")
    assert answer.status_code == 404
    assert "Buka daftar kecocokan dan pilih dari sana." in answer.text
