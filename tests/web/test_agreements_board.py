"""The board of cooperation: every stage in its place, what needs a person first, filters in the address, few questions."""

from __future__ import annotations

import re
from datetime import timedelta

from exchange.agreements.rules import shipped
from exchange.agreements.steps import named
from exchange.store.base import utcnow
from exchange.web.agreement_words import PHASES


def test_every_state_of_the_table_has_its_place_on_the_board_once():
    placed = [state for _name, _label, states in PHASES for state in states]
    assert sorted(placed) == sorted(shipped().states)


def test_the_board_tells_what_needs_a_person_and_counts_every_stage(petugas, world, open_case, settings):
    still, ending, other, fine = (open_case(title) for title in ("Yang diam", "Yang berakhir", "Yang APBD lama", "Yang baik"))
    with world.work() as session:
        named(session, still).state_since = utcnow() - timedelta(days=settings.stand_still_days)
        named(session, fine).state_since = utcnow() - timedelta(days=settings.stand_still_days - 1)
        row = named(session, ending)
        row.state, row.ends_on, row.papers = "pelaksanaan", settings.day() + timedelta(days=30), {"pks": "0" * 64}
        row.state_since = utcnow() - timedelta(days=400)
        row = named(session, other)
        row.state, row.facts = "penyusunan_pks", {"tahun_apbd": settings.day().year - 1}
    page = petugas.get("/kerja-sama").text
    needing = page.split('id="perlu"')[1].split("</section>")[0]
    assert [title in needing for title in ("Yang diam", "Yang berakhir", "Yang APBD lama", "Yang baik")] == [True, True, True, False]
    assert needing.count("Yang berakhir") == 1, "what is carried out does not stand still"
    assert f"dijawab untuk APBD {settings.day().year - 1}" in needing
    assert "4 perkara" in page
    with world.work() as session:
        named(session, other).papers = {"keputusan_dprd": "0" * 64}
    assert "APBD lama" not in petugas.get("/kerja-sama").text.split('id="perlu"')[1].split("</section>")[0]
    assert fine in petugas.get("/kerja-sama?tahap=identifikasi").text


def test_the_board_is_filtered_in_its_address_and_a_word_that_it_does_not_know_is_named(petugas, open_case):
    open_case("Pagar sekolah")
    open_case("Emping pasar", kind="pihak_ketiga", region=None, counterpart="PT Niaga")
    both = {
        "cari=emping": ("Emping", "Pagar sekolah"),
        "daerah=33.74": ("Pagar sekolah", "Emping"),
        "instrumen=ksdpk": ("Emping", "Pagar sekolah"),
        "tahap=identifikasi&cari=PAGAR": ("Pagar sekolah", "Emping"),
    }
    for query, (there, absent) in both.items():
        shown = petugas.get(f"/kerja-sama?{query}").text.split('id="daftar"')[1]
        assert there in shown, query
        assert absent not in shown, query
    assert petugas.get("/kerja-sama?tahap=lain").status_code == 400
    assert petugas.get("/kerja-sama?status=lain").status_code == 400


def test_a_stage_with_many_cases_is_paged_and_no_case_is_left_out(petugas, open_case):
    idents = {open_case(f"Perkara {number}") for number in range(30)}
    seen, path = [], "/kerja-sama?tahap=identifikasi"
    while path:
        text = petugas.get(path).text.split("<table")[1]
        seen += re.findall(r'href="/kerja-sama/(KS-[\d-]+)"', text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else None
    assert (len(seen), set(seen)) == (30, idents)
    board = petugas.get("/kerja-sama").text
    assert "Lihat semua 30 di tahap Identifikasi" in board


def test_pages_ask_few_questions_however_many_cases_there_are(petugas, open_case, statements):
    counts: dict[str, list[int]] = {}
    for more in (1, 20):
        for number in range(more):
            ident = open_case(f"Perkara {number}")
        for path in ("/kerja-sama", "/kerja-sama?tahap=identifikasi", f"/kerja-sama/{ident}", "/kerja-sama/baru?kecocokan=1&kecocokan=2"):
            with statements() as seen:
                assert petugas.get(path).status_code == 200
            counts.setdefault(re.sub("KS.*", "satu", path), []).append(sum(one != "BEGIN" for one in map(str.strip, seen)))
    assert all(few == many <= 8 for few, many in counts.values()), counts


def test_a_case_that_is_not_there_is_said_to_be_so(petugas):
    assert petugas.get("/kerja-sama/KS-1999-0001").status_code == 404
