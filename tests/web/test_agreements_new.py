"""Beginning a case on its page: who stands on the other side decides, matches fill in what they know, nothing typed is lost."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from exchange.agreements.from_matches import asked_in, objects_from
from exchange.agreements.steps import named
from exchange.store.agreements import matches_of_case, objects_of
from exchange.store.matches import match_by_id
from schemas.codes import region

GOOD = {"jenis": "daerah", "wilayah": "33.74", "judul": "Pemenuhan pagar", "nama": "Pemerintah Kota Semarang"}


def send(client, csrf, **form: Any):
    return client.post("/kerja-sama/baru", data={"csrf_token": csrf(client.get("/kerja-sama/baru"))} | form)


def test_the_form_says_for_every_kind_of_counterpart_what_it_comes_to_before_anything_is_chosen(petugas):
    page = petugas.get("/kerja-sama/baru").text
    for said in (
        "PP 28/2018 Pasal 2–12",
        "PP 28/2018 Pasal 13 dan 14",
        "PP 28/2018 Pasal 46",
        "PP 28/2018 Pasal 23 sampai 43",
        "fasilitasi rantai pasok",
    ):
        assert said in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"jenis": "daerah", "wilayah": "33.74"}, "kerja sama sukarela"),
        ({"jenis": "daerah", "wilayah": "36.04", "dampak": "ya"}, "kerja sama wajib"),
        ({"jenis": "pihak_ketiga"}, "KSDPK"),
        ({"jenis": "kementerian"}, "Nota Kesepakatan"),
        ({"jenis": "luar_negeri"}, "Menteri Luar Negeri"),
        ({"jenis": "perusahaan_setempat"}, "bukan kerja sama daerah"),
        ({"jenis": "daerah", "wilayah": "36.72"}, "dirinya sendiri"),
    ],
)
def test_the_instrument_is_decided_with_its_reason_as_a_part_and_as_a_page(petugas, csrf, form, says):
    data = {"csrf_token": csrf(petugas.get("/kerja-sama/baru"))} | form
    assert says in petugas.post("/kerja-sama/baru/instrumen", data=data, headers={"HX-Request": "true"}).text
    whole = petugas.post("/kerja-sama/baru", data=data | {"tentukan": "ya", "judul": "Judul saya"})
    assert whole.status_code == 200
    assert says in whole.text.split('id="putusan"')[1].split("</section>")[0]
    assert 'value="Judul saya"' in whole.text


@pytest.mark.parametrize("kind", ["luar_negeri", "perusahaan_setempat", "", "lain"])
def test_what_needs_no_case_or_cannot_be_one_opens_none_and_keeps_what_was_typed(petugas, csrf, world, kind):
    answer = send(petugas, csrf, **GOOD | {"jenis": kind, "objek-0-commodity": "Pagar besi"})
    assert answer.status_code in {409, 422}
    assert 'value="Pemenuhan pagar"' in answer.text
    assert 'value="Pagar besi"' in answer.text
    assert "Belum ada perkara kerja sama" in petugas.get("/kerja-sama").text


def test_a_case_begins_from_matches_with_its_objects_its_partner_and_a_proposed_text(petugas, csrf, world):
    with world.work() as session:
        ids = [match_id for match_id in range(1, 61) if match_by_id(session, match_id).demand.region == "33.74"][:2]
        match_by_id(session, ids[0]).product.kbli = None
        pairs = [(match_by_id(session, one).demand.ident, match_by_id(session, one).product.sku) for one in ids]
    page = petugas.get("/kerja-sama/baru?" + "&".join(f"kecocokan={one}" for one in ids)).text
    fields = dict(re.findall(r'name="(objek-\d+-commodity|judul|nama)"[^>]*? value="([^"]*)"', page))
    assert fields["objek-0-commodity"].startswith("Pagar besi hollow")
    assert region("33.74").name in fields["judul"]
    assert '<option value="33.74" selected>' in page
    assert '<option value="kota-contoh" selected>' in page, "the only partner of that region"
    form = {name: fields[name] for name in fields} | {
        "jenis": "daerah",
        "wilayah": "33.74",
        "mitra": "kota-contoh",
        "objek-0-sector": "logam",
    }
    answer = send(petugas, csrf, **form, kecocokan=[str(one) for one in ids], terlihat=[str(one) for one in ids])
    assert answer.status_code == 303
    ident = answer.location.rsplit("/", 1)[1]
    with world.read() as session:
        row = named(session, ident)
        assert [(one.demand, one.product) for one in matches_of_case(session, row.id)] == pairs
        assert objects_of(session, [row.id])[row.id][0].sector == "logam"
        assert row.partner.ident == "kota-contoh"
    case = petugas.get(answer.location).text
    assert f'href="/kecocokan/{ids[0]}"' in case
    assert "kapasitas 180 m2 per bulan" in case


def test_matches_of_two_regions_are_not_put_under_one_case(petugas, csrf, world):
    with world.read() as session:
        place = {match_by_id(session, one).demand.region: one for one in range(1, 61)}
    page = petugas.get(f"/kerja-sama/baru?kecocokan={place['33.74']}&kecocokan={place['33.28']}").text
    assert "berasal dari 2 daerah" in page
    assert len(re.findall(r'name="kecocokan" value="\d+" checked', page)) == 1
    answer = send(petugas, csrf, **GOOD, kecocokan=[str(one) for one in place.values()])
    assert answer.status_code == 422
    assert "Ada kecocokan yang bukan dari" in answer.text


def test_matches_that_were_refused_are_said_to_be_gone_and_addresses_that_are_none_do_no_harm(petugas, world):
    with world.work() as session:
        match_by_id(session, 1).state = "rejected"
    page = petugas.get("/kerja-sama/baru?kecocokan=1&kecocokan=9999999&kecocokan=x").text
    assert "2 kecocokan tidak dapat dipakai lagi" in page
    assert petugas.get("/kerja-sama/baru?jenis=%3Cscript%3E&wilayah=zz").status_code == 200
    assert petugas.get("/kerja-sama/baru?dari=KS-1999-0001").status_code == 404


def test_an_extension_is_a_new_case_that_takes_over_what_the_old_one_knows(petugas, csrf, world):
    first = send(petugas, csrf, **GOOD, **{"objek-0-commodity": "Pagar besi", "objek-0-sector": "logam"}).location.rsplit("/", 1)[1]
    page = petugas.get(f"/kerja-sama/baru?dari={first}").text
    assert 'value="Perpanjangan: Pemenuhan pagar"' in page
    assert 'value="Pagar besi"' in page
    second = send(petugas, csrf, **GOOD, dari=first).location.rsplit("/", 1)[1]
    assert f"{first} Pemenuhan pagar" in petugas.get(f"/kerja-sama/{second}").text
    assert second in petugas.get(f"/kerja-sama/{first}").text


def test_a_target_is_taken_over_only_where_the_demand_says_it_in_the_products_unit(world):
    with world.read() as session:
        match = match_by_id(session, 1)
        demand, product = match.demand, match.product
        item = {"text": "Pagar", "quantity": {"amount": "12.5", "unit": "MTK", "said": "12,5 m2"}}
        demand.items = [item]
        assert asked_in(demand, "MTK") == Decimal("12.5")
        assert (objects_from([(demand, product)])[0].quantity, objects_from([(demand, product)])[0].unit) == (Decimal("12.5"), "MTK")
        other = item | {"quantity": {"amount": "3", "unit": "C62", "said": "3 unit"}}
        odd = item | {"quantity": {"amount": "banyak", "unit": "MTK", "said": "banyak"}}
        for items in ([item, item], [], [{"text": "x", "quantity": None}], [other], [odd]):
            demand.items = items
            assert asked_in(demand, "MTK") is None
            assert objects_from([(demand, product)])[0].unit is None
        session.rollback()


def test_the_form_has_one_empty_object_and_one_more_each_time_it_is_asked_for(petugas, csrf, world):
    def commodities(page):
        return re.findall(r'name="objek-\d+-commodity" value="([^"]*)"', page)

    assert commodities(petugas.get("/kerja-sama/baru").text) == [""]
    typed = GOOD | {"objek-0-commodity": "Pagar besi", "objek-0-quantity": "dua", "objek-0-district": "Tugu", "dampak": "ya"}
    page = send(petugas, csrf, **typed, tambah="ya").text
    assert commodities(page) == ["Pagar besi", ""]
    assert 'value="dua"' in page and 'value="Tugu"' in page and 'value="Pemenuhan pagar"' in page
    assert re.search(r'id="dampak"[^>]* checked', page) and '<option value="33.74" selected>' in page
    assert re.search(r'name="objek-1-commodity"[^>]* autofocus', page), "the new row is the next to be written in"
    again = send(petugas, csrf, **typed, tambah="ya", **{"objek-1-commodity": ""}).text
    assert commodities(again) == ["Pagar besi", "", ""], "asked for is given, though one is empty"
    looked = send(petugas, csrf, **typed, tentukan="ya", **{"objek-1-commodity": ""}).text
    assert commodities(looked) == ["Pagar besi", ""] and "autofocus" not in looked
    assert "Belum ada perkara kerja sama" in petugas.get("/kerja-sama").text
