"""The pages of trade in a real browser: readable by all, whole without JavaScript, good on a telephone and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exchange.store.trade import deal_by_ident

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .dealing import DRAFTED, PARTLY, SENT, deals  # noqa: E402, F401  # isort: skip
from .test_together import shortage  # noqa: E402, F401  # isort: skip

pytestmark = [
    pytest.mark.browser, pytest.mark.usefixtures("deals"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]  # fmt: skip

PAGES = {
    "perdagangan": "/perdagangan",
    "perdagangan-kosong": "/perdagangan?daerah=11",
    "dagang-disusun": f"/perdagangan/{DRAFTED}",
    "dagang-ditawarkan": f"/perdagangan/{SENT}",
    "dagang-diterima": f"/perdagangan/{PARTLY}",
    "kecocokan-diterima": "/kecocokan/1",
    "permintaan-bersama": "/permintaan/d-00000000000000ff",
}


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_trade_is_accessible_with_all_its_forms_open(visit, shortage, width):  # noqa: F811
    page, wrong = visit(width=width)
    for name, path in PAGES.items():
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        assert violations(page) == [], path
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(page) == [], f"{path} with its forms open"
        assert fits(page), f"{path} scrolls sideways at {width}"
        if SHOTS and "dagang-" in name:
            page.screenshot(path=Path(SHOTS) / f"{name}-terbuka-{width}.png", full_page=True)
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_an_order_is_taken_and_received_with_and_without_javascript(visit, world, script):
    page, wrong = visit(script=script)
    page.goto(f"/perdagangan/{SENT}")
    page.get_by_text("Catat pesanan", exact=True).click()
    page.get_by_label("Nomor pesanan").fill("PO-9")
    page.get_by_role("button", name="Simpan pesanan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Tersimpan: mencatat pesanan")
    page.get_by_text("Catat penerimaan", exact=True).click()
    page.get_by_label("Jumlah diterima").fill("999")
    page.get_by_role("button", name="Simpan penerimaan").click()
    sync_api.expect(page.locator(".alert-danger")).to_contain_text("lebih dari sisa pesanan 12,5")
    assert page.get_by_label("Jumlah diterima").input_value() == "999", "the form is open and keeps what was typed"
    page.get_by_label("Jumlah diterima").fill("12,5")
    page.get_by_role("button", name="Simpan penerimaan").click()
    sync_api.expect(page.locator(".lead-in")).to_contain_text("selesai")
    with world.read() as session:
        assert deal_by_ident(session, SENT).state == "selesai"
    assert wrong == []


def test_two_in_two_windows_do_not_overwrite_each_other(visit, world):
    first, _ = visit()
    second, _ = visit("admin")
    for page in (first, second):
        page.goto(f"/perdagangan/{DRAFTED}")
        if not page.get_by_role("button", name="Simpan susunan").is_visible():
            page.get_by_text("Susun jumlah dan harga", exact=True).click()
    first.get_by_label(re.compile("^Jumlah")).first.fill("90")
    first.get_by_role("button", name="Simpan susunan").click()
    sync_api.expect(first.locator("#pesan")).to_contain_text("Tersimpan")
    second.get_by_label(re.compile("^Jumlah")).first.fill("40")
    second.get_by_role("button", name="Simpan susunan").click()
    sync_api.expect(second.get_by_role("alert")).to_contain_text("sudah diubah petugas")
    row = second.get_by_role("row", name=re.compile("baris 1, jumlah"))
    sync_api.expect(row).to_contain_text("90")
    sync_api.expect(row).to_contain_text("40")
    if SHOTS:
        second.screenshot(path=Path(SHOTS) / "dagang-bentrok-1280.png", full_page=True)


def test_a_deal_on_paper_is_its_lines_and_its_history_without_forms(visit, world):
    page, _ = visit(width=695)  # what A4 leaves between its margins
    page.goto(f"/perdagangan/{PARTLY}")
    page.emulate_media(media="print")
    assert page.locator(".menu:visible").count() == 0 and page.locator("#langkah").is_hidden()
    assert page.locator("#penerimaan").is_visible()
    shape = "getComputedStyle(document.querySelector('.deal .stack tbody td')).display"
    assert page.evaluate(shape) == "table-cell", "paper is narrow, yet no telephone"
    assert fits(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "dagang-cetak.png", full_page=True)
