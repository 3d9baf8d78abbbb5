"""What other regions offer, on its pages: leafed through, narrowed, in its source's words, and told apart from the own catalogue."""

from __future__ import annotations

import re

from sqlalchemy import select

from exchange.store.supply import SupplyRow


def names(html: str) -> list[str]:
    return re.findall(r'<a href="/pasokan/s-[0-9a-f]{16}" lang="id">([^<]*)</a>', html)


def test_leafing_through_shows_each_offer_once(petugas):
    seen, path = [], "/pasokan?lama=ya"
    while path:
        html = petugas.get(path).text
        seen += names(html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        path = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 30


def test_the_list_shows_what_is_offered_now_unless_asked_for_the_rest(petugas):
    now, all_of_it = petugas.get("/pasokan").text, petugas.get("/pasokan?lama=ya").text
    assert "29 barang" in now
    assert "30 barang" in all_of_it
    assert "Emping melinjo 2<" not in now
    assert "tidak disebut lagi" in petugas.get("/pasokan/s-0000000000000002").text


def test_the_list_is_narrowed_by_words_and_by_region(petugas):
    assert names(petugas.get("/pasokan?cari=emp-07").text) == ["Emping melinjo 7"]
    assert "15 barang" in petugas.get("/pasokan?daerah=33.28").text
    assert "14 barang" in petugas.get("/pasokan?daerah=33.74").text
    assert "29 barang" in petugas.get("/pasokan?daerah=33").text
    assert "Tidak ada pasokan" in petugas.get("/pasokan?cari=tidakada").text


def test_one_offer_is_shown_in_its_source_s_words_with_where_it_comes_from(petugas):
    html = petugas.get("/pasokan/s-0000000000000004").text
    for said in ("Emping melinjo 4", "Rp\u00a024.000", "Rp\u00a031.000,50", "per dus", "31 Desember 2026", "12\u00a0dus", "KUB Melinjo",
                 "Mijen", ">KBKI</abbr></a> 2015", "2143001004", "100-1000", "semarang", "Tidak termasuk katalog kantor"):  # fmt: skip
        assert said in html, said


def test_a_hostile_name_is_text_and_its_address_no_link(petugas):
    for path in ("/pasokan?cari=script", "/pasokan/s-0000000000000001"):
        html = petugas.get(path).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript' not in html


def test_what_is_not_known_is_named(petugas):
    assert petugas.get("/pasokan/s-ffffffffffffffff").status_code == 404
    for path in ("/pasokan?kota=1", "/pasokan?setelah=x", "/pasokan?lama=tidak", "/pasokan/s-0000000000000001?x=1"):
        assert petugas.get(path).status_code == 400, path


def test_nobody_without_a_login_sees_it(app, world):
    for path in ("/pasokan", "/pasokan/s-0000000000000001"):
        answer = app.test_client().get(path)
        assert (answer.status_code, "/masuk" in answer.headers["Location"]) == (302, True)


def test_htmx_gets_the_list_alone(petugas):
    part = petugas.get("/pasokan", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "29 barang" in part


def test_a_list_costs_few_statements(petugas, statements):
    with statements() as seen:
        petugas.get("/pasokan")
    assert len([each for each in seen if not each.startswith("BEGIN")]) <= 5


def test_photos_of_an_offer_are_links_to_where_they_lie_and_no_pictures_of_this_page(petugas, world):
    photos = [
        {"href": "https://simpul.example/api/v1/photos/ab", "sha256": None, "caption": "Emping <b>kering</b>"},
        {"href": "https://simpul.example/api/v1/photos/cd", "sha256": None, "caption": None},
    ]
    with world.work() as session:
        row = session.scalars(select(SupplyRow).where(SupplyRow.ident == "s-0000000000000004")).one()
        row.record = {**row.record, "photos": photos}
    html = petugas.get("/pasokan/s-0000000000000004").text
    assert [f'href="{photo["href"]}" rel="noopener noreferrer"' in html for photo in photos] == [True, True]
    assert "Emping &lt;b&gt;kering" in html and "Foto 2" in html and "<img" not in html.split("</header>")[-1]
