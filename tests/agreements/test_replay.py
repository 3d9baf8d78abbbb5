"""A case that was changed beside its steps is found, and so is a paper whose bytes are gone or others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from exchange.agreements.case import Object
from exchange.agreements.node import Node
from exchange.agreements.steps import broken_at, look, named
from exchange.agreements.verifying import faults
from exchange.store.agreements import AgreementFileRow, AgreementObjectRow, AgreementRow
from exchange.store.base import Store

from .cases import TODAY, go, go_until, new_case, sha


@pytest.fixture
def carried_out(store: Store, node: Node) -> str:
    with store.work() as session:
        objects = [Object("Pagar", kbli="25111", quantity=None, value=None)]
        return go_until(session, node, new_case(session, node, objects=objects), "laksanakan").ident


def test_what_is_lacking_is_asked_for_with_its_abbreviations_as_they_are(store: Store, node: Node):
    with store.work() as session:
        row = go(session, node, new_case(session, node), "siapkan")
        lacks = {lack.what: lack.mend for step, found in look(session, node, row, TODAY) if step.name == "ajukan_telaah" for lack in found}
    assert lacks["sk_penghubung"] == "Unggah SK pejabat penghubung kerja sama."
    assert lacks["latar_belakang"] == "Isi latar belakang."


HARMS: list[dict[str, Any]] = [
    {"state": "ttd_pks"}, {"title": "Judul lain"}, {"region": "33.75"}, {"category": "wajib"}, {"counterpart": "Orang lain"},
    {"ends_on": date(2040, 1, 1)}, {"kb_until": None}, {"starts_on": date(2020, 1, 1)}, {"papers": {}}, {"facts": {"urusan": "Lain"}},
]  # fmt: skip


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: next(iter(harm)))
def test_a_case_that_was_changed_beside_its_steps_is_found(store: Store, node: Node, carried_out: str, harm: dict[str, Any]):
    with store.work() as session:
        row = named(session, carried_out)
        assert broken_at(session, row) is None
        session.execute(update(AgreementRow).where(AgreementRow.id == row.id).values(harm))
        session.expire_all()
        assert broken_at(session, named(session, carried_out)) == row.version + 1


def test_an_object_that_was_changed_beside_the_steps_is_found_and_a_step_that_changes_them_is_none(store: Store, node: Node, carried_out):
    with store.work() as session:
        row = go(session, node, named(session, carried_out), "adendum")
        assert broken_at(session, row) is None
        session.execute(update(AgreementObjectRow).where(AgreementObjectRow.agreement_id == row.id).values(sector="pangan"))
        session.expire_all()
        assert broken_at(session, named(session, carried_out)) == row.version + 1


@pytest.mark.parametrize("harm", ["gone", "other", "unlisted"])
def test_a_paper_whose_bytes_are_gone_or_others_is_named(store: Store, node: Node, carried_out: str, harm: str):
    with store.work() as session:
        row = named(session, carried_out)
        assert faults(session, node.papers, row) == []
        if harm == "unlisted":
            session.query(AgreementFileRow).filter_by(agreement_id=row.id, kind="kb").delete()
        elif harm == "gone":
            node.papers.path(sha("kb")).unlink()
        else:
            node.papers.path(sha("kb")).write_bytes(b"%PDF-1.7\n% lain\n")
        (found,) = faults(session, node.papers, row)
        assert found["what"] == "kb"
        assert found["says"] == {
            "gone": "Berkas perkara tidak ada di penyimpanan.", "other": "Berkas di penyimpanan bukan yang dulu diunggah.",
            "unlisted": "Dokumen yang berlaku tidak ada di antara berkasnya.",
        }[harm]  # fmt: skip
