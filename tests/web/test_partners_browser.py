"""The partners' pages in a real browser: a secret is made, shown once, and printed on one sheet of paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exchange.access.partners import STAGES, named, set_scopes, set_stage
from exchange.access.scopes import SCOPES

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

ONE = "/mitra/kota-contoh"


def looks(page, name, width):
    page.wait_for_load_state("load")
    assert fits(page), f"{name} scrolls sideways at {width}"
    assert violations(page) == [], name
    for box in page.locator("main .form-check-input:visible").all():
        assert min(box.bounding_box()["width"], box.bounding_box()["height"]) >= 24, f"a box of {name} is smaller than a finger"
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


def sheets(page, name) -> int:
    """How many sheets of A4 the page prints on."""
    page.wait_for_load_state("load")  # with its style
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    if SHOTS:
        (Path(SHOTS) / f"{name}.pdf").write_bytes(printed)
    return len(re.findall(rb"/Type\s*/Page\b", printed))


@pytest.mark.parametrize("width", [360, 1280])
def test_an_admin_works_through_a_partner_on_accessible_pages(visit, world, width):
    page, wrong = visit("admin", width=width)
    for name, path in (("mitra", "/mitra"), ("satu-mitra", ONE), ("lembar-mitra", f"{ONE}/lembar")):
        page.goto(path)
        looks(page, f"admin-{name}", width)
    page.goto(ONE)
    page.get_by_role("button", name="Buat rahasia dan lembar cetaknya").click()
    word = page.locator(".secret").inner_text()
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", word)
    looks(page, "admin-lembar-rahasia", width)
    page.reload()  # the browser sends the form again
    sync_api.expect(page.get_by_role("alert")).to_contain_text("sudah berubah sejak halamannya dibuka")
    assert word not in page.content()
    looks(page, "admin-rahasia-lagi", width)
    assert wrong == []


def test_who_may_not_change_partners_reads_them_on_accessible_pages(visit, world):
    page, wrong = visit("petugas", width=360)
    for path in ("/mitra", ONE, f"{ONE}/lembar"):
        page.goto(path)
        looks(page, f"petugas-{path.strip('/').replace('/', '-')}", 360)
        assert page.locator("main button:not([disabled])").count() == 0
    assert wrong == []


@pytest.mark.parametrize("stage", STAGES)
def test_the_sheet_is_one_page_of_paper_at_every_stage_with_the_secret_on_it(visit, world, stage):
    with world.work() as session:
        row = named(session, "kota-contoh")
        row.name = "Dinas Koperasi, Usaha Kecil, Perindustrian dan Perdagangan Kabupaten Contoh Barat Daya"
        within = {"sectors": ["logam", "kimia", "pangan", "energi"], "kbli": ["25111", "10710"]} if stage == "contracted" else {}
        set_stage(session, row, stage, actor="uji", **within)
        set_scopes(session, row, SCOPES, actor="uji")
    page, _wrong = visit("admin", script=False)
    page.goto(ONE)
    page.get_by_role("button", name="Buat rahasia dan lembar cetaknya").click()
    sync_api.expect(page.locator(".secret")).to_have_count(1)
    assert sheets(page, f"lembar-{stage}") == 1


def test_a_partner_is_added_without_javascript(visit, world):
    page, wrong = visit("admin", width=360, script=False)
    page.goto("/mitra")
    page.fill("#nama", "Pemerintah Kabupaten Lain")
    page.fill("#ident", "kab-lain")
    page.fill("#daerah", "99.99")
    page.click("text=Daftarkan >> nth=-1")
    sync_api.expect(page.get_by_role("alert")).to_contain_text("Kode wilayah '99.99' tidak dikenal")
    assert page.input_value("#ident") == "kab-lain"
    page.fill("#daerah", "36.04")
    page.click("text=Daftarkan >> nth=-1")
    sync_api.expect(page.locator("#pesan")).to_contain_text("terdaftar")
    page.get_by_label("Kesepakatan Bersama").check()
    page.get_by_role("button", name="Simpan tahap").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Tahap disimpan")
    with world.read() as session:
        assert named(session, "kab-lain").stage == "agreed"
    assert wrong == []
