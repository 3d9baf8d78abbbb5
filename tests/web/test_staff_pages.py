"""Accounts, sessions, second factors and lost passwords through the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from exchange.access import account_links, second_factor
from exchange.access.accounts import TRIES
from exchange.app import create_app
from exchange.store.audit import AuditRow
from exchange.store.base import utcnow
from exchange.store.users import user_by_name

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PASSWORD = "kata-sandi-uji-coba"
NEW = "kata-sandi-yang-baru"


def number(world, name):
    with world.read() as session:
        return user_by_name(session, name).id


def send(client, csrf, path, page=None, **form):
    return client.post(path, data={"csrf_token": csrf(client.get(page or path)), **form})


def enter(client, csrf, name, password=PASSWORD):
    return send(client, csrf, "/masuk", name=name, password=password)


def test_somebody_is_invited_sets_a_password_and_is_let_in(staff, app, csrf, world):
    admin, guest = staff("admin"), app.test_client()
    shown = send(admin, csrf, "/pengguna/undang", "/pengguna", nama="sari.w", peran="auditor")
    address = re.search(r'id="tautan">([^<]+)<', shown.text)[1]
    assert address.startswith("http://localhost/akun/")
    assert address not in admin.get(f"/pengguna/{number(world, 'sari.w')}").text, "the link is shown once"
    path = address.removeprefix("http://localhost")
    assert "diundang" in admin.get("/pengguna").text
    assert send(guest, csrf, path, baru=NEW, ulang=NEW + "x").status_code == 422
    assert send(guest, csrf, path, baru="pendek", ulang="pendek").status_code == 422
    assert guest.post(path, data={"baru": NEW, "ulang": NEW}).status_code == 400, "a form of another page is not taken"
    assert send(guest, csrf, path, baru=NEW, ulang=NEW).location == "/masuk"
    assert guest.get(path).status_code == 410
    assert enter(guest, csrf, "sari.w", NEW).location == "/"
    assert "sari.w (auditor)" in guest.get("/").text


def test_a_recovery_link_ends_the_sessions_and_the_pause(staff, app, csrf, world):
    admin, lost, thief = staff("admin"), app.test_client(), staff("petugas")
    for _ in range(TRIES):
        enter(lost, csrf, "petugas", "salah-salah-salah")
    shown = send(admin, csrf, f"/pengguna/{number(world, 'petugas')}/tautan", "/pengguna")
    path = re.search(r"http://localhost(/akun/[^<]+)<", shown.text)[1]
    send(lost, csrf, path, baru=NEW, ulang=NEW)
    assert enter(lost, csrf, "petugas", NEW).location == "/"
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize(
    ("act", "form"),
    [("peran", {"peran": "petugas"}), ("aktif", {"aktif": "tidak"})],
)
def test_the_last_administrator_stays_one(staff, csrf, world, act, form):
    admin = staff("admin")
    answer = send(admin, csrf, f"/pengguna/{number(world, 'admin')}/{act}", "/pengguna", **form)
    assert answer.status_code == 409
    assert "terakhir" in answer.text
    assert admin.get("/pengguna").status_code == 200


def test_an_administrator_changes_role_mailbox_sessions_and_state(staff, csrf, world):
    admin, other = staff("admin"), staff("petugas")
    its = f"/pengguna/{number(world, 'petugas')}"
    assert send(admin, csrf, f"{its}/peran", "/pengguna", peran="pimpinan").status_code == 303
    assert "petugas (pimpinan)" in other.get("/").text, "a role is the one of now"
    assert send(admin, csrf, f"{its}/peran", "/pengguna", peran="raja").status_code == 422
    assert send(admin, csrf, f"{its}/surel", "/pengguna", surel="bukan alamat").status_code == 422
    assert send(admin, csrf, f"{its}/surel", "/pengguna", surel="a@contoh.invalid").status_code == 303
    session_id = re.search(r'name="sesi" value="(\d+)"', admin.get(its).text)[1]
    assert send(admin, csrf, f"{its}/sesi", "/pengguna", sesi=session_id).status_code == 303
    assert other.get("/").status_code == 302
    again = staff("petugas")
    assert send(admin, csrf, f"{its}/sesi", "/pengguna").status_code == 303
    assert again.get("/").status_code == 302
    assert send(admin, csrf, f"{its}/aktif", "/pengguna", aktif="tidak").status_code == 303
    assert enter(again, csrf, "petugas").status_code == 422
    assert send(admin, csrf, f"{its}/tautan", "/pengguna").status_code == 409, "a closed account gets no link"
    assert send(admin, csrf, f"{its}/aktif", "/pengguna", aktif="ya").status_code == 303
    assert enter(again, csrf, "petugas").location == "/"
    assert admin.get("/pengguna/99999").status_code == 404


def test_one_ends_ones_own_sessions_and_nobody_elses(staff, csrf, world):
    here, there, other = staff("petugas"), staff("petugas"), staff("auditor")
    sessions = [int(found) for found in re.findall(r"/saya/sesi/(\d+)/akhiri", here.get("/saya").text)]
    assert len(sessions) == 1
    send(other, csrf, f"/saya/sesi/{sessions[0]}/akhiri", "/saya")
    assert there.get("/").status_code == 200, "another account's session is none of one's own"
    send(here, csrf, f"/saya/sesi/{sessions[0]}/akhiri", "/saya")
    assert there.get("/").status_code == 302
    there = staff("petugas")
    send(here, csrf, "/saya/sesi/akhiri-lain", "/saya")
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    there = staff("petugas")
    send(here, csrf, "/keluar", "/")
    assert (here.get("/").status_code, there.get("/").status_code) == (302, 200)
    here = staff("petugas")
    assert (
        "juga di perangkat lain"
        in here.post("/saya/keluar-semua", data={"csrf_token": csrf(here.get("/saya"))}, follow_redirects=True).text
    )
    assert (here.get("/").status_code, there.get("/").status_code) == (302, 302)


def test_a_password_is_changed_for_the_old_one_and_guessing_it_costs_a_pause(staff, csrf, app):
    petugas = staff("petugas")
    assert send(petugas, csrf, "/saya/kata-sandi", "/saya", lama="salah", baru=NEW).status_code == 422
    assert send(petugas, csrf, "/saya/kata-sandi", "/saya", lama=PASSWORD, baru="pendek").status_code == 422
    assert send(petugas, csrf, "/saya/kata-sandi", "/saya", lama=PASSWORD, baru=NEW).location == "/masuk"
    assert petugas.get("/").status_code == 302
    assert enter(petugas, csrf, "petugas", NEW).location == "/"
    for _ in range(TRIES):
        send(petugas, csrf, "/saya/kata-sandi", "/saya", lama="salah", baru=NEW)
    assert send(petugas, csrf, "/saya/kata-sandi", "/saya", lama=NEW, baru=PASSWORD).status_code == 422


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


def test_a_cookie_from_before_the_login_is_no_session_after_it(app, csrf, world):
    client, thief = app.test_client(), app.test_client()
    client.get("/masuk")
    planted = client.get_cookie("session").value
    enter(client, csrf, "petugas")
    thief.set_cookie("session", planted)
    assert thief.get("/").status_code == 302
    assert client.get("/").status_code == 200


CHANGES = [
    "/pengguna/undang", *(f"/pengguna/1/{act}" for act in ("tautan", "peran", "surel", "aktif", "sesi", "kode", "penyedia")), "/saya/kode",
    "/saya/kode/cadangan", "/saya/kode/hapus", "/saya/kata-sandi", "/saya/keluar-semua", "/saya/sesi/1/akhiri", "/saya/sesi/akhiri-lain",
    "/surel/uji", "/lupa", "/masuk/kode", "/masuk/pasang",
]  # fmt: skip


@pytest.mark.parametrize("path", CHANGES)
def test_nothing_changes_without_the_forms_token(staff, path):
    answer = staff("admin").post(path, data={"peran": "petugas", "aktif": "tidak"})
    assert answer.status_code == 400
    assert "Formulir sudah tidak berlaku" in answer.text


@pytest.mark.parametrize("path", ["/pengguna", "/pengguna/2", "/saya", "/saya/kode", "/catatan", "/surel"])
def test_such_a_page_costs_at_most_eight_statements(staff, statements, path):
    admin = staff("admin")
    for _ in range(3):
        staff("petugas")
    with statements() as seen:
        assert admin.get(path).status_code == 200
    assert len(seen) <= 8, seen


@pytest.fixture
def mailing(settings, world, post):
    """The app of a node whose mail is set up."""
    return create_app(
        replace(settings, smtp_url=post.url, base_url="https://bursa.contoh.invalid", mail_from="bursa@contoh.invalid"), world
    )


def test_the_answer_to_a_lost_password_is_one_and_the_same_and_looks_nothing_up(mailing, csrf, statements, world):
    with world.work() as session:
        user_by_name(session, "petugas").email = "petugas@contoh.invalid"
    answers, asked = [], []
    for name in ("petugas", "auditor", "tidak-ada"):
        client = mailing.test_client()
        token = csrf(client.get("/lupa"))
        with statements() as seen:
            answer = client.post("/lupa", data={"csrf_token": token, "name": name})
        answers.append((answer.status_code, answer.text))
        asked.append(list(seen))
    assert answers[0][0] == 200
    assert "Bila akun itu ada" in answers[0][1]
    assert answers[0] == answers[1] == answers[2]
    assert asked[1] == asked[2], "the same is done for who exists and for who does not"
    assert not any("account" in statement.replace("account_link", "") for statements_ in asked for statement in statements_)


def test_the_letter_goes_by_the_worker_to_accounts_with_a_mailbox_three_times_an_hour(mailing, csrf, world, post, settings):
    from exchange.jobs.account_letters import AccountLetters

    its = mailing.extensions["exchange"].settings
    with world.work() as session:
        user_by_name(session, "petugas").email = "petugas@contoh.invalid"
    client = mailing.test_client()
    for name in ("petugas", "petugas", "petugas", "petugas", "tidak-ada"):
        send(client, csrf, "/lupa", name=name)
    assert send(client, csrf, "/lupa", name="auditor").status_code == 429, "and five a minute from one network"
    kind = AccountLetters(world, its)
    for work in kind.take(10):
        work()
    assert kind.take(10) == []
    assert post.recipients == ["petugas@contoh.invalid"] * 3
    text = post.letters[-1].get_content()
    path = re.search(r"https://bursa\.contoh\.invalid(/akun/\S+)", text)[1]
    guest = mailing.test_client()
    assert send(guest, csrf, path, baru=NEW, ulang=NEW).location == "/masuk"
    assert enter(guest, csrf, "petugas", NEW).location == "/"
    with world.read() as session:
        told = repr([(act.action, act.ident, act.facts) for act in session.scalars(select(AuditRow))])
    assert path.removeprefix("/akun/") not in told
    assert "petugas@contoh.invalid" not in told


def test_without_mail_the_page_says_whom_to_ask_and_an_invitation_is_on_the_page(client, csrf, world):
    page = client.get("/lupa")
    assert "minta admin" in page.text
    assert "<form" not in page.text.partition("<main")[2]


def test_an_invitation_goes_by_letter_too_and_a_server_that_refuses_is_told(mailing, csrf, post, world):
    admin = mailing.test_client()
    enter(admin, csrf, "admin")
    shown = send(admin, csrf, "/pengguna/undang", "/pengguna", nama="sari", peran="petugas", surel="sari@contoh.invalid")
    word = re.search(r"https://bursa\.contoh\.invalid/akun/([^<]+)<", shown.text)[1]
    assert word in post.letters[0].get_content()
    assert "juga sudah dikirim" in shown.text
    post.script["RCPT"] = "550 no"
    shown = send(admin, csrf, "/pengguna/undang", "/pengguna", nama="budi", peran="petugas", surel="budi@contoh.invalid")
    assert "Serahkan tautannya sendiri" in shown.text
    page = admin.get("/surel").text
    assert "surat tidak terkirim" in page
    assert "budi@contoh.invalid" not in page


def test_links_by_letter_do_not_hang_on_what_a_caller_says_of_the_address(settings, world, post, csrf):
    client = create_app(replace(settings, smtp_url=post.url), world).test_client()
    assert "<form" not in client.get("/lupa", headers={"Host": "jahat.invalid"}).text.partition("<main")[2]
    client.post("/lupa", data={"csrf_token": csrf(client.get("/masuk")), "name": "petugas"}, headers={"Host": "localhost"})
    assert post.letters == []


def test_a_link_shown_in_the_page_is_the_only_place_of_its_word(staff, csrf, world, caplog):
    shown = send(staff("admin"), csrf, "/pengguna/undang", "/pengguna", nama="sari", peran="petugas")
    word = re.search(r"/akun/([^<]+)<", shown.text)[1]
    with world.read() as session:
        acts = repr([vars(act) for act in session.scalars(select(AuditRow))])
        assert account_links.opened(session, word).account.name == "sari"
    assert word not in acts + caplog.text
