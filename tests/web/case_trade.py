"""Trade under an agreement in a real browser: from the match through offer, order and receipt to the report of the case."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from exchange.access.segments import refresh_businesses, refresh_products
from exchange.agreements.steps import named
from exchange.store.agreements import matches_of_case
from exchange.store.base import Store
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow, match_by_id
from exchange.store.products import ProductRow, products_of_business


def first_match(world: Store, ident: str) -> int:
    """The first match under a case; its firm has agreed to be published, as an offer wants it."""
    with world.work() as session:
        pair = matches_of_case(session, named(session, ident).id)[0]
        query = select(MatchRow.id).join(MatchRow.demand).join(MatchRow.product)
        number = session.scalars(query.where(DemandRow.ident == pair.demand, ProductRow.sku == pair.product)).one()
        row = match_by_id(session, number)
        assert row is not None
        firm = row.product.business
        firm.consented_on = date(2026, 1, 5)
        refresh_businesses(session, [firm])
        refresh_products(session, products_of_business(session, firm.id))
        return number


def trade(page: Any, expect: Any, number: int, looks: Callable[[str], None]) -> None:
    """Accept the match, offer ten for a price within its range, take the order, receive six."""
    page.goto(f"/kecocokan/{number}")
    with page.expect_response(re.compile("/putuskan")):
        page.get_by_role("button", name=re.compile("^Terima")).first.click()
    page.wait_for_load_state("networkidle")
    page.goto(f"/kecocokan/{number}")
    page.get_by_role("button", name="Susun penawaran").click()
    page.wait_for_url(re.compile("/perdagangan/TR-"))
    deal = page.url
    if not page.get_by_role("button", name="Simpan susunan").is_visible():
        page.get_by_text("Susun jumlah dan harga", exact=True).click()
    page.get_by_label(re.compile("^Jumlah")).first.fill("10")
    page.get_by_label(re.compile("^Harga satuan")).first.fill("600.000")
    page.get_by_role("button", name="Simpan susunan").click()
    expect(page.locator("#pesan")).to_contain_text("Tersimpan")
    expect(page.get_by_role("link", name=re.compile("^KS-")).first).to_be_visible()
    page.get_by_text("Kirim penawaran", exact=True).click()
    page.locator("#tawarkan-nomor").fill("500/77/Disperindag")
    page.locator("#tawarkan-sampai").fill("2099-12-31")
    page.get_by_role("button", name="Kirim penawaran ini").click()
    expect(page.locator(".lead-in")).to_contain_text("ditawarkan")
    with page.expect_download() as got:
        page.get_by_role("link", name="surat (PDF)").click()
    assert Path(got.value.path()).read_bytes().startswith(b"%PDF-")
    page.goto(deal)
    page.get_by_text("Catat pesanan", exact=True).click()
    page.get_by_label("Nomor pesanan").fill("PO-77")
    page.get_by_role("button", name="Simpan pesanan").click()
    page.get_by_text("Catat penerimaan", exact=True).click()
    page.get_by_label("Jumlah diterima").fill("6")
    page.get_by_role("button", name="Simpan penerimaan").click()
    expect(page.locator("#pesan")).to_contain_text("Tersimpan")
    looks("dagang-di-bawah-perjanjian")


def report(page: Any, expect: Any, ident: str, looks: Callable[[str], None]) -> None:
    """The report tells what was received, and its three files come in one click."""
    page.goto(f"/kerja-sama/{ident}")
    page.get_by_role("link", name="Laporan", exact=True).last.click()
    expect(page.locator("section[aria-labelledby=ikm]")).to_contain_text("3.600.000")
    looks("laporan-kerja-sama")
    with page.expect_download() as got:
        page.get_by_role("link", name="Unduh semuanya (ZIP)").click()
    with zipfile.ZipFile(io.BytesIO(Path(got.value.path()).read_bytes())) as box:
        assert {Path(name).suffix for name in box.namelist()} == {".docx", ".pdf", ".xlsx"}
