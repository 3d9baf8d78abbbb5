from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.learning import learn
from exchange.matching.matcher import Matcher
from exchange.matching.needs import read_need
from exchange.matching.offers import read_offer
from exchange.matching.probability import FEATURES, read_model, shipped

OFFERS = [
    read_offer({"sku": "BERAS", "name": "Beras medium 5 kg", "keywords": ["beras"], "kbli": "10631"}, "36.72"),
    read_offer({"sku": "NASI", "name": "Nasi kotak menu ayam", "keywords": ["konsumsi rapat"], "kbli": "56210"}, "36.72"),
]
MATCHER = Matcher(OFFERS)


def likely(title: str, category: str | None, sku: str = "BERAS") -> float:
    pairs = MATCHER.pairs([read_need({"reference": "1", "title": title, "category": category})])
    keys = [MATCHER.offers[product].key for product in pairs.evidence.product]
    return float(pairs.probability[keys.index(sku)]) if sku in keys else 0.0


@pytest.mark.parametrize("category", ["works", "consulting"])
def test_works_and_consulting_buy_no_goods(category: str) -> None:
    assert likely("Beras medium", category) < 0.3 * likely("Beras medium", "goods")


@pytest.mark.parametrize("title", ["Sewa beras medium", "Jasa angkut beras medium", "Pemeliharaan beras medium"])
def test_what_the_text_calls_no_purchase_of_goods_is_unlikely(title: str) -> None:
    assert likely(title, "goods") < 0.3 * likely("Beras medium", "goods")


def test_a_meal_may_be_bought_as_a_service_and_rice_less_so() -> None:
    assert likely("Nasi kotak", "services", "NASI") >= likely("Nasi kotak", "goods", "NASI")
    assert shipped().weights["catering"] > shipped().weights["services"]


@given(st.floats(0, 0.999), st.floats(0, 0.999))
def test_a_better_best_product_never_makes_a_demand_less_likely_served(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= shipped().served_probability(low) <= shipped().served_probability(high) <= 1


def test_a_model_with_a_weight_missing_or_unknown_is_refused_by_name() -> None:
    told = {"version": "x", "intercept": 0, "served": [1, 0], "weights": dict.fromkeys(FEATURES, 0.0) | {"luck": 1.0}}
    with pytest.raises(ValueError, match="luck"):
        read_model(json.dumps(told))
    with pytest.raises(KeyError):
        shipped("kata-0")


def test_learning_finds_the_feature_that_decides_and_keeps_the_prior_where_nothing_is_said() -> None:
    random = np.random.default_rng(3)
    inputs = np.zeros((400, len(FEATURES)))
    inputs[:, FEATURES.index("backward")] = random.normal(size=400)
    labels = (inputs[:, FEATURES.index("backward")] > 0).astype(float)
    model = learn("x", inputs, labels, np.ones(400), np.arange(400), {at: bool(labels[at]) for at in range(400)})
    assert model.weights["backward"] > 1
    assert model.weights["works"] == -5.0
    text, _ = model.logits(inputs)
    assert ((text > 0) == labels).mean() > 0.97


def test_more_evidence_of_any_sort_lifts_the_shipped_probability() -> None:
    weights = shipped().weights
    for name in ("value", "forward", "backward", "whole"):
        assert weights[name] > 0, name
    assert weights["head_same"] > weights["head_elsewhere"]
    assert replace(shipped(), version="y").weights == weights
