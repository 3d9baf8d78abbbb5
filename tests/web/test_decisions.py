"""Deciding: who may, what is kept, and that nobody overwrites what he has not seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from exchange.errors import BadRequest, Conflict, NotFound
from exchange.matching.decide import _checked, decide
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.changes import changes_after
from exchange.store.demands import demand_by_ident
from exchange.store.feed import last_change
from exchange.store.locks import hold
from exchange.store.matches import match_by_id, retire_matches
from exchange.store.supply import SupplyRow
from exchange.sync.release import release


def _post(client, csrf, match_id=1, headers=None, **form):
    data = {"csrf_token": csrf(client.get(f"/kecocokan/{match_id}")), "version": "1"} | form
    return client.post(f"/kecocokan/{match_id}/putuskan", data=data, headers=headers)


def test_an_accepted_match_is_kept_with_who_and_when_and_is_told_to_the_feed(petugas, csrf, world):
    with world.read() as session:
        place = last_change(session)
    answer = _post(petugas, csrf, state="accepted", note="Sudah ditelepon.")
    assert (answer.status_code, answer.location) == (303, "/kecocokan/1")
    with world.read() as session:
        row = match_by_id(session, 1)
        assert (row.state, row.note, row.decided_by, row.version) == ("accepted", "Sudah ditelepon.", "petugas", 2)
        assert row.decided_at is not None
        act = history(session, "match", "1")[0]
        assert (act.actor, act.action, act.facts["before"]["state"], act.facts["after"]["state"]) == (
            "petugas",
            "match.accept",
            "proposed",
            "accepted",
        )
        assert [(c.kind, c.ident, c.version) for c in changes_after(session, place, 10)] == [("match", "1", 2)]
    assert "menerima" in petugas.get("/kecocokan/1").text


def test_a_rejection_without_a_reason_is_not_taken_and_the_note_is_not_lost(petugas, csrf, world):
    for reason in (None, "", "   \n "):
        form = {"state": "rejected", "note": "Catatan saya"} | ({} if reason is None else {"reason": reason})
        answer = _post(petugas, csrf, **form)
        assert answer.status_code == 422
        assert "Alasan penolakan belum diisi" in answer.text
        assert ">Catatan saya</textarea>" in answer.text
        with world.read() as session:
            assert match_by_id(session, 1).state == "proposed"


def test_a_rejection_keeps_its_reason_and_can_be_taken_back(petugas, csrf, world):
    assert _post(petugas, csrf, state="rejected", reason="Terlalu besar.").status_code == 303
    assert "Terlalu besar." in petugas.get("/kecocokan/1").text
    assert _post(petugas, csrf, version="2", state="proposed").status_code == 303
    with world.read() as session:
        row = match_by_id(session, 1)
        assert (row.state, row.reason, row.decided_by, row.decided_at, row.version) == ("proposed", None, None, None, 3)
        assert [act.action for act in history(session, "match", "1")] == ["match.reopen", "match.reject"]


def test_a_note_alone_decides_nothing(petugas, csrf, world):
    assert _post(petugas, csrf, state="proposed", note="Tanya dulu.").status_code == 303
    with world.read() as session:
        row = match_by_id(session, 1)
        assert (row.state, row.note, row.decided_by) == ("proposed", "Tanya dulu.", None)
        assert history(session, "match", "1")[0].action == "match.note"


def test_the_same_again_writes_nothing(petugas, csrf, world):
    _post(petugas, csrf, state="accepted")
    assert _post(petugas, csrf, version="2", state="accepted").status_code == 303
    with world.read() as session:
        assert match_by_id(session, 1).version == 2
        assert len(history(session, "match", "1")) == 1


def test_who_comes_second_is_told_who_decided_and_overwrites_nothing(staff, csrf, world):
    assert _post(staff("admin"), csrf, state="rejected", reason="Jauh.").status_code == 303
    answer = _post(staff("petugas"), csrf, state="accepted", note="Punya saya")
    assert answer.status_code == 409
    assert "admin sudah memutuskan: ditolak" in answer.text
    assert ">Punya saya</textarea>" in answer.text
    with world.read() as session:
        row = match_by_id(session, 1)
        assert (row.state, row.reason, row.note, row.decided_by) == ("rejected", "Jauh.", None, "admin")


def test_a_match_that_was_weighed_again_is_not_decided_on_its_old_figures(petugas, csrf, world):
    with world.work() as session:
        match_by_id(session, 1).version = 7
    answer = _post(petugas, csrf, state="accepted")
    assert answer.status_code == 409
    assert "berubah sejak halaman Anda dibuka" in answer.text
    assert 'name="version" value="7"' in answer.text


def test_a_match_that_was_taken_back_cannot_be_decided(petugas, csrf, world):
    with world.work() as session:
        retire_matches(session, [match_by_id(session, 1).demand_id])
        version = match_by_id(session, 1).version
    token = csrf(petugas.get("/kecocokan"))
    answer = petugas.post("/kecocokan/1/putuskan", data={"csrf_token": token, "version": str(version), "state": "accepted"})
    assert answer.status_code == 409
    assert "sudah dicabut" in answer.text


def test_htmx_gets_the_row_alone_with_what_is_said_about_it(petugas, csrf):
    answer = _post(petugas, csrf, state="accepted", headers={"HX-Request": "true", "HX-Target": "row-1"})
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<tr id="row-1">')
    assert 'hx-swap-oob="innerHTML"' in answer.text
    late = _post(petugas, csrf, state="rejected", reason="x", headers={"HX-Request": "true", "HX-Target": "row-1"})
    assert late.status_code == 409
    assert "petugas sudah memutuskan: diterima" in late.text


@pytest.mark.parametrize("role", ["pimpinan", "auditor"])
def test_who_may_only_look_sees_why_and_is_refused(staff, csrf, world, role):
    client = staff(role)
    for path in ("/kecocokan", "/kecocokan/1", "/sumber/semarang"):
        text = client.get(path).text
        assert f"peran Anda {role}" in text, path
        assert "disabled" in text, path
    for path, form in (("/kecocokan/1/putuskan", {"version": "1", "state": "accepted"}), ("/sumber/semarang/lepaskan", {"count": "2"})):
        answer = client.post(path, data=form | {"csrf_token": csrf(client.get("/"))})
        assert answer.status_code == 403
        assert "hanya dapat melihat" in answer.text
    with world.read() as session:
        assert match_by_id(session, 1).state == "proposed"
        assert demand_by_ident(session, "d-0000000000000000").state == "live"


def test_a_form_that_was_tampered_with_is_refused(petugas, csrf):
    for version in ("x", "", "1" * 30, "-1"):
        assert _post(petugas, csrf, version=version, state="accepted").status_code == 400, version


def test_no_state_but_the_three_can_be_set(petugas, csrf):
    for state in ("retired", "", "Accepted"):
        assert _post(petugas, csrf, state=state).status_code == 422, state


@pytest.mark.parametrize(("back", "where"), [("/kecocokan?sektor=logam", "/kecocokan?sektor=logam"), ("//evil.example", "/kecocokan/1")])
def test_a_decision_leads_back_to_the_list_and_never_elsewhere(petugas, csrf, back, where):
    assert _post(petugas, csrf, state="accepted", kembali=back).location == where


def test_held_demands_are_let_go_as_many_as_were_seen(petugas, csrf, world):
    token = csrf(petugas.get("/sumber/semarang"))
    late = petugas.post("/sumber/semarang/lepaskan", data={"csrf_token": token, "count": "1"})
    assert late.status_code == 409
    assert "sekarang 2" in late.text
    assert petugas.post("/sumber/semarang/lepaskan", data={"csrf_token": token, "count": "2"}).status_code == 303
    text = petugas.get("/sumber/semarang").text
    assert "2 permintaan dilepaskan." in text
    assert "Tidak ada yang ditahan." in text
    with world.read() as session:
        assert demand_by_ident(session, "d-0000000000000000").state == "withdrawn"
        assert history(session, "source", "semarang")[0].actor == "petugas"


def test_held_offers_are_shown_and_decided_together_with_the_demands(petugas, csrf, world):
    with world.work() as session:
        for row in session.scalars(select(SupplyRow).where(SupplyRow.ident.in_(["s-0000000000000004", "s-0000000000000006"]))):
            row.missing_since, row.missing_runs, row.held_why = utcnow(), 1, "guard"
    page = petugas.get("/sumber/semarang")
    assert "Ditahan: 2 permintaan dan 2 barang" in page.text
    assert "Emping melinjo 4" in page.text
    assert "tidak disebut lagi, ditahan" in petugas.get("/pasokan").text
    assert "hilang bersama lebih banyak dari batas yang wajar" in petugas.get("/pasokan/s-0000000000000004").text
    form = {"csrf_token": csrf(page), "count": "2"}
    assert petugas.post("/sumber/semarang/lepaskan", data=form).status_code == 409, "not as many as there are"
    answer = petugas.post("/sumber/semarang/lepaskan", data=form | {"count": "4"}, follow_redirects=True)
    assert "2 permintaan dilepaskan." in answer.text
    assert "2 barang tidak ditampilkan lagi" in answer.text
    assert "tidak disebut lagi" in petugas.get("/pasokan/s-0000000000000004").text
    assert "27 barang" in petugas.get("/pasokan").text


def test_held_demands_are_kept_where_the_source_is_wrong(petugas, csrf, world):
    form = {"csrf_token": csrf(petugas.get("/sumber/semarang")), "count": "2", "pertahankan": "ya"}
    assert petugas.post("/sumber/semarang/lepaskan", data=form).status_code == 303
    text = petugas.get("/sumber/semarang").text
    assert "2 permintaan dipertahankan." in text
    assert "dipertahankan oleh petugas" in text
    with world.read() as session:
        row = demand_by_ident(session, "d-0000000000000000")
        assert (row.state, row.held_why) == ("live", "kept")
        assert history(session, "source", "semarang")[0].action == "source.keep"


def test_what_comes_to_be_held_at_the_last_moment_is_not_let_go_unseen(petugas, csrf, world, monkeypatch):
    def after_another_run(*args, **kwargs):
        with world.work() as session:
            demand_by_ident(session, "d-0000000000000004").missing_since = utcnow()
        return release(*args, **kwargs)

    monkeypatch.setattr("exchange.web.sources.release", after_another_run)
    form = {"csrf_token": csrf(petugas.get("/sumber/semarang")), "count": "2"}
    late = petugas.post("/sumber/semarang/lepaskan", data=form)
    assert late.status_code == 409
    assert "sekarang 3" in late.text
    with world.read() as session:
        assert demand_by_ident(session, "d-0000000000000000").state == "live"


def test_nothing_is_let_go_while_the_source_is_read_or_without_a_number_or_a_source(petugas, csrf, world):
    form = {"csrf_token": csrf(petugas.get("/sumber/semarang")), "count": "2"}
    with hold(world, "source:semarang", "Pengambilan"):
        busy = petugas.post("/sumber/semarang/lepaskan", data=form)
    assert busy.status_code == 409
    assert "sedang berjalan" in busy.text
    for count in ("", "dua", "-2", "9" * 40):
        assert petugas.post("/sumber/semarang/lepaskan", data=form | {"count": count}).status_code == 400
    assert petugas.post("/sumber/tidak-ada/lepaskan", data=form).status_code == 404
    assert petugas.post("/sumber/semarang/lepaskan", data=form).status_code == 303


def test_deciding_refuses_what_it_cannot_keep(world):
    with world.work() as session:
        with pytest.raises(NotFound):
            decide(session, 9999, 1, "accepted", None, None, "x")
        with pytest.raises(BadRequest, match="2000"):
            decide(session, 1, 1, "accepted", None, "x" * 2001, "x")
        with pytest.raises(Conflict) as stale:
            decide(session, 1, 2, "accepted", None, None, "x")
    assert stale.value.facts["version"] == 1


@given(state=st.sampled_from(["proposed", "accepted", "rejected"]), reason=st.none() | st.text(max_size=30))
def test_only_a_rejection_has_a_reason_and_it_always_has_one(state, reason):
    try:
        kept, _note = _checked(state, reason, None)
    except BadRequest:
        assert state == "rejected"
        assert not (reason or "").strip()
        return
    assert (kept is not None) == (state == "rejected")
    assert kept is None or kept == kept.strip() != ""


def test_of_two_who_decide_at_the_same_moment_one_is_kept_and_the_other_told(world):
    start = Barrier(2)

    def act(state: str) -> str:
        start.wait()
        try:
            with world.work() as session:
                return decide(session, 1, 1, state, "alasan", None, state).state
        except Conflict as conflict:
            return f"late after {conflict.facts['decided_by']}"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(act, ["accepted", "rejected"]))
    assert said in (["accepted", "late after accepted"], ["late after rejected", "rejected"])
    with world.read() as session:
        assert match_by_id(session, 1).version == 2
        assert len(history(session, "match", "1")) == 1
