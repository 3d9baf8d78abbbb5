"""Every field that the policy opens above the public has a class, so that the exchange log can say that it was told."""

from __future__ import annotations

import orjson
import pytest

from exchange.access.classes import CLASSES, WORDS, class_of, classes_of, told_in_words
from exchange.access.disclosures import Collector, opened_of
from exchange.access.policy import TABLES, Tier, opened
from exchange.access.segments import PRODUCER

# what a partner never reads through this table: staff alone do, or everybody does
PARTNERS = [Tier.AGREED, Tier.CONTRACTED]


@pytest.mark.parametrize("tier", PARTNERS)
def test_every_field_above_the_public_has_a_class(tier):
    above = opened(tier)
    assert above, "a stage that opens nothing would leave nothing to log"
    for table, fields in above.items():
        for field in fields:
            assert class_of(table, field) in WORDS, f"{table}.{field} is told to {tier} and has no class"


def test_no_class_stands_for_a_field_that_is_not_told_above_the_public():
    above = {(table, field) for tier in PARTNERS for table, fields in opened(tier).items() for field in fields}
    named = {(table, field) for table, fields in CLASSES.items() for field in fields if field not in {"*", "producer"}}
    assert named <= above
    assert {field for field in opened(Tier.CONTRACTED)["business"] if field in PRODUCER} == {"nib"}, "`producer` tells an identity alone"
    assert all(field in TABLES[table] for table, field in named)


def test_a_signed_agreement_alone_opens_nothing_of_products_and_firms():
    """So their lists need no look at what the public reads; whoever opens something there must have it gathered (api.disclosing)."""
    assert not {"product", "business"} & set(opened(Tier.AGREED))


def test_what_says_nothing_or_nothing_new_is_not_told():
    lower = orjson.dumps({"ident": "cv-a", "name": "CV A", "nib": "1"})
    assert opened_of("business", lower, orjson.dumps({"ident": "cv-a", "name": "CV A", "nib": "1", "telephone": None})).fields == set()
    told = opened_of("business", lower, orjson.dumps({"ident": "cv-a", "name": "CV A", "nib": "1", "telephone": "0254", "latitude": 1.5}))
    assert told.subject == ("business", "cv-a")
    assert classes_of("business", told.fields) == {"contact", "address"}
    assert told_in_words({"address", "contact"}) == "kontak kantor, alamat dan letak"


def test_of_a_record_only_the_members_that_are_sent_are_told():
    lower = orjson.dumps({"sku": "A", "producer": {"ident": "cv-a"}, "capacity_band": "10-100"})
    body = orjson.dumps({"sku": "A", "producer": {"ident": "cv-a", "nib": "1"}, "capacity_band": "10-100", "capacity_max": "50"})
    whole, picked, nothing = Collector(), Collector(), Collector()
    whole.record("product", lower, body)
    picked.record("product", lower, body, ["sku", "producer"])
    nothing.record("product", lower, body, ["sku"])
    assert whole.subjects == {("business", "cv-a"): {"capacity", "identity"}}
    assert picked.subjects == {("business", "cv-a"): {"identity"}}
    assert nothing.made() is None


def test_a_field_without_a_class_is_told_under_its_own_name():
    assert classes_of("product", ["price_list"]) == {"price_list"}
