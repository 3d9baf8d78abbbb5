"""Invitations, recoveries, roles and sessions of staff: each link once, always an administrator, each session by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from exchange.access import account_links, staff_sessions
from exchange.access.accounts import add_user, hashed, log_in, set_active, set_password, set_role
from exchange.access.roles import RIGHTS, ROLES, may
from exchange.errors import BadRequest, Conflict, LinkEnded, NotFound
from exchange.store.account_links import AccountLinkRow
from exchange.store.audit import AuditRow
from exchange.store.base import Store, utcnow
from exchange.store.staff_sessions import StaffSessionRow, end_sessions, sessions_of
from exchange.store.users import UserRow, user_by_name

PASSWORD = "rahasia-yang-panjang"


@pytest.fixture
def invited(store: Store) -> account_links.Made:
    with store.work() as session:
        return account_links.invite(session, "sari", "petugas", "sari@contoh.invalid", actor="admin")


def test_who_is_invited_cannot_log_in_until_the_link_was_used_which_it_is_once(store, invited):
    assert log_in(store, "sari", "") is None
    assert log_in(store, "sari", PASSWORD) is None
    new = hashed(PASSWORD)
    with store.work() as session:
        account_links.use(session, invited.word, new)
    assert log_in(store, "sari", PASSWORD) is not None
    with pytest.raises(LinkEnded), store.work() as session:
        account_links.use(session, invited.word, new)


@pytest.mark.parametrize("kind", ["invite", "recover"])
def test_a_link_ends_with_its_time(store, invited, monkeypatch, kind):
    made = invited
    if kind == "recover":
        with store.work() as session:
            set_password(session, "sari", PASSWORD)
            made = account_links.new_link(session, user_by_name(session, "sari"), actor="admin")
    assert made.kind == kind
    for late, holds in ((-timedelta(seconds=5), True), (timedelta(seconds=5), False)):
        monkeypatch.setattr(account_links, "utcnow", lambda late=late: made.until + late)
        with store.read() as session:
            if holds:
                assert account_links.opened(session, made.word).kind == kind
            else:
                with pytest.raises(LinkEnded):
                    account_links.opened(session, made.word)
    assert made.until - utcnow() <= account_links.LIFE[kind]


def test_a_new_link_a_new_password_and_closing_the_account_end_the_links_before(store, invited):
    def another():
        with store.work() as session:
            return account_links.new_link(session, user_by_name(session, "sari"), actor="admin").word

    words = [invited.word, another(), another()]
    with store.work() as session:
        set_password(session, "sari", PASSWORD)
    words.append(another())
    with store.work() as session:
        set_active(session, "sari", False)
    with store.read() as session:
        for word in words:
            with pytest.raises(LinkEnded):
                account_links.opened(session, word)


def test_a_link_is_kept_as_a_digest_alone_and_no_other_word_opens_one(store, invited):
    with store.read() as session:
        kept = session.scalars(select(AccountLinkRow)).one()
        assert invited.word not in repr(vars(kept))
        assert invited.word not in repr([act.facts for act in session.scalars(select(AuditRow))])
        for word in ("", "x", kept.digest, invited.word + "x", invited.word[:-1], "x" * 5000):
            with pytest.raises(NotFound):
                account_links.opened(session, word)


def test_of_two_who_use_a_link_at_once_one_is_refused(store, invited):
    new = hashed(PASSWORD)

    def use(_number):
        try:
            with store.work() as session:
                account_links.use(session, invited.word, new)
        except LinkEnded:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(use, range(4))) == [False, False, False, True]


@pytest.mark.parametrize("name", ["", "a", "Sari", "sari w", "../x", "sari\n", "-sari", "x" * 41])
def test_names_that_no_address_should_hold_are_refused(store, name):
    with store.work() as session, pytest.raises(BadRequest):
        account_links.invite(session, name, "petugas", None, actor="admin")


@pytest.mark.parametrize("mailbox", ["sari", "sari@", "a@b.c, d@e.f", "a@b.c\nBcc: d@e.f"])
def test_a_mailbox_is_one_address(mailbox):
    with pytest.raises(BadRequest):
        account_links.checked_mailbox(mailbox)


@pytest.mark.parametrize(
    "way", [lambda session, name: set_role(session, name, "auditor"), lambda session, name: set_active(session, name, False)]
)
def test_of_two_administrators_who_unseat_each_other_at_once_one_is_left(store, way):
    for number in range(3):
        with store.work() as session:
            for row in session.scalars(select(UserRow)):
                row.active = False
            for name in ("satu", "dua"):
                add_user(session, f"{name}{number}", PASSWORD, "admin")

        def unseat(name, number=number):
            try:
                with store.work() as session:
                    way(session, f"{name}{number}")
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(unseat, ("satu", "dua"))) == [False, True]


def test_an_administrator_who_cannot_log_in_yet_keeps_nobody_from_being_the_last(store):
    with store.work() as session:
        add_user(session, "satu", PASSWORD, "admin")
        account_links.invite(session, "dua", "admin", None, actor="satu")
        with pytest.raises(Conflict, match="terakhir"):
            set_role(session, "satu", "petugas")
        with pytest.raises(Conflict, match="terakhir"):
            set_active(session, "satu", False)


def test_only_office_work_changes_anything_and_only_admins_and_auditors_see_the_log():
    changing = {"decide", "admit", "accounts", "mail", "sources"}
    assert set(RIGHTS) == changing | {"read", "own", "log"}
    for right in changing:
        assert not may("pimpinan", right)
        assert not may("auditor", right)
        assert not may("raja", right)
    assert {role for role in ROLES if may(role, "log")} == {"admin", "auditor"}


def begun(store: Store, name: str = "sari") -> str:
    with store.work() as session:
        return staff_sessions.begin(session, user_by_name(session, name), address="10.1.2.3", agent="Firefox/1 Windows", method="password")


@pytest.fixture
def sari(store: Store) -> UserRow:
    with store.work() as session:
        return add_user(session, "sari", PASSWORD)


def test_sessions_are_ended_one_by_one_or_all_but_one(store, sari):
    words = [begun(store) for _ in range(4)]

    def holding():
        return [staff_sessions.holder(store, word, frozenset()) is not None for word in words]

    assert holding() == [True] * 4
    with store.work() as session:
        end_sessions(session, sari.id, only=staff_sessions.holder(store, words[0], frozenset()).id)
    assert holding() == [False, True, True, True]
    with store.work() as session:
        assert end_sessions(session, sari.id, but=staff_sessions.digest(words[2])) == 2
    assert holding() == [False, False, True, False]
    with store.work() as session:
        set_password(session, "sari", "kata-sandi-yang-baru")
    assert holding() == [False] * 4


def test_a_session_of_a_role_that_must_have_a_second_factor_is_none_without_one(store, sari):
    word = begun(store)
    assert staff_sessions.holder(store, word, frozenset({"admin"}))
    assert staff_sessions.holder(store, word, frozenset({"petugas"})) is None
    with store.work() as session:
        user_by_name(session, "sari").totp_secret = "x"
    assert staff_sessions.holder(store, word, frozenset({"petugas"}))


def test_a_session_is_kept_as_a_digest_ends_after_its_time_and_is_forgotten_at_the_next_login(store, sari, monkeypatch):
    word = begun(store)
    with store.read() as session:
        kept = session.scalars(select(StaffSessionRow)).one()
        assert word not in repr(vars(kept))
        assert (kept.address, kept.agent) == ("10.1.2.0/24", "Firefox · Windows")
        assert len(sessions_of(session, sari, utcnow() - staff_sessions.LIFE)) == 1
    assert staff_sessions.holder(store, kept.digest, frozenset()) is None, "what the database holds opens nothing"
    monkeypatch.setattr(staff_sessions, "utcnow", lambda: utcnow() + staff_sessions.LIFE)
    assert staff_sessions.holder(store, word, frozenset()) is None
    begun(store)
    with store.read() as session:
        assert len(session.scalars(select(StaffSessionRow)).all()) == 1


def test_that_it_was_seen_is_written_four_times_an_hour_at_most(store, sari, monkeypatch):
    word, start, seen = begun(store), utcnow(), set()
    for minute in range(0, 61, 5):
        monkeypatch.setattr(staff_sessions, "utcnow", lambda minute=minute: start + timedelta(minutes=minute))
        staff_sessions.holder(store, word, frozenset())
        with store.read() as session:
            seen.add(session.scalars(select(StaffSessionRow.seen_at)).one())
    assert 3 <= len(seen) <= 5


@given(st.text(max_size=300))
def test_of_a_user_agent_and_of_an_address_none_of_its_own_text_is_kept(text):
    assert len(staff_sessions.browser(text)) <= 60
    assert staff_sessions.network(text) == "?" or staff_sessions.network(text).endswith(("/24", "/48", "localhost"))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("127.0.0.1", "localhost"),
        ("::ffff:192.168.7.9", "192.168.7.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        (None, "?"),
    ],
)
def test_a_network_is_shown_and_no_address(address, shown):
    assert staff_sessions.network(address) == shown


def test_a_name_without_an_account_and_one_without_a_password_are_checked_as_long(store, invited, monkeypatch):
    from exchange.access import accounts

    checked = []

    class Counting:
        def verify(self, kept, _typed):
            checked.append(kept)
            raise accounts.VerifyMismatchError

    monkeypatch.setattr(accounts, "_hasher", Counting)
    monkeypatch.setattr(accounts, "_nobody", lambda: "hash of nobody")
    assert log_in(store, "sari", "x") is None
    assert log_in(store, "tidak-ada", "x") is None
    assert checked == ["hash of nobody"] * 2
