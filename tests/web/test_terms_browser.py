"""Terms in a real browser: explained by a tap on a telephone, where they stand and at the foot, for all readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.web.glossary import TERMS

from .casework import node, open_case  # noqa: F401

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.mark.parametrize(("width", "script"), [(360, False), (360, True), (1280, True)])
def test_a_tap_on_an_abbreviation_leads_to_what_it_means(visit, open_case, width, script):  # noqa: F811
    page, wrong = visit("petugas", width=width, script=script)
    page.goto(f"/kerja-sama/{open_case()}")
    assert page.locator("a.term", has_text="TKKSD").count() == 1, "where it first stands, and nowhere else"
    foot = page.locator("details.terms-here")
    foot.locator("summary").click()
    sync_api.expect(foot.locator("dd").filter(has_text="Tim Koordinasi Kerja Sama Daerah")).to_be_visible()
    assert fits(page), width
    assert not script or violations(page) == []  # axe itself is a script
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"istilah-di-kaki-{width}.png", full_page=True)
    page.locator("a.term", has_text="TKKSD").click()
    page.wait_for_url("**/istilah#tkksd")
    sync_api.expect(page.locator("#tkksd")).to_be_in_viewport()
    assert page.locator("dl.terms dt").count() == len(TERMS)
    assert fits(page), width
    assert not script or violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"istilah-{width}.png", full_page=True)
    assert wrong == []
