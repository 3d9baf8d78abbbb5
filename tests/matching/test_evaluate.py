from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.matching.evaluate import judged
from exchange.matching.measures import auc, average_precision, measures, precision_at_recall

labelled = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=30).filter(
    lambda rows: 0 < sum(served for served, _ in rows) < len(rows)
)


@given(labelled)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[bool, int]]) -> None:
    served, score = np.array([yes for yes, _ in rows]), np.array([value for _, value in rows], dtype=float)
    pairs = [(1.0 if a > b else 0.5 if a == b else 0.0) for a in score[served] for b in score[~served]]
    assert auc(served, score) == pytest.approx(sum(pairs) / len(pairs), abs=1e-4)


@given(labelled)
def test_average_precision_of_a_perfect_order_is_one_and_never_more(rows: list[tuple[bool, int]]) -> None:
    served = np.array([yes for yes, _ in rows])
    score = np.array([value for _, value in rows], dtype=float)
    assert average_precision(served, served.astype(float)) == 1.0
    found = average_precision(served, score)
    assert found is not None
    assert served.mean() / len(served) <= found <= 1.0
    assert precision_at_recall(served, served.astype(float), 0.9) == 1.0


def test_rankings_are_condensed_to_the_products_that_were_judged() -> None:
    rows = [{"served": True, "grades": {"A": 3, "B": 0}}, {"served": False, "grades": {"A": 0}}]
    good = measures(rows, [(["X", "Y", "A", "B"], 1.0), (["X", "A"], 0.0)])
    bad = measures(rows, [(["B", "A"], 0.0), (["A"], 1.0)])
    assert (good["ndcg_at_10"], good["p_at_1"], good["served_auc"], good["brier"]) == (1.0, 1.0, 1.0, 0.0)
    assert bad["ndcg_at_10"] == pytest.approx(0.6309, abs=1e-4)
    assert (bad["p_at_1"], bad["served_auc"], bad["brier"]) == (0.0, 0.0, 1.0)


def test_the_shipped_model_is_above_plain_bm25_on_the_judged_demands(shared: Path) -> None:
    told = judged(shared / "data" / "judged" / "judged.jsonl", shared / "sample" / "products.csv")
    for part in ("all", "without_ink"):
        found = told[part]
        assert found["ndcg_at_10"] >= 0.93
        assert found["p_at_1"] >= 0.92
        assert found["served_auc"] >= 0.95
        assert found["served_ap"] >= 0.93
        assert found["brier"] <= 0.09
        assert found["brier_interval"][0] < found["brier"] < found["brier_interval"][1]
