"""Beranda counts what of cooperation and trade waits for a person, and each count leads to a list of so many."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

from sqlalchemy import update

from exchange.agreements.node import node_of
from exchange.store.base import utcnow
from exchange.store.deal_lists import DealFilter, list_deals
from exchange.store.demands import DemandRow
from exchange.store.period_reports import PeriodReportRow
from exchange.store.sources import SourceRow, all_sources
from exchange.store.trade import DealRow
from exchange.web.home import SOURCES
from exchange.web.home_counts import last_month, waiting_of

from ..agreements.cases import go_until, new_case  # isort: skip
from .dealing import deals  # noqa: F401  # isort: skip


def told(client):
    """The figures of the page with the way to each list."""
    text = client.get("/").text
    found = re.findall(r'<li><a href="([^"]+)"[^>]*>\s*<strong>([\d.]+)</strong><span>([^<]+)</span>', text)
    return {said: (int(number.replace(".", "")), unescape(path)) for path, number, said in found}


def test_cases_are_counted_by_what_they_wait_for(petugas, world, settings):
    node, on = node_of(settings), settings.day()
    with world.work() as session:
        new_case(session, node, on=on)
        go_until(session, node, new_case(session, node, on=on), "kirim_penawaran", on=on)
        running = go_until(session, node, new_case(session, node, on=on), "laksanakan", on=on)
        ends = running.ends_on
    figures = told(petugas)
    assert figures["perkara menunggu langkah kita"] == (1, "/kerja-sama")
    assert figures["perkara diam di tahapnya"][0] == figures["perjanjian segera berakhir"][0] == 0
    with world.read() as session:
        later = waiting_of(session, replace(settings, today=on + timedelta(days=400)), 1)
        assert (later.ours, later.still) == (1, 2), "the one that waits for the other side stands still too"
        assert waiting_of(session, replace(settings, today=ends - timedelta(days=90)), 1).ending >= 1


def test_offers_without_an_answer_and_orders_past_their_day_lead_to_their_lists(petugas, deals, settings):  # noqa: F811
    with deals.read() as session:
        states = [row.state for row in list_deals(session, DealFilter())]
    figures = told(petugas)
    assert figures["penawaran menunggu jawaban"] == (states.count("ditawarkan"), "/perdagangan?status=ditawarkan")
    assert figures["pesanan lewat batas waktunya"] == (0, "/perdagangan?lewat=ya")
    day = settings.day()
    first = day.replace(day=1)
    for precision, end, late in (
        ("day", day - timedelta(days=1), 1), ("day", day, 0), ("month", first, 0), ("month", first - timedelta(days=1), 1),
        ("year", date(day.year, 1, 1), 0), ("year", date(day.year - 1, 12, 31), 1), (None, None, 0),
    ):  # fmt: skip
        with deals.work() as session:
            session.execute(update(DemandRow).values(contract_end=end, contract_precision=precision))
        number, path = told(petugas)["pesanan lewat batas waktunya"]
        assert number == late, (precision, end)
        page = petugas.get(path).text
        assert len(set(re.findall(r"/perdagangan/(TR-\d{4}-\d+)", page))) == late
    with deals.work() as session:
        session.execute(update(DemandRow).values(contract_end=first - timedelta(days=40), contract_precision="day"))
        session.execute(update(DealRow).values(state="selesai"))
    assert told(petugas)["pesanan lewat batas waktunya"][0] == 0, "all has come"


def test_the_page_costs_at_most_eight_statements(petugas, deals, statements):  # noqa: F811
    with statements() as seen:
        assert petugas.get("/").status_code == 200
    assert len([one for one in seen if one.startswith("SELECT")]) <= 8, seen


def test_sources_that_do_not_answer_come_first_and_their_count_leads_to_them_alone(petugas, world):
    with world.work() as session:
        session.execute(update(SourceRow).values(health="good"))
    assert told(petugas)["sumber tidak menjawab"] == (0, "/sumber?jawab=tidak")
    with world.work() as session:
        quiet = sorted(all_sources(session), key=lambda row: row.name)[-1]
        quiet.health, quiet.failures, name = "failing", 2, quiet.name
        for number in range(SOURCES):
            session.add(SourceRow(name=f"tambahan-{number}", connector="table", region="33.74", state="approved"))
    number, path = told(petugas)["sumber tidak menjawab"]
    page = petugas.get(path).text
    assert (number, re.findall(r'href="/sumber/([\w-]+)"', page)) == (1, [name])
    shown = re.findall(r'<th scope="row"[^>]*><a href="/sumber/([\w-]+)">', petugas.get("/").text)
    assert shown[0] == name and len(shown) == SOURCES
    assert "sumber lain</a>" in petugas.get("/").text
    assert petugas.get("/sumber?jawab=ya").status_code == 400


def test_last_months_report_that_is_not_closed_is_told_to_those_who_may_close_it(petugas, staff, world, settings):
    month = last_month(settings.day()).key
    assert told(petugas)["laporan bulan lalu belum ditutup"] == (1, f"/laporan/masa/{month}")
    assert "laporan bulan lalu belum ditutup" not in told(staff("pimpinan"))
    with world.work() as session:
        its = {"counted_at": utcnow(), "closed_at": utcnow(), "closed_by": "petugas", "body": {}}
        session.add_all(PeriodReportRow(period=month, edition=edition, **its) for edition in (1, 2))
    assert told(petugas)["laporan bulan lalu belum ditutup"][0] == 0


def test_one_of_a_kind_is_told_in_the_singular_of_english(petugas, csrf):
    petugas.post("/bahasa", data={"csrf_token": csrf(petugas.get("/")), "bahasa": "en"})
    figures = told(petugas)
    assert figures["source does not answer"][0] == 1
    assert figures["matches wait for a decision"][0] > 1
