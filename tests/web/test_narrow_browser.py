"""Pages on a telephone in a real browser: drawings are read without a glass, their figures without moving sideways."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.store.matches import match_by_id
from exchange.web.chart_kinds import CHARTS

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .figuring import deals, figured, squares  # noqa: E402, F401  # isort: skip

pytestmark = [
    pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]  # fmt: skip

ALL = "dari=&sampai="
# of each drawing in sight: its name, the letters of its smallest text in pixels, and the texts that leave the drawing or touch another one
LOOK = """() => [...document.querySelectorAll('main svg')].filter(one => one.checkVisibility() && one.querySelector('text')).map(svg => {
  const frame = svg.getBoundingClientRect(), scale = frame.width / svg.viewBox.baseVal.width;
  const all = [...svg.querySelectorAll('text')].filter(one => one.getBoundingClientRect().height > 0);
  const boxes = all.map(one => one.getBoundingClientRect());
  const outside = b => b.left < frame.left - 1 || b.right > frame.right + 1 || b.bottom > frame.bottom + 1;
  const touch = (a, b) => Math.min(b.right, a.right) - Math.max(b.left, a.left) > 1
    && Math.min(b.bottom, a.bottom) - Math.max(b.top, a.top) > 5;
  const out = all.filter((_, at) => outside(boxes[at])), over = all.filter((_, at) => boxes.some((b, n) => n > at && touch(boxes[at], b)));
  return {name: svg.getAttribute('aria-labelledby'), least: Math.min(...all.map(one => parseFloat(getComputedStyle(one).fontSize) * scale)),
    low: Math.min(...boxes.map(one => one.height)), out: out.map(one => one.textContent), over: over.map(one => one.textContent)};
})"""


def looked(page, path):
    page.goto(path)
    found = page.evaluate(LOOK)
    for each in found:
        assert each["least"] >= 10 and each["low"] >= 10, (path, each)
        assert each["out"] == each["over"] == [], (path, each)
    assert fits(page), path
    return found


@pytest.mark.parametrize("width", [360, 600, 1280])
def test_every_text_of_every_chart_is_ten_pixels_high_and_apart_from_others(visit, figured, width):  # noqa: F811
    page, wrong = visit(width=width)
    seen = {each["name"].split()[0] for per in ("bulan", "triwulan", "tahun") for each in looked(page, f"/grafik?{ALL}&per={per}")}
    empty = {"barang-tidak-ada", "pelatihan"}  # of these nothing was counted here; they are drawn as the other bars
    assert seen == {f"g-{name}-{'n-t' if width < 768 else 't'}" for name in set(CHARTS) - empty}
    assert wrong == []


@pytest.mark.parametrize("width", [360, 600, 1280])
def test_every_text_of_a_map_is_ten_pixels_high(visit, figured, width):  # noqa: F811
    page, wrong = visit(width=width)
    assert looked(page, f"/peta?{ALL}") and looked(page, f"/peta?{ALL}&ukuran=tak-terlayani") and looked(page, f"/peta?{ALL}&daerah=33")
    with figured.work() as session:
        squares(session)
    assert looked(page, f"/peta?{ALL}")
    area = page.get_by_role("region", name="Gambar peta, dapat digulir ke samping")
    area.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert (area.evaluate("one => one.scrollLeft") > 0) == (width < 768), "a map wider than the screen is moved by keys"
    assert violations(page) == []
    assert wrong == []


@pytest.mark.parametrize("width", [320, 360, 600, 1280])
def test_every_tile_of_a_map_is_as_large_as_a_finger_and_shows_its_name_and_value(visit, figured, width):  # noqa: F811
    page, wrong = visit(width=width)
    page.goto(f"/peta?{ALL}")
    tiles = page.locator(".chart-card svg a:visible")
    assert tiles.count() == 38
    for tile in tiles.all():
        box, name, value = (tile.locator(part).bounding_box() for part in ("rect", ".tile-name", ".tile-value"))
        assert box["width"] >= 24 and box["height"] >= 24, box
        for text in (name, value):
            assert text["x"] >= box["x"] and text["x"] + text["width"] <= box["x"] + box["width"], (tile.text_content(), text, box)
    assert fits(page)
    assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"peta-petak-{width}.png", full_page=True)
    assert wrong == []


def test_figures_beside_charts_are_read_on_a_telephone_without_moving_sideways(visit, figured):  # noqa: F811
    page, wrong = visit(width=360)
    page.goto(f"/grafik?{ALL}")
    for summary in page.locator(".chart-table > summary").all():
        summary.click()
    for area in page.locator(".chart-table .table-scroll").all():
        assert area.evaluate("one => one.scrollWidth <= one.clientWidth"), "no table is wider than its place"
    first = page.locator("section[aria-labelledby=permintaan-waktu] tbody tr", has_text="Maret 2026")
    told = first.evaluate("one => [...one.cells].filter(cell => cell.checkVisibility()).map(cell => cell.dataset.label)")
    assert told[0] == "Waktu" and told[-3:] == ["Semua (Rp)", "Banyaknya", "Tanpa nilai"] and len(told) > 4, told
    assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "grafik-tabel-360.png", full_page=True)
    wide, wrong_too = visit()
    wide.goto(f"/grafik?{ALL}")
    assert wide.locator("section[aria-labelledby=permintaan-waktu] table").is_visible(), "where there is room the short table stands open"
    assert wrong == wrong_too == []


@pytest.fixture
def lengthy(world):
    """A match whose demand says much: a long text and thirty things."""
    with world.work() as session:
        row = match_by_id(session, 1).demand
        row.description = "Pengadaan pagar besi hollow untuk halaman kantor. " * 50 + "Akhir uraian."
        row.items = [row.items[0] | {"position": at, "text": f"Pagar besi bagian {at}"} for at in range(1, 31)]
    return "/kecocokan/1"


@pytest.mark.parametrize("script", [True, False])
def test_a_match_on_a_telephone_shows_its_next_step_and_reasons_and_keeps_the_rest_behind_lines(visit, lengthy, script):
    page, wrong = visit(width=360, script=script)
    page.goto(lengthy)
    assert page.evaluate("document.documentElement.scrollHeight") < 4700
    for kept in ("Langkah berikutnya:", "Kata “pagar”, “besi”, “hollow” bertemu.", "Pagar besi bagian 5"):
        sync_api.expect(page.get_by_text(kept).first).to_be_visible()
    sync_api.expect(page.get_by_role("button", name="Terima")).to_be_visible()
    rest = {
        "Selebihnya dari uraiannya": "Akhir uraian.", "25 barang lagi": "Pagar besi bagian 6",
        "Tampilkan riwayatnya": "kode model",
        "Pembeli, tempat, waktu dan syaratnya": "Bidang Cipta Karya", "Serahkan kepada orang atau tunda": "Pesan serah terima",
    }  # fmt: skip
    for line, held in rest.items():
        sync_api.expect(page.get_by_text(held).last).to_be_hidden()
        page.get_by_text(line).focus()
        page.keyboard.press("Enter")
        sync_api.expect(page.get_by_text(held).last).to_be_visible()
    if script:
        assert violations(page) == []
    page.goto(lengthy)
    if script:
        assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "kecocokan-panjang-360.png", full_page=True)
    page.emulate_media(media="print")
    for held in ("Akhir uraian.", "Pagar besi bagian 6", "Pagar besi bagian 30", "kode model", "Bidang Cipta Karya"):
        sync_api.expect(page.get_by_text(held).last).to_be_visible()
    wide, wrong_too = visit(script=script)
    wide.goto(lengthy)
    for line, held in rest.items():
        sync_api.expect(wide.get_by_text(line)).to_be_hidden()
        sync_api.expect(wide.get_by_text(held).last).to_be_visible()
    if SHOTS:
        wide.screenshot(path=Path(SHOTS) / "kecocokan-panjang-1280.png", full_page=True)
    assert wrong == wrong_too == []
