"""The pages in a real browser: nothing from outside, nothing against the policy, readable by all, whole without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange.access.upload_links import UploadLink, write_link
from exchange.store.base import utcnow
from exchange.store.businesses import BusinessRow
from exchange.store.matches import match_by_id
from exchange.store.products import products_by_sku
from exchange.store.runs import RunRow
from exchange.store.sources import SourceRow, source_by_name
from exchange.store.supply import SupplyRow
from exchange.sync.registry import connector_for
from exchange.sync.uploaded import ADDRESS

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip

# what the pages do does not depend on the database behind them
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

PAGES = {
    "beranda": "/",
    "kecocokan": "/kecocokan",
    "kecocokan-kosong": "/kecocokan?cari=tidakada",
    "satu-kecocokan": "/kecocokan/1",
    "permintaan": "/permintaan",
    "satu-permintaan": "/permintaan/d-0000000000000000",
    "produk": "/produk",
    "satu-produk": "/produk/UJI-LGM-001",
    "produk-untuk": "/produk/untuk?kebutuhan=pagar+besi",
    "produk-untuk-kosong": "/produk/untuk?kebutuhan=genset",
    "produk-kembar": "/produk/kembar",
    "mutu": "/mutu",
    "mutu-kosong": "/mutu?sektor=pangan",
    "mutu-ikm": "/mutu/ikm",
    "lembar-kunjungan": "/usaha/ikm-000000000000/mutu",
    "permintaan-untuk-produk": "/produk/UJI-LGM-001/permintaan",
    "pasokan": "/pasokan",
    "pasokan-kosong": "/pasokan?cari=tidakada",
    "satu-pasokan": "/pasokan/s-0000000000000001",
    "sumber": "/sumber",
    "satu-sumber": "/sumber/semarang",
    "mitra": "/mitra",
    "satu-mitra": "/mitra/kota-contoh",
    "lembar-mitra": "/mitra/kota-contoh/lembar",
    "malam": "/malam",
    "satu-malam": "/malam/1",
    "karantina": "/karantina",
    "usulan": "/usulan",
    "tidak-ada": "/tidak-ada",
}


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_keeps_the_policy_and_asks_nobody_else(visit, world, width):
    with world.work() as session:
        session.scalars(select(BusinessRow).where(BusinessRow.nib == "9120000000017")).one().ident = "ikm-000000000000"
        for row in session.scalars(select(SupplyRow).where(SupplyRow.ident.in_(["s-0000000000000001", "s-0000000000000004"]))):
            row.source_id, row.missing_since, row.missing_runs, row.held_why = 1, utcnow(), 1, "guard"
    page, wrong = visit(width=width)
    for name, path in PAGES.items():
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        assert violations(page) == [], path
        assert fits(page), f"{path} scrolls sideways at {width}"
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    assert wrong == []
    visitor, wrong = visit(None, width=width)
    visitor.goto("/masuk")
    assert violations(visitor) == []
    assert wrong == []
    visitor.evaluate("document.querySelector('label').remove()")
    assert "label" in str(violations(visitor)), "the check itself would find a fault"


def test_the_sheet_for_a_visit_keeps_its_tables_on_paper(visit, world):
    with world.read() as session:
        ident = session.scalars(select(BusinessRow).where(BusinessRow.nib == "9120000000017")).one().ident
    page, _ = visit(width=695)  # what A4 leaves between its margins
    page.goto(f"/usaha/{ident}/mutu")
    shape = "getComputedStyle(document.querySelector('.sheet .stack tbody td')).display"
    assert page.evaluate(shape) == "block"
    page.emulate_media(media="print")
    assert page.evaluate(shape) == "table-cell"
    assert page.locator(".menu:visible").count() == 0


@pytest.mark.parametrize("script", [True, False])
def test_a_match_is_accepted_from_the_list_with_and_without_javascript(visit, world, script):
    page, wrong = visit(script=script)
    page.goto("/kecocokan?sektor=logam")
    row = page.locator("tbody tr").first
    match_id = int(row.get_attribute("id").removeprefix("row-"))
    row.get_by_role("button", name=re.compile("^Terima")).click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("diterima")
    if script:
        # only the row was exchanged: it is still in its place, decided, and has the focus
        sync_api.expect(page.locator(f"#row-{match_id}")).to_contain_text("oleh petugas")
        assert page.evaluate("document.activeElement.closest('tr')?.id") == f"row-{match_id}"
    assert page.url.endswith("/kecocokan?sektor=logam")
    with world.read() as session:
        assert match_by_id(session, match_id).state == "accepted"
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_rejection_wants_its_reason_and_is_then_shown_with_it(visit, world, script):
    page, wrong = visit(script=script)
    page.goto("/kecocokan/1")
    page.get_by_role("button", name="Tolak", exact=True).click()
    with world.read() as session:
        assert match_by_id(session, 1).state == "proposed"
    page.select_option("#alasan", "wrong_specification")
    page.fill("#reason", "Ukurannya tidak sesuai.")
    page.get_by_role("button", name="Tolak", exact=True).click()
    sync_api.expect(page.locator("#keputusan")).to_contain_text("Ukurannya tidak sesuai.")
    with world.read() as session:
        assert match_by_id(session, 1).reason == "Ukurannya tidak sesuai."
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_doubt_is_compared_with_another_product_and_made_a_new_one(visit, world, script):
    page, wrong = visit(script=script)
    page.goto("/usulan")
    card = page.locator("#usulan-2")
    card.get_by_label("Mungkin produk lain usaha ini").select_option("UJI-LGM-003")
    card.get_by_role("button", name=re.compile("^Bandingkan")).click()
    sync_api.expect(card.locator("caption")).to_contain_text("UJI-LGM-003")
    card.get_by_label("SKU, bila memang produk baru").press("Enter")  # the field's own button, never the one that applies
    sync_api.expect(page.locator("#pesan")).to_contain_text("menjadi produk baru UJI-LGM-030")
    assert page.locator("#usulan-2").count() == 0
    with world.read() as session:
        assert products_by_sku(session, ["UJI-LGM-030"])["UJI-LGM-030"].name == "Pagar hollow besi"
    assert wrong == []


def test_who_comes_second_sees_who_decided_and_keeps_what_was_typed(visit, world):
    first, _ = visit("admin")
    second, wrong = visit("petugas")
    for page in (first, second):
        page.goto("/kecocokan/1")
    first.get_by_role("button", name="Terima", exact=True).click()
    sync_api.expect(first.locator("#keputusan")).to_contain_text("oleh admin")
    second.fill("#note", "Sudah saya telepon.")
    second.get_by_role("button", name="Terima", exact=True).click()
    sync_api.expect(second.get_by_role("alert")).to_contain_text("admin sudah memutuskan: diterima")
    assert second.input_value("#note") == "Sudah saya telepon."
    assert wrong == []


def test_a_filter_changes_the_list_and_the_address_without_a_new_page(visit, address):
    page, wrong = visit()
    page.goto("/kecocokan")
    page.evaluate("window.same = true")
    page.select_option("#sektor", "kimia")
    page.wait_for_url(re.compile("sektor=kimia"))
    sync_api.expect(page.locator("tbody tr").first).to_contain_text("Kimia")
    assert page.evaluate("window.same") is True
    assert page.locator("tbody").get_by_text("· Logam").count() == 0
    page.go_back()
    sync_api.expect(page.locator("h1")).to_have_text("Kecocokan")
    sync_api.expect(page.locator("tbody").get_by_text("· Logam").first).to_be_visible()
    assert wrong == []


def test_the_list_is_worked_by_keyboard_alone(visit, world):
    page, _ = visit()
    page.goto("/kecocokan")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Langsung ke isi"
    page.keyboard.press("Enter")
    reached = []
    for _step in range(32):  # the filters of months and the two scores are on the way
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    filters = ["cari", "orang", "tunda", "sektor", "daerah", "cakupan", "nilai", "alasan", "dari", "sampai", "sekali"]
    assert [one for one in reached if one in filters] == filters, "in the order in which they stand"
    assert "Terima" in reached


@pytest.mark.parametrize(("width", "script"), [(360, True), (360, False), (1280, True)])
def test_a_region_sends_its_table_by_a_link_on_a_telephone_and_without_javascript(visit, world, settings, tmp_path, width, script):
    with world.work() as session:
        session.add(SourceRow(name="kota", connector="table", region="33.74", options={"url": ADDRESS}, state="approved", upload_key=1))
    link = UploadLink("kota", 1, "Dinas Perindustrian Kota Contoh", utcnow() + timedelta(days=3))
    rows = "".join(f"{n},Belanja rak arsip besi nomor {n},Dinas Contoh,{-1 if n == 3 else 1_250_000}\n" for n in range(1, 30))
    file = tmp_path / "daftar.csv"
    file.write_text("Kode Paket,Nama Paket,Satuan Kerja,Pagu\n" + rows, encoding="utf-8")
    page, wrong = visit(None, width=width, script=script)

    def looks(name):
        assert fits(page), name
        if script:
            assert violations(page) == [], name
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"unggah-{name}-{width}.png", full_page=True)

    page.goto(f"/unggah/{write_link(settings.secret_key, link)}")
    looks("formulir")
    page.set_input_files("#berkas", file)
    page.get_by_role("button", name="Unggah dan lihat dahulu").click()
    sync_api.expect(page.locator("main")).to_contain_text("Belanja rak arsip besi nomor 1")
    looks("lihat")
    page.get_by_role("button", name="Kirim", exact=True).click()
    sync_api.expect(page.locator("h1")).to_have_text("Daftar sudah terkirim")
    looks("terkirim")
    page.reload()
    sync_api.expect(page.locator("h1")).to_have_text("Daftar sudah terkirim")
    assert page.context.cookies() == []
    assert wrong == []


@pytest.mark.parametrize(("width", "script"), [(360, True), (1280, True), (1280, False)])
def test_a_list_is_accepted_only_after_it_was_said_to_be_looked_into(visit, world, width, script):
    doubts = [
        {"kind": "volume", "says": "Hanya 10 data datang; yang paling sedikit sebelumnya 1200.", "before": 1200, "now": 10},
        {"kind": "buyers", "says": "Pembeli dalam daftar ini bukan pembeli yang dikenal.", "before": ["D9374"], "now": ["D1111", "D1112"]},
    ]
    with world.work() as session:
        source = source_by_name(session, "semarang")
        facts = {"doubts": doubts, "last_row": 0, "named": 10}
        told = {"reasons": [doubt["says"] for doubt in doubts], "fetched": 10, "ended_at": utcnow(), "facts": facts}
        session.add(RunRow(source_id=source.id, connector_version=connector_for(source).version, state="unproven", **told))
    page, wrong = visit(width=width, script=script)
    page.goto("/sumber/semarang#patokan")
    assert fits(page)
    if script:
        assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"patokan-{width}.png", full_page=True)
    page.get_by_role("button", name="Terima sebagai patokan baru").click()
    sync_api.expect(page.locator("#patokan")).to_contain_text("1.200")  # the box is not ticked: nothing was sent
    page.get_by_label("Sudah diperiksa di situs sumbernya").check()
    page.get_by_role("button", name="Terima sebagai patokan baru").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("diterima sebagai patokan baru")
    with world.read() as session:
        assert source_by_name(session, "semarang").accepted["buyers"]["value"] == ["D1111", "D1112"]
    assert wrong == []


def test_a_broken_line_is_said_aloud(visit, address):
    page, _ = visit()
    page.goto("/kecocokan")
    page.context.set_offline(True)
    page.locator("tbody tr").first.get_by_role("button", name=re.compile("^Terima")).click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Sambungan terputus")
