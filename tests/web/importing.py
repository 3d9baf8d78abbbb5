"""Uploads a workbook as staff do, and reads what the catalogue became of it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from exchange.store.businesses import BusinessRow
from exchange.store.imports import ImportLineRow, ImportRow, every_line
from exchange.store.products import ProductRow
from exchange.store.proposals import ProposalRow


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")


@pytest.fixture
def upload_book(petugas, csrf):
    def send(body: bytes, name: str = "katalog.xlsx", **more: str) -> Any:
        form = {"csrf_token": csrf(petugas.get("/impor")), "berkas": (io.BytesIO(body), name), **more}
        return petugas.post("/impor", data=form, content_type="multipart/form-data")

    return send


@pytest.fixture
def act(petugas, csrf, world):
    """Sends a form of one import as its page has it now."""

    def send(path: str, number: int = 1, **more: Any) -> Any:
        with world.read() as session:
            version = session.get_one(ImportRow, number).version
        form = {"csrf_token": csrf(petugas.get("/impor")), "version": str(version), **more}
        return petugas.post(f"/impor/{number}/{path}", data=form)

    return send


def catalogue(store) -> tuple[Any, ...]:
    with store.read() as session:
        firms = [(row.nib, row.name, row.workers, row.version) for row in session.scalars(select(BusinessRow).order_by(BusinessRow.nib))]
        products = [(row.sku, row.version) for row in session.scalars(select(ProductRow).order_by(ProductRow.sku))]
        return firms, products, len(session.scalars(select(ProposalRow)).all())


def line(store, name: str, part: str | None = None) -> ImportLineRow:
    with store.read() as session:
        return next(each for each in every_line(session, 1) if each.name == name and part in {None, each.part})
