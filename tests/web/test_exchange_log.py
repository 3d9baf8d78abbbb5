"""A firm's sheet tells who was told what of it, and all of it can be taken along as CSV."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from exchange.access.callers import Partner, Reader
from exchange.access.disclosures import Disclosure, Noted
from exchange.access.policy import Tier
from exchange.store.businesses import BusinessRow
from exchange.store.exchange_log import LogBatchRow, append

HOSTILE = 'Pemerintah <script>alert(1)</script> & "kutip"'


@pytest.fixture
def firm(world) -> str:
    """The public name of a firm."""
    with world.read() as session:
        return session.query(BusinessRow).filter_by(nib="9120000000017").one().ident


def tell(world, firm: str, count: int) -> None:
    partner = Partner(1, "kota-contoh", HOSTILE, "33.74", reader=Reader(Tier.AGREED))
    with world.work() as session:
        for number in range(count):
            noted = Noted(partner, "businesses.one", Disclosure((("business", ("contact",), (firm,)),)))
            append(session, [noted.entry(1, 1795758300 + number, 1795758300 + number)])


def test_the_sheet_shows_the_newest_fifty_and_the_csv_all(staff, world, firm):
    client = staff("petugas")
    page = client.get(f"/usaha/{firm}/mutu").text
    assert "Siapa membaca data IKM ini" in page and "Belum ada." in page
    tell(world, firm, 53)
    page = client.get(f"/usaha/{firm}/mutu").text
    assert page.count("kota-contoh · Kota Semarang (33.74)") == 50
    assert "<script>alert" not in page and "kontak kantor" in page and "tahap diatur petugas" in page
    answer = client.get(f"/usaha/{firm}/pembacaan.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=pembacaan-{firm}.csv"
    assert len(answer.data.decode("utf-8-sig").splitlines()) == 54
    assert client.get(f"/usaha/{firm}/pembacaan.csv?x=1").status_code == 400
    assert client.get("/usaha/bukan-usaha/pembacaan.csv").status_code == 404


def test_a_log_that_cannot_be_read_is_said_and_the_sheet_still_opens(staff, world, firm):
    client = staff("petugas")
    tell(world, firm, 2)
    with world.work() as session:
        session.execute(update(LogBatchRow).values(content=b"x"))
    page = client.get(f"/usaha/{firm}/mutu")
    assert page.status_code == 200 and "Catatan pertukaran tidak dapat dibaca." in page.text
    assert 'href="/malam#catatan-pertukaran"' in page.text, "where an administrator has it checked"
    assert client.get(f"/usaha/{firm}/pembacaan.csv").status_code == 409


def test_nobody_without_a_login_reads_it(client, world, firm):
    answer = client.get(f"/usaha/{firm}/pembacaan.csv")
    assert answer.status_code in {302, 303} and answer.location.startswith("/masuk")
