"""Photos of a product by telephone, in a real browser: from what is missing to where it is added, ordered and said anew."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from exchange.store.businesses import BusinessRow

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import fits, violations  # noqa: E402  # isort: skip
from .test_firms_browser import shot  # noqa: E402  # isort: skip
from .test_product_photos import PAGE, order  # noqa: E402  # isort: skip
from .test_visits import picture  # noqa: E402  # isort: skip

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.mark.parametrize("width", [360, 1280])
def test_what_is_missing_leads_to_the_form_and_photos_are_ordered_by_keyboard(visit, width):
    page, wrong = visit(width=width)
    page.goto(PAGE)
    page.get_by_role("link", name="Ambil foto barangnya.").first.click()
    page.wait_for_url(f"**{PAGE}#foto")
    for name, size in (("Pagar dari depan", (900, 600)), ("Pagar dari samping", (600, 900)), ("Engsel", (500, 500))):
        page.get_by_text("Tambah foto", exact=True).click()
        page.get_by_label("Foto JPEG, PNG atau WebP").set_input_files(
            [{"name": "kamera.jpg", "mimeType": "image/jpeg", "buffer": picture(size).getvalue()}]
        )
        page.get_by_label("Apa yang tampak, bagi yang tidak melihatnya").last.fill(name)
        page.get_by_role("button", name="Unggah foto").click()
        page.wait_for_load_state()
    page.get_by_role("button", name="Majukan: Engsel").press("Enter")
    page.wait_for_load_state()
    page.get_by_role("button", name="Jadikan sampul: Engsel").press("Enter")
    page.wait_for_load_state()
    assert order(page.content()) == ["Engsel", "Pagar dari depan", "Pagar dari samping"]
    page.get_by_text("Ubah keterangan").first.press("Enter")
    page.get_by_label("Apa yang tampak, bagi yang tidak melihatnya").first.fill("Engsel pagar")
    page.get_by_role("button", name="Simpan keterangan").first.press("Enter")
    page.wait_for_load_state()
    assert order(page.content()) == ["Engsel pagar", "Pagar dari depan", "Pagar dari samping"]
    shot(page, "produk-foto", width)
    assert fits(page)
    assert violations(page) == []
    assert wrong == []


@pytest.mark.parametrize(
    "path", [PAGE, "/ikm/ikm-000000000000", "/sumber/semarang", "/mitra/kota-contoh", "/permintaan/d-0000000000000000"]
)
def test_no_side_of_a_page_is_left_empty_on_paper(visit, world, path):
    with world.work() as session:
        session.scalars(select(BusinessRow)).one().ident = "ikm-000000000000"
    page, _wrong = visit(width=695)
    page.goto(path)
    page.emulate_media(media="print")
    wide = page.locator("main").bounding_box()["width"]
    cards = page.locator(".sides.long .card-plain:visible")
    assert cards.count() >= 2
    for card in cards.all():
        assert card.bounding_box()["width"] > wide * 0.85, card.inner_text()[:60]
    assert page.locator("main details > summary.btn:visible, main form:visible").count() == 0, "no form on paper"


@pytest.mark.parametrize("path", [PAGE, "/ikm/ikm-000000000000"])
def test_no_side_of_a_firm_or_product_is_less_than_half_as_long_as_the_other(visit, world, path):
    with world.work() as session:
        session.scalars(select(BusinessRow)).one().ident = "ikm-000000000000"
    page, _wrong = visit()
    page.goto(path)
    sides = [one.bounding_box()["height"] for one in page.locator(".sides.long > div").all()]
    assert len(sides) == 2 and min(sides) > max(sides) / 2, sides
