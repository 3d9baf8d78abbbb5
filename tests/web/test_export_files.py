"""Files of lists: what they hold of the list of matches, and in whose language."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape

import openpyxl
from flask_babel import force_locale
from sqlalchemy import select

from exchange.demand.indexing import catch_up
from exchange.jobs.exports import file_of
from exchange.reports.export_words import WORDED, WORDS, in_language
from exchange.reports.exporting import LISTINGS
from exchange.store.exports import ExportRow
from exchange.web.told import told as told_sentence
from exchange.web.words import WORDS as PAGE_WORDS

from .dealing import deals  # noqa: F401
from .test_exports import ask, link, work  # noqa: F401
from .test_saved_searches import more


def test_a_file_speaks_the_language_of_whoever_asked_for_it(petugas, csrf, world, settings, ask):  # noqa: F811
    ask("/kecocokan")
    petugas.post("/bahasa", data={"csrf_token": csrf(petugas.get("/kecocokan")), "bahasa": "en"})
    ask("/kecocokan")
    assert work(world, settings) == 2
    with world.read() as session:
        rows = session.scalars(select(ExportRow).order_by(ExportRow.id)).all()
    told = [next(csv.DictReader(io.StringIO(file_of(settings, row).read_text(encoding="utf-8-sig")))) for row in rows]
    assert (told[0]["Status"], told[0]["Sektor"]) == ("menunggu keputusan", "Logam")
    assert (told[1]["Status"], told[1]["Sector"], told[1]["Buyer"]) == ("waiting for a decision", "Metal", told[0]["Pembeli"])


def test_words_of_files_are_those_of_the_pages(app):
    pages = {name: words for name, words in WORDS.items() if name not in {"sector_title", "cause"}}
    with app.test_request_context("/produk"):
        for place, language in enumerate(("id", "en")):
            with force_locale(language):
                for name, words in pages.items():
                    assert {code: said[place] for code, said in words.items()} == {
                        code: str(said) for code, said in PAGE_WORDS[name].items()
                    }
                if language == "en":
                    for name in ("sector_title", "cause"):
                        assert all(str(told_sentence(said)) == english for said, english in WORDS[name].values())
    for kind, listing in LISTINGS.items():
        assert WORDED[kind].keys() <= {heading for heading, _width in listing.headings}


def listed(client, path):
    """The pairs that all pages of the list of matches hold, in their order."""
    found = []
    while path:
        text = client.get(path).text
        for row in re.findall(r'<tr id="row-\d+".*?</tr>', text, re.S):
            found.append(re.search(r'href="/produk/([^"]+)"', row)[1])
        onward = re.search(r'rel="next" href="([^"]+)"', text)
        path = unescape(onward[1]) if onward else None
    return found


def test_the_file_of_matches_holds_exactly_what_the_list_holds_for_each_of_its_filters(petugas, deals, settings, ask, csrf, monkeypatch):  # noqa: F811
    monkeypatch.setattr("exchange.reports.match_rows.PART", 7)
    monkeypatch.setattr("exchange.reports.match_rows._WORDED", 7)
    catch_up(deals, settings.home_region)
    token = {"csrf_token": csrf(petugas.get("/kecocokan"))}
    petugas.post("/kecocokan/pencarian?sektor=logam", data=token | {"nama": "Logam"})
    petugas.post("/kecocokan/4/penanganan", data=token | {"penanganan": "0", "orang": options(petugas, "petugas")})
    for number in (5, 6):
        petugas.post(f"/kecocokan/{number}/penanganan", data=token | {"penanganan": "0", "sampai": f"{settings.day() + timedelta(days=9)}"})
    for number, code in ((8, "price"), (9, "price"), (10, "too_far")):
        petugas.post(f"/kecocokan/{number}/putuskan", data=token | {"version": "1", "state": "rejected", "alasan": code})
    more(deals, 9)
    lengths = set()
    for query in ("", "cari=pagar", "cari=pagar&cakupan=none", "cakupan=covered&status=semua", "cari=dan", "orang=saya", "orang=tanpa",
                  "tunda=ya", "status=rejected&alasan=price", "cari=pagar&status=rejected", "baru=1&sektor=logam", "nilai=77",
                  "dari=2026-03&sampai=2026-T1&cakupan=none", "dari=2026-04", "dari=2026&cari=pagar&status=semua", "di_bawah=90",
                  "langkah=1&daerah=33"):  # fmt: skip
        shown = listed(petugas, f"/kecocokan?{query}")
        ask(f"/kecocokan?{query}")
        assert work(deals, settings) == 1, query
        with petugas.get(link(petugas)) as answer:
            lines = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert [line["SKU"] for line in lines] == shown, query
        lengths.add(len(shown))
        if query == "status=rejected&alasan=price":
            assert {line["Alasan"] for line in lines} == {"harga atau anggarannya"}
        if query == "orang=saya":
            assert {line["Ditangani"] for line in lines} == {"petugas"}
    assert {1, 2} < lengths and max(lengths) > 25, "the filters leave all, some and few"
    assert petugas.get(unescape(re.search(r'href="(/kecocokan\?[^"]*baru=1[^"]*)"', petugas.get("/unduhan").text)[1])).status_code == 200


def options(client, name):
    return re.search(rf'<option value="(\d+)"[^>]*>{name}<', client.get("/kecocokan/4").text)[1]


def test_the_headings_are_in_the_language_of_whoever_asked(petugas, world, settings, ask, csrf):  # noqa: F811
    for kind, listing in LISTINGS.items():
        told = in_language(kind, listing, "en")
        assert len(told.headings) == len(listing.headings) == len({heading for heading, _width in told.headings})
    petugas.post("/bahasa", data={"csrf_token": csrf(petugas.get("/kecocokan")), "bahasa": "en", "kembali": "/kecocokan"})
    ask("/kecocokan", "xlsx")
    work(world, settings)
    with petugas.get(link(petugas)) as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet.title == "Matches"
    first = [cell.value for cell in next(sheet.iter_rows())]
    assert first[:4] == ["Score", "Status", "Demand", "Title"] and "Looked after by" in first


def test_the_file_of_deals_by_months_has_the_deals_and_the_sums_that_the_list_shows(petugas, deals, settings, ask):  # noqa: F811
    for months, came in (("dari=2026-11&sampai=2026-T4&sektor=logam", True), ("sampai=2026-10", False)):
        page = petugas.get(f"/perdagangan?{months}").text
        ask(f"/perdagangan?{months}")
        assert work(deals, settings) == 1
        with petugas.get(link(petugas)) as answer:
            lines = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
        assert [line["Dagang"] for line in lines] == re.findall(r'href="/perdagangan/(TR-[^"]+)"', page)
        assert [line["Diterima menurut saringan (Rp)"] for line in lines] == (["3150000.00"] if came else [])
        assert ("1 penerimaan senilai" in page) == came


def test_a_saved_search_keeps_the_months_of_its_list_and_a_month_that_is_none_is_named(petugas, world, csrf, statements, settings):
    catch_up(world, settings.home_region)
    token = {"csrf_token": csrf(petugas.get("/kecocokan"))}
    petugas.post("/kecocokan/pencarian?dari=2026-03&sampai=2026-T2&sekali=ya&di_bawah=90", data=token | {"nama": "Musim ini"})
    kept = unescape(re.search(r'href="(/kecocokan\?[^"]*)">Musim ini<', petugas.get("/kecocokan").text)[1])
    assert all(each in kept for each in ("dari=2026-03", "sampai=2026-T2", "sekali=ya", "di_bawah=90"))
    page = petugas.get(kept).text
    assert 'value="2026-T2"' in page and "Tiap kebutuhan sekali baru diketahui setelah" in page
    for path in (
        "/kecocokan?dari=2026-13",
        "/perdagangan?sampai=besok",
        "/kerja-sama?dari=2026-05&sampai=2026-01",
        "/kecocokan?sekali=tidak",
    ):
        assert petugas.get(path).status_code == 400, path
