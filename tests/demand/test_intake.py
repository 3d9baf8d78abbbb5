"""What does not fit the shape is named by its member; what fits is kept exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.demand.intake import Unfit, check, columns, ident_of

PLAIN = {"reference": "1", "title": "Pengadaan meja", "buyer": {"name": "Dinas Contoh"}}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"title": ""}, "schema:title"),
        ({"buyer": {}}, "schema:buyer.name"),
        ({"items": [{"position": 0, "text": "x"}]}, "schema:items.[].position"),
        ({"budget": {"amount": "x", "basis": "package_ceiling"}}, "schema:budget.amount"),
        ({"budget": {"amount": "1.23456", "basis": "package_ceiling"}}, "schema:budget.amount"),
        ({"budget": {"amount": "9" * 18, "basis": "package_ceiling"}}, "schema:budget.amount"),
        ({"periods": {"use": {"start": "2026-02-01", "end": "2026-01-01"}}}, "schema:periods.use.end"),
        ({"surprise": 1}, "schema:surprise"),
        ({"region": "3672"}, "schema:region"),
    ],
)
def test_a_listing_that_breaks_the_shape_names_the_member(change, rule):
    with pytest.raises(Unfit) as raised:
        check(PLAIN | change)
    assert raised.value.rule == rule


def test_the_source_region_is_used_only_where_the_listing_names_none():
    assert columns(check(PLAIN), "33.74")["region"] == "33.74"
    assert columns(check(PLAIN | {"region": "33.28"}), "33.74")["region"] == "33.28"


def test_a_month_keeps_its_precision_and_an_absent_period_stays_absent():
    row = columns(check(PLAIN | {"periods": {"use": {"start": "2026-03-01", "end": "2026-05-01", "precision": "month"}}}), "36")
    assert (row["use_precision"], row["contract_precision"], row["contract_start"]) == ("month", None, None)


@given(st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False))
def test_an_amount_in_an_item_comes_through_exactly(amount: Decimal):
    item = {"position": 1, "text": "besi", "quantity": {"amount": str(amount), "unit": "KGM", "said": "x"}}
    kept = columns(check(PLAIN | {"items": [item]}), "36")["items"][0]["quantity"]["amount"]
    assert Decimal(kept) == amount


def test_what_no_database_takes_is_taken_out_of_texts():
    item = {"position": 1, "text": "besi\0\udfff"}
    row = columns(check(PLAIN | {"title": "Meja\0 kerja", "method": "Tender \ud800", "items": [item]}), "36")
    assert (row["title"], row["method"], row["items"][0]["text"]) == ("Meja kerja", "Tender ?", "besi?")


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_names_of_demands_differ_where_source_or_reference_do(a, b, c, d):
    assert (ident_of(a, b) == ident_of(c, d)) == ((a, b) == (c, d)) or "\0" in a + b + c + d
