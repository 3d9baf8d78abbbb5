"""Filters of lists in a real browser: on a telephone the list is in sight and no choice is cut, elsewhere they stand open."""

from __future__ import annotations

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import violations  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
# the selects of which what is chosen is wider than their room
CUT = """() => [...document.querySelectorAll('.filters select')].filter(one => one.checkVisibility()).flatMap(one => {
  const look = getComputedStyle(one), pen = document.createElement('canvas').getContext('2d');
  pen.font = look.font;
  const room = one.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight);
  return pen.measureText(one.selectedOptions[0].text).width > room + 1 ? [one.id] : [];
})"""


@pytest.mark.parametrize("path", ["/kecocokan", "/permintaan", "/kerja-sama", "/perdagangan", "/laporan/kebutuhan"])
def test_on_a_telephone_the_list_is_in_sight_and_no_choice_is_cut(visit, path):
    page, wrong = visit(width=360)
    page.goto(path)
    many = page.get_by_text("Saringan lain")
    if many.count():
        sync_api.expect(page.locator("#status")).to_be_hidden()
        assert page.locator("main h1 ~ #daftar").bounding_box()["y"] < 620
        many.click()
        sync_api.expect(page.locator("#status")).to_be_visible()
    assert page.evaluate(CUT) == []
    assert violations(page) == []
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("path", ["/kecocokan", "/permintaan"])
def test_where_there_is_room_the_filters_stand_open_and_one_that_is_used_is_never_hidden(visit, script, path):
    page, wrong = visit(script=script)
    page.goto(path)
    sync_api.expect(page.get_by_text("Saringan lain")).to_be_hidden()
    sync_api.expect(page.locator("#sektor")).to_be_visible()
    narrow, wrong_too = visit(width=360, script=script)
    narrow.goto(f"{path}?sektor=logam")
    sync_api.expect(narrow.locator("#sektor")).to_be_visible()
    assert wrong == wrong_too == []


def counts_of(page):
    return page.locator("nav[aria-label='Daerah pembeli'] a").first


@pytest.mark.parametrize("script", [True, False])
def test_on_a_telephone_demands_come_before_the_counts_that_narrow_them(visit, script):
    page, wrong = visit(width=360, script=script)
    page.goto("/permintaan")
    counts = counts_of(page)
    sync_api.expect(counts).to_be_hidden()
    assert page.locator("#daftar tbody tr").first.bounding_box()["y"] < 900, "the first demand is in the first sight"
    page.get_by_text("Persempit, dengan jumlahnya").click()
    sync_api.expect(counts).to_be_visible()
    counts.click()
    page.wait_for_url("**/permintaan?**daerah=*")
    sync_api.expect(page.locator("#daerah")).not_to_have_value("")
    sync_api.expect(page.locator("#daerah")).to_be_visible()
    if script:
        assert violations(page) == []
    wide, wrong_too = visit(script=script)
    wide.goto("/permintaan")
    sync_api.expect(counts_of(wide)).to_be_visible()
    assert wrong == wrong_too == []
