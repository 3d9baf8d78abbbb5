"""A firm's word about being published: recorded with what proves it, in force at once, seen by partners through the API."""

from __future__ import annotations

import hashlib
import io

import pytest
from sqlalchemy import select

from exchange.catalogue.firms.consent import files_of
from exchange.store.audit import history
from exchange.store.consents import ConsentRow

from .firming import FIRM, PAGE, firm, now, word  # noqa: F401  # isort: skip

pytestmark = pytest.mark.usefixtures("firm")
PDF = b"%PDF-1.7\nsurat bertanda tangan\n%%EOF"


def send(client, csrf, path, data):
    return client.post(path, data=data | {"csrf_token": csrf(client.get(PAGE))}, content_type="multipart/form-data")


def follow(client, since=None):
    """What a partner reads of the change feed from a place on, and the next place."""
    items, more = [], True
    while more:
        page = client.get("/api/v1/changes", query_string={"since": since} if since else {}).json
        items, since, more = items + page["items"], page["next"], page["more"]
    return items, since


def test_a_signed_form_publishes_the_firm_and_its_products_and_is_kept_under_its_hash(petugas, csrf, world, settings, client):
    assert client.get(f"/api/v1/businesses/{FIRM}").status_code == 404
    form = word("given", now(world).version, cara="form", berkas=(io.BytesIO(PDF), "persetujuan.pdf"))
    answer = send(petugas, csrf, f"{PAGE}/persetujuan", form)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}#persetujuan")
    digest = hashlib.sha256(PDF).hexdigest()
    page = petugas.get(PAGE).text
    assert "formulir bertanda tangan, pemilik" in page and digest[:16] in page
    kept = petugas.get(f"{PAGE}/persetujuan/{digest}")
    assert (kept.data, kept.headers["Content-Disposition"]) == (PDF, "attachment; filename=persetujuan.pdf")
    assert client.get(f"/api/v1/businesses/{FIRM}").json["name"] == "Bengkel Las Karya Mandiri"
    assert client.get("/api/v1/products/UJI-LGM-001").status_code == 200
    with world.read() as session:
        act = history(session, "business", FIRM)[0]
    assert (act.actor, act.action, act.facts["sha256"]) == ("petugas", "consent.given", digest)
    assert act.facts["changes"]["consented_on"] == [None, "2026-11-01"]


def test_a_firm_that_takes_its_word_back_is_gone_from_the_api_and_leaves_tombstones(petugas, csrf, world, client):
    send(petugas, csrf, f"{PAGE}/persetujuan", word("given", now(world).version))
    assert client.get(f"/api/v1/businesses/{FIRM}").status_code == 200
    known, place = follow(client)
    assert len(known) == 31
    assert send(petugas, csrf, f"{PAGE}/persetujuan", word("withdrawn", now(world).version)).status_code == 303
    assert client.get(f"/api/v1/businesses/{FIRM}").status_code == 404
    assert client.get("/api/v1/products/UJI-LGM-001").status_code == 404
    assert client.get("/api/v1/products").json["items"] == []
    gone = {one["ident"] for one in follow(client, place)[0] if one["op"] == "delete"}
    assert FIRM in gone and "UJI-LGM-001" in gone and len(gone) == 31
    row = now(world)
    assert row.consented_on is None and row.consent_refused_on is not None


def test_a_form_that_comes_twice_is_one_word(petugas, csrf, world):
    form = word("given", now(world).version)
    for _ in range(2):
        assert send(petugas, csrf, f"{PAGE}/persetujuan", form).status_code == 303
    with world.read() as session:
        assert len(session.scalars(select(ConsentRow)).all()) == 1
    assert "sudah tersimpan sebelumnya" in petugas.get(PAGE).text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"cara": "form"}, "belum dilampirkan"),
        ({"cara": "form", "berkas": b"<script>"}, "Jenis berkas tidak diterima"),
        ({"lingkup": " "}, "Lingkup persetujuan belum diisi"),
        ({"tanggal": "2999-01-01"}, "belum tiba"),
        ({"tanggal": ""}, "belum diisi"),
        ({"pernyataan": "withdrawn"}, "tidak sedang diterbitkan"),
        ({"sebagai": "Budi"}, "tidak lengkap"),
    ],
)
def test_a_word_that_is_not_whole_is_refused_with_what_was_typed(petugas, csrf, world, settings, more, said):
    if "berkas" in more:
        more = more | {"berkas": (io.BytesIO(more["berkas"]), "a.pdf")}
    answer = send(petugas, csrf, f"{PAGE}/persetujuan", word("given", now(world).version) | more)
    assert answer.status_code == 422 and said in answer.text
    assert now(world).consented_on is None
    assert not [path for path in files_of(settings).folder.rglob("*") if path.is_file()]


def test_an_older_consent_does_not_undo_a_refusal(petugas, csrf, world):
    send(petugas, csrf, f"{PAGE}/persetujuan", word("refused", now(world).version))
    answer = send(petugas, csrf, f"{PAGE}/persetujuan", word("given", now(world).version, tanggal="2025-01-01"))
    assert answer.status_code == 422 and "persetujuan yang lebih lama tidak membatalkannya" in answer.text


def test_the_second_to_save_sees_what_the_first_changed(petugas, staff, csrf, world):
    seen = now(world).version
    send(petugas, csrf, f"{PAGE}/persetujuan", word("refused", seen))
    second = staff("admin")
    answer = send(second, csrf, f"{PAGE}/persetujuan", word("given", seen, lingkup="hanya produk"))
    assert answer.status_code == 409
    assert "sudah diubah petugas lain" in answer.text and "usaha menyatakan tidak setuju" in answer.text
    assert "tanggal penolakan" in answer.text and 'value="hanya produk"' in answer.text
    assert now(world).consented_on is None


def test_a_paper_of_another_firm_is_not_found(petugas, world):
    assert petugas.get(f"{PAGE}/persetujuan/{'0' * 64}").status_code == 404
