"""Columns keep what they were given."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from exchange.store.types import MONEY, Scaled, UtcDateTime

DIALECT = create_engine("sqlite://").dialect


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=4, allow_nan=False))
def test_money_comes_back_exactly(value: Decimal):
    stored = MONEY.process_bind_param(value, DIALECT)
    assert MONEY.process_result_value(stored, DIALECT) == value


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False), min_size=2))
def test_stored_amounts_sort_like_the_amounts(values: list[Decimal]):
    scaled = Scaled(6)
    assert sorted(values) == [
        scaled.process_result_value(v, DIALECT) for v in sorted(scaled.process_bind_param(v, DIALECT) for v in values)
    ]


@pytest.mark.parametrize("value", [Decimal("0.00001"), Decimal(10) ** 15, Decimal("1.23456")])
def test_money_that_cannot_be_kept_exactly_is_refused(value: Decimal):
    with pytest.raises(ValueError, match=r"decimals|too large"):
        MONEY.process_bind_param(value, DIALECT)


def test_a_naive_time_is_refused_and_an_aware_one_becomes_utc():
    kept = UtcDateTime()
    with pytest.raises(ValueError, match="no time zone"):
        kept.process_bind_param(datetime(2026, 1, 1), DIALECT)
    wib = datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=7)))
    assert kept.process_bind_param(wib, DIALECT) == datetime(2026, 1, 1, 0, tzinfo=UTC)
