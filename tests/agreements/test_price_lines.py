"""Lines of a negotiated price list: a buyer finds at most one price, versions begin and end by day, and differences lose no line."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.access.openings import Opening, opening
from exchange.access.policy import Tier
from exchange.agreements.opens import standing_versions
from exchange.agreements.prices.lines import MOST_LINES, Line, Term, compare, faults
from exchange.store.prices import Version
from exchange.store.products import ProductRow

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 12)
TERM = Term(FIRST, LAST)
PRODUCTS = {sku: ProductRow(sku=sku, name=sku, unit_code="MTK", unit_said="m2") for sku in ("A", "B")}
DAYS = st.none() | st.dates(FIRST, LAST)
AMOUNTS = st.none() | st.integers(1, 12).map(Decimal)


def line(sku: str = "A", price: str = "1000", **more: object) -> Line:
    return Line(sku=sku, unit="MTK", unit_said="m2", price=Decimal(price), **more)  # type: ignore[arg-type]


LINES = st.builds(
    line, st.sampled_from("AB"), st.sampled_from(["1000", "2000"]), quantity_min=AMOUNTS, quantity_max=AMOUNTS, valid_from=DAYS,
    valid_until=DAYS,
)  # fmt: skip


def holds(one: Line, sku: str, amount: int, day: date) -> bool:
    """The meaning of a line, said once more and in other words."""
    orders = range(int(one.quantity_min or 1), int(one.quantity_max or 12) + 1)
    begins, ends = one.valid_from or FIRST, one.valid_until or LAST
    return one.sku == sku and amount in orders and begins <= day <= ends


@given(st.lists(LINES, max_size=5))
def test_a_list_is_taken_where_every_order_on_every_day_has_one_price_at_most_and_each_line_has_an_order(lines):
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    reached = [[one for one in lines if holds(one, sku, n, day)] for sku in "AB" for n in range(1, 13) for day in days]
    clear = all(len(found) <= 1 for found in reached)
    meant = all(any(one is each for found in reached for each in found) for one in lines)
    assert (not faults(lines, PRODUCTS, frozenset("AB"), TERM)) is (clear and meant)


@pytest.mark.parametrize(
    ("one", "member"),
    [
        (line("X"), "sku"), (line("B"), "sku"), (line(price="0"), "price"), (line(price="10.005"), "price"), (line(price="1E+14"), "price"),
        (line(quantity_min=Decimal("0.0000001")), "quantity_min"), (line(quantity_max=Decimal(0)), "quantity_max"),
        (line(valid_until=LAST + timedelta(days=1)), "valid_until"), (line(valid_from=FIRST - timedelta(days=1)), "valid_from"),
        (Line(sku="A", unit="ZZQ", unit_said=None, price=Decimal(1)), "unit"),
        (Line(sku="A", unit=None, unit_said=None, price=Decimal(1)), "unit"),
    ],
)  # fmt: skip
def test_each_thing_that_is_wrong_is_named_by_its_member(one, member):
    assert [(fault.place, fault.member) for fault in faults([one], PRODUCTS, frozenset("A"), TERM)] == [(0, member)]


def test_without_objects_nothing_is_outside_of_them_and_a_list_has_an_end():
    assert not faults([line("B")], PRODUCTS, None, Term(None, None))
    many = [line(quantity_min=Decimal(n), quantity_max=Decimal(n)) for n in range(1, MOST_LINES + 2)]
    assert [fault.place for fault in faults(many[:MOST_LINES] + many[MOST_LINES:], PRODUCTS, None, TERM)] == [MOST_LINES]


@given(st.lists(LINES, max_size=6), st.lists(LINES, max_size=6))
def test_a_comparison_names_every_line_of_both_sides_once(before, after):
    before, after = ([*{one.grade: one for one in lines}.values()] for lines in (before, after))
    found = compare(before, after)
    assert [one.after for one in found if one.after is not None] == after
    assert sorted(map(repr, (one.before for one in found if one.before is not None))) == sorted(map(repr, before))
    assert all((one.kind == "tetap") is (one.before == one.after) for one in found)


VERSIONS = st.lists(st.none() | st.dates(FIRST, LAST), max_size=5).map(lambda days: [Version(n, day) for n, day in enumerate(days, 1)])


@given(VERSIONS, st.dates(FIRST - timedelta(days=3), LAST + timedelta(days=3)))
def test_on_each_day_the_last_agreed_version_holds_whose_day_has_come(versions, day):
    held = Opening(Tier.CONTRACTED, FIRST, LAST, ("logam",), (), "KS", "Pasal", standing_versions(versions)).price_list(day)
    begun = [one.number for one in versions if one.since is None or one.since <= day]
    wanted = begun[-1] if begun and FIRST <= day <= LAST else None
    assert (held.number if held else None) == wanted


@given(VERSIONS)
def test_the_days_that_a_version_tells_are_those_on_which_it_holds(versions):
    one = Opening(Tier.CONTRACTED, FIRST, LAST, ("logam",), (), "KS", "Pasal", standing_versions(versions))
    assert opening(one.kept()) == one, "as a row keeps it"
    for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        held = one.price_list(day)
        if held is not None:
            assert held.since is not None and held.since <= day <= (held.until or LAST)
            for edge, side in ((held.since, -1), (held.until, 1)):
                beyond = one.price_list(edge + timedelta(days=side)) if edge else None
                assert beyond is None or beyond.number != held.number


def test_an_opening_that_was_kept_before_there_were_prices_has_none():
    kept = Opening(Tier.CONTRACTED, FIRST, LAST, ("logam",), (), "KS", "Pasal").kept()
    assert len(kept) == 7 and opening(kept).prices == ()
