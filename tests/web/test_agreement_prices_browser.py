"""The page of negotiated prices in a real browser: a sheet with its preview, with and without JavaScript, readable at every width."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.agreements.node import node_of

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from ..agreements.cases import go, go_until, new_case  # noqa: E402  # isort: skip
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
SHEET = b"sku;harga;jumlah minimum;jumlah maksimum;catatan\nUJI-LGM-000;600.000;;99;\nUJI-LGM-000;580.000;100;;franko gudang pembeli\n"


@pytest.fixture
def case(world, settings):
    """The name of a case whose contract is being drafted."""
    node, on = node_of(settings), settings.day()
    with world.work() as session:
        row = go_until(session, node, new_case(session, node, on=on), "susun_pks", on=on)
        return go(session, node, row, "isi_pks", on=on).ident


@pytest.mark.parametrize(("width", "script"), [(360, True), (1280, False)])
def test_a_sheet_is_previewed_and_recorded_on_pages_that_everybody_can_use(visit, case, width, script):
    page, wrong = visit(width=width, script=script)
    path = f"/kerja-sama/{case}/harga"

    def looks(name: str) -> None:
        if script:
            assert violations(page) == [], name
            assert fits(page), name
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"harga-{name}-{width}.png", full_page=True)

    page.goto(path)
    looks("kosong")
    page.locator("#berkas-harga").set_input_files(
        {"name": "harga.csv", "mimeType": "text/csv", "buffer": SHEET + b"UJI-LGM-001;65,000;;;\n"}
    )
    page.get_by_role("button", name="Lihat pratinjau").click()
    sync_api.expect(page.locator("#pratinjau")).to_be_visible()
    sync_api.expect(page.get_by_text("gaya Inggris")).to_be_visible()
    looks("ditolak")
    page.locator("#berkas-harga").set_input_files({"name": "harga.csv", "mimeType": "text/csv", "buffer": SHEET})
    page.get_by_role("button", name="Lihat pratinjau").click()
    sync_api.expect(page.get_by_text("2 baru, 0 berubah")).to_be_visible()
    looks("pratinjau")
    page.get_by_role("button", name="Catat sebagai versi 1").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("versi 1 daftar harga")
    page.locator("[name='baru-0-sku']").fill("UJI-LGM-001")
    page.locator("[name='baru-0-price']").fill("1.250.000")
    page.get_by_role("button", name="Catat sebagai versi 2").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("versi 2 daftar harga")
    looks("daftar")
    page.goto(f"/kerja-sama/{case}")
    sync_api.expect(page.locator("section[aria-labelledby=harga]")).to_contain_text("UJI-LGM-001")
    looks("perkara")
    assert wrong == []
