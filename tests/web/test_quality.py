"""The pages of data quality: lowest first, each once, filters, the product's section, the sheet for a visit."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from exchange.catalogue.quality.score import product_score
from exchange.store.businesses import BusinessRow, apply_business
from exchange.store.products import ProductRow, product_record, products_by_sku

HOSTILE = 'Rak <script>alert(1)</script> & "kutip"'


@pytest.fixture
def firm(world) -> str:
    """The public name of the firm with thirty products."""
    with world.read() as session:
        return session.query(BusinessRow).filter_by(nib="9120000000017").one().ident


def listed(client, path):
    """(score, name) of each row over all pages."""
    rows = []
    while path:
        text = client.get(path).text
        rows += re.findall(
            r'<span class="score"><span class="text-nowrap">([\d,]+) dari 100.*?<th scope="row"[^>]*><a href="([^"]+)"', text, re.S
        )
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = unescape(following[1]) if following else None
        assert len(rows) < 100, "the way through the list does not end"
    return [(float(score.replace(",", ".")), name) for score, name in rows]


def vary(world):
    """Give the products scores of several heights, many of them equal."""
    with world.work() as session:
        for number, row in enumerate(session.query(ProductRow).order_by(ProductRow.sku)):
            if number % 3 == 0:
                row.description = row.lead_time_days = None
            if number % 5 == 0:
                row.photo = "foto.jpg"


def test_every_product_on_offer_stands_once_the_lowest_first(petugas, world):
    vary(world)
    with world.work() as session:
        products_by_sku(session)["UJI-LGM-004"].state = "withdrawn"
    rows = listed(petugas, "/mutu")
    assert len(rows) == len({name for _, name in rows}) == 29
    assert rows == sorted(rows), "of equals by SKU"
    assert len({score for score, _ in rows}) >= 3
    assert not any("UJI-LGM-004" in name for _, name in rows)


def test_the_scores_are_those_of_the_product_page_whose_section_names_three_improvements(petugas, world, settings):
    rows = {name.removesuffix("#mutu"): score for score, name in listed(petugas, "/mutu")}
    with world.read() as session:
        row = products_by_sku(session, ["UJI-LGM-001"])["UJI-LGM-001"]
        score = product_score(product_record(row), settings.day())
    assert rows["/produk/UJI-LGM-001"] == round(score.score, 1)
    text = unescape(petugas.get("/produk/UJI-LGM-001").text)
    assert f"{score.score:g}".replace(".", ",") + " dari 100" in text
    plain = re.sub(r"<li><a [^>]*>([^<]*)</a>", r"<li>\1", text)  # one leads to where it is done
    assert all(f"<li>{one.asks} " in plain for one in score.cheapest())
    assert all(part.criterion.why in text for part in score.parts if part.asks)


def test_the_spread_counts_all_that_the_filter_leaves(petugas, world):
    vary(world)
    for path, count in (("/mutu", 30), ("/mutu?sektor=logam", 15), ("/mutu?sektor=pangan", 0), ("/mutu?setelah=100.0_Z", 30)):
        text = petugas.get(path).text
        bands = [int(number) for number in re.findall(r"<dt>\d+–[\d,]+</dt><dd>(\d+)</dd>", text)]
        assert len(bands) == 10
        assert sum(bands) == count, path
    assert "Tidak ada produk untuk saringan ini" in petugas.get("/mutu?sektor=pangan").text


def test_firms_stand_by_their_score_with_the_way_to_their_sheet(petugas, world, firm):
    with world.work() as session:
        for number in range(30):
            apply_business(session, {"nib": f"91200001{number:05}", "name": f"CV Tanpa Produk {number}", "sector": "kimia"})
    rows = listed(petugas, "/mutu/ikm")
    assert len(rows) == len({name for _, name in rows}) == 31
    assert [score for score, _ in rows] == sorted(score for score, _ in rows)
    assert rows[-1][1] == f"/usaha/{firm}/mutu"
    assert len(listed(petugas, "/mutu/ikm?sektor=logam")) == 1


def test_the_sheet_asks_the_cheapest_first_and_says_when_products_are_left_out(petugas, world, firm):
    text = petugas.get(f"/usaha/{firm}/mutu").text
    first = re.search(r'<h2 id="tanya">.*?<ol class="items">(.*?)</ol>', text, re.S)
    assert first[1].count("<li>") == 3
    assert "Catat telepon dan kotak surat kantor usahanya." in first[1], "10 points of the firm's own for one answer"
    assert "20 dari 30 produk, yang terendah." in text
    assert "Tanyakan apakah usaha setuju datanya diterbitkan" in text
    with world.work() as session:
        row = session.query(BusinessRow).filter_by(ident=firm).one()
        row.name, row.consent_refused_on = HOSTILE, date(2026, 1, 1)
        session.query(ProductRow).update({"state": "withdrawn"})
    text = petugas.get(f"/usaha/{firm}/mutu").text
    assert "usaha menolak; tidak ditanyakan lagi" in text
    assert "Tanyakan apakah usaha setuju" not in text
    assert "belum ada yang ditawarkan" in text
    assert "<script>alert" not in text


def test_a_price_that_ran_out_yesterday_lowers_the_score_today(petugas, world):
    before = {name: score for score, name in listed(petugas, "/mutu")}
    with world.work() as session:
        products_by_sku(session)["UJI-LGM-000"].price_valid_until = date(2020, 1, 1)
    after = {name: score for score, name in listed(petugas, "/mutu")}
    assert before["/produk/UJI-LGM-000#mutu"] - after["/produk/UJI-LGM-000#mutu"] == 4


@pytest.mark.parametrize("path", ["/mutu", "/mutu/ikm", "/usaha/{firm}/mutu"])
def test_such_a_page_is_for_staff_takes_no_stray_filter_and_costs_at_most_nine_statements(petugas, client, statements, firm, path):
    path = path.format(firm=firm)
    assert client.get(path).headers["Location"].startswith("/masuk")
    assert petugas.get(f"{path}?urut=nilai").status_code == 400
    with statements() as seen:
        assert petugas.get(path).status_code == 200
    assert 1 < len(seen) <= 9, seen


@pytest.mark.parametrize("place", ["x", "50", "50_", "nan_A", "101_A", "-1_A", "inf_A", "_A"])
def test_a_place_that_cannot_be_read_is_refused(petugas, world, place):
    assert petugas.get(f"/mutu?setelah={place}").status_code == 400
    assert petugas.get(f"/mutu/ikm?setelah={place}").status_code == 400


def test_a_firm_that_is_not_there_is_said(petugas, world):
    answer = petugas.get("/usaha/ikm-tidak-ada/mutu")
    assert answer.status_code == 404
    assert "ikm-tidak-ada" in answer.text
