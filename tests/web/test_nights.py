"""The nights on a page: what needs a person first, then every source with its figures; a night that is not done is shown as such."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from exchange.jobs.needs import brief_of
from exchange.jobs.nightly import LOCK, Night
from exchange.store import locks
from exchange.store.base import utcnow
from exchange.store.nights import close_night, open_night
from exchange.store.runs import RunRow
from exchange.sync.report import Report

REPORTS = (
    Report("semarang", state="complete", fetched=1234, new=40, changed=3, unchanged=1191, requests=7, bytes=2_345_678, seconds=12.4),
    Report("tegal", state="failed", reasons=["Yang datang <b>halaman HTML</b>."], notice="Sumber mulai gagal; ia dicoba lagi.",
           requests=1, bytes=512, seconds=0.4),
    Report("baru", state="complete", fetched=5, missing=5, held=5, undecided=5, quarantined=2, duplicates=1, skipped=3),
)  # fmt: skip
RESTING = {"source": "lama", "health": "lapsed", "failures": 9, "last_good_at": "2026-11-01T01:15:00+00:00", "next_try_at": None}


def night(store, reports=REPORTS, resting=(RESTING,)):
    told = Night(sources=list(reports), resting=list(resting), matching={"demands": 9, "products": 8, "matches": 7}, seconds=130.2)
    with store.work() as session:
        row = open_night(session, utcnow() - timedelta(minutes=3), timedelta(0))
        close_night(session, row.id, utcnow(), told.as_json(), brief_of(told.as_json()))
        return row.id


def plain(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")


def test_a_night_shows_what_needs_a_person_before_all_figures(petugas, world):
    text = petugas.get(f"/malam/{night(world)}").text
    said = plain(text)
    assert said.index("Perlu dilihat orang") < said.index("5 permintaan tidak disebut lagi") < said.index("Tiap sumber")
    assert 'href="/sumber/baru#ditahan"' in text
    for part in ("diterima 1.234", "baru 40", "tidak disebut lagi 5", "ditahan 5", "belum terbaca 2", "kembar 1", "dilewati 3", "2,3 MB",
                 "pertanyaan 7", "12 detik", "9 permintaan, 8 produk, 7 kecocokan", "lama tidak menjawab", "1 November 2026",
                 "dalam 2 menit 10 detik"):  # fmt: skip
        assert part in said, part
    assert "&lt;b&gt;halaman HTML" in text
    assert said.index("baru", said.index("Tiap sumber")) < said.index("semarang", said.index("Tiap sumber")), "those that ask come first"


def test_the_list_of_nights_and_the_start_page_say_how_much_needs_a_person(petugas, world):
    good = night(world, REPORTS[:1], ())
    bad = night(world)
    said = plain(petugas.get("/malam").text)
    assert said.index("3 hal") < said.index("tidak ada")
    assert "2 lengkap , 1 gagal" in said or "2 lengkap, 1 gagal" in said
    assert "1 beristirahat" in said
    home = petugas.get("/").text
    assert f'href="/malam/{bad}"' in home
    assert f'href="/malam/{good}"' not in home
    assert "3 hal perlu dilihat orang" in plain(home)


@pytest.mark.parametrize(("alive", "word"), [(True, "sedang berjalan"), (False, "terputus")])
def test_a_night_that_is_not_done_is_running_where_somebody_is_at_it_and_else_broken_off(petugas, world, alive, word):
    with world.work() as session:
        row = open_night(session, utcnow(), timedelta(hours=6))
        session.add(RunRow(source_id=1, night_id=row.id, connector_version="1", state="complete", fetched=77))
        if alive:
            locks.take(session, LOCK, "lain:1:1")
    for path in ("/malam", f"/malam/{row.id}", "/"):
        assert word in plain(petugas.get(path).text), path
    assert "diterima 77" in plain(petugas.get(f"/malam/{row.id}").text), "what came to its end is shown"


def test_a_night_that_a_later_one_gave_up_is_broken_off(petugas, world):
    with world.work() as session:
        left = open_night(session, utcnow() - timedelta(days=1), timedelta(hours=6))
        open_night(session, utcnow(), timedelta(hours=6))
    assert "terputus" in petugas.get(f"/malam/{left.id}").text


def test_sources_are_narrowed_by_state_and_leafed_through(petugas, world):
    many = [Report(f"s{number:03}", state="failed" if number % 60 == 0 else "complete") for number in range(120)]
    number = night(world, many, ())
    first = petugas.get(f"/malam/{number}")
    assert len(re.findall(r'<th scope="row"', first.text)) == 50
    onward = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    assert petugas.get(onward).text.count('<th scope="row"') == 50
    failed = petugas.get(f"/malam/{number}?keadaan=failed").text
    assert re.findall(r"/sumber/(s\d+)", failed) == ["s000", "s060"]


def test_what_is_not_there_or_not_known_is_said(petugas, world):
    assert petugas.get("/malam/4711").status_code == 404
    for path in ("/malam?x=1", "/malam/1?keadaan=baik", "/malam/1?mulai=-1"):
        assert petugas.get(path).status_code == 400, path


def test_nobody_without_a_login_sees_a_night(client, world):
    number = night(world)
    for path in ("/malam", f"/malam/{number}"):
        answer = client.get(path)
        assert (answer.status_code, "semarang" in answer.text) == (302, False)


def test_a_night_of_five_hundred_sources_costs_at_most_four_statements(petugas, world, statements):
    number = night(world, [Report(f"s{number:03}", state="complete") for number in range(514)])
    for path in (f"/malam/{number}", "/malam"):
        with statements() as seen:
            assert petugas.get(path).status_code == 200
        said = [one for one in seen if one.lstrip().upper().startswith("SELECT")]
        assert 1 < len(said) <= 4, said
        assert path != "/malam" or not any("night.summary" in one for one in said), "the list reads no whole summary"
