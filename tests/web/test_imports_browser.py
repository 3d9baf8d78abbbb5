"""The job “import a dirty workbook and mend it” in a real browser, with and without JavaScript, on a telephone and on a desk."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.store.businesses import businesses_by_nib
from exchange.store.products import products_by_sku

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .workbooks import NEW_NIB, mended, workbook  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def looked_at(page, name, width):
    assert page.locator("h1").count() == 1, name
    assert violations(page) == [], name
    assert fits(page), f"{name} scrolls sideways at {width}"
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"impor-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_dirty_workbook_is_imported_and_mended(visit, world, script, width):
    page, wrong = visit(width=width, script=script)
    page.goto("/impor")
    page.set_input_files("#berkas", {"name": "katalog kotor.xlsx", "mimeType": XLSX, "buffer": workbook()})
    page.get_by_role("button", name="Unggah dan lihat dahulu").click()
    sync_api.expect(page.locator("h1")).to_contain_text("menunggu keputusan")
    sync_api.expect(page.locator("#isi-bagian")).to_contain_text("harga 0 tidak sah")
    page.get_by_role("link", name="IKM berubah").click()
    sync_api.expect(page.locator("#isi-bagian")).to_contain_text("tenaga kerja")
    page.get_by_role("link", name="Produk berubah").click()
    page.get_by_label("Ambil Pagar besi hollow minimalis 1").uncheck()
    page.get_by_role("button", name="Simpan pilihan halaman ini").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Pilihan tersimpan")
    page.get_by_role("link", name="Meragukan").click()
    alike = page.locator("section", has=page.get_by_role("heading", name="Pagar besi hollow minimalis 4x"))
    alike.last.get_by_label("SKU, bila memang produk baru").fill("UJI-LGM-900")
    alike.last.get_by_role("button", name="Produk baru").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Jawaban tersimpan")
    page.get_by_role("button", name="Ambil 5 baris").click()
    sync_api.expect(page.locator("#hasil")).to_be_visible()
    with world.read() as session:
        assert NEW_NIB in businesses_by_nib(session)
        products = products_by_sku(session)
        assert "UJI-LGM-900" in products
        assert products["UJI-LGM-001"].capacity_max == 180, "it was unticked"
    with page.expect_download() as download:
        page.get_by_role("link", name="Buku kerja lengkap, yang ditolak ditandai").click()
    body = mended(Path(download.value.path()).read_bytes())
    page.set_input_files("#berkas", {"name": download.value.suggested_filename, "mimeType": XLSX, "buffer": body})
    page.get_by_role("button", name="Unggah perbaikan").click()
    sync_api.expect(page.locator(".lead-in")).to_contain_text("perbaikan dari impor 1")
    page.get_by_role("link", name="Produk berubah").click()
    page.get_by_role("button", name="Jangan ambil bagian ini").click()
    page.get_by_role("button", name="Ambil").and_(page.locator(".btn-primary")).first.click()
    sync_api.expect(page.locator("#hasil")).to_be_visible()
    with world.read() as session:
        assert "Sambal kecombrang" in {row.name for row in products_by_sku(session).values()}
    assert wrong == []


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_imports_is_accessible_and_fits(visit, world, settings, width):
    page, wrong = visit(width=width)
    page.goto("/impor")
    looked_at(page, "kosong", width)
    for body in (workbook(), b"a,b,c\n1,2,3\n"):
        page.goto("/impor")
        page.set_input_files("#berkas", {"name": "katalog.xlsx", "mimeType": XLSX, "buffer": body})
        page.get_by_role("button", name="Unggah dan lihat dahulu").click()
        page.wait_for_url("**/impor/*")
        looked_at(page, "pratinjau" if body[:2] == b"PK" else "rusak", width)
    for part in ("doubt", "firm_new", "firm_changed", "product_new", "product_changed", "skipped", "same", "catatan"):
        page.goto(f"/impor/1?bagian={part}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        looked_at(page, part, width)
    page.get_by_role("button", name="Ambil").and_(page.locator(".btn-primary")).first.click()
    sync_api.expect(page.locator("#hasil")).to_be_visible()
    looked_at(page, "diambil", width)
    page.goto("/impor/1?bagian=doubt")
    looked_at(page, "diambil-ragu", width)
    page.set_input_files("#berkas", {"name": "lagi.xlsx", "mimeType": XLSX, "buffer": b"<html>robot?</html>"})
    page.get_by_role("button", name="Unggah perbaikan").click()
    sync_api.expect(page.locator(".alert-danger")).to_contain_text("halaman HTML")
    looked_at(page, "salah", width)
    page.goto("/impor")
    looked_at(page, "daftar", width)
    assert wrong == []


def test_a_large_one_shows_its_progress_and_then_itself(visit, world, settings, monkeypatch):
    from exchange.jobs.worker import Worker

    monkeypatch.setattr("exchange.jobs.imports._SMALL_BOOK", 10)
    page, wrong = visit()
    page.goto("/impor")
    page.set_input_files("#berkas", {"name": "besar.xlsx", "mimeType": XLSX, "buffer": workbook()})
    page.get_by_role("button", name="Unggah dan lihat dahulu").click()
    sync_api.expect(page.locator("#kemajuan")).to_contain_text("Berkas sedang dibaca")
    assert violations(page) == []
    Worker(world, settings).run(once=True)
    sync_api.expect(page.locator("h1")).to_contain_text("menunggu keputusan", timeout=10_000)
    assert wrong == []


def test_a_file_that_is_dropped_is_the_one_that_is_chosen(visit):
    page, wrong = visit()
    page.goto("/impor")
    page.evaluate(
        """() => { const data = new DataTransfer(); data.items.add(new File(["x"], "tarik.csv"));
        const drop = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
        document.querySelector("[data-drop]").dispatchEvent(drop); }"""
    )
    assert page.evaluate("document.getElementById('berkas').files[0].name") == "tarik.csv"
    assert wrong == []
