"""Lines come into a deal and go out of it while it is drafted; each is a step that says which, and a place is given once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.store.audit import history
from exchange.store.matches import match_by_id
from exchange.store.trade import deal_by_ident, deal_steps, lines_of
from exchange.store.trade_matches import free_matches
from exchange.trade.lines import MOST_LINES, add_lines, remove_lines
from exchange.trade.offering import Wording, cancel, draft, revise

from .conftest import TODAY, agreement, begun, offered  # isort: skip

NOW = {"actor": "petugas", "day": TODAY}
IDENT = "TR-2026-0001"


def places(session) -> list[tuple[int, str]]:
    return [(line.position, line.sku) for line in lines_of(session, [1])[1]]


def test_lines_come_in_behind_those_that_are_there_and_the_history_says_which(market):
    with market.work() as session:
        begun(session)
        match_by_id(session, 3).state = "proposed"
        with pytest.raises(Conflict, match="belum diterima"):
            add_lines(session, IDENT, 1, [2, 3], **NOW)
    with market.work() as session:
        deal = add_lines(session, IDENT, 1, [3, 2, 3], accepting=True, **NOW)
        assert (deal.version, places(session)) == (2, [(1, "LGM-1"), (2, "LGM-3"), (3, "LGM-2")])
        assert lines_of(session, [1])[1][0].quantity == 100, "those that were there stay as they were"
        assert [(line.quantity, line.price) for line in lines_of(session, [1])[1][1:]] == [(None, 850000)] * 2
        step = deal_steps(session, 1)[-1]
        assert (step.step, step.actor, step.after["matches"]) == ("add", "petugas", [3, 2])
        assert step.after["added"][0] == {"line": 2, "product": "LGM-3", "product_name": "Pagar besi hollow", "producer": "CV Karya 3"}
        assert history(session, "deal", IDENT)[0].action == "deal.add"
        assert match_by_id(session, 3).state == "accepted"


def test_lines_go_out_and_their_matches_are_free_but_their_places_are_not(market):
    with market.work() as session:
        begun(session, (1, 2, 3))
        deal = remove_lines(session, IDENT, 1, [3, 2, 2], **NOW)
        assert (deal.version, places(session)) == (2, [(1, "LGM-1")])
        step = deal_steps(session, 1)[-1]
        assert (step.step, [one["product"] for one in step.after["removed"]]) == ("remove", ["LGM-3", "LGM-2"])
        assert [row.id for row in free_matches(session, deal.demand_id, 9)] == [2, 3]
        add_lines(session, IDENT, 2, [2], **NOW)
        assert places(session) == [(1, "LGM-1"), (4, "LGM-2")]
        draft(session, IDENT, 3, [Wording(position=4, drop=True)], terms=None, **NOW)
        assert [one["line"] for one in deal_steps(session, 1)[-1].after["removed"]] == [4]
        add_lines(session, IDENT, 4, [3], **NOW)
        assert places(session) == [(1, "LGM-1"), (5, "LGM-3")]
        with pytest.raises(BadRequest, match="sedikitnya satu baris"):
            remove_lines(session, IDENT, 5, [1, 5], **NOW)


def test_the_agreement_follows_the_lines(market):
    with market.work() as session:
        case = agreement(session, {"kbli": "25119"})
        assert begun(session).agreement_id is None
        assert add_lines(session, IDENT, 1, [3], **NOW).agreement_id == case.id
        assert [line.object_position for line in lines_of(session, [1])[1]] == [None, 1]
        assert remove_lines(session, IDENT, 2, [2], **NOW).agreement_id is None


def test_only_free_matches_of_the_same_demand_come_in(market):
    with market.work() as session:
        begun(session)
        other = begun(session, (3,)).ident
        for ids, refusal, says in (
            ([], BadRequest, "Tidak ada"), ([4], BadRequest, "permintaan lain"), ([1], BadRequest, "sudah di baris 1"),
            ([3], Conflict, other), ([99], NotFound, "99"), (range(1, MOST_LINES + 1), BadRequest, f"paling banyak {MOST_LINES}"),
        ):  # fmt: skip
            with pytest.raises(refusal, match=says) as said:
                add_lines(session, IDENT, 1, list(ids), **NOW)
            assert said.value.mend
        with pytest.raises(BadRequest, match="tidak punya baris 7"):
            remove_lines(session, IDENT, 1, [7], **NOW)
        assert deal_by_ident(session, IDENT).version == 1


def test_lines_stay_as_they_are_from_the_letter_on(market):
    with market.work() as session:
        offered(session, (1, 2))
        for step in (lambda: add_lines(session, IDENT, 3, [3], **NOW), lambda: remove_lines(session, IDENT, 3, [1], **NOW)):
            with pytest.raises(Conflict, match="tidak mungkin dari keadaan ditawarkan") as said:
                step()
            assert "revise" in said.value.mend
        revise(session, IDENT, 3, reason="Satu usaha saja.", actor="petugas")
        remove_lines(session, IDENT, 4, [1], **NOW)
        with pytest.raises(Conflict, match="sudah diubah petugas"):
            add_lines(session, IDENT, 4, [3], **NOW)
        cancel(session, IDENT, 5, reason="Batal.", actor="petugas")
        with pytest.raises(Conflict):
            add_lines(session, IDENT, 6, [3], **NOW)
        assert {row.id for row in free_matches(session, 1, 9)} == {1, 2, 3}
        assert lines_of(session, [1])[1][0].quantity == Decimal(100)
