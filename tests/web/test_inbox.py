"""The inbox of matches: whose they are, what rests, steps over many and their way back, saved searches with what is new."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from exchange.errors import BadRequest, Conflict
from exchange.matching.care import arrange
from exchange.matching.decide import decide
from exchange.matching.steps import MOST, Target, Wish, take, undo
from exchange.store.audit import history
from exchange.store.demands import DemandRow
from exchange.store.match_care import care_of
from exchange.store.match_steps import latest_steps
from exchange.store.matches import MatchRow, match_by_id
from exchange.store.users import user_by_name


def rows(page):
    return [int(number) for number in re.findall(r'<tr id="row-(\d+)"', page.text)]


def count(page):
    return int(re.search(r'role="status">(?:sedikitnya )?([\d.]+) kecocokan', page.text)[1].replace(".", ""))


def options(page, name):
    """The choices of a select by value, as they are written."""
    found = re.search(rf'<select[^>]*id="{name}".*?</select>', page.text, re.DOTALL)[0]
    return {value: unescape(text) for value, text in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', found)}


@pytest.fixture
def number(world):
    """`number(name)`: the account's number."""

    def of(name):
        with world.read() as session:
            return user_by_name(session, name).id

    return of


def step(browser, csrf, act, numbers, path="/kecocokan", versions=None, headers=None, **form):
    """Tick and send as the form of the page does."""
    page = browser.get(path)
    seen = dict(re.findall(r'name="(v-\d+)" value="([\d.]+)"', page.text)) | (versions or {})
    data = {"csrf_token": csrf(page), "act": act, "kecocokan": numbers, **seen, **form}
    return browser.post(path, data=data, headers=headers)


def put(browser, csrf, match_id=1, **form):
    page = browser.get(f"/kecocokan/{match_id}")
    return browser.post(f"/kecocokan/{match_id}/penanganan", data={"csrf_token": csrf(page), "penanganan": "0"} | form)


# ---- whose it is, and what rests


def test_a_match_is_given_to_somebody_with_a_message_and_its_history_says_from_whom_to_whom(petugas, csrf, world, number):
    assert put(petugas, csrf, orang=str(number("admin")), pesan="Tolong telepon Senin.").status_code == 303
    text = petugas.get("/kecocokan/1").text
    assert "Ditangani admin." in text
    assert "Tolong telepon Senin." in text
    assert put(petugas, csrf, penanganan="1", orang=str(number("petugas"))).status_code == 303
    with world.read() as session:
        acts = [act for act in history(session, "match", "1") if act.action == "match.assign"]
        assert [(act.facts["before"]["person"], act.facts["after"]["person"]) for act in acts] == [("admin", "petugas"), (None, "admin")]
    assert "admin → petugas" in petugas.get("/kecocokan/1").text
    assert rows(petugas.get("/kecocokan?orang=saya")) == [1]
    assert options(petugas.get("/kecocokan"), "orang")["saya"] == "saya (1)"


def test_what_is_nobodys_and_what_is_mine_make_up_the_list(petugas, csrf, world, number, app):
    with world.work() as session:
        for match_id, name in ((1, "petugas"), (2, "admin"), (3, "petugas")):
            arrange(session, match_id, 0, {"assignee_id": number(name)}, None, "admin", _today(app))
    assert set(rows(petugas.get("/kecocokan?orang=saya"))) == {1, 3}
    assert rows(petugas.get(f"/kecocokan?orang={number('admin')}")) == [2]
    free = petugas.get("/kecocokan?orang=tanpa")
    assert count(free) == 57
    assert not {1, 2, 3} & set(rows(free))
    assert options(free, "status")["proposed"] == "menunggu keputusan (57)"


def _day():
    from exchange.wiring import settings  # the app of the test has set it

    return settings().day()


def test_what_is_snoozed_is_out_of_the_list_and_its_counts_until_its_day(petugas, csrf, world, app, monkeypatch):
    day = _today(app)
    assert put(petugas, csrf, 1, sampai=(day + timedelta(days=3)).isoformat()).status_code == 303
    listed = petugas.get("/kecocokan")
    assert 1 not in rows(listed)
    assert (count(listed), options(listed, "status")["proposed"]) == (59, "menunggu keputusan (59)")
    assert count(petugas.get("/kecocokan?sektor=logam")) + count(petugas.get("/kecocokan?sektor=kimia")) == 59
    assert rows(petugas.get("/kecocokan?tunda=ya")) == [1]
    assert count(petugas.get("/kecocokan?status=semua")) == 60
    with world.work() as session:
        care_of(session, 1).snoozed_until = day
    back = petugas.get("/kecocokan")
    assert 1 in rows(back)
    assert count(back) == 60
    assert rows(petugas.get("/kecocokan?tunda=ya")) == []


def _today(app):
    with app.app_context():
        return _day()


def test_who_arranges_second_sees_what_the_first_arranged_and_keeps_what_was_typed(staff, csrf, world, number, app):
    until = (_today(app) + timedelta(days=5)).isoformat()
    assert put(staff("admin"), csrf, orang=str(number("admin")), sampai=until).status_code == 303
    late = put(staff("petugas"), csrf, orang=str(number("petugas")), pesan="Saya saja.")
    assert late.status_code == 409
    assert '<details class="folds" open>' in late.text, "what was typed is in sight on a telephone too"
    assert "admin sudah mengaturnya: ditangani admin." in late.text
    assert 'value="Saya saja."' in late.text
    with world.read() as session:
        assert care_of(session, 1).assignee_id == number("admin")


def test_only_somebody_active_who_decides_gets_a_match_and_only_a_day_ahead_is_taken(petugas, csrf, number, app):
    day = _today(app)
    for form in ({"orang": str(number("pimpinan"))}, {"orang": "999"}, {"sampai": day.isoformat()}, {"sampai": "besok"},
                 {"sampai": (day + timedelta(days=400)).isoformat()}, {"orang": "x"}):  # fmt: skip
        assert put(petugas, csrf, **form).status_code == 422, form
    assert put(petugas, csrf, penanganan="x").status_code == 400


def test_an_arrangement_changes_nothing_that_a_partner_reads_of_the_match(world, number, app):
    with world.read() as session:
        before = match_by_id(session, 1)
        was = (before.version, before.updated_at)
    with world.work() as session:
        arrange(
            session, 1, 0, {"assignee_id": number("admin"), "snoozed_until": _today(app) + timedelta(days=2)}, "x", "petugas", _today(app)
        )
    with world.read() as session:
        after = match_by_id(session, 1)
        assert (after.version, after.updated_at) == was


# ---- steps over many


def test_ticked_rows_are_refused_with_one_reason_and_brought_back_by_one_button(petugas, csrf, world):
    answer = step(petugas, csrf, "reject", [1, 2, 3, 4, 5], alasan="wrong_product")
    assert answer.status_code == 303
    page = petugas.get(answer.location)
    assert "menolak</strong>" not in page.text
    assert "5 kecocokan" in page.text and "barangnya bukan yang diminta" in page.text
    with world.read() as session:
        assert {match_by_id(session, n).state for n in range(1, 6)} == {"rejected"}
        assert {match_by_id(session, n).reason_code for n in range(1, 6)} == {"wrong_product"}
        number = latest_steps(session, 1)[0].id
        assert history(session, "match", "1")[0].facts["step"] == number
    petugas.post(f"/kecocokan/langkah/{number}/batalkan", data={"csrf_token": csrf(page)})
    with world.read() as session:
        for n in range(1, 6):
            row = match_by_id(session, n)
            assert (row.state, row.reason_code, row.decided_by, row.decided_at, row.version) == ("proposed", None, None, None, 3)
        assert history(session, "match", "1")[0].action == "match.undo"
        assert history(session, "match_step", str(number))[0].action == "match_step.undo"
    assert "Dibatalkan oleh petugas" in petugas.get("/kecocokan/langkah").text
    assert step(petugas, csrf, "reject", [1, 2, 3, 4, 5], alasan="price").status_code == 303, "and they can be refused again"
    again = petugas.post(f"/kecocokan/langkah/{number}/batalkan", data={"csrf_token": csrf(page)}, follow_redirects=True)
    assert "sudah dibatalkan oleh petugas" in again.text


def test_a_row_that_changed_meanwhile_is_left_and_named_and_so_is_one_that_changed_after_the_step(petugas, csrf, world):
    with world.work() as session:
        decide(session, 2, 1, "accepted", None, None, "admin")
    answer = step(petugas, csrf, "reject", [1, 2, 3], versions={"v-2": "1.0"}, alasan="too_far")
    page = petugas.get(answer.location)
    assert "Dibiarkan, karena sudah berubah" in page.text
    with world.work() as session:
        assert [match_by_id(session, n).state for n in (1, 2, 3)] == ["rejected", "accepted", "rejected"]
        number = latest_steps(session, 1)[0].id
        decide(session, 3, 2, "accepted", None, None, "admin")
        done = undo(session, number, "petugas")
        assert [one["match"] for one in done.kept] == [3]
        assert [match_by_id(session, n).state for n in (1, 2, 3)] == ["proposed", "accepted", "accepted"]


def test_all_of_the_page_is_taken_without_a_tick_for_each(petugas, csrf, world):
    assert step(petugas, csrf, "note", [], semua="ya", note="Dibahas Kamis.").status_code == 303
    with world.read() as session:
        assert len([row for row in session.scalars(select(MatchRow)) if row.note == "Dibahas Kamis."]) == 25


def test_each_act_is_done_and_undone(petugas, csrf, world, number, app):
    until = (_today(app) + timedelta(days=7)).isoformat()
    for act, form in (("accept", {}), ("assign", {"orang": str(number("admin")), "pesan": "Milik Anda"}), ("snooze", {"sampai": until}),
                      ("note", {"note": "Catatan"})):  # fmt: skip
        with world.read() as session:
            before = _as_is(session, 7)
        assert step(petugas, csrf, act, [7], path="/kecocokan?status=semua", **form).status_code == 303, act
        with world.work() as session:
            assert _as_is(session, 7) != before, act
            undo(session, latest_steps(session, 1)[0].id, "petugas")
            assert _as_is(session, 7) == before, act


def _as_is(session, number):
    row, care = match_by_id(session, number), care_of(session, number)
    return row.state, row.note, row.reason, care and care.assignee_id, care and care.snoozed_until


def test_a_step_that_lacks_something_says_so_keeps_what_was_typed_and_writes_nothing(petugas, csrf, world):
    for act, form, said in (
        ("reject", {}, "Alasan penolakan belum diisi"), ("reject", {"alasan": "other"}, "Alasan penolakan belum diisi"),
        ("reject", {"alasan": "x"}, "tidak dikenal"), ("snooze", {}, "Hari penundaan belum diisi"), ("note", {"note": " "}, "belum diisi"),
        ("", {}, "tidak dikenal"), ("delete", {}, "tidak dikenal"),
    ):  # fmt: skip
        answer = step(petugas, csrf, act, [1, 2], **form)
        assert answer.status_code == 422, act
        assert said in answer.text, act
        assert len(re.findall(r'name="kecocokan" value="[12]" checked', answer.text)) == 2, act
    assert "Belum ada kecocokan yang dicentang" in step(petugas, csrf, "accept", []).text
    assert "Belum ada kecocokan yang dicentang" in step(petugas, csrf, "agreement", []).text
    with world.read() as session:
        assert latest_steps(session, 5) == []


def test_the_ticked_rows_still_begin_a_cooperation(petugas, csrf):
    answer = step(petugas, csrf, "agreement", [1, 3])
    assert answer.status_code == 303
    assert answer.location.endswith("?kecocokan=1&kecocokan=3")


def test_no_more_than_a_hundred_at_once(world, app):
    with world.work() as session, pytest.raises(BadRequest, match="100"):
        take(session, Wish("accept"), [Target(n, 1, 0) for n in range(1, MOST + 2)], "petugas", _today(app))
    with world.work() as session:
        step = take(session, Wish("accept"), [Target(1, 1, 0)], "petugas", _today(app))
        undo(session, step.id, "petugas")
        with pytest.raises(Conflict):
            undo(session, step.id, "admin")


def test_htmx_gets_the_list_with_what_was_done(petugas, csrf):
    answer = step(petugas, csrf, "accept", [1, 2], headers={"HX-Request": "true"})
    part = petugas.get(answer.location, headers={"HX-Request": "true"})
    assert "<!doctype" not in part.text
    assert 'id="hasil"' in part.text
    assert re.search(r'<select[^>]*id="status"[^>]*hx-swap-oob="true"', part.text), "the counts of the selects follow"
    assert options(part, "status")["accepted"] == "diterima (2)"


# ---- reasons


@pytest.mark.parametrize(
    "listed", ["daerah%3D%2500", "orang%3D" + "9" * 30, "orang%3D-1", "cari%3D" + "a" * 300, "lain%3Dx", "nilai%3Dbanyak"]
)
def test_a_list_that_nobody_could_have_come_from_is_no_error(petugas, listed):
    assert petugas.get(f"/kecocokan/5/berikutnya?dari={listed}").status_code in {200, 302, 303}
    assert petugas.get(f"/kecocokan/5?dari={listed}").status_code == 200


def test_what_an_undone_step_leaves_is_said_in_a_cookie_of_any_browser(petugas, csrf, world, app):
    with world.work() as session:
        rows = list(session.scalars(select(MatchRow).where(MatchRow.state == "proposed").limit(50)))
        targets = [Target(row.id, row.version, 0) for row in rows]
        session.execute(update(DemandRow).values(title="Pengadaan pagar besi " * 9))
        number = take(session, Wish("accept"), targets, "petugas", _today(app)).id
    with world.work() as session:
        for row in session.scalars(select(MatchRow).where(MatchRow.state == "accepted")):
            row.version += 1
    path = f"/kecocokan/langkah/{number}/batalkan"
    answer = petugas.post(path, data={"csrf_token": csrf(petugas.get("/kecocokan/langkah"))})
    assert max(len(value) for name, value in answer.headers if name == "Set-Cookie") < 4_000
    shown = petugas.get("/kecocokan/langkah").text
    assert "50 dibiarkan karena berubah sejak itu" in shown
