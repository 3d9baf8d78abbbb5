"""Passwords: right ones let in, wrong ones cost a pause, none is kept readable."""

from datetime import timedelta

import pytest
from argon2 import extract_parameters

from exchange.access import accounts
from exchange.access.accounts import TRIES, add_user, log_in, log_out, set_active, set_password
from exchange.errors import BadRequest, Conflict
from exchange.store.audit import history
from exchange.store.base import Store, utcnow
from exchange.store.users import user_by_name

SECRET = "rahasia-yang-panjang"
REAL = accounts._hasher  # which the tests put a cheap one in the place of


@pytest.fixture
def with_user(store: Store) -> Store:
    with store.work() as session:
        add_user(session, "sari", SECRET)
    return store


def test_a_guess_costs_what_it_should(monkeypatch):
    monkeypatch.setattr(accounts, "_hasher", REAL)
    costs = extract_parameters(accounts.hashed(SECRET))
    assert costs.memory_cost >= 19 * 1024 and costs.time_cost >= 2, "OWASP's least for argon2id"
    assert costs.type.name == "ID"


def test_the_right_password_lets_in_and_a_wrong_one_does_not(with_user: Store):
    assert log_in(with_user, "sari", SECRET) is not None
    assert log_in(with_user, "sari", "salah") is None
    assert log_in(with_user, "tidak-ada", SECRET) is None


def test_after_five_wrong_passwords_even_the_right_one_waits(with_user: Store):
    for _ in range(TRIES):
        assert log_in(with_user, "sari", "salah") is None
    assert log_in(with_user, "sari", SECRET) is None
    with with_user.work() as session:
        user_by_name(session, "sari").locked_until = utcnow() - timedelta(seconds=1)
    assert log_in(with_user, "sari", SECRET) is not None


def test_a_right_password_clears_the_wrong_ones_before_it(with_user: Store):
    for _ in range(3):
        for _ in range(TRIES - 1):
            assert log_in(with_user, "sari", "salah") is None
        assert log_in(with_user, "sari", SECRET) is not None


def test_an_account_that_was_closed_is_not_let_in(with_user: Store):
    with with_user.work() as session:
        before = user_by_name(session, "sari").session_key
        set_active(session, "sari", False)
        assert user_by_name(session, "sari").session_key != before
    assert log_in(with_user, "sari", SECRET) is None
    with with_user.work() as session:
        set_active(session, "sari", True)
        assert [act.action for act in history(session, "user", "sari")][:3] == ["user.enable", "login.refused", "user.disable"]
    assert log_in(with_user, "sari", SECRET) is not None


def test_an_account_that_is_not_there_is_neither_closed_nor_given_a_password(store: Store):
    for change in (lambda session: set_active(session, "sari", False), lambda session: set_password(session, "sari", SECRET)):
        with pytest.raises(BadRequest, match="tidak ada"), store.work() as session:
            change(session)


def test_logging_out_ends_all_sessions_of_that_account_alone(with_user: Store):
    with with_user.work() as session:
        add_user(session, "budi", SECRET)
        before = {name: user_by_name(session, name).session_key for name in ("sari", "budi")}
    log_out(with_user, "sari")
    log_out(with_user, "tidak-ada")
    with with_user.read() as session:
        assert user_by_name(session, "sari").session_key != before["sari"]
        assert user_by_name(session, "budi").session_key == before["budi"]


def test_a_new_password_ends_the_sessions_of_the_old_one(with_user: Store):
    with with_user.work() as session:
        before = user_by_name(session, "sari").session_key
        set_password(session, "sari", "kata-sandi-baru")
        assert user_by_name(session, "sari").session_key != before
    assert log_in(with_user, "sari", SECRET) is None
    assert log_in(with_user, "sari", "kata-sandi-baru") is not None


def test_every_try_is_on_record_without_the_password(with_user: Store):
    log_in(with_user, "sari", "tebakan-orang")
    with with_user.read() as session:
        acts = history(session, "user", "sari")
        assert acts[0].action == "login.refused"
        assert "tebakan" not in repr([act.facts for act in acts])
        assert SECRET not in user_by_name(session, "sari").password_hash


def test_short_passwords_unknown_roles_and_taken_names_are_refused(with_user: Store):
    with with_user.work() as session:
        with pytest.raises(BadRequest, match="terlalu pendek"):
            add_user(session, "budi", "pendek")
        with pytest.raises(BadRequest, match="Peran"):
            add_user(session, "budi", SECRET, "raja")
        with pytest.raises(Conflict):
            add_user(session, "sari", SECRET)
