"""Which agreement covers a match, in a real browser: chosen from the list with and without JavaScript, readable at every width."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.agreements.node import node_of

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from ..agreements.cases import go_until, new_case  # noqa: E402  # isort: skip
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.fixture
def covered(world, settings):
    """The name of a contract for metal with Kota Semarang; a case with Kabupaten Tegal is on its way."""
    node, on = node_of(settings), settings.day()
    with world.work() as session:
        new_case(session, node, on=on, region="33.28", counterpart="Pemerintah Kabupaten Tegal")
        return go_until(session, node, new_case(session, node, on=on), "laksanakan", on=on).ident


@pytest.mark.parametrize("script", [True, False])
def test_the_filter_leaves_the_covered_ones_with_the_way_to_their_case(visit, covered, script):
    page, wrong = visit(script=script)
    page.goto("/kecocokan")
    page.select_option("#cakupan", "covered")
    if not script:
        page.get_by_role("button", name="Saring").click()
    page.wait_for_url("**cakupan=covered**")
    rows = page.locator("tbody tr")
    sync_api.expect(rows.filter(has_text="belum ada perjanjian")).to_have_count(0)
    assert rows.count() > 0
    assert rows.locator(f"a[href='/kerja-sama/{covered}']").count() == rows.count()
    assert page.locator("#cakupan").input_value() == "covered"
    assert wrong == []


@pytest.mark.parametrize("width", [360, 1280])
def test_the_words_are_accessible_and_fit_every_width(visit, covered, width):
    page, wrong = visit(width=width)
    for name, path in {"kecocokan-cakupan": "/kecocokan", "kecocokan-tercakup": "/kecocokan?cakupan=covered"}.items():
        page.goto(path)
        assert violations(page) == [], path
        assert fits(page), path
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    page.locator("tbody tr th a").first.click()
    sync_api.expect(page.locator("#kecocokan")).to_contain_text("Perjanjian: tercakup perjanjian")
    assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"satu-kecocokan-tercakup-{width}.png", full_page=True)
    assert wrong == []
