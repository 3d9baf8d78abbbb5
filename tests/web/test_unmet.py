"""The report of unmet demand on its page: sums, the demands behind them, the plan, the visits, the workbook."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import openpyxl
import pytest
from sqlalchemy import select, update

from exchange.jobs.unmet import UnmetCounts, count_waiting
from exchange.jobs.worker import Worker
from exchange.store.businesses import BusinessRow
from exchange.store.demands import DemandRow
from exchange.store.matches import MatchRow
from exchange.store.unmet_counts import first_wanted

from .browsing import SHOTS, fits, violations

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


@pytest.fixture
def told(petugas, unserved, settings, csrf):
    """The page's text; what was never counted is asked for by the form, and a worker counts it."""

    def told(client, path=ALL):
        answer = client.get(path)
        assert answer.status_code == 200, answer.text[:300]
        if "Saringan ini belum dihitung." in answer.text:
            answer = asked(client, path, csrf)
            assert count_waiting(unserved, settings) == 1
            answer = client.get(answer.headers["Location"] + ("&sebab=certificate" if "sebab=certificate" in path else ""))
        return unescape(answer.text)

    return told


def asked(client, path, csrf, **more):
    """The form of the page, sent with the filters of an address."""
    given = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
    return client.post("/laporan/kebutuhan/hitung", data=given | more | {"csrf_token": csrf(client.get(path))})


def test_the_page_tells_sums_by_cause_and_sector_and_what_is_not_counted(petugas, told):
    text = told(petugas)
    assert "31 permintaan senilai" in text
    assert "21 karena satu sebab saja" in text
    assert re.search(r"belum dicocokkan.*?tidak dihitung sampai dicocokkan.*?>4<", text, re.S)
    assert re.search(r"terlayani atau dapat ditanyakan</th>.*?>5<", text, re.S)
    assert "Sertifikat belum ada" in text
    assert re.search(r"Penerapan SNI, pengujian dan manajemen mutu.*?Hampir memenuhi \(1\).*?Bengkel Las Karya Mandiri", text, re.S)
    assert "Pengelasan SMAW 3G" in text


def test_a_figure_leads_to_its_demands_each_with_cause_and_nearest_product(petugas, told):
    told(petugas)
    text = petugas.get(ALL).text
    links = [unescape(each) for each in re.findall(r'href="([^"]*sebab=certificate[^"]*)#daftar"', text)]
    assert links
    assert all("dari=&sampai=" in link for link in links), "an empty day is not the current year"
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


def test_nothing_that_sources_wrote_becomes_markup(petugas, told):
    told(petugas)
    text = petugas.get(ALL + "&sebab=certificate").text
    page = text + petugas.get(ALL + "&setelah=25").text
    assert "<script>alert" not in page
    assert "<b>pada</b>" not in page
    assert "style=" not in text


def test_a_year_a_region_and_a_sector_narrow_it(petugas, told):
    assert "31 permintaan senilai" in told(petugas, "/laporan/kebutuhan?dari=2026-03-01&sampai=2026-03-31")
    assert "Tidak ada permintaan daerah lain untuk saringan ini." in told(petugas, "/laporan/kebutuhan?dari=2027-01-01&sampai=")
    tegal = int(re.search(r"(\d+) permintaan senilai", told(petugas, ALL + "&daerah=33.28"))[1])
    semarang = int(re.search(r"(\d+) permintaan senilai", told(petugas, ALL + "&daerah=33.74"))[1])
    assert tegal + semarang == 31
    assert min(tegal, semarang) > 0
    logam = int(re.search(r"(\d+) permintaan senilai", told(petugas, ALL + "&sektor=logam"))[1])
    kimia = int(re.search(r"(\d+) permintaan senilai", told(petugas, ALL + "&sektor=kimia"))[1])
    assert logam + kimia == 31


@pytest.mark.parametrize("filters", ["daerah=33.74", "daerah=33", "daerah=61", "daerah=33.28&dari=2026-03-15&sampai=2026-12-31"])
def test_what_a_region_asked_for_and_did_not_get_is_what_a_look_at_every_row_finds(petugas, unserved, told, filters):
    given = dict(parse_qsl("dari=&sampai=&" + filters, keep_blank_values=True))
    wanted = set()
    with unserved.read() as session:
        for row in session.scalars(select(DemandRow)).all():
            need = row.use_start or row.use_end or row.contract_start or row.contract_end or row.selection_start or row.selection_end
            day = need.isoformat() if need else ""
            verdicts = {one.verdict for one in session.scalars(select(MatchRow).where(MatchRow.demand_id == row.id))}
            here = row.region == given["daerah"] or row.region.startswith(given["daerah"] + ".")
            timely = given["dari"] <= day <= (given["sampai"] or "9999")
            if here and timely and row.matched_version == row.version and verdicts and not verdicts & {"fit", "ask"}:
                wanted.add(row.ident)
    path = "/laporan/kebutuhan?" + urlencode(given)
    text = told(petugas, path)
    assert re.search(rf"\b{len(wanted)} permintaan senilai", text) if wanted else "permintaan senilai" not in text
    answer = petugas.get("/laporan/kebutuhan.xlsx?" + urlencode(given))
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    answer.close()
    assert {row[0] for row in book["Permintaan"].iter_rows(min_row=2, values_only=True)} == wanted


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


def test_what_was_counted_is_shown_with_its_time_until_it_is_counted_again(petugas, unserved, told, settings, statements, csrf):
    told(petugas)
    with unserved.work() as session:
        session.execute(update(MatchRow).values(verdict="fit"))
    with statements() as seen:
        assert "31 permintaan senilai" in told(petugas)
    assert len(seen) <= 4, "leafing through what was counted is no pass over the demands"
    assert re.search(r"Dihitung .* atas 40 permintaan", told(petugas))
    answer = asked(petugas, ALL, csrf, baru="ya")
    assert answer.status_code == 303
    page = told(petugas, answer.headers["Location"])
    assert "31 permintaan senilai" in page, "the last count stays until the next one is whole"
    assert "Hitungan baru sedang dibuat" in page
    assert Worker(unserved, settings, [UnmetCounts(unserved, settings)]).run(once=True) == 1
    assert "permintaan senilai" not in told(petugas, answer.headers["Location"])


def test_a_page_counts_nothing_and_says_what_was_never_counted(petugas, unserved, statements, csrf):
    with statements() as seen:
        page = petugas.get(ALL + "&daerah=33.74").text
    assert "Saringan ini belum dihitung." in page
    assert len(seen) <= 8
    assert not any(" match" in one for one in seen), "no match was read"
    asked(petugas, ALL + "&daerah=33.74", csrf)
    waiting = petugas.get(ALL + "&daerah=33.74").text
    assert "Sedang dihitung di latar" in waiting
    part = petugas.get(ALL + "&daerah=33.74", headers={"HX-Request": "true"}).text
    assert "Sedang dihitung di latar" in part
    assert "<html" not in part


def test_only_who_is_logged_in_asks_for_a_count_and_only_by_the_form(app, petugas, unserved):
    stranger = app.test_client().post("/laporan/kebutuhan/hitung", data={"dari": "", "sampai": ""})
    assert stranger.status_code == 400 or stranger.headers["Location"].startswith("/masuk")
    assert petugas.post("/laporan/kebutuhan/hitung", data={"dari": "", "sampai": ""}).status_code == 400
    with unserved.read() as session:
        assert first_wanted(session) is None


def test_what_stands_beside_the_main_causes_is_told_with_its_counts(petugas, told):
    text = told(petugas)
    assert re.search(r"Sebab lain pada permintaan yang sama.*Kapasitas kurang</th>.*?>10<", text, re.S)


def test_the_page_costs_a_fixed_number_of_statements(petugas, told, statements):
    told(petugas)
    current_app_cache = petugas.application.extensions.pop("exchange_unmet", None)
    assert current_app_cache is not None
    with statements() as seen:
        told(petugas, ALL)
    assert len(seen) <= 8, seen


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
def test_it_is_accessible_and_whole_without_javascript(visit, unserved, settings, width, script):
    page, wrong = visit(width=width, script=script)
    page.goto(ALL)
    page.get_by_role("button", name="Hitung", exact=True).click()
    assert "Sedang dihitung di latar" in page.locator("#laporan").inner_text()
    if script:
        assert violations(page) == []
    assert count_waiting(unserved, settings) == 1
    if not script:
        page.get_by_role("link", name="Lihat lagi").click()
    page.get_by_text("31 permintaan senilai").wait_for()
    assert fits(page)
    if script:
        assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"kebutuhan-{width}.png", full_page=True)
    page.locator("a[href*='sebab=certificate']").first.click()
    assert "Sertifikat belum ada" in page.locator("h2#daftar").inner_text()
    assert wrong == []
