"""Photos on a product's page: their order, what is said of them, who reads them, and the way from what is missing to where it is added."""

from __future__ import annotations

import re

from exchange.store.audit import history

from .firming import FIRM, now, word
from .firming import PAGE as FIRM_PAGE
from .firming import firm as firm
from .test_visits import picture

PAGE = "/produk/UJI-LGM-001"
SIZES = {"Satu": (640, 400), "Dua": (600, 900), "Tiga": (500, 500)}


def section(page: str) -> str:
    return page.split('id="foto"')[1].split("</section>")[0]


def order(page: str) -> list[str]:
    return re.findall(r'<img [^>]*alt="([^"]+)"', section(page))


def test_photos_are_ordered_said_anew_and_counted_and_partners_read_them_as_they_stand(petugas, csrf, world, client, firm):
    def act(what, **data):
        said = data | {"csrf_token": csrf(petugas.get(PAGE))}
        return petugas.post(f"{PAGE}/foto/{what}", data=said, content_type="multipart/form-data")

    before = petugas.get(PAGE).text
    missing = re.search(r'<a href="([^"]+)">Ambil foto barangnya\.</a>', before)
    assert missing and missing[1] == f"{PAGE}#foto" and 'id="foto"' in before
    for path in ("/mutu", f"/usaha/{FIRM}/mutu"):
        assert f'<a href="{PAGE}#foto">Ambil foto barangnya.</a>' in petugas.get(path).text, path
    consent = word("given", now(world).version) | {"csrf_token": csrf(petugas.get(FIRM_PAGE))}
    assert petugas.post(f"{FIRM_PAGE}/persetujuan", data=consent).status_code == 303
    for name, size in SIZES.items():
        act("tambah", foto=(picture(size), "a.jpg"), isi=name)
    page = petugas.get(PAGE).text
    assert order(page) == ["Satu", "Dua", "Tiga"] and "Ambil foto barangnya" not in page
    assert section(page).count("sampul</span>") == 1 and "dibaca siapa pun" in section(page)
    act("maju", foto="3")
    assert order(petugas.get(PAGE).text) == ["Satu", "Tiga", "Dua"]
    act("pertama", foto="2")
    assert order(petugas.get(PAGE).text) == ["Dua", "Satu", "Tiga"]
    act("isi", foto="2", isi='  Pagar <b>"besi"</b>  tinggi ')
    assert "Belum ditulis apa yang tampak" in petugas.get(act("isi", foto="2", isi=" ").headers["Location"]).text
    told = client.get("/api/v1/products/UJI-LGM-001").get_json()["photos"]
    assert [photo["caption"] for photo in told] == ['Pagar <b>"besi"</b> tinggi', "Satu", "Tiga"]
    assert "<b>&#34;besi" not in petugas.get(PAGE).text and "&lt;b&gt;" in section(petugas.get(PAGE).text)
    assert client.get(told[0]["href"]).data == petugas.get("/foto/2").data
    act("hapus", foto="2")
    assert client.get(told[0]["href"]).status_code == 404
    assert [act(what, foto="2", isi="x").status_code for what in ("maju", "pertama", "isi", "hapus", "naik")] == [404] * 4 + [303]
    withdrawn = word("withdrawn", now(world).version) | {"csrf_token": csrf(petugas.get(FIRM_PAGE))}
    assert petugas.post(f"{FIRM_PAGE}/persetujuan", data=withdrawn).status_code == 303
    assert "hanya terlihat oleh pegawai" in section(petugas.get(PAGE).text)
    assert client.get(told[1]["href"]).status_code == 404
    with world.read() as session:
        acts = [one.action for one in history(session, "product", "UJI-LGM-001")]
    assert [act for act in acts if act.startswith("photo")][:4] == ["photo.remove", "photo.say", "photo.move", "photo.move"]
