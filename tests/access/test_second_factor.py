"""The second factor: codes as every telephone makes them, each taken once, wrong ones counted, nothing kept readable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from exchange.access import accounts, second_factor
from exchange.access.accounts import PAUSE, TRIES, add_user, log_in
from exchange.errors import BadRequest, Conflict
from exchange.store.account_links import SpareCodeRow
from exchange.store.audit import AuditRow
from exchange.store.base import Store
from exchange.store.users import UserRow, user_by_name

PASSWORD = "rahasia-yang-panjang"
BY = second_factor.sealer("0" * 64)


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")]
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert second_factor.code_at(b"12345678901234567890", seconds // second_factor.STEP) == code


@pytest.fixture
def clock(monkeypatch):
    """The time by which codes are judged."""
    now = [datetime(2026, 11, 27, 3, 0, 10, tzinfo=UTC)]
    monkeypatch.setattr(second_factor, "utcnow", lambda: now[0])
    monkeypatch.setattr(accounts, "utcnow", lambda: now[0])
    return now


@pytest.fixture
def armed(store: Store, clock):
    """An account with a second factor; its number, its secret and its spare codes."""
    with store.work() as session:
        row = add_user(session, "sari", PASSWORD)
        secret = second_factor.pending(row, BY, fresh=True)
        spares = second_factor.switch_on(session, row, code(secret, clock[0]), BY)
        number = row.id
    clock[0] += timedelta(minutes=2)
    return number, secret, spares


def code(secret: bytes, when: datetime, *, steps: int = 0) -> str:
    return second_factor.code_at(secret, int(when.timestamp()) // second_factor.STEP + steps)


def test_a_code_fits_once_and_none_before_it_does_afterwards(store, armed, clock):
    number, secret, _ = armed
    now = code(secret, clock[0])
    assert second_factor.fits(store, number, now, BY)
    assert not second_factor.fits(store, number, now, BY)
    assert not second_factor.fits(store, number, code(secret, clock[0], steps=-1), BY)
    clock[0] += timedelta(seconds=30)
    assert second_factor.fits(store, number, code(secret, clock[0]), BY)


def test_of_several_who_send_one_code_at_once_one_gets_in(store, armed, clock):
    number, secret, spares = armed
    for typed in (code(secret, clock[0]), spares[0]):
        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(lambda _n, typed=typed: second_factor.fits(store, number, typed, BY), range(4))) == [False] * 3 + [
                True
            ]
        with store.work() as session:
            session.get(UserRow, number).failed = 0


def test_the_code_that_set_it_up_does_not_log_in(store, clock):
    with store.work() as session:
        row = add_user(session, "budi", PASSWORD)
        secret = second_factor.pending(row, BY, fresh=True)
        first = code(secret, clock[0])
        second_factor.switch_on(session, row, first, BY)
        number = row.id
    assert not second_factor.fits(store, number, first, BY)


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_be_half_a_minute_off(store, armed, clock, steps, right):
    number, secret, _ = armed
    assert second_factor.fits(store, number, code(secret, clock[0], steps=steps), BY) is right


def test_a_spare_code_fits_once_however_it_is_typed(store, armed):
    number, _, spares = armed
    assert len(set(spares)) == second_factor.SPARES
    assert second_factor.fits(store, number, f" {spares[0].upper()} ", BY)
    assert not second_factor.fits(store, number, spares[0], BY)
    assert second_factor.fits(store, number, spares[1].replace("-", ""), BY)


def test_wrong_codes_add_up_to_a_pause_in_which_the_right_one_waits(store, armed, clock):
    number, secret, spares = armed
    for _ in range(TRIES):
        assert not second_factor.fits(store, number, "000000x", BY)
    assert not second_factor.fits(store, number, code(secret, clock[0]), BY)
    assert not second_factor.fits(store, number, spares[0], BY)
    assert log_in(store, "sari", PASSWORD) is None, "the pause is the account's"
    clock[0] += PAUSE + timedelta(seconds=1)
    assert second_factor.fits(store, number, code(secret, clock[0]), BY)


def test_a_right_password_buys_no_more_guesses_at_the_code(store, armed):
    number, _, _ = armed
    for _ in range(TRIES):
        assert log_in(store, "sari", PASSWORD) is not None
        assert not second_factor.fits(store, number, "123", BY)
    assert log_in(store, "sari", PASSWORD) is None


def test_nothing_of_it_is_kept_readable_and_a_row_moved_to_another_account_opens_nothing(store, armed, clock):
    number, secret, spares = armed
    second_factor.fits(store, number, "314159", BY)
    with store.work() as session:
        row = user_by_name(session, "sari")
        assert secret not in row.totp_secret.encode()
        kept = {each.digest for each in session.scalars(select(SpareCodeRow))}
        assert not kept & set(spares)
        other = add_user(session, "budi", PASSWORD)
        other.totp_secret = row.totp_secret
        told = repr([(act.action, act.facts) for act in session.scalars(select(AuditRow))])
        assert not any(word in told for word in ("314159", *spares, row.totp_secret))
        moved = other.id
    assert not second_factor.fits(store, moved, code(secret, clock[0]), BY)
    assert not second_factor.fits(store, number, code(secret, clock[0]), second_factor.sealer("1" * 64)), "another key opens nothing"


def test_it_is_switched_on_by_its_first_code_alone_and_once(store, clock):
    with store.work() as session:
        row = add_user(session, "sari", PASSWORD)
        with pytest.raises(Conflict):
            second_factor.switch_on(session, row, "000000", BY)
        seen = second_factor.pending(row, BY, fresh=True)
        secret = second_factor.pending(row, BY, fresh=True)
        assert seen != secret, "who saw an earlier picture has nothing"
        assert second_factor.pending(row, BY, fresh=False) == secret
        with pytest.raises(BadRequest):
            second_factor.switch_on(session, row, code(seen, clock[0]), BY)
        assert row.totp_secret is None
        second_factor.switch_on(session, row, code(secret, clock[0]), BY)
        with pytest.raises(Conflict):
            second_factor.switch_on(session, row, code(secret, clock[0]), BY)


def test_what_is_switched_off_takes_no_code_any_more(store, armed, clock):
    number, secret, spares = armed
    with store.work() as session:
        second_factor.switch_off(session, session.get(UserRow, number), actor="admin")
    assert not second_factor.fits(store, number, code(secret, clock[0]), BY)
    assert not second_factor.fits(store, number, spares[0], BY)


def test_the_picture_names_office_and_account(settings):
    office = replace(settings, office="Dinas & Kawan").office
    address = second_factor.address(office, "sari", b"1" * 20)
    assert address.startswith("otpauth://totp/Dinas%20%26%20Kawan%3Asari?secret=")
    assert address.endswith("&issuer=Dinas%20%26%20Kawan")
