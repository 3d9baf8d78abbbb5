"""Sources in a real browser: one is approved after its preview, what is held is let go, a mapping is mended; without script too."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.simulator import Canned
from exchange.jobs.looks import SourceLooks
from exchange.jobs.replays import Replays
from exchange.jobs.worker import Worker
from exchange.store.demands import DemandRow, demand_by_ident
from exchange.store.quarantine import QuarantineRow
from exchange.store.sources import source_by_name
from exchange.sync.run import sync_source

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .sourcing import MAPPING, rows  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
BETTER = MAPPING.replace('plan = "planned"', 'plan = "planned"\nentah = "planned"')


@pytest.fixture
def worker(world: Any, settings: Any, jati: Any) -> Iterator[None]:
    """A worker beside the service, as `exchange serve` starts one."""
    its = Worker(world, settings, [SourceLooks(world, settings), Replays(world, settings)])
    thread = threading.Thread(target=its.run, daemon=True)
    thread.start()
    yield
    its.stop()
    thread.join()


@pytest.fixture
def pulled(world: Any, settings: Any, jati: Any) -> int:
    """Runs of the source: one whole, one that changed and missed something, one that failed; the number of the second."""
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    sync_source(world, settings, "jati")
    them = rows(9)
    them[0]["judul"], them[8]["status"] = "Meja rapat kayu mahoni", "entah"
    jati.answers([each for number, each in enumerate(them) if number != 5])
    second = sync_source(world, settings, "jati").run
    jati.answers([{"lain": 1}])
    sync_source(world, settings, "jati")
    jati.answers(rows(6))
    assert second is not None
    return second


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_a_source_is_approved_after_its_preview(visit, world, script, width):
    page, wrong = visit("admin", script=script, width=width)
    page.goto("/sumber")
    page.get_by_role("link", name="jati", exact=True).click()
    page.get_by_role("link", name="Pratinjau").click()
    page.get_by_role("button", name="Lihat apa yang datang").click()
    _until(page, script, "Data pertama, isian demi isian")
    sync_api.expect(page.locator("main")).to_contain_text("Meja rapat kayu jati 1")
    sync_api.expect(page.locator("main")).not_to_contain_text("199001012020121001")
    shot(page, f"pratinjau-{script}-{width}")
    page.get_by_label("Sudah saya baca").check()
    page.get_by_role("button", name="Setujui sumber ini").click()
    _until(page, script, "disetujui")
    for _each in range(100):  # the page speaks of it while it is under way too
        with world.read() as session:
            if source_by_name(session, "jati").state == "approved":
                break
        page.wait_for_timeout(200)
    if script:
        assert violations(page) == []
        assert fits(page)
    with world.read() as session:
        assert source_by_name(session, "jati").state == "approved"
    page.goto("/sumber/jati")
    sync_api.expect(page.locator(".lead-in")).to_contain_text("disetujui")
    assert wrong == []


def _until(page: Any, script: bool, said: str) -> None:
    """The page says so: by itself with a script, by its own link without one."""
    if script:
        sync_api.expect(page.locator("#pratinjau")).to_contain_text(re.compile(said), timeout=20_000)
        return
    for _ in range(40):
        if re.search(said, page.locator("#pratinjau").inner_text()) and not page.get_by_role("link", name="Muat ulang").count():
            return
        page.wait_for_timeout(300)
        if page.get_by_role("link", name="Muat ulang").count():
            page.get_by_role("link", name="Muat ulang").click()
        else:
            page.reload()
    raise AssertionError(page.locator("#pratinjau").inner_text())


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("script", [True, False])
def test_a_held_withdrawal_is_released_with_its_list_in_view(visit, world, script, width):
    page, wrong = visit(script=script, width=width)
    page.goto("/sumber")
    page.get_by_role("link", name="2", exact=True).click()
    section = page.locator("#ditahan")
    sync_api.expect(section).to_contain_text("Belanja pagar besi kantor 0")
    sync_api.expect(section).to_contain_text("Belanja pagar besi kantor 2")
    section.get_by_role("button", name=re.compile("^Lepaskan 2 permintaan")).click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("2 permintaan dilepaskan")
    sync_api.expect(page.locator("#ditahan")).to_contain_text("Tidak ada yang ditahan")
    if script:
        assert violations(page) == []
    with world.read() as session:
        assert demand_by_ident(session, "d-0000000000000000").state == "withdrawn"
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_mapping_is_mended_with_what_it_reads_in_view_and_saved(visit, world, settings, pulled, script):
    sync_source(world, settings, "jati")
    page, wrong = visit("admin", script=script)
    page.goto("/sumber/jati")
    page.get_by_role("link", name="Pemetaan", exact=True).click()
    page.get_by_label("Judul", exact=False).first.select_option("catatan")
    if not script:
        page.get_by_role("button", name="Pratinjau").click()
    sync_api.expect(page.locator("#hasil")).to_contain_text("untuk ruang tamu")
    if script:
        assert violations(page) == []
    page.get_by_role("button", name="Lanjutkan sebagai teks").click()
    sync_api.expect(page.get_by_label(re.compile("^Dokumen TOML"))).to_have_value(re.compile('title = "catatan"'))
    field = page.get_by_label(re.compile("^Dokumen TOML"))
    field.fill(MAPPING.replace('"judul"', '"nama"'))
    if not script:
        page.get_by_role("button", name="Pratinjau").click()
    sync_api.expect(page.locator("#hasil")).to_contain_text("Data tanpa judul")
    page.get_by_label(re.compile("^Dokumen TOML")).fill(BETTER)
    if not script:
        page.get_by_role("button", name="Pratinjau").click()
    sync_api.expect(page.locator("#hasil")).to_contain_text("Meja rapat kayu jati 1")
    if script:
        assert page.url.endswith("/pemetaan") and violations(page) == []
    page.get_by_role("button", name="Simpan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Pemetaan tersimpan")
    with world.read() as session:
        assert "entah" in source_by_name(session, "jati").options["mapping"]
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_another_place_of_the_list_brings_its_columns_into_the_choices(visit, world, settings, jati, script):
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    jati.answers(Canned.json({"wilayah": [{"kode": "33.20"}], "data": {"paket": rows(3)}}))
    sync_source(world, settings, "jati")
    page, wrong = visit("admin", script=script)
    page.goto("/sumber/jati/pemetaan")
    title = page.locator('[id="f_demand.title"]')
    sync_api.expect(title.locator('option[value="catatan"]')).to_have_count(0)
    sync_api.expect(page.locator("main")).to_contain_text("Daftar pertama dalam jawaban itu ada di: wilayah")
    told = page.locator("noscript")
    page.get_by_label("Tempat daftarnya").fill("data.paket")
    if script:
        sync_api.expect(told).to_be_hidden()
        sync_api.expect(page.locator("#hasil")).to_contain_text("Pilihan kolomnya diganti")
        sync_api.expect(page.get_by_label("Tempat daftarnya")).to_be_focused()
    else:
        sync_api.expect(told).to_be_visible()
        page.get_by_role("button", name="Pratinjau").click()
    sync_api.expect(page.get_by_label("Tempat daftarnya")).to_have_value("data.paket")
    sync_api.expect(title.locator('option[value="catatan"]')).to_have_count(1)
    sync_api.expect(page.locator("#daftar-kolom")).to_contain_text("untuk ruang tamu")
    sync_api.expect(title).to_have_value("judul")
    sync_api.expect(page.locator("#hasil")).to_contain_text("Meja rapat kayu jati 1")
    title.select_option("catatan")
    if not script:
        page.get_by_role("button", name="Pratinjau").click()
    sync_api.expect(page.locator("#hasil")).to_contain_text('title = "catatan"')
    if script:
        sync_api.expect(page.locator("#hasil")).not_to_contain_text("Pilihan kolomnya diganti")
        assert violations(page) == []
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_a_run_leads_to_its_listings_and_to_one_as_it_came(visit, pulled, script):
    page, wrong = visit(script=script)
    page.goto("/sumber/jati")
    page.locator("section[aria-labelledby=penarikan] tbody th a").nth(1).click()
    page.get_by_role("link", name=re.compile("^berubah")).click()
    sync_api.expect(page.locator("#daftar")).to_contain_text("Meja rapat kayu mahoni")
    page.get_by_role("link", name="Data asli K-1").click()
    sync_api.expect(page.locator("pre")).to_contain_text('"judul": "Meja rapat kayu mahoni"')
    assert wrong == []


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_sources_is_accessible_and_fits(visit, world, pulled, width):
    page, wrong = visit("admin", width=width)
    with world.read() as session:
        ident = session.query(DemandRow).filter_by(reference="K-1").one().ident
        waits = session.query(QuarantineRow).filter_by(reference="K-9").one().id
    page.goto("/sumber/jati/pratinjau")
    page.get_by_role("button", name="Lihat apa yang datang").click()
    _until(page, True, "Data pertama")
    page.goto("/karantina")
    page.get_by_role("button", name=re.compile("^Baca ulang yang dari jati: katanya tidak ada di daftar kode")).click()
    sync_api.expect(page.locator("#kemajuan")).to_contain_text("1 masih gagal", timeout=20_000)
    pages = {
        "sumber-jati": "/sumber/jati",
        "sumber-jati-pratinjau": "/sumber/jati/pratinjau",
        "sumber-jati-pemetaan": "/sumber/jati/pemetaan",
        "sumber-jati-pemetaan-teks": "/sumber/jati/pemetaan?cara=teks",
        "sumber-jati-jawaban": "/sumber/jati/jawaban",
        "sumber-penarikan-tetap": f"/sumber/jati/penarikan/{pulled}?hasil=unchanged",
        "sumber-jati-pengaturan": "/sumber/jati/pengaturan",
        "sumber-penarikan": f"/sumber/jati/penarikan/{pulled}?hasil=changed",
        "sumber-penarikan-belum": f"/sumber/jati/penarikan/{pulled}?hasil=quarantined",
        "sumber-mentah": f"/sumber/jati/mentah/{ident}",
        "sumber-mentah-belum": f"/sumber/jati/karantina/{waits}",
        "sumber-tambah": "/tambah-sumber",
        "sumber-tambah-table": "/tambah-sumber?konektor=table",
        "sumber-daftar": "/sumber",
        "sumber-karantina": "/karantina",
    }
    for name, path in pages.items():
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        assert violations(page) == [], path
        shot(page, f"{name}-{width}")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(page) == [], f"{path} with all open"
        assert fits(page), f"{path} scrolls sideways at {width}"
    assert wrong == []
