"""The log tells where something broke, and repeats no value."""

import json
import logging
import secrets

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from exchange.log import JsonLines
from exchange.store.base import Store


def told(error: BaseException) -> str:
    record = logging.LogRecord("exchange.x", logging.ERROR, __file__, 1, "broke", None, (type(error), error, error.__traceback__))
    line = JsonLines().format(record)
    assert "\n" not in line
    return json.loads(line)["error"]


def test_a_database_error_is_told_by_its_kind_and_place_without_the_row(store: Store):
    secret = secrets.token_hex(8)
    with pytest.raises(IntegrityError) as raised, store.work() as session:
        for _ in range(2):
            session.execute(text("INSERT INTO lock (name, holder, beat) VALUES (:name, 'x', '2026-01-01')"), {"name": secret})
    line = told(raised.value)
    assert "IntegrityError" in line
    assert "test_log.py" in line
    assert secret not in line


def test_an_error_s_cause_is_told_too():
    one, other = secrets.token_hex(8), secrets.token_hex(8)
    try:
        try:
            raise KeyError(one)
        except KeyError as cause:
            raise RuntimeError(other) from cause
    except RuntimeError as error:
        line = told(error)
    assert line.index("RuntimeError") < line.index("KeyError")
    assert one not in line
    assert other not in line
