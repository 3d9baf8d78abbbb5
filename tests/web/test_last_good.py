"""Data of a source that does not answer any more is shown as its last good data, with its day, wherever a demand is shown."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from exchange.access.segments import refresh_demands
from exchange.store.demands import DemandRow
from exchange.store.sources import HEALTH, SourceRow
from schemas.wire import SOURCE_HEALTH

MARK = "data terakhir baik per 1 November 2026"  # 01.15 in Jakarta; in Greenwich it was still October
LAPSED, GOOD = "d-0000000000000001", "d-0000000000000000"


def test_the_words_for_health_are_the_same_on_the_wire_and_in_the_store():
    assert SOURCE_HEALTH == HEALTH


def test_a_demands_page_and_the_lists_mark_it_where_the_source_has_lapsed_and_nowhere_else(petugas, world):
    assert MARK in petugas.get(f"/permintaan/{LAPSED}").text
    assert "data terakhir baik" not in petugas.get(f"/permintaan/{GOOD}").text
    rows = re.findall(r"<tr>.*?</tr>", petugas.get("/permintaan").text, re.S)[1:]
    assert {"tegal" in row for row in rows} == {True, False}
    assert all((MARK in row) == (">tegal<" in row) for row in rows)


def test_the_sources_say_how_they_fare_since_when_and_when_they_are_asked_again(petugas):
    text = petugas.get("/sumber").text
    for part in ("lama tidak menjawab", "21 malam tanpa daftar", "1 November 2026 01.15", "2 Desember 2026 02.00", "malam berikutnya",
                 "tidak diambil"):  # fmt: skip
        assert part in text.replace("\u00a0", " "), part
    page = petugas.get("/sumber/tegal").text
    assert "per 1 November 2026, dan tidak dianggap dicabut" in page
    assert "lama tidak mengirim" not in petugas.get("/sumber/semarang").text


def test_staff_read_it_in_the_api_and_nobody_else_does(petugas, client, world):
    path = f"/api/v1/demands/{LAPSED}"
    with world.work() as session:
        source = session.get_one(SourceRow, 2)
        source.public, source.region = True, "36.72"
        rows = list(session.scalars(select(DemandRow).options(joinedload(DemandRow.source))))
        refresh_demands(session, rows, "36.72")
    answer, theirs = petugas.get(path), client.get(path).get_json()
    mine = answer.get_json()
    assert (mine["source_health"], mine["source_last_good_at"]) == ("lapsed", "2026-10-31T18:15:00Z")
    assert mine.keys() - theirs.keys() >= {"source_health", "source_last_good_at"}
    assert {name: mine[name] for name in theirs} == theirs
    again = {"If-None-Match": answer.headers["ETag"]}
    assert petugas.get(path, headers=again).status_code == 304
    with world.work() as session:
        session.get_one(SourceRow, 2).health = "good"
    assert petugas.get(path, headers=again).status_code == 200, "a source that is back is news, although its demands are the same"


def test_how_a_source_fares_is_no_part_of_the_records_that_lists_and_feed_carry(petugas, world):
    with world.work() as session:
        refresh_demands(session, list(session.scalars(select(DemandRow).options(joinedload(DemandRow.source)))), "36.72")
    assert all("source_health" not in each for each in petugas.get("/api/v1/demands").get_json()["items"])
