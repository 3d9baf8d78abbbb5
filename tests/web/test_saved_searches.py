"""Saved searches: what is new to each reader, whose they are, what the page costs with them, and the next of a list."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from html import unescape
from threading import Barrier

from sqlalchemy import select

from exchange.demand.indexing import catch_up
from exchange.jobs.inbox_letters import count_news
from exchange.matching.care import arrange
from exchange.matching.decide import decide
from exchange.matching.steps import Target, Wish, take
from exchange.store.matches import MatchRow
from exchange.store.saved_searches import SavedSearchRow
from exchange.web.match_searches import MOST

from .test_inbox import _today, count, number, rows  # noqa: F401  # isort: skip


def save(browser, csrf, name, query="", **form):
    return browser.post(f"/kecocokan/pencarian{query}", data={"csrf_token": csrf(browser.get("/kecocokan")), "nama": name} | form)


def more(world, count, score="0.95"):
    """So many new matches of the best demands."""
    with world.work() as session:
        taken = {(row.demand_id, row.product_id) for row in session.scalars(select(MatchRow))}
        free = [(d, p) for d in range(1, 41) for p in range(1, 31) if (d, p) not in taken][:count]
        for demand_id, product_id in free:
            session.add(MatchRow(demand_id=demand_id, product_id=product_id, score=Decimal(score), marks=[], model="bm25-1",
                                 demand_version=1, product_version=1))  # fmt: skip


def test_a_saved_search_counts_all_that_is_new_until_its_reader_has_looked(petugas, csrf, world, settings):
    assert save(petugas, csrf, "Logam terbaik", "?sektor=logam&nilai=90").status_code == 303
    assert "tidak ada yang baru" in petugas.get("/kecocokan").text
    more(world, 60)
    page = petugas.get("/kecocokan")
    told = int(re.search(r">(\d+) baru</a>", page.text)[1])
    link = unescape(re.search(r'href="([^"]+)">\d+ baru</a>', page.text)[1])
    fresh = petugas.get(link)
    assert told == count(fresh) > 25, "not a page's worth"
    assert all(one > 60 for one in rows(fresh))
    count_news(world, settings)
    assert f"<strong>{told}</strong><span>baru dalam pencarian Anda" in petugas.get("/").text
    petugas.post("/kecocokan/pencarian/1/dilihat", data={"csrf_token": csrf(page), "sampai": "61"})
    assert f">{told - 1} baru<" in petugas.get("/kecocokan").text or f">{told} baru<" in petugas.get("/kecocokan").text
    petugas.post("/kecocokan/pencarian/1/dilihat", data={"csrf_token": csrf(page), "sampai": "120"})
    assert "tidak ada yang baru" in petugas.get("/kecocokan").text
    assert "baru dalam pencarian" not in petugas.get("/").text


def test_a_search_of_the_office_is_everybodys_with_a_count_for_each_and_its_owner_removes_it(staff, csrf, world):
    petugas, admin, pimpinan = staff("petugas"), staff("admin"), staff("pimpinan")
    save(petugas, csrf, "Milik kantor", "?sektor=logam", kantor="ya")
    save(petugas, csrf, "Milik saya")
    save(pimpinan, csrf, "Pimpinan saja", kantor="ya")
    more(world, 10)
    assert "Milik kantor" in admin.get("/kecocokan").text
    assert "Milik saya" not in admin.get("/kecocokan").text
    assert "Pimpinan saja" not in admin.get("/kecocokan").text, "who only looks shares nothing"
    admin.post("/kecocokan/pencarian/1/dilihat", data={"csrf_token": csrf(admin.get("/kecocokan")), "sampai": "10000"})
    assert "baru</a>" not in admin.get("/kecocokan").text
    assert "baru</a>" in petugas.get("/kecocokan").text
    token = csrf(admin.get("/kecocokan"))
    assert admin.post("/kecocokan/pencarian/1/hapus", data={"csrf_token": token}).status_code == 404
    assert admin.post("/kecocokan/pencarian/2/surat", data={"csrf_token": token}).status_code == 404
    assert admin.get("/kecocokan?baru=2").status_code == 400
    assert petugas.post("/kecocokan/pencarian/1/hapus", data={"csrf_token": csrf(petugas.get("/kecocokan"))}).status_code == 303
    with world.read() as session:
        assert {row.name for row in session.scalars(select(SavedSearchRow))} == {"Milik saya", "Pimpinan saja"}


def test_ones_own_searches_are_found_and_counted_however_many_the_office_shares(petugas, csrf, world, number):  # noqa: F811
    with world.work() as session:
        session.add_all(SavedSearchRow(account_id=number("admin"), name=f"Kantor {at:02}", shared=True) for at in range(60))
    for query in ("?sektor=logam", "?nilai=70"):
        assert save(petugas, csrf, "Zamrud", query).status_code == 303, "the same name again takes the place of the one before"
    assert "Zamrud" in petugas.get("/kecocokan").text
    for at in range(MOST - 1):
        save(petugas, csrf, f"Zaitun {at:02}")
    save(petugas, csrf, "Zaman")
    assert f"Paling banyak {MOST} pencarian" in petugas.get("/kecocokan").text
    with world.read() as session:
        own = session.scalars(select(SavedSearchRow).where(SavedSearchRow.account_id == number("petugas"))).all()
    assert len(own) == MOST and next(one.asked for one in own if one.name == "Zamrud") == {"nilai": "70"}


def test_one_name_saved_by_many_requests_at_once_is_one_search_and_each_gets_the_ordinary_answer(staff, csrf, world):
    clients = [(staff("petugas"), f"?nilai={least}") for least in (30, 50, 70, 90)]
    tokens = [csrf(client.get("/kecocokan")) for client, _query in clients]
    gate = Barrier(len(clients))

    def send(client, query, token):
        gate.wait(10)
        return client.post(f"/kecocokan/pencarian{query}", data={"csrf_token": token, "nama": "Bersamaan"}).status_code

    with ThreadPoolExecutor(len(clients)) as threads:
        answers = list(threads.map(lambda each: send(*each[0], each[1]), zip(clients, tokens, strict=True)))
    assert answers == [303] * len(clients)
    with world.read() as session:
        assert session.scalars(select(SavedSearchRow)).one().asked in [{"nilai": str(least)} for least in (30, 50, 70, 90)]


def test_the_start_counts_no_search_that_the_office_no_longer_has(staff, csrf, world, settings):
    petugas, admin = staff("petugas"), staff("admin")
    save(petugas, csrf, "Milik kantor", "?sektor=logam", kantor="ya")
    more(world, 10)
    for client in (petugas, admin):
        client.get("/kecocokan")
    count_news(world, settings)
    assert "baru dalam pencarian" in admin.get("/").text
    save(petugas, csrf, "Milik kantor", "?sektor=logam")
    assert "baru dalam pencarian" not in admin.get("/").text
    assert "baru dalam pencarian" in petugas.get("/").text


def test_the_inbox_costs_at_most_eight_statements_with_searches_care_and_a_step(petugas, csrf, world, statements, number, app, settings):  # noqa: F811
    for name, query in (("Satu", "?sektor=logam"), ("Dua", "?orang=saya"), ("Tiga", "?cakupan=none&nilai=70")):
        save(petugas, csrf, name, query)
    with world.work() as session:
        arrange(session, 5, 0, {"assignee_id": number("petugas")}, None, "admin", _today(app))
        arrange(session, 6, 0, {"snoozed_until": _today(app) + timedelta(days=1)}, None, "admin", _today(app))
        assert take(session, Wish("note", note="Dibahas"), [Target(7, 1, 0)], "admin", _today(app)).id == 1
    more(world, 30)
    catch_up(world, settings.home_region)
    for path in (
        "/", "/kecocokan", "/kecocokan?orang=saya", "/kecocokan?orang=tanpa&sektor=logam", "/kecocokan?tunda=ya", "/kecocokan?baru=1",
        "/kecocokan?status=rejected&alasan=price", "/kecocokan?cari=pagar&langkah=1", "/kecocokan?cari=pagar&orang=saya&baru=1",
        "/kecocokan/langkah", "/kecocokan/1?dari=sektor%3Dlogam",
        "/kecocokan/1/berikutnya?dari=sektor%3Dlogam",
    ):  # fmt: skip
        with statements() as seen:
            assert petugas.get(path).status_code < 400, path
        assert len([one for one in seen if one.lstrip().upper().startswith(("SELECT", "WITH"))]) <= 8, (path, len(seen), seen)
    assert 'id="hasil"' in petugas.get("/kecocokan?cari=pagar&langkah=1").text
    assert rows(petugas.get("/kecocokan?cari=pagar")), "words that are found"


def test_one_match_leads_to_the_next_undecided_of_its_list(petugas, csrf, world):
    listed = rows(petugas.get("/kecocokan?sektor=logam"))
    page = petugas.get(f"/kecocokan/{listed[0]}?dari=sektor%3Dlogam")
    link = unescape(re.search(r'rel="next" href="([^"]+)"', page.text)[1])
    assert petugas.get(link).location == f"/kecocokan/{listed[1]}?dari=sektor%3Dlogam"
    with world.work() as session:
        decide(session, listed[1], 1, "accepted", None, None, "petugas")
    assert petugas.get(link).location == f"/kecocokan/{listed[2]}?dari=sektor%3Dlogam"
    last = rows(petugas.get("/kecocokan?sektor=logam&setelah=0.801_1"))[-1]
    assert petugas.get(f"/kecocokan/{last}/berikutnya?dari=sektor%3Dlogam").location == "/kecocokan?sektor=logam"
    for odd in ("nilai%3Dx", "orang%3Dy", "cakupan%3Dz", "cari%3D" + "a" * 3000):
        assert petugas.get(f"/kecocokan/1?dari={odd}").status_code == 200, odd
        assert petugas.get(f"/kecocokan/1/berikutnya?dari={odd}").status_code == 303, odd
