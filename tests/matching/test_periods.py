"""From which day to which a demand can be served, and what follows for lead times and capacities."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.discovery import criteria
from exchange.matching.engine import Mark, Met
from exchange.matching.needs import Need, read_need
from exchange.matching.offers import read_offer
from exchange.matching.periods import window

ALL = {criterion.name: criterion for criterion in criteria()}
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def period(start: str | None, end: str | None, precision: str = "day") -> dict[str, Any]:
    return {"start": start and date.fromisoformat(start), "end": end and date.fromisoformat(end), "precision": precision}


def need(today: str | None = None, **periods: dict[str, Any]) -> Need:
    item = {"text": "Beras", "quantity": {"amount": Decimal(1000), "unit": "KGM", "said": "1.000 kg"}}
    record = {"reference": "1", "title": "Beras", "items": [item], "periods": periods}
    return read_need(record, today=date.fromisoformat(today) if today else None)


def mark(name: str, of: Need, **product: Any) -> Mark:
    offer = read_offer({"sku": "X", "name": "Beras", "unit_said": "kg", "unit_code": "KGM"} | product, "36.72")
    return ALL[name].mark(of, offer, Met(0.9, 0, "beras", "beras", 1.0))


@pytest.mark.parametrize(
    ("start", "end", "precision", "months"),
    [
        ("2026-03-01", "2026-03-31", "day", "1"),
        ("2026-03-01", "2026-03-01", "month", "1"),
        ("2026-03-01", "2026-06-01", "month", "4"),
        ("2026-01-31", "2026-02-27", "day", "1"),
        ("2026-01-31", "2026-02-26", "day", "0.87"),
        ("2026-01-15", "2026-04-14", "day", "3"),
        ("2026-01-01", "2026-01-15", "day", "0.48"),
        ("2024-02-01", "2024-02-29", "day", "1"),
        ("2026-01-01", "2026-01-01", "year", "12"),
        ("2026-03-01", "2026-02-01", "day", "0"),
    ],
)
def test_months_are_counted_by_the_calendar_and_a_part_is_rounded_down(start: str, end: str, precision: str, months: str) -> None:
    assert window(need(contract=period(start, end, precision))).months == Decimal(months)


@given(DAYS, st.integers(0, 900))
def test_months_are_never_more_than_the_days_allow_and_grow_with_them(start: date, days: int) -> None:
    spans = [window(need(contract=period(start.isoformat(), (start + timedelta(days=days + more)).isoformat()))).months for more in (0, 1)]
    assert spans[0] is not None and spans[1] is not None
    assert spans[0] <= Decimal(days + 1) / 28
    assert spans[0] <= spans[1]


def test_work_begins_with_the_contract_but_never_before_the_reference_day() -> None:
    contract = period("2026-03-10", "2026-06-30")
    assert window(need(contract=contract)).start == date(2026, 3, 10)
    assert window(need("2026-01-01", contract=contract)).start == date(2026, 3, 10)
    assert window(need("2026-04-01", contract=contract)).start == date(2026, 4, 1)
    assert window(need(selection=period("2026-01-01", "2026-02-01"), use=period(None, "2026-09-01"))) == (
        date(2026, 2, 1), date(2026, 2, 1), date(2026, 9, 1), date(2026, 9, 1),
    )  # fmt: skip
    assert window(need()) == (None, None, None, None)


@pytest.mark.parametrize(
    ("lead", "contract", "today", "score"),
    [
        (30, period("2026-03-01", "2026-03-31"), None, 1.0),
        (31, period("2026-03-01", "2026-03-31"), None, 30 / 31),
        (10, period("2026-03-01", "2026-03-31"), "2026-03-25", 0.6),
        (10, period("2026-03-01", "2026-03-31"), "2026-04-25", 0.0),
        (14, period("2026-03-01", "2026-03-01", "month"), None, None),
        (31, period("2026-03-01", "2026-03-01", "month"), None, 30 / 31),
        (14, period("2026-03-01", "2026-05-01", "month"), None, 1.0),
        (14, period(None, "2026-05-01"), None, None),
        (14, period(None, "2026-05-01"), "2026-04-01", 1.0),
        (14, period("2026-05-01", None), None, None),
    ],
)
def test_a_lead_time_fits_surely_or_surely_not_and_is_asked_about_between(
    lead: int, contract: dict[str, Any], today: str | None, score: float | None
) -> None:
    told = mark("lead_time", need(today, contract=contract), lead_time_days=lead)
    assert told.score == (None if score is None else pytest.approx(score))
    assert told.blocks is (score is not None and score < 1)


def test_a_lead_time_too_long_says_both_ways_out() -> None:
    told = mark("lead_time", need(contract=period("2026-03-01", "2026-03-31")), lead_time_days=42)
    assert told.change is not None
    assert told.change.says == "Percepat pengerjaan dari 42 menjadi 30 hari, atau perpanjang batas waktu 12 hari (sampai 12 April 2026)."
    assert told.says == "Butuh 42 hari, tersedia 30 hari."


@pytest.mark.parametrize(
    ("capacity", "per", "contract", "score"),
    [
        (500, "bulan", period("2026-03-01", "2026-04-30"), 1.0),
        (499, "bulan", period("2026-03-01", "2026-04-30"), 0.998),
        (1000, "bulan", period("2026-03-01", "2026-03-16"), 0.51),
        (1000, "tahun", period("2026-03-01", "2026-03-31"), 1 / 12),
        (12000, "tahun", period("2026-03-01", "2026-03-31"), 1.0),
        (1000, "hari", period("2026-03-01", "2026-03-31"), 1.0),
        (50, "hari", period("2026-03-01", "2026-03-31"), None),
        (10, "hari", period("2026-03-01", "2026-03-31"), 0.31),
        (1000, "minggu", period("2026-03-01", "2026-03-03"), 3 / 7),
        (500, "bulan", {}, None),
        (1000, "bulan", {}, 1.0),
        (1000, "tahun", {}, None),
        (1000, None, period("2026-03-01", "2026-03-31"), None),
        (0, "bulan", period("2026-03-01", "2026-03-31"), 0.0),
    ],
)
def test_capacity_is_counted_over_the_time_there_is(capacity: int, per: str | None, contract: dict[str, Any], score: float | None) -> None:
    told = mark("quantity", need(contract=contract), capacity_min=Decimal(capacity), capacity_period=per)
    assert told.score == (None if score is None else pytest.approx(score, abs=0.005)), told.says
    assert told.blocks is (score is not None and score < 1)
    assert told.asks is (score is None)


def test_a_shortage_says_how_many_months_it_takes() -> None:
    told = mark("quantity", need(contract=period("2026-03-01", "2026-03-31")), capacity_min=Decimal(500), capacity_period="bulan")
    assert told.says == "Diminta 1.000 kg, kapasitas selama 1 bulan hanya 500 kg."
    assert told.change is not None
    assert told.change.says == "Naikkan kapasitas dari 500 menjadi 1.000 kg per bulan, atau beri waktu 2 bulan (tersedia 1)."
