"""The table `who sees what`, cell by cell, and the rule that what is not opened is closed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.access.policy import BUSINESS, PRODUCT, TABLES, Tier, fields_of, view
from exchange.store.businesses import FIELDS as BUSINESS_FIELDS
from exchange.store.products import FIELDS as PRODUCT_FIELDS

P, A, C, S = Tier.PUBLIC, Tier.AGREED, Tier.CONTRACTED, Tier.STAFF
FIRM = {"legal_form": "CV"}
SOLE = {"legal_form": "Perorangan"}
UNKNOWN = {"legal_form": None}

# field, firm, tiers that read it: written from the design's table, not from the policy
CELLS = [
    ("name", FIRM, {P, A, C, S}),
    ("district", FIRM, {P, A, C, S}),
    ("nib", FIRM, {P, A, C, S}),
    ("nib", SOLE, {C, S}),
    ("nib", {"legal_form": "UD"}, {C, S}),
    ("nib", UNKNOWN, {C, S}),
    ("telephone", FIRM, {C, S}),
    ("email", SOLE, {C, S}),
    ("address", FIRM, {C, S}),
    ("address", SOLE, {S}),
    ("latitude", SOLE, {S}),
    ("longitude", FIRM, {C, S}),
    ("workers", FIRM, {S}),
    ("investment", FIRM, {S}),
    ("visit_note", FIRM, {S}),
    ("training_needs", FIRM, {S}),
    ("consented_on", FIRM, {S}),
]


@pytest.mark.parametrize(("field", "firm", "readers"), CELLS)
def test_a_field_of_a_firm_is_read_by_these_tiers_only(field, firm, readers):
    record = firm | {field: "x"}
    assert {tier for tier in Tier if field in view("business", record, tier)} == readers


def test_capacity_is_a_band_outside_of_a_contract():
    record = {"capacity_max": Decimal(180), "capacity_min": Decimal(150)}
    assert view("product", record, P)["capacity_band"] == "100-1000"
    assert "capacity_max" not in view("product", record, P)
    assert "capacity_max" not in view("product", record, A)
    assert view("product", record, C)["capacity_max"] == Decimal(180)


@given(st.decimals(min_value="0.001", max_value=10**9, places=3, allow_nan=False))
def test_a_band_holds_the_number_and_is_one_power_of_ten(value: Decimal):
    low, high = map(Decimal, view("product", {"capacity_max": value}, P)["capacity_band"].split("-"))
    assert low <= value < high
    assert high == low * 10


@pytest.mark.parametrize("table", TABLES)
def test_a_field_that_the_policy_does_not_know_reaches_nobody(table):
    for tier in Tier:
        assert "surprise" not in view(table, {"surprise": 1, "name": "x"}, tier)


@pytest.mark.parametrize("table", TABLES)
def test_a_higher_tier_never_reads_less(table):
    for low, high in zip(list(Tier), list(Tier)[1:], strict=False):
        record = dict.fromkeys(TABLES[table], "x") | {"capacity_max": Decimal(1)} | FIRM
        seen = set(view(table, record, low))
        assert seen <= set(view(table, record, high)), f"{low} reads what {high} does not"


def test_every_kept_field_was_decided_about():
    assert set(BUSINESS_FIELDS) <= set(BUSINESS)
    assert set(PRODUCT_FIELDS) <= set(PRODUCT)


def test_demand_of_others_is_read_by_staff_alone():
    record = {"title": "x", "region": "33.74"}
    assert [tier for tier in Tier if view("demand_pulled", record, tier)] == [S]
    assert [tier for tier in Tier if view("demand_own", record, tier)] == [A, C, S]
    assert [tier for tier in Tier if view("demand_own_public", record, tier)] == list(Tier)


def test_what_is_hidden_for_some_firms_cannot_be_filtered_by():
    assert "nib" not in fields_of("business", P)
    assert "district" in fields_of("business", P)
    assert "workers" not in fields_of("business", P)


def test_of_a_case_its_partner_reads_the_same_on_every_stage_and_which_partner_it_is_the_staff_alone():
    case = dict.fromkeys([*TABLES["agreement"], "facts", "made_by", "actor", "note"], "x")
    for tier in (P, A, C):
        assert set(view("agreement", case, tier)) == set(TABLES["agreement"]) - {"partner"}
    assert set(view("agreement", case, S)) == set(TABLES["agreement"])
