"""A case is offered to the other node and its offers are answered on the case's page, by who may decide and has compared the key."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from exchange.agreements.twins import peers
from exchange.publish.base64url import encoded
from exchange.store.audit import history
from exchange.store.base import Store
from exchange.store.twins import TwinPeerRow, TwinRow, list_twins, messages_of

from ..trade.conftest import agreement

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from .browsing import SHOTS, fits, violations  # noqa: E402  # isort: skip

KEY = hashlib.sha256(b"kunci simpul mitra").digest()
SHOWN = peers.fingerprint(KEY)
OFFER = "urn:uuid:7d1f6a9e-8f0b-4a53-8c0e-6a1f5c2f7b22"


def incoming(session: Any, peer: TwinPeerRow) -> None:
    session.add(TwinRow(ident=OFFER, peer_id=peer.id, state="incoming", title="Pagar <b>kota</b>", note="Mohon diperiksa.", made_by="tes"))


@pytest.fixture
def case(world: Store) -> str:
    """A case with 33.74, whose node is trusted."""
    with world.work() as session:
        row = agreement(session, {"sector": "logam"}, state="identifikasi", starts_on=None, ends_on=None)
        session.add(TwinPeerRow(region="33.74", url="https://simpul.example.go.id", kid="k", key=encoded(KEY), made_by="tes"))
        return row.ident


@pytest.fixture
def offered(world: Store, case: str) -> str:
    """The same, of which that node has offered its own."""
    with world.work() as session:
        incoming(session, session.query(TwinPeerRow).one())
    return case


def post(client: Any, csrf: Any, case: str, word: str, **form: str) -> Any:
    token = csrf(client.get(f"/kerja-sama/{case}"))
    return client.post(f"/kerja-sama/{case}/simpul/{word}", data={"csrf_token": token} | form)


def twins(store: Store) -> list[TwinRow]:
    with store.read() as session:
        return list_twins(session)


def test_a_case_is_offered_once_the_key_was_compared(petugas, csrf, world, case, statements):
    with statements() as seen:
        text = petugas.get(f"/kerja-sama/{case}").text
    assert len(seen) <= 12
    assert SHOWN in text and "https://simpul.example.go.id" in text and encoded(KEY) not in text
    missing = post(petugas, csrf, case, "tawarkan", sidik=SHOWN)
    assert missing.status_code == 400 and "belum dinyatakan cocok" in missing.text
    with world.work() as session:
        session.query(TwinPeerRow).one().key = encoded(hashlib.sha256(b"kunci baru").digest())
    late = post(petugas, csrf, case, "tawarkan", sidik=SHOWN, cocok="ya")
    assert late.status_code == 409 and "berganti" in late.text and twins(world) == []
    with world.work() as session:
        session.query(TwinPeerRow).one().key = encoded(KEY)
    sent = post(petugas, csrf, case, "tawarkan", sidik=SHOWN, cocok="ya", catatan="Mohon diperiksa.")
    assert (sent.status_code, sent.location) == (303, f"/kerja-sama/{case}#simpul-mitra")
    (twin,) = twins(world)
    assert (twin.state, twin.case.ident) == ("offered", case)
    with world.read() as session:
        assert [(one.kind, one.state) for one in messages_of(session, twin.id)] == [("offer", "waiting")]
        assert history(session, "agreement", case)[0].actor == "petugas"
    text = petugas.get(f"/kerja-sama/{case}").text
    assert "menunggu jawaban kantor di sana" in text and "Tidak ada yang berbeda" not in text
    again = post(petugas, csrf, case, "tawarkan", sidik=SHOWN, cocok="ya")
    assert again.status_code == 409 and len(twins(world)) == 1


def test_an_offer_is_taken_on_into_the_case(petugas, csrf, world, offered):
    text = petugas.get(f"/kerja-sama/{offered}").text
    assert "Pagar &lt;b&gt;kota&lt;/b&gt;" in text and "Mohon diperiksa." in text
    assert post(petugas, csrf, offered, "terima", tawaran=OFFER, sidik="x", cocok="ya").status_code == 409
    assert post(petugas, csrf, offered, "terima", tawaran="urn:uuid:0", sidik=SHOWN, cocok="ya").status_code == 404
    assert post(petugas, csrf, offered, "terima", tawaran=OFFER, sidik=SHOWN, cocok="ya").status_code == 303
    (twin,) = twins(world)
    assert (twin.state, twin.case.ident) == ("open", offered)
    assert "Kami dan mitra" in petugas.get(f"/kerja-sama/{offered}").text
    assert post(petugas, csrf, offered, "tolak", tawaran=OFFER).status_code == 409, "it was answered"


def test_an_offer_is_refused_with_its_reason_and_the_case_can_be_offered(petugas, csrf, world, offered):
    assert post(petugas, csrf, offered, "tolak", tawaran=OFFER, catatan="Sudah ada.").status_code == 303
    assert [twin.state for twin in twins(world)] == ["refused"]
    assert "Tawarkan perkara ini" in petugas.get(f"/kerja-sama/{offered}").text


def test_the_offer_of_another_node_is_not_answered_here(petugas, csrf, world, offered):
    with world.work() as session:
        other = TwinPeerRow(region="33.28", url="https://lain.example.go.id", kid="l", key=encoded(KEY), made_by="tes")
        session.add(other)
        session.flush()
        session.query(TwinRow).one().peer_id = other.id
    assert "Pagar" not in petugas.get(f"/kerja-sama/{offered}").text.partition('id="simpul-mitra"')[2]
    assert post(petugas, csrf, offered, "tolak", tawaran=OFFER).status_code == 400
    assert twins(world)[0].state == "incoming"


@pytest.mark.parametrize("role", ["pimpinan", "auditor"])
def test_who_may_only_look_sees_the_offer_and_answers_nothing(staff, csrf, world, offered, role):
    client = staff(role)
    text = client.get(f"/kerja-sama/{offered}").text
    assert SHOWN in text and 'name="tawaran"' not in text
    for word in ("tawarkan", "terima", "tolak"):
        assert post(client, csrf, offered, word, tawaran=OFFER, sidik=SHOWN, cocok="ya").status_code == 403
    assert twins(world)[0].state == "incoming"


def test_without_a_trusted_node_there_is_nothing_to_offer(petugas, csrf, world, case):
    with world.work() as session:
        session.query(TwinPeerRow).one().state = "closed"
    assert "simpul-mitra" not in petugas.get(f"/kerja-sama/{case}").text
    assert post(petugas, csrf, case, "tawarkan", sidik=SHOWN, cocok="ya").status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_section_is_accessible_and_works_without_javascript(visit, world, offered, width):
    page, wrong = visit(width=width, script=width == 360)
    page.goto(f"/kerja-sama/{offered}")
    if width == 360:
        assert violations(page) == []
        page.evaluate("document.querySelectorAll('#simpul-mitra details').forEach(one => one.open = true)")
        assert violations(page) == []
        assert fits(page)
    if SHOTS:
        page.locator("#simpul-mitra").screenshot(path=Path(SHOTS) / f"simpul-mitra-{width}.png")
    page.get_by_label("Sidik jari di atas sudah saya cocokkan").check()
    page.get_by_role("button", name="Terima tawaran").click()
    sync_api.expect(page.locator("#pesan")).to_contain_text("Tawaran diterima")
    assert wrong == [] and twins(world)[0].state == "open"
