"""Runs of a source: how much each brought, which listings had which outcome, and each listing as it came."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import select

from exchange.store.demands import DemandRow
from exchange.store.quarantine import QuarantineRow
from exchange.store.retention import forget_listings
from exchange.store.run_listings import RunListingRow, listings_of_run
from exchange.store.runs import RunRow
from exchange.store.sources import source_by_name
from exchange.sync.run import sync_source

from .sourcing import rows


@pytest.fixture
def pulled(world, settings, jati):
    """Runs of the source `jati`: six new ones; one changed, one gone, one new and one that cannot be read; a failed one."""
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    first = sync_source(world, settings, "jati")
    assert (first.state, first.new) == ("complete", 6)
    them = rows(8)
    them[0]["judul"] = "Meja rapat kayu mahoni"
    them[7]["status"] = "entah"
    jati.answers([each for number, each in enumerate(them) if number != 5])
    second = sync_source(world, settings, "jati")
    assert (second.new, second.changed, second.unchanged, second.missing, second.quarantined) == (1, 1, 4, 1, 1)
    jati.answers([{"lain": 1}])
    third = sync_source(world, settings, "jati")
    assert third.state == "failed"
    return first.run, second.run, third.run


def references(page):
    return re.findall(r"\bK-\d+", re.sub(r"<a [^>]*>", "", page.text.split('id="daftar"')[1]))


def test_each_count_of_a_run_leads_to_its_listings(petugas, pulled):
    first, second, third = pulled
    path = f"/sumber/jati/penarikan/{second}"
    for outcome, expected in {"new": ["K-7"], "changed": ["K-1"], "missing": ["K-6"], "withdrawn": [], "quarantined": ["K-8"]}.items():
        page = petugas.get(f"{path}?hasil={outcome}")
        assert page.status_code == 200
        assert references(page) == expected, outcome
    assert references(petugas.get(f"/sumber/jati/penarikan/{first}")) == [f"K-{n}" for n in range(1, 7)]
    assert references(petugas.get(f"/sumber/jati/penarikan/{third}")) == []
    assert petugas.get(f"{path}?hasil=lain").status_code == 400
    assert petugas.get(f"{path}?hasi=new").status_code == 400
    assert petugas.get(f"/sumber/semarang/penarikan/{second}").status_code == 404


def test_what_a_whole_run_found_unchanged_is_listed_too_as_long_as_that_is_known(petugas, pulled, world, settings, jati):
    first, second, third = pulled
    path = f"/sumber/jati/penarikan/{second}?hasil=unchanged"
    assert references(petugas.get(path)) == ["K-2", "K-3", "K-4", "K-5"]
    assert references(petugas.get(f"/sumber/jati/penarikan/{first}?hasil=unchanged")) == []
    failed = petugas.get(f"/sumber/jati/penarikan/{third}?hasil=unchanged").text
    assert "Tidak ada dengan hasil ini" in failed
    jati.answers(rows(60))
    sync_source(world, settings, "jati")
    jati.answers(rows(60, catatan="lain"))
    assert sync_source(world, settings, "jati").changed == 60
    assert references(petugas.get(path)) == ["K-2", "K-3", "K-4", "K-5"], "what later runs did is no matter of this one"
    last = sync_source(world, settings, "jati")
    assert (last.state, last.unchanged) == ("complete", 60)
    seen, path = [], f"/sumber/jati/penarikan/{last.run}?hasil=unchanged"
    while path:
        page = petugas.get(path)
        seen += references(page)
        found = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = found[1].replace("&amp;", "&") if found else None
    assert sorted(seen) == sorted(f"K-{n}" for n in range(1, 61)) and len(seen) == 60


def test_a_page_of_listings_goes_on_where_the_last_one_ended(petugas, jati, world, settings):
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    jati.answers(rows(60))
    run = sync_source(world, settings, "jati").run
    jati.answers([each | {"judul": each["judul"] + " baru"} for each in rows(60)])
    changed = sync_source(world, settings, "jati").run
    for number, outcome in ((run, "new"), (changed, "changed")):
        seen, path = [], f"/sumber/jati/penarikan/{number}?hasil={outcome}"
        while path:
            page = petugas.get(path)
            seen += references(page)
            found = re.search(r'rel="next" href="([^"]+)"', page.text)
            path = found[1].replace("&amp;", "&") if found else None
        assert seen == [f"K-{n}" for n in range(1, 61)], outcome


def test_a_part_of_the_page_is_given_to_htmx(petugas, pulled):
    part = petugas.get(f"/sumber/jati/penarikan/{pulled[1]}?hasil=changed", headers={"HX-Request": "true"})
    assert "K-1" in part.text and "<h1" not in part.text


def test_a_listing_is_shown_as_it_came_without_its_persons_and_with_the_answer_that_it_came_in(petugas, pulled, world, jati):
    with world.read() as session:
        row = session.query(DemandRow).filter_by(reference="K-1").one()
    page = petugas.get(f"/sumber/jati/mentah/{row.ident}")
    assert "Meja rapat kayu mahoni" in page.text and "&#34;catatan&#34;: &#34;untuk ruang tamu&#34;" in page.text
    assert "199001012020121001" not in page.text and "nip" not in page.text.split("<pre")[1]
    assert f"/sumber/jati/penarikan/{pulled[1]}" in page.text and row.raw_answer in page.text
    assert jati.url not in page.text
    assert f"/sumber/jati/mentah/{row.ident}" in petugas.get(f"/permintaan/{row.ident}").text
    assert petugas.get(f"/sumber/semarang/mentah/{row.ident}").status_code == 404


def test_markup_in_a_listing_is_text(petugas, jati, world, settings):
    with world.work() as session:
        source_by_name(session, "jati").state = "approved"
    jati.answers(rows(1, catatan="<script>alert(1)</script></pre>"))
    sync_source(world, settings, "jati")
    with world.read() as session:
        row = session.query(DemandRow).filter_by(reference="K-1").one()
    text = petugas.get(f"/sumber/jati/mentah/{row.ident}").text
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;&lt;/pre&gt;" in text


def test_what_could_not_be_read_is_shown_with_its_reason_and_as_it_came(petugas, pulled, world):
    with world.read() as session:
        row = session.query(QuarantineRow).filter_by(reference="K-8").one()
    page = petugas.get(f"/sumber/jati/karantina/{row.id}")
    assert row.rule == "code_unknown"
    assert "katanya tidak ada di daftar kode pemetaan" in page.text and "&#34;status&#34;: &#34;entah&#34;" in page.text
    assert petugas.get(f"/sumber/semarang/karantina/{row.id}").status_code == 404


def test_an_answer_past_its_retention_says_so(petugas, pulled, world, settings):
    with world.read() as session:
        row = session.query(DemandRow).filter_by(reference="K-1").one()
    (settings.data_dir / "archive" / row.raw_answer[:2] / f"{row.raw_answer}.z").unlink()
    assert "melewati masa simpan" in petugas.get(f"/sumber/jati/mentah/{row.ident}").text


def test_the_trend_has_a_bar_for_each_run_and_says_it_in_words_too(petugas, pulled):
    text = petugas.get("/sumber/jati").text
    drawing = re.search(r'<svg class="chart trend".*?</svg>', text, re.S)[0]
    assert drawing.count("bar-complete") == 2
    assert drawing.count('class="cross"') == 1
    assert "<polyline" in drawing, "two runs told a value"
    said = re.search(r"<desc[^>]*>(.*?)</desc>", drawing, re.S)[1]
    assert ": 6, lengkap" in said and ": 7, lengkap" in said and "gagal" in said
    assert "style=" not in text
    assert "Rp 21.000.000" in text.replace("\u00a0", " "), "the value of the first six stands in the table"


def test_a_replay_is_no_doing_of_the_run_that_brought_the_listing(world, settings, pulled, jati):
    from exchange.sync.replay import replay

    with world.read() as session:
        before = noted_of(session, pulled[1])
    replay(world, settings, "petugas", name="jati")
    with world.read() as session:
        assert noted_of(session, pulled[1]) == before == {"changed": 1, "missing": 1}
        run = session.get(RunRow, pulled[1])
        assert [each.demand.reference for each in listings_of_run(session, run, "new", limit=9)] == ["K-7"]


def test_pages_of_sources_ask_few_statements(petugas, pulled, world, statements):
    with world.read() as session:
        ident = session.query(DemandRow).filter_by(reference="K-1").one().ident
        waits = session.query(QuarantineRow).filter_by(reference="K-8").one().id
    own = f"/sumber/jati/penarikan/{pulled[1]}"
    for path in (
        *("/sumber/jati/jawaban", f"{own}?hasil=unchanged", "/sumber/jati/pemetaan?cara=teks"),
        *(own, f"{own}?hasil=changed", f"{own}?hasil=quarantined", "/sumber", "/sumber/jati", "/sumber/jati/pratinjau"),
        *(f"/sumber/jati/mentah/{ident}", f"/sumber/jati/karantina/{waits}", "/sumber/jati/pengaturan", "/sumber/jati/pemetaan"),
        *("/tambah-sumber", "/karantina", "/karantina?sumber=jati"),
    ):
        with statements() as seen:
            assert petugas.get(path).status_code == 200
        assert len([each for each in seen if each != "BEGIN"]) <= 8, (path, seen)


def noted_of(session, run_id):
    """How many listings of a run are noted, by outcome."""
    return dict(Counter(session.scalars(select(RunListingRow.outcome).where(RunListingRow.run_id == run_id))))


def test_a_run_whose_listings_were_forgotten_says_so_and_what_is_known_still(petugas, pulled, world):
    path = f"/sumber/jati/penarikan/{pulled[1]}"
    with world.work() as session:
        assert forget_listings(session, pulled[1]) == 2
    for outcome in ("changed", "missing", "unchanged"):
        page = petugas.get(f"{path}?hasil={outcome}")
        assert page.status_code == 200 and references(page) == []
        assert "melewati masa simpan dan dihapus" in page.text, outcome
        assert "Tidak ada dengan hasil ini" not in page.text
    assert "Tidak ada dengan hasil ini" in petugas.get(f"{path}?hasil=withdrawn").text, "of none nothing is gone"
    assert references(petugas.get(f"{path}?hasil=new")) == ["K-7"]
    assert references(petugas.get(f"{path}?hasil=quarantined")) == ["K-8"]
    onward = petugas.get(f"{path}?hasil=changed&setelah=1")
    assert onward.status_code == 410 and f"{path}?hasil=changed" in onward.text
