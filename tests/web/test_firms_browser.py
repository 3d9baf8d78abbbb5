"""The pages of firms in a real browser: a visit on a telephone over a line that breaks, a consent withdrawn, each page looked at."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from exchange.store.photos import PhotoRow
from exchange.store.visits import VisitRow

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip
from .firming import FIRM, PAGE, firm, now  # noqa: E402, F401  # isort: skip

pytestmark = [
    pytest.mark.browser, pytest.mark.usefixtures("firm"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]  # fmt: skip

NEW = f"{PAGE}/kunjungan/baru"


def photo():
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), (120, 90, 40)).save(out, "JPEG")
    return {"name": "kamera.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def shot(page, name, width):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


def fill(page):
    page.get_by_label("Jumlah").fill("40,5")
    page.get_by_label("Satuan").fill("kg")
    page.get_by_label("Per", exact=True).select_option("hari")
    page.get_by_label("Tenaga kerja (orang)").fill("14")
    page.get_by_label("sebagian rusak").check()
    page.get_by_label("Masalah yang disampaikan usaha").fill("Bahan baku mahal")
    page.get_by_text("Pilih dari daftar").click()
    page.get_by_label("pengelasan").check()
    page.get_by_label("Tindak lanjut oleh kantor").fill("Hubungkan ke pemasok")
    page.get_by_label("Tenggat tindak lanjut").fill("2099-11-02")
    page.get_by_label("Foto (paling banyak 4)").set_input_files([photo()])
    page.get_by_label("Apa yang tampak di foto").fill("Mesin bubut")


def on_record(world):
    with world.read() as session:
        rows = session.scalars(select(VisitRow)).all()
        return [(row.workers, row.training_needs, row.machines) for row in rows], len(session.scalars(select(PhotoRow)).all())


def test_a_visit_is_entered_on_a_telephone_with_a_photo_over_a_line_that_breaks_once(visit, world):
    page, wrong = visit(width=360)
    page.goto(PAGE)
    page.get_by_role("link", name="Catat kunjungan").click()
    assert violations(page) == []
    assert fits(page)
    assert page.get_by_label("Tenaga kerja (orang)").get_attribute("inputmode") == "numeric"
    assert page.get_by_label("Foto (paling banyak 4)").get_attribute("capture") == "environment"
    fill(page)
    shot(page, "kunjungan-isian", 360)
    page.route("**/kunjungan/baru", lambda route: route.abort("connectionfailed"))
    page.get_by_role("button", name="Simpan kunjungan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Sambungan terputus")
    assert page.get_by_label("Masalah yang disampaikan usaha").input_value() == "Bahan baku mahal"
    page.unroute("**/kunjungan/baru")
    page.get_by_role("button", name="Simpan kunjungan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Tersimpan: kunjungan dicatat")
    sync_api.expect(page.get_by_role("img", name="Mesin bubut")).to_be_visible()
    shot(page, "kunjungan-tersimpan", 360)
    assert violations(page) == []
    assert on_record(world) == ([(14, ["pengelasan"], "some_broken")], 1)
    assert [text for text in wrong if "ERR_CONNECTION_FAILED" not in text and "htmx:" not in text] == []


def test_a_line_that_breaks_after_the_service_took_the_visit_makes_no_second_one(visit, world):
    page, _ = visit(width=360)
    page.goto(NEW)
    fill(page)

    def lose_the_answer(route):
        route.fetch()  # the service has it; the telephone never hears of it
        route.abort("connectionfailed")

    page.route("**/kunjungan/baru", lose_the_answer)
    page.get_by_role("button", name="Simpan kunjungan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Sambungan terputus")
    page.unroute("**/kunjungan/baru")
    page.goto(NEW)  # as after the telephone fell asleep: the draft is there, with the form's key
    sync_api.expect(page.locator(".draft-note")).to_contain_text("dimuat kembali")
    assert page.get_by_label("Tenaga kerja (orang)").input_value() == "14"
    assert page.get_by_label("pengelasan").is_checked() and page.get_by_label("sebagian rusak").is_checked()
    page.get_by_role("button", name="Simpan kunjungan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("tidak dicatat dua kali")
    assert len(on_record(world)[0]) == 1
    page.goto(NEW)
    assert page.locator(".draft-note").is_hidden(), "what was sent is kept on the telephone no longer"
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("width", [360, 1280])
def test_a_visit_is_entered_without_javascript(visit, world, width):
    page, wrong = visit(width=width, script=False)
    page.goto(NEW)
    fill(page)
    page.get_by_role("button", name="Simpan kunjungan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Tersimpan: kunjungan dicatat")
    assert on_record(world)[1] == 1 and wrong == []


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_firm_takes_its_consent_back_and_partners_no_longer_read_it(visit, world, client, script, width):
    page, wrong = visit(script=script, width=width)
    page.goto(PAGE)
    page.get_by_text("Catat persetujuan", exact=True).click()
    page.locator("#given-cara").select_option("oral")
    page.get_by_role("button", name="Simpan persetujuan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("setuju diterbitkan")
    assert client.get(f"/api/v1/businesses/{FIRM}").status_code == 200
    page.get_by_text("Catat pencabutan", exact=True).click()
    page.get_by_role("button", name="Cabut penerbitan sekarang").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("mencabut persetujuan")
    assert client.get(f"/api/v1/businesses/{FIRM}").status_code == 404
    assert client.get("/api/v1/products/UJI-LGM-001").status_code == 404
    assert now(world).consented_on is None and wrong == []


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_firms_is_accessible_with_all_its_forms_open(visit, world, width):
    page, wrong = visit(width=width)
    page.goto(PAGE)
    page.get_by_text("Catat koreksi dari usaha").click()
    page.get_by_label("Bagian yang keliru").select_option("business.district")
    page.get_by_label("Apa yang keliru, dengan kata usaha itu").fill("Kami di Ciwandan")
    page.get_by_label("Bagaimana seharusnya").fill("Ciwandan")
    page.get_by_role("button", name="Simpan koreksi").click()
    page.goto(NEW)
    fill(page)
    page.get_by_role("button", name="Simpan kunjungan").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Tersimpan")
    page.goto("/produk/UJI-LGM-001")
    page.get_by_text("Tambah foto").click()
    page.get_by_label("Foto JPEG, PNG atau WebP").set_input_files([photo()])
    page.get_by_label("Apa yang tampak, bagi yang tidak melihatnya").fill("Pagar dari depan")
    page.get_by_role("button", name="Unggah foto").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("foto ditambahkan")
    pages = {"ikm": "/ikm", "ikm-kosong": "/ikm?cari=tidakada", "ikm-satu": PAGE, "ikm-lembar": f"{PAGE}/lembar",
             "ikm-menunggu": "/ikm/menunggu",
             "kunjungan": f"{PAGE}/kunjungan/1", "kunjungan-ubah": f"{PAGE}/kunjungan/1/ubah", "produk-foto": "/produk/UJI-LGM-001",
             "produk-daftar": "/produk", "permintaan-asal": "/permintaan/d-0000000000000005"}  # fmt: skip
    for name, path in pages.items():
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        assert violations(page) == [], path
        shot(page, name, width)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(page) == [], f"{path} with its forms open"
        assert fits(page), f"{path} scrolls sideways at {width}"
    assert wrong == []


def test_on_a_telephone_who_reads_a_part_stands_in_one_row(visit, world):
    page, _ = visit(width=360)
    page.goto(PAGE)
    tops = "[...document.querySelector('.told tbody tr').querySelectorAll('td:not([lang])')].map((cell) => cell.offsetTop)"
    marks = page.evaluate(tops)
    assert len(marks) == 4
    assert fits(page)
    assert len(set(marks)) == 1
