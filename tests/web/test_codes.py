"""The second factor through the pages: set up, asked for, switched off, and no way around it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from exchange.access import second_factor
from exchange.access.accounts import TRIES
from exchange.app import create_app
from exchange.store.audit import AuditRow
from exchange.store.base import utcnow
from exchange.store.users import user_by_name

from .entering import enter, number, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def clock(monkeypatch):
    """A time that codes are made and judged by."""
    now = [utcnow()]
    monkeypatch.setattr(second_factor, "utcnow", lambda: now[0])
    return now


def code_of(page, clock):
    from base64 import b32decode

    key = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)[1].replace(" ", "")
    secret = b32decode(key)
    return lambda: second_factor.code_at(secret, int(clock[0].timestamp()) // 30)


def test_a_second_factor_is_set_up_asked_for_and_switched_off(staff, app, csrf, clock, world):
    petugas = staff("petugas")
    page = petugas.get("/saya/kode")
    assert "<svg" in page.text
    assert "<script" not in page.text.partition("<main")[2]
    code = code_of(page, clock)
    wrong = petugas.post("/saya/kode", data={"csrf_token": csrf(page), "kode": "000000"})
    assert wrong.status_code == 422
    assert code_of(wrong, clock)() == code(), "a slip of the finger keeps the picture"
    shown = petugas.post("/saya/kode", data={"csrf_token": csrf(page), "kode": code()})
    spares = re.findall(r'<li><code class="secret">([a-z2-7-]+)</code>', shown.text)
    assert len(spares) == 10
    assert spares[0] not in petugas.get("/saya").text

    other = app.test_client()
    first = enter(other, csrf, "petugas")
    assert first.location == "/masuk/kode"
    assert other.get("/").status_code == 302, "half of a login opens nothing"
    assert other.get("/api/v1/runs").status_code == 401
    assert send(other, csrf, "/masuk/kode", kode=code()).status_code == 422, "the code that set it up was taken"
    clock[0] += timedelta(seconds=60)
    taken = code()
    assert send(other, csrf, "/masuk/kode", kode=taken).location == "/"
    third = app.test_client()
    enter(third, csrf, "petugas")
    assert send(third, csrf, "/masuk/kode", kode=taken).status_code == 422, "no code is taken twice"
    assert send(third, csrf, "/masuk/kode", kode=spares[0]).location == "/"

    clock[0] += timedelta(seconds=60)
    assert send(third, csrf, "/saya/kode/hapus", "/saya", kode="1").location == "/saya"
    assert "Terpasang" in third.get("/saya").text
    again = send(third, csrf, "/saya/kode/cadangan", "/saya", kode=code())
    assert len(re.findall(r'<li><code class="secret">', again.text)) == 10
    clock[0] += timedelta(seconds=60)
    assert send(third, csrf, "/saya/kode/hapus", "/saya", kode=spares[1]).location == "/saya", "old spare codes are gone"
    assert "Terpasang" in third.get("/saya").text
    send(third, csrf, "/saya/kode/hapus", "/saya", kode=code())
    assert "Belum terpasang" in third.get("/saya").text
    with world.read() as session:
        told = repr([act.facts for act in session.scalars(select(AuditRow))])
    assert not any(word in told for word in (*spares, taken))


def test_wrong_codes_end_in_the_pause_and_half_a_login_ends_with_its_time(app, staff, csrf, clock, world, monkeypatch):
    petugas = staff("petugas")
    page = petugas.get("/saya/kode")
    code = code_of(page, clock)
    petugas.post("/saya/kode", data={"csrf_token": csrf(page), "kode": code()})
    clock[0] += timedelta(seconds=60)
    guess = app.test_client()
    enter(guess, csrf, "petugas")
    for _ in range(TRIES):
        assert send(guess, csrf, "/masuk/kode", kode="999").status_code == 422
    assert send(guess, csrf, "/masuk/kode", kode=code()).status_code == 422
    with world.work() as session:
        user_by_name(session, "petugas").locked_until = None
    monkeypatch.setattr("exchange.web.entering.utcnow", lambda: utcnow() + timedelta(minutes=11))
    assert guess.get("/masuk/kode").location == "/masuk"


def test_half_a_login_that_was_copied_is_worth_nothing_once_the_sessions_are_ended(app, staff, csrf, clock, world):
    petugas = staff("petugas")
    page = petugas.get("/saya/kode")
    code = code_of(page, clock)
    petugas.post("/saya/kode", data={"csrf_token": csrf(page), "kode": code()})
    clock[0] += timedelta(seconds=60)
    half = app.test_client()
    enter(half, csrf, "petugas")
    send(petugas, csrf, "/saya/keluar-semua", "/saya")
    assert send(half, csrf, "/masuk/kode", kode=code()).location == "/masuk"
    assert half.get("/").status_code == 302


def test_a_role_that_must_have_a_second_factor_sets_it_up_on_the_way_in(settings, world, csrf, clock, staff):
    before = staff("petugas")
    app = create_app(replace(settings, second_factor=frozenset({"petugas"})), world)
    client = app.test_client()
    client.set_cookie("session", before.get_cookie("session").value)
    assert client.get("/").status_code == 302, "a session from before the rule is none"
    assert enter(client, csrf, "petugas").location == "/masuk/pasang"
    assert client.get("/").status_code == 302
    assert client.get("/api/v1/runs").status_code == 401
    page = client.get("/masuk/pasang")
    code = code_of(page, clock)
    assert client.post("/masuk/pasang", data={"csrf_token": csrf(page), "kode": "1"}).status_code == 422
    shown = client.post("/masuk/pasang", data={"csrf_token": csrf(page), "kode": code()})
    assert len(re.findall(r'<li><code class="secret">', shown.text)) == 10
    assert client.get("/").status_code == 200
    clock[0] += timedelta(seconds=60)
    assert send(client, csrf, "/saya/kode/hapus", "/saya", kode=code()).status_code == 409, "the role must have one"
    other = app.test_client()
    assert enter(other, csrf, "auditor").location == "/"


def test_an_administrator_takes_a_lost_second_factor_away(staff, app, csrf, clock, world):
    petugas, admin = staff("petugas"), staff("admin")
    page = petugas.get("/saya/kode")
    petugas.post("/saya/kode", data={"csrf_token": csrf(page), "kode": code_of(page, clock)()})
    assert send(admin, csrf, f"/pengguna/{number(world, 'petugas')}/kode", "/pengguna").status_code == 303
    assert petugas.get("/").status_code == 302
    assert enter(app.test_client(), csrf, "petugas").location == "/"
