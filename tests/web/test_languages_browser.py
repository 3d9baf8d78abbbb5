"""The switch in a real browser on a telephone: found, pressed and taken back, with and without JavaScript; English pages as accessible."""

from __future__ import annotations

from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .walking import deals, hook, office, shortage  # noqa: E402, F401  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.mark.parametrize("script", [True, False])
def test_a_reader_on_a_telephone_reads_english_from_the_login_on_and_goes_back(visit, world, script):
    page, wrong = visit(None, width=360, script=script)
    page.goto("/masuk")
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_label("User name").fill("petugas")
    page.get_by_label("Password").fill("kata-sandi-uji-coba")
    page.locator("main").get_by_role("button", name="Log in").click()
    sync_api.expect(page.get_by_role("link", name="Matches", exact=True)).to_be_visible()
    page.goto("/kecocokan?sektor=logam")
    sync_api.expect(page.locator("h1")).to_have_text("Matches")
    assert fits(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"english-360-{script}.png", full_page=True)
    page.locator("tbody tr").first.get_by_role("button", name="Accept").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Saved: this match is accepted.")
    back = page.get_by_role("button", name="Bahasa Indonesia")
    box = back.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360, "it is within the screen"
    back.click()
    sync_api.expect(page.locator("h1")).to_have_text("Kecocokan")
    assert page.url.endswith("/kecocokan?sektor=logam"), "back on the page where it was pressed"
    assert wrong == []


@pytest.mark.parametrize("width", [360, 1280])
def test_english_pages_are_accessible_and_fit_the_screen(visit, office, width):  # noqa: F811
    page, wrong = visit(width=width)
    page.get_by_role("button", name="English").click()
    for route, paths in office.items():
        if route.startswith(("web_uploads", "web_auth")):
            continue
        page.goto(paths[0])
        assert violations(page) == [], paths[0]
        assert fits(page), f"{paths[0]} scrolls sideways at {width}"
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"english-{route}-{width}.png", full_page=True)
    assert wrong == []
