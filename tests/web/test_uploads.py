"""The pages of an upload link: without a login, a cookie or JavaScript; what they show is a source's own words and nobody's else."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest

from exchange.access.upload_links import UploadLink, write_link
from exchange.app import create_app
from exchange.log import JsonLines
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.sources import SourceRow, source_by_name
from exchange.sync.uploaded import ADDRESS

HOSTILE = "<script>alert(1)</script>"
CSV = f"Kode Paket,Nama Paket,Satuan Kerja,Pagu\n1,Belanja rak {HOSTILE},Dinas Contoh,1250000\n2,Belanja meja,Dinas Contoh,-5\n"


@pytest.fixture
def token(settings, store):
    with store.work() as session:
        session.add(SourceRow(name="kota", connector="table", region="33.74", options={"url": ADDRESS}, state="approved", upload_key=1))
    return write_link(settings.secret_key, UploadLink("kota", 1, f"Dinas {HOSTILE}", utcnow() + timedelta(days=3)))


def post(client, token, body=None, name="daftar Budi Karangan.csv"):
    head = f'--batas\r\nContent-Disposition: form-data; name="berkas"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
    whole = head.encode() + (CSV.encode() if body is None else body) + b"\r\n--batas--\r\n"
    return client.post(f"/unggah/{token}", data=whole, content_type="multipart/form-data; boundary=batas")


def plain(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")


def test_a_table_is_looked_at_and_then_sent(client, token, store):
    form = client.get(f"/unggah/{token}")
    assert "menggantikan seluruh daftar" in form.text
    assert "Kota Semarang" in form.text
    answer = post(client, token)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/unggah/{token}/1")
    page = client.get(f"/unggah/{token}/1")
    said = plain(page.text)
    parts = ("Terbaca sebagai kebutuhan 1", "Tidak dapat dibaca 1", "Belanja rak", "Rp 1.250.000", "tidak terbaca sebagai jumlah rupiah")
    for part in (*parts, "menggantikan seluruh daftar"):
        assert part in said, part
    with store.read() as session:
        assert source_by_name(session, "kota").upload is None, "it was only looked at"
    answer = client.post(f"/unggah/{token}/1/kirim")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/unggah/{token}/1")
    assert "sudah terkirim" in client.get(f"/unggah/{token}/1").text
    assert "inilah daftar yang dibaca" in client.get(f"/unggah/{token}").text
    with store.read() as session:
        assert source_by_name(session, "kota").upload["kind"] == "csv"
        assert [act.action for act in history(session, "source", "kota")] == ["upload.send"]


def test_a_workbook_is_taken_as_well(client, token):
    book, body = openpyxl.Workbook(), io.BytesIO()
    for row in (
        ["RENCANA KEBUTUHAN"],
        ["Kode Paket", "Nama Paket", "Satuan Kerja", "Pagu"],
        [7, "Pengadaan kursi lipat", "Dinas Contoh", 5_000_000],
    ):
        book.active.append(row)
    book.save(body)
    post(client, token, body.getvalue(), "daftar.csv")
    said = plain(client.get(f"/unggah/{token}/1").text)
    assert "Pengadaan kursi lipat" in said
    assert "XLSX" in said, "by its bytes, whatever it is called"


def test_hostile_words_stay_text_and_no_cookie_is_set_or_asked_for(client, token):
    seen = [client.get(f"/unggah/{token}"), post(client, token), client.get(f"/unggah/{token}/1"), client.post(f"/unggah/{token}/1/kirim")]
    for answer in seen:
        assert "Set-Cookie" not in answer.headers
        assert HOSTILE not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "&lt;script&gt;" in seen[0].text
    assert "Budi" not in client.get(f"/unggah/{token}").text, "the file's name is not kept"


def test_the_staffs_source_page_lists_what_came(petugas, client, token, statements):
    post(client, token)
    client.post(f"/unggah/{token}/1/kirim")
    with statements() as seen:
        text = petugas.get("/sumber/kota").text
    assert "Berkas dari daerah" in text
    assert "inilah daftar yang dibaca" in text
    assert "unggahan.invalid" not in text + petugas.get("/sumber").text + petugas.get("/").text
    assert "lewat tautan unggah" in petugas.get("/sumber").text
    assert "setelah berkas pertama" not in petugas.get("/sumber").text
    assert len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) <= 9
    assert "mengirim berkas" in text


@pytest.mark.parametrize(
    ("body", "says"), [(b"", "kosong"), (b"%PDF-1.7 rusak", "Tidak ada yang dapat dikirim"), (b"PK\x03\x04rusak", "Tidak ada yang")]
)
def test_what_is_no_table_gets_a_clear_answer_and_no_button(client, token, body, says):
    answer = post(client, token, body)
    page = answer if answer.status_code == 422 else client.get(answer.headers["Location"])
    assert says in page.text
    assert "/kirim" not in page.text
    assert client.post(f"/unggah/{token}/1/kirim").status_code in {404, 409}


def test_a_form_without_a_file_is_not_taken(client, token):
    assert client.post(f"/unggah/{token}", data={}).status_code == 422
    assert client.post(f"/unggah/{token}", data={"berkas": "teks"}).status_code == 422


def test_a_file_that_is_too_large_is_refused_before_it_is_read(settings, store, token):
    client = create_app(replace(settings, upload_mib=1), store).test_client()
    answer = post(client, token, b"a" * (3 * 2**20))
    assert answer.status_code == 413
    assert "terlalu besar" in answer.text
    assert post(client, token, b"a" * (2**20 + 1)).status_code == 413
    assert not list((settings.data_dir / "archive").glob("*/*"))


def test_a_file_is_not_even_read_where_the_link_is_none_of_this_nodes(client, token, settings):
    read = []

    class Body(io.BytesIO):
        def read(self, *how):
            read.append(how)
            return super().read(*how)

    for link, status in (("x" * 40, 404), (write_link("1" * 64, UploadLink("kota", 1, "x", utcnow() + timedelta(days=3))), 404)):
        kind = "multipart/form-data; boundary=batas"
        answer = client.post(f"/unggah/{link}", input_stream=Body(b"a" * 99), content_length=99, content_type=kind)
        assert (answer.status_code, read) == (status, [])


def test_no_part_of_a_link_is_told_by_the_log_by_an_error_s_page_or_by_the_figures(app, client, token, store, monkeypatch, caplog):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    monkeypatch.setattr(logging.getLogger("exchange"), "handlers", [handler])
    post(client, token)
    fine = [client.get(f"/unggah/{token}"), client.get(f"/unggah/{token}/1")]
    assert [answer.status_code for answer in fine] == [200, 200]
    seen = [client.get(f"/unggah/{token}/99"), client.get(f"/unggah/{token}x"), client.put(f"/unggah/{token}")]
    monkeypatch.setattr("exchange.web.uploads.upload_by_id", lambda *_args: (_ for _ in ()).throw(RuntimeError(token)))
    seen.append(client.get(f"/unggah/{token}/1"))
    assert [answer.status_code for answer in seen] == [404, 404, 405, 500]
    client.post(f"/unggah/{token}/1/kirim")
    with store.read() as session:
        kept = str([act.facts for act in history(session, "source", "kota")])
    figures = client.get("/metrics").text
    assert "exchange_" in figures
    assert "/unggah/<token>/<int:upload_id>" in lines.getvalue(), "what broke is in the log, by its route"
    assert "RuntimeError" in lines.getvalue()
    everything = "".join([*(answer.text for answer in seen), kept, figures, lines.getvalue(), *caplog.messages])
    assert not any(part in everything for part in (token, *filter(None, token.split("."))))  # one that is packed begins with a point


def test_more_than_an_hour_allows_is_refused_with_429(client, token, monkeypatch):
    monkeypatch.setattr("exchange.sync.uploads.AN_HOUR", 2)
    assert [post(client, token).status_code for _ in range(3)] == [303, 303, 429]


@pytest.mark.parametrize(("days", "key", "status"), [(-1, 1, 410), (3, 2, 410), (3, 1, 200)])
def test_a_link_that_ended_says_so_on_every_page_of_it(client, settings, token, days, key, status):
    mine = write_link(settings.secret_key, UploadLink("kota", key, "x", utcnow() + timedelta(days=days)))
    post(client, token)
    for path in (f"/unggah/{mine}", f"/unggah/{mine}/1"):
        answer = client.get(path)
        assert answer.status_code == status
        assert status == 200 or "Minta tautan baru" in answer.text
    for answer in (post(client, mine), client.post(f"/unggah/{mine}/1/kirim")):
        assert answer.status_code == (303 if status == 200 else 410)


def test_what_is_no_link_or_no_file_of_it_is_not_there(client, token, settings, store):
    for path in ("/unggah/x", "/unggah/", f"/unggah/{token[:-3]}", f"/unggah/{token}/99"):
        assert client.get(path).status_code == 404, path
    with store.work() as session:
        session.add(SourceRow(name="lain", connector="table", region="33.75", options={"url": ADDRESS}, state="approved", upload_key=1))
    post(client, token)
    other = write_link(settings.secret_key, UploadLink("lain", 1, "x", utcnow() + timedelta(days=3)))
    assert client.get(f"/unggah/{other}/1").status_code == 404, "another region's file"
