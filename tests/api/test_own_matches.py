"""A partner reads the matches of its own demand as far as its agreement opens them, and answers them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from exchange.access.partners import named
from exchange.store.answers import MatchAnswerRow
from exchange.store.audit import history
from exchange.store.base import Store
from exchange.store.demands import DemandRow, demand_by_ident
from exchange.store.matches import MatchRow
from exchange.store.products import ProductRow, products_by_sku

PATH = "/api/v1/partner/matches"
NOTE = "catatan-petugas-55123"


def bring(office, reference: str = "P-1") -> str:
    body = {"reference": reference, "title": "Pagar besi", "buyer": {"name": "Dinas Contoh"}}
    return office.open("POST", "/api/v1/partner/demands", body).get_json()["ident"]


def match(store: Store, ident: str, sku: str, score: str = "0.5", **more: Any) -> int:
    with store.work() as session:
        demand, product = demand_by_ident(session, ident), products_by_sku(session, [sku])[sku]
        mark = {"criterion": "kata", "title": "Kata", "score": 0.5, "weight": 1.0, "says": "Pagar disebut keduanya."}
        row = MatchRow(demand_id=demand.id, product_id=product.id, score=Decimal(score), marks=[mark], model="uji", verdict="fit",
                       demand_version=1, product_version=1, note=NOTE, decided_by="petugas", **more)  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


@pytest.fixture
def contracted(office):
    """A partner with a PKS over metal."""
    office.stage("contracted", sectors=["logam"])
    return office


def test_matches_open_with_a_contract_their_counts_with_a_memorandum_and_the_denial_names_the_stage(office, store):
    match(store, bring(office), "LGM-1")
    for stage, more, counts, matches in (
        ("public", {}, 403, 403),
        ("agreed", {}, 200, 403),
        ("contracted", {"sectors": ["pangan"]}, 200, 200),
    ):
        office.stage(stage, **more)
        assert office.get(f"{PATH}/counts").status_code == counts
        answer = office.get(PATH)
        assert answer.status_code == matches
        if matches == 403:
            assert answer.get_json()["missing"] == ["stage:contracted"]
            assert answer.get_json()["type"] == "/problems/tahap-belum-terbuka"
        else:
            assert answer.get_json()["items"] == [], "the contract covers food, the product is metal"
    office.stage("agreed")
    assert office.get(f"{PATH}/counts").get_json()["items"] == [{"sector": "logam", "kbli": "25111", "matches": 1, "demands": 1}]


def test_a_match_is_shown_with_its_reasons_and_without_what_is_the_offices_own(contracted, store):
    first, second = match(store, bring(contracted), "LGM-1", "0.7"), match(store, bring(contracted, "P-2"), "LGM-2", "0.9")
    listed = contracted.get(PATH)
    items = listed.get_json()["items"]
    assert [one["id"] for one in items] == [second, first]
    assert items[0]["marks"][0]["says"] == "Pagar disebut keduanya."
    assert NOTE not in listed.text and "petugas" not in listed.text
    assert contracted.get(f"{PATH}/{first}").get_json() == items[1]
    page = contracted.get(f"{PATH}?limit=1").get_json()
    rest = contracted.get(f"{PATH}?limit=1&cursor={page['next']}").get_json()
    assert [one["id"] for one in [*page["items"], *rest["items"]]] == [second, first]
    assert rest["next"] is None


@pytest.mark.parametrize("why", ["rejected", "retired", "silent", "withdrawn_product", "withdrawn_demand", "outside", "anothers"])
def test_what_a_partner_may_not_know_of_is_neither_listed_nor_counted_nor_answered(contracted, another, store, why):
    owner = another if why == "anothers" else contracted
    ident = bring(owner)
    sku = {"silent": "SLT-1", "withdrawn_product": "OFF-1", "outside": "PGN-1"}.get(why, "LGM-1")
    number = match(store, ident, sku, **({"state": why} if why in {"rejected", "retired"} else {}))
    if why == "withdrawn_demand":
        assert contracted.open("DELETE", f"/api/v1/partner/demands/{ident}", If_Match="*").status_code == 200
    assert contracted.get(PATH).get_json()["items"] == []
    assert contracted.get(f"{PATH}/{number}").status_code == 404
    assert contracted.open("PUT", f"{PATH}/{number}/answer", {"answer": "interested"}, If_Match="*").status_code == 404
    counted = contracted.get(f"{PATH}/counts").get_json()["items"]
    assert counted == ([{"sector": "pangan", "kbli": "10710", "matches": 1, "demands": 1}] if why == "outside" else [])


def test_an_answer_is_kept_once_with_its_version_and_stays_on_record_when_another_takes_its_place(contracted, store):
    number = match(store, bring(contracted), "LGM-1")
    path = f"{PATH}/{number}/answer"
    tag = contracted.get(f"{PATH}/{number}").headers["ETag"]
    assert contracted.open("PUT", path, {"answer": "interested"}).status_code == 428
    first = contracted.open("PUT", path, {"answer": "interested"}, If_Match=tag)
    assert (first.status_code, first.get_json()["answer"]["answer"]) == (200, "interested")
    assert contracted.get(f"{PATH}/{number}").headers["ETag"] == first.headers["ETag"] != tag
    ordered = {"answer": "ordered", "value": {"amount": "12500000.5", "currency": "IDR"}}
    assert contracted.open("PUT", path, ordered, If_Match=tag).status_code == 412
    second = contracted.open("PUT", path, ordered, If_Match=first.headers["ETag"])
    assert second.get_json()["answer"] == {"reason": None, **ordered}
    with store.read() as session:
        kept = session.query(MatchAnswerRow).one()
        assert (kept.answer, kept.value, kept.version) == ("ordered", Decimal("12500000.5"), 2)
        assert [act.facts["answer"] for act in history(session, "match", str(number))] == ["ordered", "interested"]
        assert {act.actor for act in history(session, "match", str(number))} == {f"mitra:{contracted.ident}"}


@pytest.mark.parametrize(
    "body",
    [
        {}, [], {"answer": "mungkin"}, {"answer": "declined"}, {"answer": "declined", "reason": "  "}, {"answer": "ordered"},
        {"answer": "interested", "value": {"amount": "1"}}, {"answer": "ordered", "value": {"amount": "-1"}},
        {"answer": "ordered", "value": {"amount": "1.00001"}}, {"answer": "ordered", "value": {"amount": "1" + "0" * 20}},
        {"answer": "ordered", "value": {"amount": "1", "currency": "rupiah"}}, {"answer": "interested", "catatan": "x"},
    ],
)  # fmt: skip
def test_an_answer_without_what_its_kind_wants_is_refused_and_nothing_is_kept(contracted, store, body):
    number = match(store, bring(contracted), "LGM-1")
    answer = contracted.open("PUT", f"{PATH}/{number}/answer", body, If_Match="*")
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["mend"]
    with store.read() as session:
        assert session.query(MatchAnswerRow).count() == 0


def test_what_a_contract_opens_closes_with_it(contracted, store):
    from datetime import date, timedelta

    number = match(store, bring(contracted), "LGM-1")
    assert contracted.get(f"{PATH}/{number}").status_code == 200
    contracted.stage("contracted", sectors=["logam"], until=date.today() - timedelta(days=2))
    assert contracted.get(f"{PATH}/{number}").status_code == 403
    assert contracted.open("PUT", f"{PATH}/{number}/answer", {"answer": "interested"}, If_Match="*").status_code == 403
    assert contracted.get("/api/v1/partner").get_json()["stage"] == "public"


def test_a_partner_of_no_demand_has_no_matches(contracted, store):
    assert contracted.get(PATH).get_json() == {"items": [], "next": None}
    assert contracted.get(f"{PATH}/counts").get_json() == {"items": []}
    assert contracted.get(f"{PATH}/9223372036854775807").status_code == 404
    with store.read() as session:
        assert named(session, contracted.ident).source_id is None
        assert session.query(DemandRow).count() == 3 and session.query(ProductRow).count() == 5
