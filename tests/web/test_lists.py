"""The lists: what they show, how they are narrowed and leafed through, what they cost."""

from __future__ import annotations

import re

LISTS = [
    "/",
    "/kecocokan",
    "/permintaan",
    "/produk",
    "/sumber",
    "/sumber/semarang",
    "/karantina",
    "/usulan",
    "/kecocokan/1",
    "/produk/UJI-LGM-001",
    "/produk/kembar",
    "/produk/untuk?kebutuhan=pagar",
    "/mutu",
    "/mutu/ikm",
    "/pasokan",
    "/pasokan/s-0000000000000001",
]


def _walk(client, path):
    """Every page's rows from the first to the last."""
    pages, html = 0, client.get(path).text
    while True:
        pages += 1
        yield from re.findall(r'<tr id="row-(\d+)"|<th scope="row"[^>]*><a href="([^"]+)"', html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        if not following:
            return
        assert pages < 20, "the way through the list does not end"
        html = client.get(following[1].replace("&amp;", "&")).text


WHOLE = {"/kecocokan": 60, "/permintaan": 40, "/produk": 30, "/kecocokan?sektor=logam&status=semua": 31}


def test_leafing_through_shows_each_row_once(petugas):
    for path, count in WHOLE.items():
        rows = list(_walk(petugas, path))
        assert len(rows) == len(set(rows)) == count, path


def test_matches_come_by_score_downwards_over_all_pages(petugas, world):
    from exchange.store.matches import match_by_id

    with world.read() as session:
        scores = [match_by_id(session, int(row[0])).score for row in _walk(petugas, "/kecocokan")]
    assert scores == sorted(scores, reverse=True)


FILTERS = {
    "/kecocokan?nilai=90": 30,
    "/kecocokan?nilai=100": 0,
    "/kecocokan?daerah=33.28": 28,
    "/kecocokan?daerah=33": 60,
    "/kecocokan?daerah=36.72": 0,
    "/kecocokan?status=accepted": 0,
    "/kecocokan?cari=KANTOR+38": 2,
    "/kecocokan?cari=100%25": 0,
    "/permintaan?ditahan=ya": 2,
    "/permintaan?sumber=tegal": 19,
    "/permintaan?daerah=33.74&cari=kantor+12": 1,
    "/permintaan?status=closed": 0,
    "/produk?sektor=kimia": 15,
    "/produk?cari=karya+mandiri": 30,
    "/produk?cari=hollow+pemagaran": 30,
    "/produk?cari=lgm-007": 1,
    "/produk?cari=pagar+teralis": 0,
    "/karantina?sebab=schema:budget.amount": 1,
    "/karantina?sebab=lain": 0,
}


def test_a_filter_leaves_what_fits_it(petugas):
    for path, count in FILTERS.items():
        found = (
            list(_walk(petugas, path))
            if "karantina" not in path
            else re.findall(r'<th scope="row"[^>]*><a [^>]*>RUP-900', petugas.get(path).text)
        )
        assert len(found) == count, path


UNREADABLE = [
    "/kecocokan?sektor=kayu",
    "/kecocokan?nilai=abc",
    "/kecocokan?nilai=101",
    "/kecocokan?setelah=1.5_3",
    "/kecocokan?setelah=nan_3",
    "/kecocokan?setelah=0.5",
    "/kecocokan?setelah=0.12345678_1",
    "/kecocokan?status=retired",
    "/kecocokan?sector=logam",
    "/permintaan?setelah=x",
    "/permintaan?cari=%00",
    "/produk?halaman=2",
    "/produk?cari=" + "+".join(f"kata{number}" for number in range(13)),
    "/kecocokan?_external=1",
]


def test_a_filter_that_cannot_be_read_is_named_and_not_ignored(petugas):
    for path in UNREADABLE:
        answer = petugas.get(path)
        assert answer.status_code == 400, path
        name = re.search(r"\?(\w+)=", path)[1]
        assert name in answer.text or name == "setelah", path


def test_a_page_calls_permintaan_only_what_regions_want_to_buy(petugas):
    text = petugas.get("/kecocokan?warna=biru").text
    assert re.search(r"<h1[^>]*>Alamat atau isian ini tidak dapat dipahami</h1>", text)
    assert "Permintaan tidak dapat dipahami" not in text


def test_htmx_gets_the_part_and_everybody_else_the_page(petugas):
    page, part = petugas.get("/kecocokan"), petugas.get("/kecocokan", headers={"HX-Request": "true"})
    assert "<!doctype html>" in page.text
    assert "<!doctype html>" not in part.text
    assert (
        part.text.strip() in page.text.replace('name="kembali" value="/kecocokan?"', 'name="kembali" value="/kecocokan?"')
        or "<table" in part.text
    )
    back = petugas.get("/kecocokan", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<!doctype html>" in back.text


def test_a_page_costs_at_most_eight_statements(petugas, statements):
    for path in LISTS:
        with statements() as seen:
            assert petugas.get(path).status_code == 200
        said = [statement for statement in seen if statement.lstrip().upper().startswith("SELECT")]
        assert 1 < len(said) <= 8, (path, said)


def test_the_cost_of_the_sources_does_not_grow_with_their_number(petugas, world, statements):
    from exchange.store.sources import SourceRow

    def cost() -> int:
        with statements() as seen:
            petugas.get("/")
        return len(seen)

    before = cost()
    with world.work() as session:
        session.add_all(SourceRow(name=f"s{n}", connector="ocds", region="33.75") for n in range(30))
    assert cost() == before


def test_home_counts_what_waits_and_leads_to_it(petugas):
    text = petugas.get("/").text
    for count, path in ((60, "/kecocokan"), (2, "/permintaan?ditahan=ya"), (1, "/karantina"), (2, "/usulan")):
        assert re.search(rf'href="{re.escape(path)}"[^>]*>\s*<strong>{count}</strong>', text), path
        assert petugas.get(path).status_code == 200
    assert "Yang datang halaman HTML, bukan JSON" in text
    assert "38 tetap, 2 ditahan" in text


def test_a_capability_address_is_never_on_a_page(petugas):
    for path in ("/", "/sumber", "/sumber/semarang"):
        text = petugas.get(path).text
        assert "rahasia-3f9c" not in text
        assert "https://isb.example.id/…" in text


def test_an_empty_database_says_what_to_do_next(client, store, csrf):
    from exchange.access.accounts import add_user

    with store.work() as session:
        add_user(session, "baru", "kata-sandi-uji-coba")
    client.post("/masuk", data={"csrf_token": csrf(client.get("/masuk")), "name": "baru", "password": "kata-sandi-uji-coba"})
    for path in ("/", "/kecocokan", "/permintaan", "/produk", "/sumber", "/karantina", "/usulan"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert re.search("exchange source add|Admin menambahkannya|Longgarkan|Tidak ada yang menunggu|Tidak ada usulan", answer.text), path
