"""A partner reads the deals of its own demand once they are offered, contacts as its contract opens them, and answers them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator

from exchange.api import document
from exchange.store.audit import history
from exchange.store.businesses import business_by_ident
from exchange.store.demands import demand_by_ident
from exchange.store.trade import deal_by_ident, deal_steps
from exchange.trade.deliveries import deliver
from exchange.trade.offering import revise

from .staged import DAY, OWN_DEMAND, OWN_NOTE, bring, trade  # isort: skip

PATH = "/api/v1/partner/deals"
SENT = "TR-2026-0002"
ONE = f"{PATH}/{SENT}"
ORDER: dict[str, Any] = {"number": "PO-7", "date": f"{DAY}", "lines": [{"position": 1, "quantity": "7.5"}]}


@pytest.fixture
def deal(office, store) -> str:
    """The partner's demand, with the deal TR-2026-0001 that was never offered and TR-2026-0002 of LGM-1 and PGN-1 that was."""
    return bring(office, store, OWN_DEMAND)


def test_a_deal_is_read_from_its_letter_on_by_the_owner_of_its_demand_alone(office, another, deal, store):
    (listed,) = office.get(PATH).get_json()["items"]
    assert (listed["ident"], listed["state"], listed["demand"]) == (SENT, "ditawarkan", deal)
    assert listed["letter"] == {"number": "500/1", "date": "2026-11-23", "valid_until": "2099-12-31"}
    assert [(line["product"], line["quantity"], line["value"]) for line in listed["lines"]] == [
        ("LGM-1", "10", "6000000"), ("PGN-1", "10", "6000000"),
    ]  # fmt: skip
    assert (listed["offered_value"], listed["agreement"], listed["answer"], listed["order"]) == ("12000000", None, None, None)
    assert office.get(ONE).get_json() == listed
    assert OWN_NOTE not in office.get(PATH).text and "petugas" not in office.get(PATH).text
    assert another.get(PATH).get_json() == {"items": [], "next": None}
    for hidden in (f"{PATH}/TR-2026-0001", f"{PATH}/TR-1999-0001", f"{PATH}/{'x' * 90}"):
        assert office.get(hidden).status_code == 404
    assert another.get(ONE).status_code == 404
    with store.work() as session:
        revise(session, SENT, None, reason="Salah harga.", actor="petugas")
    assert office.get(ONE).status_code == 404, "while it is written anew"


def test_the_contact_of_a_firm_opens_with_a_contract_over_its_product_and_closes_with_it(office, deal, markers, store, world):
    def contacts() -> list[Any]:
        return [line.get("contact") for line in office.get(ONE).get_json()["lines"]]

    told = {"telephone": markers["telephone"], "email": markers["email"]}
    for stage, more, seen in (
        ("public", {}, [None, None]),
        ("agreed", {}, [None, None]),
        ("contracted", {"sectors": ["logam"]}, [told, None]),
        ("contracted", {"kbli": ["10"]}, [None, told]),
        ("contracted", {"sectors": ["logam", "pangan"], "until": date(2020, 1, 1)}, [None, None]),
    ):
        office.stage(stage, **more)
        assert contacts() == seen, (stage, more)
    office.stage("contracted", sectors=["logam", "pangan"])
    assert contacts() == [told, told]
    with store.work() as session:
        business_by_ident(session, world.firm).consented_on = None
    assert contacts() == [None, told], "a firm that withdrew is no longer to be called"


def test_the_list_goes_on_by_its_cursor_and_every_record_fits_the_contract(office, deal, store):
    with store.work() as session:
        deal_by_ident(session, SENT).state = "batal"
        trade(session, demand_by_ident(session, deal).id)
    first = office.get(f"{PATH}?limit=1")
    second = office.get(f"{PATH}?limit=1&cursor={first.get_json()['next']}")
    assert [one["ident"] for page in (first, second) for one in page.get_json()["items"]] == ["TR-2026-0003", SENT]
    assert second.get_json()["next"] is None
    schema = {"$ref": "#/components/schemas/OwnDealPage", "components": document()["components"]}
    for page in (first, second):
        assert [error.message for error in OAS31Validator(schema).iter_errors(page.get_json())] == []
    assert office.get(f"{PATH}?cursor=abc").status_code == 400


def test_an_order_is_taken_at_the_letters_prices_once_and_by_its_version(office, deal, store):
    tag = office.get(ONE).headers["ETag"]
    body = {"answer": "ordered", "order": ORDER}
    assert office.open("PUT", f"{ONE}/answer", body).status_code == 428
    assert office.open("PUT", f"{ONE}/answer", body, If_Match='"x"').status_code == 412
    first = office.open("PUT", f"{ONE}/answer", body, If_Match=tag, Idempotency_Key="satu")
    assert first.status_code == 200, first.text
    told = first.get_json()
    assert (told["state"], told["answer"], told["order"]) == ("dipesan", "ordered", {"number": "PO-7", "date": "2026-11-23"})
    assert [(line["ordered_quantity"], line["ordered_value"]) for line in told["lines"]] == [("7.5", "4500000"), ("0", "0")]
    assert office.get(ONE).headers["ETag"] == first.headers["ETag"] != tag
    again = office.open("PUT", f"{ONE}/answer", body, If_Match=tag, Idempotency_Key="satu")
    assert (again.get_json(), again.headers["Idempotency-Replayed"]) == (told, "true")
    late = office.open("PUT", f"{ONE}/answer", {"answer": "declined", "reason": "Batal."}, If_Match="*")
    assert (late.status_code, late.get_json()["state"]) == (409, "dipesan")
    with store.work() as session:
        step = deal_steps(session, deal_by_ident(session, SENT).id)[-1]
        assert (step.step, step.actor) == ("order", f"mitra:{office.ident}")
        assert history(session, "deal", SENT)[0].action == "deal.order"
        deliver(session, SENT, None, line=1, on=DAY, quantity=Decimal("2.5"), actor="petugas", day=DAY)
    told = office.get(ONE).get_json()
    assert (told["state"], told["delivered_value"], told["lines"][0]["delivered_quantity"]) == ("sebagian_diterima", "1500000", "2.5")


def test_an_offer_is_declined_with_its_reason(office, deal, store):
    answer = office.open("PUT", f"{ONE}/answer", {"answer": "declined", "reason": "Di atas pagu."}, If_Match="*")
    assert (answer.status_code, answer.get_json()["state"], answer.get_json()["answer"]) == (200, "ditolak", "declined")
    with store.read() as session:
        assert deal_steps(session, deal_by_ident(session, SENT).id)[-1].reason == "Di atas pagu."


@pytest.mark.parametrize(
    "body",
    [
        {}, [], "x", {"answer": "interested"}, {"answer": "declined"}, {"answer": "declined", "reason": " "}, {"answer": "ordered"},
        {"answer": "declined", "reason": "x", "order": ORDER}, {"answer": "ordered", "order": ORDER | {"lines": []}},
        {"answer": "ordered", "order": ORDER | {"number": " "}}, {"answer": "ordered", "order": ORDER | {"date": "2099-01-01"}},
        {"answer": "ordered", "order": ORDER | {"date": "kemarin"}}, {"answer": "ordered", "order": ORDER | {"catatan": "x"}},
        *({"answer": "ordered", "order": ORDER | {"lines": [{"position": p, "quantity": q}]}}
          for p, q in ((1, "10.000001"), (1, "-1"), (1, "0"), (1, 5), (9, "1"), (0, "1"), (1, "0.0000001"), (1, "1e3"), ("1", "1"))),
        {"answer": "ordered", "order": ORDER | {"lines": [{"position": 1, "quantity": "1"}] * 2}},
    ],
)  # fmt: skip
def test_an_answer_without_what_its_kind_wants_is_refused_and_the_deal_stays(office, deal, store, body):
    answer = office.open("PUT", f"{ONE}/answer", body, If_Match="*")
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["mend"]
    with store.read() as session:
        assert deal_by_ident(session, SENT).version == 3


def test_what_is_no_deal_of_the_partners_is_not_answered(office, another, deal):
    body = {"answer": "declined", "reason": "x"}
    assert another.open("PUT", f"{ONE}/answer", body, If_Match="*").status_code == 404
    assert office.open("PUT", f"{PATH}/TR-2026-0001/answer", body, If_Match="*").status_code == 404
