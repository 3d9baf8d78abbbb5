"""In a real browser, as narrow as a telephone: lists are narrowed as one types, and a tile of the map leads to its list."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from .browsing import SHOTS, fits
from .test_demand_lists import office  # noqa: F401

from .figuring import deals, figured  # noqa: F401  # isort: skip


def _shot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_lists_narrow_as_one_types_and_a_tile_leads_to_its_list(visit, office):  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    page, wrong = visit(width=360)
    for path, word, part in (("/permintaan", "kursi", "#daftar"), ("/produk", "UJI-LGM-00", "#daftar"), ("/ikm", "las", "#daftar")):
        page.goto(path)
        asked = []
        page.on("request", lambda request, its=asked: its.append(request.url) if "cari=" in request.url else None)
        page.locator("#cari").press_sequentially(word, delay=40)
        page.wait_for_url(f"**{path}?**cari={word}**")
        assert len(asked) <= 2, "typing on holds the question back"
        assert page.evaluate("document.activeElement.id") == "cari", "one types on where one was"
        assert page.input_value("#cari") == word
        told = page.locator(f"{part} [role=status]").first.inner_text()
        assert page.text_content("#dibacakan") == told, "how many are left is read out, by an element that stays"
        assert fits(page), path
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for name, path in {
            "peta": "/peta?dari=&sampai=&ukuran=permintaan", "grafik": "/grafik?dari=&sampai=&per=tahun", "permintaan": "/permintaan",
            "satu": "/permintaan/d-0000000000000005",
        }.items():  # fmt: skip
            page.goto(path)
            assert fits(page), path
            assert Axe().run(page).violations_count == 0, path
            _shot(page, f"{name}-{width}")
    page.goto("/peta?dari=2026&sampai=2026&ukuran=permintaan")
    page.locator("svg a[href*='daerah=33&'], svg a[href*='daerah=33']").first.click()
    page.wait_for_url("**/permintaan?**")
    told = parse_qs(urlsplit(page.url).query)
    assert (told["daerah"], told["dari"], told["sampai"]) == (["33"], ["2026-01"], ["2026-12"])
    assert page.input_value("#daerah") == "33" and page.is_checked("#sekali"), "the filters show what is asked for"
    _shot(page, "permintaan-dari-peta")
    assert wrong == []
