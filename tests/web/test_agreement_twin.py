"""What the other government's node holds of a case stands beside ours on its page, and what it shut is said there."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.agreements.twins.views import differences, digest_of
from exchange.store.base import Store, utcnow
from exchange.store.twins import TwinPeerRow, TwinRow

from ..trade.conftest import agreement

OURS = {
    "instrument": "ksdd", "state": "AGREED", "documents": {"kb": "a" * 64}, "numbers": {}, "days": {"kb_until": "2029-11-27"},
    "objects": [{"commodity": "Pagar <i>besi</i>", "kbli": "25111"}],
}  # fmt: skip
THEIRS = OURS | {"state": "ENDED", "documents": {"kb": "b" * 64}}


@pytest.fixture
def case(world: Store) -> str:
    with world.work() as session:
        row = agreement(session, {"sector": "logam"}, state="identifikasi")
        peer = TwinPeerRow(region="33.74", url="https://simpul.example.go.id", kid="k", key="k", made_by="tes")
        session.add(peer)
        session.flush()
        session.add(
            TwinRow(
                ident="urn:uuid:7d1f6a9e-8f0b-4a53-8c0e-6a1f5c2f7b22", peer_id=peer.id, agreement_id=row.id, state="open", title="Pagar",
                ours=OURS, theirs=THEIRS, differences=[list(one) for one in differences(OURS, THEIRS)], closed_since=utcnow(),
                made_by="tes",
            )
        )  # fmt: skip
        return row.ident


def test_both_sides_stand_beside_each_other_with_what_differs(petugas: Any, case: str, statements: Any):
    with statements() as seen:
        page = petugas.get(f"/kerja-sama/{case}")
    assert page.status_code == 200
    assert len(seen) <= 12
    for said in ("Kami dan mitra", "Pagar &lt;i&gt;besi&lt;/i&gt;", "a" * 64, "b" * 64, "2029-11-27", "berbeda", "tidak ada yang terbuka"):
        assert said in page.text, said


def test_what_a_person_noted_is_told_as_known(petugas: Any, case: str, world: Store):
    with world.work() as session:
        row = session.query(TwinRow).one()
        row.noted, row.note, row.closed_since = digest_of(row.differences), "Dua pindaian dari satu naskah.", None
    text = petugas.get(f"/kerja-sama/{case}").text
    assert "sudah dicatat sebagai diketahui: Dua pindaian dari satu naskah." in text
    assert "tidak ada yang terbuka sampai diperiksa" not in text


def test_a_case_that_no_other_node_holds_says_nothing_of_it(petugas: Any, world: Store):
    with world.work() as session:
        ident = agreement(session, state="identifikasi").ident
    assert "Kami dan mitra" not in petugas.get(f"/kerja-sama/{ident}").text
