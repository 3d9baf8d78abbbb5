"""Lost passwords and invitations by letter: one answer for everybody, and nothing that a caller makes up."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from exchange.app import create_app
from exchange.jobs.account_letters import AccountLetters
from exchange.store.audit import AuditRow
from exchange.store.users import user_by_name

from .entering import NEW, enter, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
    assert "Mintalah admin" in page.text and "tidak mengirim surel" in page.text
    assert "<code>exchange user recover NAMA</code>" in page.text, "a command is marked as one"
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
