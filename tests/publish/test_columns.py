"""The one table of columns: held to the field policy, to the schema's types, and never wider than what a tier reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from marshmallow import fields

from exchange.access.policy import PRODUCT, Tier
from exchange.access.segments import PRODUCER
from exchange.publish.columns import COLUMNS, Kind, columns_of, flat, joined
from exchange.store.segments import all_segments
from schemas.fields import Exact
from schemas.product import ProductSchema

KINDS = {Exact: Kind.NUMBER, fields.Integer: Kind.WHOLE, fields.Date: Kind.DATE, fields.Boolean: Kind.FLAG, fields.List: Kind.LIST}


def test_each_field_of_the_policy_has_one_column_and_each_column_a_field():
    names = [column.name for column in COLUMNS]
    assert sorted(names) == sorted(set(PRODUCT) - {"producer"} | {f"producer.{name}" for name in PRODUCER})


def test_a_columns_kind_is_the_schemas():
    declared = {name: KINDS.get(type(field), Kind.TEXT) for name, field in ProductSchema().fields.items()}
    assert {c.name: c.kind for c in COLUMNS if c.name in declared} == {name: kind for name, kind in declared.items() if name != "nib"}


def test_every_column_says_in_its_own_words_what_it_is():
    assert len({column.title for column in COLUMNS}) == len({column.says for column in COLUMNS}) == len(COLUMNS)
    assert all(column.title and column.says.endswith(".") and column.width > 5 for column in COLUMNS)


@pytest.mark.parametrize("tier", list(Tier))
def test_a_tiers_columns_are_the_members_of_its_products(tier, catalogue):
    with catalogue.read() as session:
        members = {name for _, _, body in all_segments(session, "product", tier) for name in flat(body)}
    assert {column.name for column in columns_of(tier)} == members


def test_a_column_that_the_policy_does_not_open_is_shown_to_nobody(monkeypatch):
    stranger = replace(COLUMNS[0], name="telephone")
    monkeypatch.setattr("exchange.publish.columns.COLUMNS", (*COLUMNS, stranger, replace(stranger, name="producer.telephone")))
    assert all("telephone" not in column.name for tier in Tier for column in columns_of(tier))


def test_a_field_that_the_policy_closes_has_no_column_any_more(monkeypatch):
    from exchange.access import segments

    segments.fields_seen.cache_clear()
    monkeypatch.setitem(PRODUCT, "photo", {Tier.STAFF: PRODUCT["photo"][Tier.STAFF]})
    try:
        assert "photo" not in {column.name for column in columns_of("public")}
        assert "photo" in {column.name for column in columns_of("staff")}
    finally:
        segments.fields_seen.cache_clear()


def test_a_tier_that_does_not_exist_has_no_columns():
    with pytest.raises(ValueError, match="everybody"):
        columns_of("everybody")


def test_lists_are_joined_as_the_explanation_says():
    assert joined(["pagar", "besi; baja", "a\\b"]) == "pagar; besi\\; baja; a\\\\b"
