"""Accounts, sessions and invitations through the pages."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from exchange.access import account_links
from exchange.access.accounts import TRIES
from exchange.store.audit import AuditRow
from exchange.store.users import user_by_name

from .entering import NEW, PASSWORD, enter, number, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
    [("peran", {"peran": "petugas", "terlihat": "admin"}), ("aktif", {"aktif": "tidak"})],
)
def test_the_last_administrator_stays_one(staff, csrf, world, act, form):
    admin = staff("admin")
    answer = send(admin, csrf, f"/pengguna/{number(world, 'admin')}/{act}", "/pengguna", **form)
    assert answer.status_code == 409
    assert "terakhir" in answer.text
    assert admin.get("/pengguna").status_code == 200


def test_who_comes_second_sees_what_the_first_changed_and_keeps_what_he_typed(staff, csrf, world):
    first, second = staff("admin"), staff("admin")
    its = f"/pengguna/{number(world, 'petugas')}"
    send(first, csrf, f"{its}/peran", "/pengguna", peran="pimpinan", terlihat="petugas")
    late = send(second, csrf, f"{its}/peran", "/pengguna", peran="auditor", terlihat="petugas")
    assert late.status_code == 409
    said = re.search(r'id="salah">(.*?)</div>', late.text, re.DOTALL)[1]
    assert "tidak ada yang disimpan" in said and "admin" in said and "petugas → pimpinan" in said
    assert re.search(r'<option value="auditor" selected>', late.text), "what was typed"
    assert 'name="terlihat" value="pimpinan"' in late.text, "what is now, for the next try"
    with world.read() as session:
        assert user_by_name(session, "petugas").role == "pimpinan"
    late = send(second, csrf, f"{its}/surel", "/pengguna", surel="b@contoh.invalid", terlihat="lama@contoh.invalid")
    assert late.status_code == 409 and 'value="b@contoh.invalid"' in late.text


def test_an_administrator_changes_role_mailbox_sessions_and_state(staff, csrf, world):
    admin, other = staff("admin"), staff("petugas")
    its = f"/pengguna/{number(world, 'petugas')}"
    assert send(admin, csrf, f"{its}/peran", "/pengguna", peran="pimpinan", terlihat="petugas").status_code == 303
    assert "petugas (pimpinan)" in other.get("/").text, "a role is the one of now"
    assert send(admin, csrf, f"{its}/peran", "/pengguna", peran="raja", terlihat="pimpinan").status_code == 422
    assert send(admin, csrf, f"{its}/surel", "/pengguna", surel="bukan alamat", terlihat="").status_code == 422
    assert send(admin, csrf, f"{its}/surel", "/pengguna", surel="a@contoh.invalid", terlihat="").status_code == 303
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


@pytest.mark.parametrize("which", ["this", "all", "another"])
def test_an_administrators_own_session_is_marked_and_ending_it_says_that_one_is_out(staff, csrf, world, which):
    admin, elsewhere = staff("admin"), staff("admin")
    its = f"/pengguna/{number(world, 'admin')}"
    page = admin.get(its).text
    rows = re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", page, re.DOTALL)
    (own,), (other,) = [row for row in rows if "sesi ini" in row], [row for row in rows if "sesi ini" not in row]
    assert "Akhiri dan keluar" in own and "Akhiri dan keluar" not in other
    assert "Sesi yang Anda pakai sekarang ada di antaranya" in page
    assert "sesi ini" not in admin.get(f"/pengguna/{number(world, 'petugas')}").text
    chosen = {"this": own, "another": other}.get(which)
    given = {"sesi": re.search(r'name="sesi" value="(\d+)"', chosen)[1]} if chosen else {}
    answer = send(admin, csrf, f"{its}/sesi", "/pengguna", **given)
    assert answer.location == (its if which == "another" else "/masuk")
    if which != "another":
        assert "jadi Anda keluar" in admin.get("/masuk").text
    assert admin.get("/").status_code == (200 if which == "another" else 302)
    assert elsewhere.get("/").status_code == (200 if which == "this" else 302)


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


def test_a_link_shown_in_the_page_is_the_only_place_of_its_word(staff, csrf, world, caplog):
    shown = send(staff("admin"), csrf, "/pengguna/undang", "/pengguna", nama="sari", peran="petugas")
    word = re.search(r"/akun/([^<]+)<", shown.text)[1]
    with world.read() as session:
        acts = repr([vars(act) for act in session.scalars(select(AuditRow))])
        assert account_links.opened(session, word).account.name == "sari"
    assert word not in acts + caplog.text
