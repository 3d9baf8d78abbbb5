"""A deal from its beginning to the last delivery, and each refusal with what is missing and what to do next."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import history
from exchange.store.matches import match_by_id
from exchange.store.trade import deal_steps, deliveries_of, lines_of
from exchange.trade import rules
from exchange.trade.deliveries import correct, deliver
from exchange.trade.offering import Wording, answer, cancel, close, draft, offer, order, revise

from .conftest import TODAY, UNTIL, begun, offered, ordered  # isort: skip

WHO = {"actor": "petugas"}
NOW = {"actor": "petugas", "day": TODAY}
LETTER = {"letter_number": "500/1", "letter_date": TODAY, "valid_until": UNTIL}


def test_a_deal_goes_from_the_match_to_the_last_delivery_and_its_history_says_who_changed_what(market, seen):
    with market.work() as session:
        deal = ordered(session, quantity="100", price="600000.5")
        deliver(session, deal.ident, 4, line=1, on=TODAY, quantity=Decimal("33.3"), reference="BAST-1", **NOW)
        deliver(session, deal.ident, 5, line=1, on=TODAY, quantity=Decimal("66.7"), **NOW)
        assert (deal.state, deal.version) == ("selesai", 6)
        steps = deal_steps(session, deal.id)
        came = deliveries_of(session, [deal.id])[deal.id]
        audited = history(session, "deal", deal.ident)
    assert [step.step for step in steps] == ["begin", "draft", "offer", "order", "deliver", "deliver"]
    assert [step.number for step in steps] == [1, 2, 3, 4, 5, 6]
    assert steps[1].before["1.price"] == "850000" and steps[1].after["1.price"] == "600000.5"
    assert (steps[2].before["state"], steps[2].after["state"]) == ("disusun", "ditawarkan")
    assert sum(row.value for row in came) == Decimal("60000050.00")
    assert came[0].value == Decimal("19980016.65")
    assert {act.action for act in audited} == {f"deal.{step.step}" for step in steps}
    assert audited[-1].facts["after"]["1.quantity"] == "100", "what the demand asks for is the first word"


def test_a_deal_begins_of_accepted_matches_of_one_demand_alone(market):
    with market.work() as session:
        match_by_id(session, 2).state = "proposed"
    for ids, refusal in (((), BadRequest), ((1, 4), BadRequest), ((99,), NotFound), ((2,), Conflict), ((-1,), NotFound)):
        with pytest.raises(refusal) as said, market.work() as session:
            begun(session, ids)
        assert said.value.mend
    with market.work() as session:
        begun(session, (2,), accepting=True)
        assert match_by_id(session, 2).state == "accepted"
        assert history(session, "match", "2")[0].actor == "petugas"
    with pytest.raises(Conflict, match="TR-2026-0001"), market.work() as session:
        begun(session, (1, 2))
    with market.work() as session:
        cancel(session, "TR-2026-0001", 1, reason="Salah pilih.", **WHO)
        assert begun(session, (1, 2)).ident == "TR-2026-0002", "a cancelled deal holds nothing"
        assert [line.quantity for line in lines_of(session, [2])[2]] == [None, None], "nobody said who makes how much"


def test_the_names_of_deals_go_on_behind_the_ten_thousandth(market):
    with market.work() as session:
        begun(session, (1,)).ident = "TR-2026-9999"
        session.flush()
        assert begun(session, (2,)).ident == "TR-2026-10000"
        assert begun(session, (3,)).ident == "TR-2026-10001"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"lines": {1: (Decimal(101), None)}}, "memesan 101 dari 100"),
        ({"lines": {1: (Decimal(50), Decimal(30000001))}}, "bernilai Rp 30.000.001, menurut penawaran Rp 30.000.000"),
        ({"lines": {}}, "tanpa isi"),
        ({"lines": {2: (Decimal(1), None)}}, "tidak punya baris 2"),
        ({"lines": {1: (Decimal(-1), None)}}, "lebih dari 0"),
        ({"lines": {1: (Decimal("0.0000001"), None)}}, "lebih dari 6 desimal"),
        ({"order_date": TODAY + timedelta(days=1)}, "antara"),
        ({"order_date": TODAY - timedelta(days=1)}, "antara"),
        ({"order_number": None}, "nomor pesanan"),
        ({"day": UNTIL + timedelta(days=1), "order_date": UNTIL + timedelta(days=1)}, "sesudah batas berlaku"),
    ],
)
def test_an_order_beyond_the_offer_is_refused_unless_it_is_said_otherwise(market, seen, given, says):
    with market.work() as session:
        offered(session)
    asked = {"order_number": "PO-1", "order_date": TODAY, **NOW} | given
    with pytest.raises(BadRequest, match=says) as said, market.work() as session:
        order(session, "TR-2026-0001", 3, **asked)
    assert said.value.mend and seen().state == "ditawarkan"
    if "beyond" in said.value.facts:
        with market.work() as session:
            order(session, "TR-2026-0001", 3, beyond="Disepakati lewat surat.", **asked)
            assert deal_steps(session, 1)[-1].after["beyond"] == said.value.facts["beyond"]
        assert seen().state == "dipesan"


def test_no_more_comes_than_was_ordered_and_a_correction_is_a_row_of_its_own(market, seen):
    with market.work() as session:
        deal = ordered(session)
        for wrong, says in (
            ({"quantity": Decimal("100.000001")}, "lebih dari sisa pesanan 100"),
            ({"quantity": Decimal(1), "value": Decimal(60000001)}, "lebih dari sisa nilai"),
            ({"quantity": Decimal(1), "on": TODAY - timedelta(days=1)}, "antara pesanan"),
            ({"quantity": Decimal(1), "line": 7}, "tidak punya baris 7"),
            ({"quantity": None}, "jumlah"),
        ):
            with pytest.raises(BadRequest, match=says):
                deliver(session, deal.ident, 4, **{"line": 1, "on": TODAY} | wrong, **NOW)
        deliver(session, deal.ident, 4, line=1, on=TODAY, quantity=Decimal(100), **NOW)
        assert deal.state == "selesai"
        for wrong, says in (
            ({"less": Decimal(101)}, "tinggal 100"),
            ({"delivery": 2}, "Tidak ada penerimaan"),
            ({"reason": " "}, "alasan"),
            ({"less": Decimal(1), "value": Decimal(60000001)}, "tinggal Rp 60.000.000"),
            ({"value": Decimal(1)}, "tinggal Rp 60.000.000"),
        ):
            with pytest.raises(BadRequest, match=says):
                correct(session, deal.ident, 5, **{"delivery": 1, "reason": "Rusak."} | wrong, **WHO)
        correct(session, deal.ident, 5, delivery=1, less=Decimal("0.5"), reason="Setengah meter rusak.", **WHO)
        assert deal.state == "sebagian_diterima"
        correct(session, deal.ident, 6, delivery=1, reason="Semua dikembalikan.", **WHO)
        assert deal.state == "dipesan"
        rows = deliveries_of(session, [deal.id])[deal.id]
        assert [(row.quantity, row.value, row.corrects_id) for row in rows] == [
            (100, 60000000, None),
            (Decimal("-0.5"), -300000, rows[0].id),
            (Decimal("-99.5"), -59700000, rows[0].id),
        ]
        cancel(session, deal.ident, 7, reason="Pembeli mundur.", **WHO)
    assert seen().state == "batal"


def test_what_came_in_part_is_closed_short_and_not_cancelled(market, seen):
    with market.work() as session:
        ordered(session)
        deliver(session, "TR-2026-0001", 4, line=1, on=TODAY, quantity=Decimal(40), **NOW)
        with pytest.raises(Conflict, match="cancel") as said:
            cancel(session, "TR-2026-0001", 5, reason="x", **WHO)
        assert said.value.facts["possible"] == ["deliver", "correct", "close"]
        with pytest.raises(BadRequest, match="alasan"):
            close(session, "TR-2026-0001", 5, reason=None, **WHO)
        close(session, "TR-2026-0001", 5, reason="Pembeli cukup dengan 40.", **WHO)
    assert seen().state == "selesai"


def test_an_answer_is_kept_and_a_declined_offer_is_written_anew_with_another_letter(market, seen):
    with market.work() as session:
        offered(session)
        answer(session, "TR-2026-0001", 3, said="interested", reason=None, **WHO)
        with pytest.raises(BadRequest, match="alasan"):
            answer(session, "TR-2026-0001", 4, said="declined", reason="", **WHO)
        with pytest.raises(BadRequest, match="tidak dikenal"):
            answer(session, "TR-2026-0001", 4, said="ordered", reason="", **WHO)
        answer(session, "TR-2026-0001", 4, said="declined", reason="Di atas pagu.", **WHO)
        revise(session, "TR-2026-0001", 5, reason="Harga diturunkan.", **WHO)
    deal = seen()
    assert (deal.state, deal.letter_number, deal.offered_at, deal.answer) == ("disusun", None, None, None)
    with market.work() as session:
        draft(session, "TR-2026-0001", 6, [Wording(position=1, quantity=Decimal(90), price=Decimal(580000))], terms=" ", **NOW)
        offer(session, "TR-2026-0001", 7, **LETTER | {"letter_number": "500/2"}, **NOW)
    assert seen().letter_number == "500/2"


def test_a_line_is_taken_out_of_a_draft_but_never_the_last_one(market):
    with market.work() as session:
        deal = begun(session, (1, 2))
        draft(session, deal.ident, 1, [Wording(position=1, drop=True)], terms=None, **NOW)
        assert [line.position for line in lines_of(session, [deal.id])[deal.id]] == [2]
        with pytest.raises(BadRequest, match="sedikitnya satu baris"):
            draft(session, deal.ident, 2, [Wording(position=2, drop=True)], terms=None, **NOW)
        assert deal_steps(session, deal.id)[-1].before["1.price"] == "850000"


@pytest.mark.parametrize("price", ["0", "-1", "1.001", "NaN", "Infinity", "1e14"])
def test_a_price_that_is_none_is_refused(market, price):
    with pytest.raises(BadRequest, match="Harga baris 1"), market.work() as session:
        draft(session, begun(session).ident, 1, [Wording(position=1, price=Decimal(price))], terms=None, **NOW)


def test_a_value_that_is_no_whole_number_of_sen_is_refused_and_never_rounded(market):
    wording = Wording(position=1, quantity=Decimal("0.001"), price=Decimal("0.01"))
    with pytest.raises(BadRequest, match="tidak genap dalam sen"), market.work() as session:
        draft(session, begun(session).ident, 1, [wording], terms=None, **NOW)


def test_the_second_of_two_who_saw_the_same_is_told_what_the_first_changed(market, seen):
    with market.work() as session:
        begun(session)
        draft(session, "TR-2026-0001", 1, [Wording(position=1, quantity=Decimal(90), price=Decimal(580000))], terms=None, **NOW)
    with pytest.raises(Conflict) as said, market.work() as session:
        cancel(session, "TR-2026-0001", 1, reason="x", actor="lain")
    facts = said.value.facts
    assert (facts["version"], facts["by"]) == (2, "petugas")
    assert (facts["changed"]["1.quantity"], facts["changed"]["1.price"]) == ("90", "580000")
    assert seen().state == "disusun"


def test_every_step_is_refused_from_every_state_that_the_table_does_not_name():
    for name, step in rules.STEPS.items():
        for state in rules.STATES:
            if state in step.sources:
                assert rules.allowed(name, state) is step
                continue
            with pytest.raises(Conflict) as said:
                rules.allowed(name, state)
            assert said.value.facts["possible"] == rules.possible(state)
            assert step.instead in said.value.mend
    assert rules.possible("batal") == []
    with pytest.raises(BadRequest, match="tidak dikenal"):
        rules.allowed("terbang", "disusun")
