"""The report of unmet demand on its page: sums, the demands behind them, the plan, the visits, the workbook."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, update

from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow

from .browsing import SHOTS, violations

ALL = "/laporan/kebutuhan?dari=&sampai="
HOSTILE = 'Pagar <script>alert(1)</script> & "kutip" <img src=x onerror=alert(1)>'


def blocking(criterion, says, change=None):
    return {"criterion": criterion, "title": criterion, "score": 0.3, "weight": 1.0, "gate": False, "need": None, "offer": None,
            "says": says, "blocks": True, "asks": False, "change": change}  # fmt: skip


SNI = blocking(
    "certificates",
    "Belum ada pada produk: SNI.",
    {"side": "offer", "member": "sni", "to": None, "says": "SNI belum ada <b>pada</b> produk."},
)
SHORT = blocking(
    "quantity", "Diminta 900, kapasitas 180.", {"side": "offer", "member": "capacity_min", "to": "900", "says": "Naikkan kapasitas."}
)


@pytest.fixture
def unserved(world):
    """Of the 40 demands 20 match with SNI missing, ten with two things, five with a fit product, five were never matched."""
    with world.work() as session:
        session.execute(update(DemandRow).values(matched_version=1))
        firm = session.scalars(select(BusinessRow)).one()
        firm.training_needs = ["SNI", "pengelasan SMAW 3G"]
        rows = session.scalars(select(MatchRow)).all()
        for row in rows:
            at = row.demand_id - min(each.demand_id for each in rows)
            row.marks, row.verdict = ([SNI], "near_miss") if at < 20 or at == 39 else ([SNI, SHORT], "unfit") if at < 30 else ([], "fit")
        first = min(row.demand_id for row in rows)
        session.execute(update(DemandRow).where(DemandRow.id.between(first + 35, first + 38)).values(matched_version=0))
    return world


def told(client, path=ALL):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return unescape(answer.text)


def test_the_page_tells_sums_by_cause_and_sector_and_what_is_not_counted(petugas, unserved):
    text = told(petugas)
    assert "31 permintaan senilai" in text
    assert "21 karena satu sebab saja" in text
    assert re.search(r"belum dicocokkan.*?tidak dihitung sampai dicocokkan.*?>4<", text, re.S)
    assert re.search(r"terlayani atau dapat ditanyakan</th>.*?>5<", text, re.S)
    assert "Sertifikat belum ada" in text
    assert re.search(r"Penerapan SNI, pengujian dan manajemen mutu.*?Hampir memenuhi \(1\).*?Bengkel Las Karya Mandiri", text, re.S)
    assert "Pengelasan SMAW 3G" in text


def test_a_figure_leads_to_its_demands_each_with_cause_and_nearest_product(petugas, unserved):
    text = petugas.get(ALL).text
    links = [unescape(each) for each in re.findall(r'href="([^"]*sebab=certificate[^"]*)#daftar"', text)]
    assert links
    whole = told(petugas, links[-1])
    seen, path = [], links[-1]
    while path:
        page = petugas.get(path).text
        seen += re.findall(r'href="/permintaan/(d-[0-9a-f]{16})"', page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = unescape(onward[1]) if onward else None
    assert len(seen) == len(set(seen)) == 31
    assert "bersama sebab lain: Kapasitas kurang" in whole
    assert "/produk/UJI-LGM-" in whole


def test_nothing_that_sources_wrote_becomes_markup(petugas, unserved):
    text = petugas.get(ALL + "&sebab=certificate").text
    page = text + petugas.get(ALL + "&setelah=25").text
    assert "<script>alert" not in page
    assert "<b>pada</b>" not in page
    assert "style=" not in text


def test_a_year_a_region_and_a_sector_narrow_it(petugas, unserved):
    assert "31 permintaan senilai" in told(petugas, "/laporan/kebutuhan?dari=2026-03-01&sampai=2026-03-31")
    assert "Tidak ada permintaan daerah lain untuk saringan ini." in told(petugas, "/laporan/kebutuhan?dari=2027-01-01&sampai=")
    tegal = int(re.search(r"(\d+) permintaan senilai", told(petugas, ALL + "&daerah=33.28"))[1])
    semarang = int(re.search(r"(\d+) permintaan senilai", told(petugas, ALL + "&daerah=33.74"))[1])
    assert tegal + semarang == 31
    assert min(tegal, semarang) > 0
    logam = int(re.search(r"(\d+) permintaan senilai", told(petugas, ALL + "&sektor=logam"))[1])
    kimia = int(re.search(r"(\d+) permintaan senilai", told(petugas, ALL + "&sektor=kimia"))[1])
    assert logam + kimia == 31


@pytest.mark.parametrize(
    "query",
    ["dari=x", "sampai=2026-02-30", "dari=2027-01-02&sampai=2027-01-01", "sektor=kayu", "daerah=99.99", "sebab=cuaca", "setelah=-1",
     "bagian=x", "urut=nilai", "baru=1"],
)  # fmt: skip
def test_what_cannot_be_read_is_named(petugas, unserved, query):
    assert petugas.get(f"/laporan/kebutuhan?{query}").status_code == 400


def test_it_is_for_staff_alone(client, world):
    for path in ("/laporan/kebutuhan", "/laporan/kebutuhan.xlsx"):
        assert client.get(path).headers["Location"].startswith("/masuk")


def test_what_was_counted_is_shown_with_its_time_until_it_is_counted_again(petugas, unserved, statements):
    told(petugas)
    with unserved.work() as session:
        session.execute(update(MatchRow).values(verdict="fit"))
    with statements() as seen:
        assert "31 permintaan senilai" in told(petugas)
    assert len(seen) <= 4, "leafing through what was counted is no pass over the demands"
    answer = petugas.get(ALL + "&baru=ya")
    assert answer.status_code == 303
    assert "permintaan senilai" not in told(petugas, answer.headers["Location"])


def test_the_page_costs_a_fixed_number_of_statements(petugas, unserved, statements):
    with statements() as seen:
        told(petugas, ALL)
    assert 5 <= len(seen) <= 14, seen


def test_the_workbook_names_every_demand_with_exact_sums(petugas, unserved):
    answer = petugas.get("/laporan/kebutuhan.xlsx?dari=&sampai=")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    answer.close()
    rows = list(book["Permintaan"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 31
    sums = list(book["Sebab dan sektor"].iter_rows(min_row=2, values_only=True))
    assert sum(row[2] for row in sums) == 31
    assert sum(Decimal(str(row[3])) for row in sums) == sum(Decimal(str(row[4])) for row in rows)
    assert any(row[1] == HOSTILE for row in rows)
    assert book["Rencana pelatihan"]["B2"].value == "Penerapan SNI, pengujian dan manajemen mutu"
    assert book["Kunjungan belajar"].max_row >= 1


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("width", "script"), [(360, True), (1280, True), (1280, False)])
def test_it_is_accessible_and_whole_without_javascript(visit, unserved, width, script):
    page, wrong = visit(width=width, script=script)
    page.goto(ALL)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if script:
        assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"kebutuhan-{width}.png", full_page=True)
    page.locator("a[href*='sebab=certificate']").first.click()
    assert "Sertifikat belum ada" in page.locator("h2#daftar").inner_text()
    assert wrong == []
