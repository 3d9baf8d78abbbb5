"""Histories are whole and say who changed what; of two who come at once one is told what the other did."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from exchange.agreements.node import Node
from exchange.agreements.steps import broken_at, named, take
from exchange.errors import Mismatch
from exchange.store.agreements import AgreementRow, AgreementStepRow, matches_of_case, steps_of
from exchange.store.base import Store

from .cases import TODAY, go, go_until, new_case


@pytest.mark.parametrize("harm", ["after", "actor", "gone", "last", "head"])
def test_a_history_that_was_touched_is_found_at_the_very_step(store: Store, node: Node, harm: str):
    with store.work() as session:
        row = go_until(session, node, new_case(session, node), "terima")
        last = row.version
        assert broken_at(session, row) is None
        third = select(AgreementStepRow.id).where(AgreementStepRow.agreement_id == row.id, AgreementStepRow.number == 3).scalar_subquery()
        wanted = {"after": 3, "actor": 3, "gone": 3, "last": last, "head": last + 1}[harm]
        if harm in {"after", "actor"}:
            value: dict[str, Any] = {"after": {"after": {"state": "pelaksanaan"}}, "actor": {"actor": "orang lain"}}[harm]
            session.execute(update(AgreementStepRow).where(AgreementStepRow.id == third).values(value))
        elif harm == "gone":
            session.execute(delete(AgreementStepRow).where(AgreementStepRow.id == third))
        elif harm == "last":
            session.execute(delete(AgreementStepRow).where(AgreementStepRow.agreement_id == row.id, AgreementStepRow.number == last))
        else:
            session.execute(update(AgreementRow).where(AgreementRow.id == row.id).values(head="0" * 64))
        session.expire_all()
        assert broken_at(session, named(session, row.ident)) == wanted


def test_every_step_says_who_when_before_and_after(store: Store, node: Node):
    with store.work() as session:
        row = go_until(session, node, new_case(session, node, matches=[("d-1", "LGM-1"), ("d-1", "LGM-1")]), "siapkan")
        first, second = steps_of(session, row.id)
        assert [(pair.demand, pair.product) for pair in matches_of_case(session, row.id)] == [("d-1", "LGM-1")]
    assert (first.step, first.after["category"], first.after["matches"]) == ("mulai", "sukarela", [["d-1", "LGM-1"]])
    assert second.actor == "petugas"
    assert second.before["facts"]["urusan"] is None
    assert second.after["facts"]["urusan"] == "Isi urusan"
    assert (second.before["state"], second.after["state"]) == ("identifikasi", "persiapan")


def test_whoever_comes_second_is_told_what_the_first_changed(store: Store, node: Node):
    with store.work() as session:
        row = new_case(session, node)
        ident, version = row.ident, row.version
        go(session, node, row, "isi_identifikasi", actor="pertama")
    with store.work() as session, pytest.raises(Mismatch) as late:
        take(session, node, ident, "isi_identifikasi", office="opd", actor="kedua", on=TODAY, version=version, facts={"urusan": "Lain"})
    assert late.value.facts["last"]["by"] == "pertama"
    assert late.value.facts["last"]["after"]["facts"]["urusan"] == "Isi urusan"


def test_of_many_who_take_the_same_step_at_once_exactly_one_does(store: Store, node: Node):
    with store.work() as session:
        row = new_case(session, node)
        ident, version = row.ident, row.version
    start, done, late = threading.Barrier(6), [], []

    def attempt(number: int) -> None:
        start.wait()
        try:
            with store.work() as session:
                take(
                    session, node, ident, "isi_identifikasi", office="opd", actor=f"p{number}", on=TODAY, version=version,
                    facts={"urusan": f"Urusan {number}"},
                )  # fmt: skip
            done.append(number)
        except Mismatch:
            late.append(number)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), len(late)) == (1, 5)
    with store.read() as session:
        row = named(session, ident)
        assert row.facts["urusan"] == f"Urusan {done[0]}"
        assert broken_at(session, row) is None


def test_names_go_on_beyond_ten_thousand_in_a_year(store: Store, node: Node):
    with store.work() as session:
        new_case(session, node).ident = "KS-2026-9999"
        session.flush()
        assert [new_case(session, node).ident for _ in range(2)] == ["KS-2026-10000", "KS-2026-10001"]
