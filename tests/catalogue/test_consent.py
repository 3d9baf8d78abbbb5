"""A firm's no holds: no older paper and no other row of the same file publishes it again."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from exchange.access.policy import Tier
from exchange.catalogue.archive import MOST_MERGED
from exchange.catalogue.intake import import_file
from exchange.catalogue.save import known_of, save
from exchange.errors import BadRequest
from exchange.store.businesses import BusinessRow
from exchange.store.products import ProductRow
from exchange.store.segments import all_segments

TODAY = date(2026, 11, 23)
NIB = "1234500067890"
HEAD = "NIB;Nama IKM;Sektor;Kecamatan;Tenaga kerja;Catatan monitoring;Persetujuan publikasi"


def bring(store, *rows: str, today: date = TODAY, head: str = HEAD, name: str = "ikm.csv"):
    with store.work() as session:
        report = import_file("\n".join([head, *rows]).encode(), name, known_of(session), today)
        save(session, report, "uji")
    return report


def published(store) -> bool:
    with store.read() as session:
        return bool(list(all_segments(session, "business", Tier.PUBLIC)))


def firm(consent: str, workers: str = "5", note: str = "") -> str:
    return f"{NIB};CV Uji Coba;Logam;Cibeber;{workers};{note};{consent}"


def test_an_older_consent_does_not_undo_a_refusal_and_a_later_one_does(store):
    bring(store, firm("2025-01-10"))
    assert published(store)
    bring(store, firm("tidak"))
    assert not published(store)
    report = bring(store, firm("2025-01-10"))
    assert not published(store)
    assert any("menolak" in warning for warning in report.rows[0].warnings)
    bring(store, firm("2026-11-30"), today=TODAY + timedelta(days=10))
    assert published(store)
    with store.read() as session:
        assert session.scalars(select(BusinessRow.consent_refused_on)).one() is None


@pytest.mark.parametrize("rows", [("tidak", "2025-01-10"), ("2025-01-10", "tidak")])
def test_within_one_file_the_refusal_wins(store, rows):
    bring(store, *(firm(consent, workers=str(number + 5)) for number, consent in enumerate(rows)))
    assert not published(store)


def test_a_monitoring_note_moves_no_version_that_the_public_sees_of_a_product(store):
    bring(store, firm("2025-01-10"))
    products = "NIB;Nama produk;Satuan;Harga\n" + f"{NIB};Pagar besi;m2;550000"
    with store.work() as session:
        save(session, import_file(products.encode(), "produk.csv", known_of(session), TODAY), "uji")
    bring(store, firm("2025-01-10", note="dikunjungi"))
    with store.read() as session:
        assert session.scalars(select(ProductRow.version)).all() == [1]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///C:/Users/seseorang/foto.jpg", "foto.jpg"])
def test_a_photo_that_is_no_web_address_is_not_kept(store, link):
    bring(store, firm("2025-01-10"))
    products = f"NIB;Nama produk;Satuan;Harga;Foto\n{NIB};Pagar besi;m2;550000;{link}"
    with store.work() as session:
        report = import_file(products.encode(), "produk.csv", known_of(session), TODAY)
        save(session, report, "uji")
        assert session.scalars(select(ProductRow.photo)).all() == [None]


def test_a_workbook_that_merges_millions_of_cells_is_refused_before_it_is_opened():
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["NIB", "Nama IKM"])
    plain = io.BytesIO()
    book.save(plain)
    hostile = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            body = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
                body = body.replace(b"</sheetData>", b"</sheetData>" + merge)
            target.writestr(part.filename, body)
    from exchange.catalogue.outcome import Known

    with pytest.raises(BadRequest, match="sel gabungannya") as raised:
        import_file(hostile.getvalue(), "besar.xlsx", Known({}, {}), TODAY)
    assert str(MOST_MERGED) not in raised.value.message
