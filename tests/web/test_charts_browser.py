"""Maps, charts, reports and downloads in a real browser: whole without JavaScript, good on a telephone and on paper."""

from __future__ import annotations

import re
import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange.jobs.exports import Exports
from exchange.jobs.unmet import UnmetCounts
from exchange.jobs.worker import Worker
from exchange.store.exports import ExportRow

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .figuring import deals, figured, squares  # noqa: E402, F401  # isort: skip

pytestmark = [
    pytest.mark.browser, pytest.mark.usefixtures("figured"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]  # fmt: skip

ALL = "dari=&sampai="
PAGES = {
    "peta": f"/peta?{ALL}",
    "peta-banyak": f"/peta?{ALL}&ukuran=permintaan&sektor=tidak_terbaca",
    "peta-kosong": "/peta?dari=2019&sampai=2019",
    "peta-jateng": f"/peta?{ALL}&daerah=33",
    "grafik": f"/grafik?{ALL}",
    "grafik-triwulan": f"/grafik?{ALL}&per=triwulan&daerah=33",
    "laporan": "/laporan",
    "laporan-bulan": "/laporan/masa/2026-11",
    "unduhan": "/unduhan",
}


@pytest.fixture
def at_work(figured, settings):  # noqa: F811
    """A worker beside the pages."""
    worker = Worker(figured, settings, [UnmetCounts(figured, settings), Exports(figured, settings)])
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    yield worker
    worker.stop()
    thread.join(10)


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_never_wider_than_the_screen(visit, width):
    page, wrong = visit(width=width)
    for name, path in PAGES.items():
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        assert violations(page) == [], path
        assert fits(page), f"{path} scrolls sideways at {width}"
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    assert wrong == []


def test_a_map_of_boundaries_is_accessible_and_leads_to_its_lists(visit, figured):  # noqa: F811
    with figured.work() as session:
        squares(session)
    for width in (360, 1280):
        page, wrong = visit(width=width)
        page.goto(PAGES["peta"])
        assert violations(page) == []
        assert fits(page)
        page.get_by_role("link", name="Jawa Tengah (33): Rp").first.click()
        page.wait_for_url("**/permintaan?daerah=33*")
        assert wrong == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_what_semarang_asked_for_that_we_could_not_supply(visit, figured, settings, at_work, script, width):  # noqa: F811
    page, wrong = visit(script=script, width=width)
    page.goto(f"/peta?{ALL}&ukuran=tak-terlayani")
    page.get_by_role("link", name="Rincian Jawa Tengah").click()
    page.locator("table").get_by_role("link", name="Kota Semarang").first.click()
    page.wait_for_url("**/permintaan?daerah=33.74&hasil=unmet")
    assert page.locator("#daftar tbody tr").count() >= 4
    page.get_by_role("link", name="Sebabnya dan usulan pelatihan").click()
    page.wait_for_url(re.compile("/laporan/kebutuhan.*daerah=33.74"))
    page.get_by_role("button", name="Hitung sekarang di latar").click()
    for _each in range(40):
        if page.get_by_text("tidak terlayani; ").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    sync_api.expect(page.locator("#daftar")).to_contain_text("Permintaannya")
    page.locator(".export-form").get_by_role("button", name="XLSX").click()
    page.wait_for_url("**/unduhan")
    link = page.get_by_role("link", name="Buka berkas Permintaan tidak terlayani")
    for _each in range(40):
        if link.count():
            break
        page.wait_for_timeout(500)
        if not script:  # the page that comes is whole before it is asked whether there is still something to wait for
            with page.expect_navigation():
                page.get_by_role("link", name="Lihat lagi").click()
    with page.expect_download() as coming:
        link.click()
    assert coming.value.suggested_filename.startswith("kebutuhan-") and coming.value.path().stat().st_size > 1000
    with figured.read() as session:
        row = session.scalars(select(ExportRow)).one()
    assert row.filters == {"dari": "", "sampai": "", "daerah": "33.74"} and row.rows >= 4
    assert wrong == []


def test_a_map_and_a_report_on_paper_have_their_figures_and_no_forms(visit, settings):
    page, _ = visit(width=695)
    page.goto(PAGES["peta"])
    page.emulate_media(media="print")
    assert page.locator(".menu:visible").count() == 0 and page.locator(".filters-card").is_hidden() and page.locator("#batas").is_hidden()
    assert page.locator("svg.chart-wide .tile-value").first.is_visible()
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "peta-cetak.png", full_page=True)
    page.goto(f"/laporan/masa/{date.today():%Y-%m}")
    assert page.locator("#arti").is_visible()
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "laporan-cetak.png", full_page=True)
