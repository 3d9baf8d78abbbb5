"""Accounts in a real browser: every page readable by all, nothing from outside, the picture of the second factor drawn without a script."""

from __future__ import annotations

import re
from base64 import b32decode
from pathlib import Path

import pytest

from exchange.access import account_links, second_factor
from exchange.store.base import utcnow

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

PAGES = {
    "pengguna": "/pengguna",
    "satu-pengguna": "/pengguna/2",
    "akun-saya": "/saya",
    "pasang-kode": "/saya/kode",
    "catatan": "/catatan",
    "catatan-kosong": "/catatan?siapa=tidakada",
    "surel": "/surel",
}
OPEN = {"masuk": "/masuk", "lupa": "/lupa"}


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_accounts_is_accessible_and_keeps_the_policy(visit, world, width):
    with world.work() as session:
        word = account_links.invite(session, "sari", "petugas", "sari@contoh.invalid", actor="admin").word
    page, wrong = visit("admin", width=width)
    visitor, also = visit(None, width=width)
    for opened, pages in ((page, PAGES), (visitor, OPEN | {"undangan": f"/akun/{word}"})):
        for name, path in pages.items():
            opened.goto(path)
            assert opened.locator("h1").count() == 1, path
            assert violations(opened) == [], path
            assert fits(opened), f"{path} scrolls sideways at {width}"
            if SHOTS:
                opened.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    page.goto("/pengguna")
    page.get_by_role("main").get_by_role("link", name="admin", exact=True).click()
    sync_api.expect(page.get_by_text("sesi ini", exact=True)).to_be_visible()
    assert violations(page) == [] and fits(page), "one's own account, with the session at hand"
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"akun-sendiri-{width}.png", full_page=True)
    page.goto("/pengguna")
    page.fill("#nama", "budi.s")
    page.get_by_role("button", name="Undang").click()
    assert violations(page) == []
    assert "/akun/" in page.locator("#tautan").inner_text()
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"tautan-{width}.png", full_page=True)
    assert wrong + also == []


@pytest.mark.parametrize("script", [True, False])
def test_a_second_factor_is_set_up_and_asked_for_with_and_without_javascript(visit, script):
    page, wrong = visit("petugas", script=script)
    page.goto("/saya")
    page.get_by_role("link", name="Pasang kode kedua").click()
    picture = page.locator(".qr-frame svg").bounding_box()
    assert picture["width"] > 150
    key = re.sub(r"\s", "", page.locator("code.secret").inner_text())
    secret = b32decode(key)
    page.fill("#kode", second_factor.code_at(secret, int(utcnow().timestamp()) // 30))
    page.get_by_role("button", name="Pasang").click()
    sync_api.expect(page.locator("#cadangan li")).to_have_count(10)
    assert not script or violations(page) == []  # axe itself is a script
    spare = page.locator("#cadangan li").first.inner_text()
    page.get_by_role("link", name=re.compile("Sudah saya simpan")).click()
    page.locator(".masthead").get_by_role("button", name="Keluar").click()
    page.fill("#name", "petugas")
    page.fill("#password", "kata-sandi-uji-coba")
    page.locator("main form button").click()
    page.wait_for_url(re.compile("/masuk/kode"))
    assert not script or violations(page) == []  # axe itself is a script
    page.fill("#kode", spare)
    page.locator("main form button").click()
    sync_api.expect(page.locator("h1")).to_have_text("Beranda")
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_somebody_is_invited_begins_on_a_telephone_becomes_a_reader_and_is_let_go(visit, width, script):
    page, wrong = visit("admin", width=width, script=script)
    page.locator(".menu").get_by_role("link", name="Pengelolaan").click()
    page.fill("#nama", "sari.w")
    page.select_option("#peran", "petugas")
    page.get_by_role("button", name="Undang").click()
    link = page.locator("#tautan").inner_text()

    guest, also = visit(None, width=width, script=script)
    guest.goto(link)
    guest.fill("#baru", "kata-sandi-milik-sari")
    guest.fill("#ulang", "kata-sandi-milik-sarI")
    guest.locator("main form button").click()
    sync_api.expect(guest.get_by_role("alert")).to_be_visible()
    guest.fill("#baru", "kata-sandi-milik-sari")
    guest.fill("#ulang", "kata-sandi-milik-sari")
    with guest.expect_navigation():
        guest.locator("main form button").click()
    if guest.locator("#name").count():
        guest.fill("#name", "sari.w")
        guest.fill("#password", "kata-sandi-milik-sari")
        guest.locator("main form button").click()
    sync_api.expect(guest.locator("h1")).to_have_text("Beranda")
    sync_api.expect(guest.locator(".menu").first).not_to_contain_text("Pengelolaan")
    guest.goto(link)
    sync_api.expect(guest.get_by_role("heading")).not_to_contain_text("Tetapkan kata sandi")

    page.locator(".menu.within").get_by_role("link", name="Pengguna").click()
    page.get_by_role("link", name="sari.w").click()
    page.select_option("#peran", "pimpinan")
    page.get_by_role("button", name="Simpan peran").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("sari.w kini pimpinan")
    guest.goto("/kecocokan/1")
    sync_api.expect(guest.get_by_role("button", name="Terima")).to_be_disabled()
    sync_api.expect(guest.locator("#sebab-tutup")).to_contain_text("peran Anda pimpinan")
    page.get_by_role("button", name=re.compile("^Akhiri semua")).click()
    guest.goto("/")
    sync_api.expect(guest.locator("#password")).to_be_visible()
    page.get_by_role("button", name="Tutup akun").click()
    guest.fill("#name", "sari.w")
    guest.fill("#password", "kata-sandi-milik-sari")
    guest.locator("main form button").click()
    sync_api.expect(guest.locator("#password")).to_be_visible()
    page.get_by_role("link", name="Semua catatan tentang akun ini").click()
    sync_api.expect(page.locator("main")).to_contain_text("sari.w")
    if script:
        assert violations(page) == [] and violations(guest) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"catatan-sari-{width}.png", full_page=True)
    assert wrong + also == []
