"""Matches say which agreement covers them, in words and with the way to it, and are narrowed by it."""

from __future__ import annotations

import re

import pytest

from exchange.agreements.node import node_of
from exchange.agreements.steps import named
from exchange.store.demands import demand_by_ident
from exchange.store.matches import MatchFilter, list_matches

from ..agreements.cases import go, go_until, new_case  # isort: skip


@pytest.fixture
def on(settings):
    """Today, as the pages reckon it."""
    return settings.day()


@pytest.fixture
def covered(world, settings, on):
    """Metal for Kota Semarang by a contract that is carried out; a case with Kabupaten Batang on its way."""
    node = node_of(settings)
    with world.work() as session:
        first = go_until(session, node, new_case(session, node, on=on), "laksanakan", on=on).ident
        second = new_case(session, node, on=on, region="33.28", counterpart="Pemerintah Kabupaten Tegal").ident
    return first, second


def rows_of(html: str) -> dict[int, str]:
    return {int(number): part for number, part in re.findall(r'<tr id="row-(\d+)">(.*?)</tr>', html, re.S)}


def test_each_row_says_its_agreement_and_the_filters_share_the_list_out(petugas, world, covered):
    first, second = covered
    with world.read() as session:
        wanted: dict[str, set[int]] = {"covered": set(), "needs": set(), "none": set(), "own": set()}
        for row in list_matches(session, MatchFilter(state="proposed"), limit=100):
            covers = row.demand.region == "33.74" and (row.product.sector == "logam" or (row.product.kbli or "").startswith("25111"))
            wanted["covered" if covers else "needs" if row.demand.region == "33.28" else "none"].add(row.id)
    assert wanted["covered"] and wanted["needs"]
    words = {"covered": "tercakup perjanjian", "needs": "perlu perjanjian, sudah ada perkaranya", "none": "belum ada perjanjian"}
    for state, numbers in wanted.items():
        html, found = petugas.get(f"/kecocokan?cakupan={state}").text, {}
        assert re.search(rf">{len(numbers)} kecocokan<", html)
        while True:
            found |= rows_of(html)
            following = re.search(r'rel="next" href="([^"]+)"', html)
            if not following:
                break
            html = petugas.get(following[1].replace("&amp;", "&")).text
        assert set(found) == numbers, state
        assert all(f">{words[state]}</span>" in part for part in found.values())
        link = {"covered": f'href="/kerja-sama/{first}"', "needs": f'href="/kerja-sama/{second}"'}.get(state)
        assert all((link in part) if link else "/kerja-sama/" not in part for part in found.values())
    assert petugas.get("/kecocokan?cakupan=tercakup").status_code == 400


def test_a_match_says_until_when_and_its_row_still_does_after_a_decision(petugas, world, covered, csrf, on):
    page = petugas.get("/kecocokan?cakupan=covered")
    number = next(iter(rows_of(page.text)))
    one = petugas.get(f"/kecocokan/{number}").text
    assert re.search(rf"Perjanjian:.*tercakup perjanjian.*{covered[0]}</a> sampai \d+ \w+ {on.year + 2}", one, re.S)
    form = {"csrf_token": csrf(page), "version": "1", "state": "accepted"}
    answer = petugas.post(f"/kecocokan/{number}/putuskan", data=form, headers={"HX-Request": "true", "HX-Target": f"row-{number}"})
    assert answer.status_code == 200
    assert covered[0] in answer.text


def test_a_case_that_is_suspended_covers_nothing_from_that_moment_on(petugas, world, covered, settings, on):
    assert f"{covered[0]}</a> sampai" in petugas.get("/kecocokan").text
    with world.work() as session:
        go(session, node_of(settings), named(session, covered[0]), "tangguhkan", on=on)
    html = petugas.get("/kecocokan").text
    assert ">tercakup perjanjian</span>" not in html
    assert f"{covered[0]}</a> pada tahap Ditangguhkan" in html


def test_the_mark_of_the_engine_says_what_holds_today(petugas, world, covered):
    from exchange.matching.criteria.coverage import Coverage

    number = next(iter(rows_of(petugas.get("/kecocokan?cakupan=covered").text)))
    with world.work() as session:
        (row,) = (one for one in list_matches(session, MatchFilter(), limit=100) if one.id == number)
        row.marks = [*row.marks, Coverage()._of(None).record()]
    assert f"Tercakup {covered[0]} sampai" in petugas.get(f"/kecocokan/{number}").text


def test_the_list_costs_no_more_with_many_cases_than_with_few(petugas, world, covered, settings, statements, on):
    def counted() -> int:
        with statements() as seen:
            assert petugas.get("/kecocokan?cakupan=needs").status_code == 200
        return len(seen)

    few = counted()
    with world.work() as session:
        for _ in range(10):
            new_case(session, node_of(settings), on=on, region="33.28")
    assert counted() == few


def test_the_list_counts_each_state_and_a_count_leads_to_its_rows(petugas, world, covered):
    html = petugas.get("/kecocokan").text
    counts = {code: (int(number), path) for path, code, number in re.findall(r'href="([^"]*cakupan=(\w+))"[^>]*>[^<]*: (\d+)</a>', html)}
    assert set(counts) == {"covered", "needs", "none", "own"}
    whole = int(re.search(r">(\d+) kecocokan<", html)[1])
    assert sum(number for number, _ in counts.values()) == whole
    for number, path in counts.values():
        narrowed = petugas.get(path).text
        assert f">{number} kecocokan<" in narrowed
        assert sorted(re.findall(r"cakupan=\w+\"[^>]*>[^<]*: (\d+)</a>", narrowed)) == sorted(str(each) for each, _ in counts.values())


def test_the_pages_of_a_demand_and_of_a_product_say_what_covers_each_match(petugas, world, covered, statements):
    with world.read() as session:
        rows = list_matches(session, MatchFilter(state="proposed"), limit=100)
    row = next(one for one in rows if one.demand.region == "33.74" and one.product.sector == "logam")
    for path in (f"/permintaan/{row.demand.ident}", f"/produk/{row.product.sku}"):
        with statements() as seen:
            html = petugas.get(path).text
        assert f'href="/kerja-sama/{covered[0]}"' in html
        assert ">tercakup perjanjian</span>" in html
        assert len([one for one in seen if one.startswith("SELECT")]) <= 8, (path, seen)


def test_a_case_is_begun_for_other_regions_alone(petugas, world, settings):
    """What the own region buys needs no agreement: the page says so, and leads into none."""
    with world.read() as session:
        row = next(one for one in list_matches(session, MatchFilter(state="proposed"), limit=100) if one.demand.region == "33.74")
        number, ident = row.id, row.demand.ident
    before = petugas.get(f"/kecocokan/{number}").text
    assert f'href="/kerja-sama/baru?kecocokan={number}"' in before
    with world.work() as session:
        demand = demand_by_ident(session, ident)
        demand.region = settings.home_region
    after = petugas.get(f"/kecocokan/{number}").text
    assert "tidak perlu perjanjian: daerah sendiri" in after
    assert "/kerja-sama/baru" not in after
