"""Staff search demands by words with the filters in the address; the counts lead to lists of just as many, with and without JavaScript."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest

from exchange.demand.indexing import catch_up

from .browsing import SHOTS, fits  # isort: skip

CHOICE = re.compile(r'<li class="list-inline-item"><a href="([^"]+)"[^>]*>(.*?)</a>\s*<span class="quiet">([\d.]+)</span>', re.S)


def _count(text: str) -> int:
    found = re.search(r"([\d.]+) permintaan</p>", text)
    assert found, text[:500]
    return int(found[1].replace(".", ""))


@pytest.fixture(params=["behind", "caught up"])
def indexed(request, world):
    if request.param == "caught up":
        catch_up(world, "36.72")
    return world


def test_each_count_leads_to_a_list_of_just_as_many(indexed, petugas):
    part = petugas.get("/permintaan?cari=kantor")
    choices = CHOICE.findall(part.text)
    assert len(choices) > 3
    for href, _, count in choices:
        path = html.unescape(href)
        assert "cari=kantor" in path, "the words stay"
        assert _count(petugas.get(path).text) == int(count.replace(".", "")), path
    narrowed = petugas.get("/permintaan?cari=kantor&daerah=33.74").text
    back = [html.unescape(href) for href, _, _ in CHOICE.findall(narrowed) if "daerah" not in href]
    assert "/permintaan?cari=kantor" in back, "what is chosen can be let go"


def test_words_that_cannot_be_searched_for_find_nothing_and_say_why(petugas):
    answer = petugas.get("/permintaan?cari=dan")
    assert (answer.status_code, _count(answer.text)) == (200, 0)
    assert "dari dua huruf ke atas" in answer.text
    assert petugas.get("/permintaan?cari=" + "+".join(f"kata{n}" for n in range(13))).status_code == 400


@pytest.mark.parametrize("query", ["", "?cari=kantor", "?cari=kan&daerah=33.74", "?ditarik=ya"])
def test_a_searched_page_costs_at_most_eight_statements(indexed, petugas, statements, query):
    with statements() as seen:
        assert petugas.get(f"/permintaan{query}").status_code == 200
    assert len([said for said in seen if said.lstrip().upper().startswith("SELECT")]) <= 8, seen


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 360)])
def test_the_box_searches_as_one_types_and_by_its_button(visit, world, script, width):
    from axe_playwright_python.sync_playwright import Axe

    page, wrong = visit(script=script, width=width)
    page.goto("/permintaan")
    if script:
        page.locator("#cari").press_sequentially("kanto")
        page.wait_for_url("**/permintaan?cari=kanto**")
    else:
        page.fill("#cari", "kanto")
        page.click("main form button")
    if width < 768:
        page.get_by_text("Persempit, dengan jumlahnya").click()
    page.locator("#daftar .facets a").first.wait_for()
    page.locator("#daftar .facets a").first.click()
    page.wait_for_url("**daerah=**")
    assert "cari=kanto" in urlsplit(page.url).query
    assert page.locator("#daftar tbody tr").count() > 0
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/permintaan-cari-{width}.png", full_page=True)
    assert fits(page) if script else True
    if script:
        assert Axe().run(page).violations_count == 0
    assert wrong == []
