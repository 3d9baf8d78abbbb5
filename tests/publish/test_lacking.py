"""A product without a price, or whose price is past its day, is published and counted; the bytes do not hang on the calendar."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import orjson
import pytest

from exchange.access.policy import Tier
from exchange.publish.lacking import MARKS, NO_PRICE, PRICE_PAST, lacking, told
from exchange.publish.picture import NOT_CONSENTED, NOT_PREPARED, WITHDRAWN
from exchange.publish.write import build


@pytest.mark.parametrize(
    ("day", "past"), [(date(2026, 12, 31), {}), (date(2027, 1, 1), {PRICE_PAST: 1}), (date(2099, 1, 1), {PRICE_PAST: 1})]
)
def test_a_price_is_past_from_the_day_after_its_last(catalogue, day, past):
    with catalogue.read() as session:
        assert lacking(session, Tier.PUBLIC, day) == {NO_PRICE: 1} | past


def test_only_what_the_tier_reads_is_counted(catalogue):
    """C-1 and D-1 are staff's alone."""
    with catalogue.read() as session:
        assert lacking(session, Tier.STAFF, date(2027, 1, 1)) == {NO_PRICE: 2, PRICE_PAST: 2}


def test_both_are_in_the_publication_and_said_in_its_statement(catalogue, firm, offer, settings):
    offer("P-1", firm(catalogue, "6120000000777", "CV"), price_min=Decimal(1000), price_valid_until=date(2020, 1, 1))
    made = build(catalogue, settings, "json")
    skus = [each["sku"] for each in orjson.loads(made.path.read_bytes())["products"]]
    assert {"B-2", "P-1"} <= set(skus)
    assert made.lacking == {NO_PRICE: 1, PRICE_PAST: 1}
    assert [(each["reason"], each["products"]) for each in made.statement["lacking"]] == [("price_missing", 1), ("price_expired", 1)]
    assert made.products == len(skus)


def test_every_reason_has_a_mark_of_its_own_for_machines():
    assert set(MARKS) == {NOT_CONSENTED, WITHDRAWN, NOT_PREPARED, NO_PRICE, PRICE_PAST}
    assert len(set(MARKS.values())) == len(MARKS)
    assert told({"alasan baru": 3}) == [{"reason": "other", "says": "alasan baru", "products": 3}]
