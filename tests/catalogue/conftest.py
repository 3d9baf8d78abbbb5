"""A small catalogue of fictitious firms, and workbooks that are made in memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from exchange.catalogue.outcome import Known

FIRST, SECOND = "9120000000011", "0000220000022"


def firm(nib: str, name: str, **more: Any) -> dict[str, Any]:
    plain = {"kbli": ["31001"], "training_needs": [], "kbli_edition": "2020", "is_sample": False}
    return plain | {"nib": nib, "name": name, "consented_on": date(2026, 1, 5), "consent_basis": "berita acara"} | more


def product(sku: str, nib: str, name: str, **more: Any) -> dict[str, Any]:
    plain = {"keywords": [], "is_sample": False, "kbli_edition": "2020", "kbki_edition": "2012", "hs_edition": "2022"}
    return plain | {"sku": sku, "nib": nib, "name": name} | more


@pytest.fixture
def known() -> Known:
    """Two firms with a product each, as an earlier import left them."""
    firms = [
        firm(
            FIRST,
            "CV Jati Purwa Karya",
            legal_form="CV",
            subdistrict="Karangasem",
            district="Laweyan",
            workers=12,
            investment=Decimal(400_000_000),
        ),
        firm(
            SECOND,
            "UD Rasa Nusa",
            legal_form="UD",
            subdistrict="Mojosongo",
            district="Jebres",
            visited_on=date(2026, 3, 1),
            visit_note="baik",
        ),
    ]
    products = [
        product(
            "X-1",
            FIRST,
            "Lemari arsip jati 3 pintu",
            unit_said="unit",
            unit_code="C62",
            price_min=Decimal(2_000_000),
            price_max=Decimal(3_000_000),
        ),
        product(
            "X-2",
            SECOND,
            "Keripik tempe 200 gr",
            unit_said="bungkus 200 gr",
            unit_code="XPA",
            price_min=Decimal(12_000),
            price_max=Decimal(15_000),
            halal="ID31110000000000001",
        ),
    ]
    return Known({each["nib"]: each for each in firms}, {each["sku"]: each for each in products})


@pytest.fixture
def book() -> Callable[..., bytes]:
    """A workbook of one sheet out of rows."""

    def make(*rows: list[Any], title: str = "Sheet1") -> bytes:
        workbook = Workbook()
        sheet = workbook.active
        assert isinstance(sheet, Worksheet)
        sheet.title = title
        for row in rows:
            sheet.append(row)
        stream = io.BytesIO()
        workbook.save(stream)
        return stream.getvalue()

    return make
