"""What records are searched by tells nobody more than the records themselves."""

from __future__ import annotations

from exchange.access.policy import Tier, fields_of
from exchange.access.searching import BUSINESS_WORDS, PRODUCT_WORDS
from exchange.api import businesses, filters, products


def test_words_come_from_fields_that_the_filter_q_asks_the_policy_for():
    assert {field for table, field in products.READS["q"] if table == "product"} == set(PRODUCT_WORDS)
    assert ("business", "name") in products.READS["q"], "a product is found by its firm's name"
    assert {field for _, field in businesses.READS["q"]} == set(BUSINESS_WORDS)


def test_who_may_search_by_words_reads_every_field_they_come_from():
    for tier in Tier:
        if "q" in filters.allowed(products.READS, tier):
            assert set(PRODUCT_WORDS) <= fields_of("product", tier)
        if "q" in filters.allowed(businesses.READS, tier):
            assert set(BUSINESS_WORDS) <= fields_of("business", tier)
    assert "q" in filters.allowed(products.READS, Tier.PUBLIC)


def test_a_column_that_a_tier_does_not_read_sorts_and_counts_for_nobody_of_it():
    for its in (products.SEARCHED, businesses.SEARCHED):
        for tier in Tier:
            for reads in (*(reads for _, reads in its.sorts.values()), *(facet.reads for facet in its.facets.values())):
                hidden = [(table, field) for table, field in reads if field not in fields_of(table, tier)]
                assert hidden in ([], [("product", "state")]), (tier, hidden)
                assert bool(hidden) == (not filters.allowed({"it": reads}, tier))
