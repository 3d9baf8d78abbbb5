"""Cases of cooperation through the API: what is told of them, to whom, in pages that miss none, and again at no cost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.access.partners import named as partner_named
from exchange.access.scopes import AGREEMENTS_READ
from exchange.agreements.node import node_of
from exchange.agreements.steps import named
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.matches import MatchRow

from ..agreements.cases import OBJECTS, TODAY, go, go_until, new_case, sha  # isort: skip

PATH = "/api/v1/agreements"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The day of the cases."""
    from dataclasses import replace

    return replace(settings, today=TODAY)


@pytest.fixture
def node(settings):
    return node_of(settings)


@pytest.fixture
def carried_out(office, store, node):
    """A case of the partner that is carried out."""
    with store.work() as session:
        return go_until(session, node, new_case(session, node, partner_named(session, office.ident)), "laksanakan").ident


def test_a_case_is_told_with_its_stage_its_days_its_papers_by_digest_and_offices_instead_of_persons(office, staff, carried_out):
    answer = office.get(f"{PATH}/{carried_out}")
    told = answer.get_json()
    assert (told["state"], told["state_label"], told["final"]) == ("pelaksanaan", "Pelaksanaan", False)
    assert told["basis"] == "PP 28/2018 Pasal 6 ayat (1) huruf h"
    assert (told["starts_on"], told["ends_on"], told["kb_until"]) == ("2026-11-27", "2028-11-27", "2029-11-27")
    assert {"kind": "pks", "label": "Perjanjian Kerja Sama yang ditandatangani", "sha256": sha("pks")} in told["papers"]
    assert told["objects"] == [{"commodity": "Pagar besi hollow", "sector": "logam"}, {"commodity": "Rangka baja ringan", "kbli": "25111"}]
    assert told["signers"][0] == {"text": "kb", "side": "kami", "office": "Wali Kota", "role": "kepala_daerah"}
    assert told["coverage"] == {"in_force": True, "until": "2028-11-27", "sectors": ["logam"], "kbli": ["25111"]}
    assert [one["tier"] for one in told["opens"]] == ["agreed", "contracted"]
    assert [one["number"] for one in told["history"]] == list(range(1, told["version"] + 1))
    assert told["history"][0]["label"] == "Perkara dibuka"
    assert told["history"][-1] | {"at": ""} == {
        "number": told["version"], "at": "", "step": "laksanakan", "label": "Mulai pelaksanaan", "office": "Perangkat daerah pemrakarsa",
        "article": "PP 28/2018 Pasal 6 ayat (1) huruf h", "state": "pelaksanaan",
    }  # fmt: skip
    assert any("belum diverifikasi" in one["article"] for one in told["history"]), "what was not verified says so"
    for hidden in ("Pejabat Contoh", "petugas", "Isi urusan", "kb.pdf"):
        assert hidden not in answer.text
    assert staff.get(f"{PATH}/{carried_out}").get_json() == told | {"partner": office.ident}


def test_what_a_case_opens_is_told_as_of_today(office, store, node, carried_out):
    with store.work() as session:
        go(session, node, named(session, carried_out), "tangguhkan")
    told = office.get(f"{PATH}/{carried_out}").get_json()
    assert (told["state"], told["opens"], told["coverage"]["in_force"]) == ("ditangguhkan", [], False)
    assert told["coverage"]["sectors"] == ["logam"], "what it is about stays"


def test_asking_again_costs_nothing_until_a_step_is_taken(office, store, node, carried_out):
    for path in (PATH, f"{PATH}/{carried_out}"):
        first = office.get(path)
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = office.open("GET", path, If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
    with store.work() as session:
        go(session, node, named(session, carried_out), "catat_register")
    assert office.open("GET", path, If_None_Match=first.headers["ETag"]).status_code == 200


def test_pages_and_filters_leave_out_nothing_and_repeat_nothing(office, another, staff, store, node):
    with store.work() as session:
        mine, other = (partner_named(session, one.ident) for one in (office, another))
        made = [
            new_case(session, node, whose, region=whose.region if whose else "34.71").ident
            for _ in range(4)
            for whose in (mine, other, None)
        ]
        go(session, node, named(session, made[0]), "siapkan")
    for caller, wanted in ((office, made[0::3]), (another, made[1::3]), (staff, made)):
        found, address = [], f"{PATH}?limit=2"
        while address:
            page = caller.get(address)
            found += [one["ident"] for one in page.get_json()["items"]]
            cursor = page.get_json()["next"]
            assert ("Link" in page.headers) is bool(cursor)
            address = cursor and f"{PATH}?limit=2&cursor={cursor}"
        assert found == wanted
    assert [one["ident"] for one in office.get(f"{PATH}?state=persiapan").get_json()["items"]] == [made[0]]
    later = (utcnow() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    sooner = (utcnow() - timedelta(minutes=9)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert office.get(f"{PATH}?changed_since={later}").get_json()["items"] == []
    assert len(office.get(f"{PATH}?changed_since={sooner}").get_json()["items"]) == 4
    wrong = office.get(f"{PATH}?state=pelaksanan").get_json()
    assert wrong["errors"][0]["nearest"] == "pelaksanaan"


def test_a_page_costs_the_same_few_statements_however_long_the_histories_are(office, store, node, statements):
    def counted() -> int:
        with statements() as seen:
            assert office.get(PATH).status_code == 200
        return len(seen)

    with store.work() as session:
        new_case(session, node, partner_named(session, office.ident))
    counted()  # the first request of a token also borrows from its limit
    few = counted()
    with store.work() as session:
        for _ in range(6):
            go_until(session, node, new_case(session, node, partner_named(session, office.ident)), "siapkan")
    assert counted() == few <= 5


def test_without_a_token_or_its_scope_nothing_is_told_and_no_token_writes(office, visitor, staff, carried_out, store, app):
    from exchange.access.partners import set_scopes

    for path in (PATH, f"{PATH}/{carried_out}", f"{PATH}/KS-2026-9999"):
        assert (visitor.get(path).status_code, visitor.get(path).get_json()["missing"]) == (401, ["token"])
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert office.open(method, f"{PATH}/{carried_out}", {}).status_code == 405
    with store.work() as session:
        set_scopes(session, partner_named(session, office.ident), ["matches:read"], actor="uji")
    answer = office.get(f"{PATH}/{carried_out}")
    assert (answer.status_code, answer.get_json()["missing"]) == (403, [AGREEMENTS_READ])


def test_matches_say_what_covers_them_and_lists_are_narrowed_by_it(office, staff, store, node, world):
    def told(path: str) -> dict:
        return staff.get(path).get_json()

    with store.read() as session:
        number = session.query(MatchRow).one().id
    assert told(f"/api/v1/matches/{number}")["coverage"] == {
        "state": "none", "agreement": None, "until": None, "stage": None, "label": None, "says": "Belum ada perjanjian."
    }  # fmt: skip
    with store.work() as session:
        ident = go_until(session, node, new_case(session, node, objects=OBJECTS), "tandatangani_kb").ident
    cover = told(f"/api/v1/matches/{number}")["coverage"]
    assert (cover["state"], cover["agreement"], cover["stage"]) == ("needs", ident, "ttd_kb")
    with store.work() as session:
        for step in ("jawab_dprd", "putuskan_tidak_perlu", "susun_pks", "isi_pks", "bekukan_pks", "tandatangani_pks", "laksanakan"):
            go(session, node, named(session, ident), step)
    listed = {state: told(f"/api/v1/matches?coverage={state}")["items"] for state in ("covered", "needs", "none", "own")}
    assert {state: len(items) for state, items in listed.items()} == {"covered": 1, "needs": 0, "none": 0, "own": 0}
    assert listed["covered"][0]["coverage"]["until"] == "2028-11-27"
    assert staff.get("/api/v1/matches?coverage=tercakup").status_code == 400


def test_a_partners_own_matches_name_its_case_and_an_answer_holds_only_while_that_stands(office, store, node, carried_out):
    from .staged import bring

    bring(office, store, "Pagar besi")
    items = office.get("/api/v1/partner/matches").get_json()["items"]
    assert [(one["product"], one["coverage"]["agreement"], one["coverage"]["until"]) for one in items] == [
        ("LGM-1", carried_out, "2028-11-27")
    ]
    assert office.get("/api/v1/partner/matches?coverage=covered").get_json()["items"] == items
    assert office.get("/api/v1/partner/matches?coverage=none").get_json() == {"items": [], "next": None}
    path = f"/api/v1/partner/matches/{items[0]['id']}"
    answered = office.open("PUT", f"{path}/answer", {"answer": "interested"}, If_Match=office.get(path).headers["ETag"])
    assert answered.get_json()["coverage"]["state"] == "covered"
    with store.work() as session:
        go(session, node, named(session, carried_out), "tangguhkan")
    assert office.open("PUT", f"{path}/answer", {"answer": "interested"}, If_Match=answered.headers["ETag"]).status_code == 403
