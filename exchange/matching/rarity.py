"""
How rare a root is in procurement texts: the one word statistic of the matcher.

It comes from a learned table (`data/word_counts.csv`, made by `learn/word_counts.py`), never from the catalogue at hand, so that
the score of a pair depends on that pair alone: a new product moves no other product's score, and only what changed is matched
again.
"""

from __future__ import annotations

from functools import cache
from math import log1p

from exchange.matching.tables import rows

# Mean count of weighted roots of a product, for BM25's length; a constant for the same reason.
MEAN_LENGTH = 10.0


@cache
def _counts() -> tuple[float, dict[str, int]]:
    table = {row["root"]: int(row["texts"]) for row in rows("word_counts")}
    return float(table.pop("")), table


@cache
def rarity(root: str) -> float:
    """
    BM25's inverse document frequency of one root, above 0; a root that the table does not know is as rare as its rarest.

    Source:
        Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework", eq. 3.3, in the form that is never negative.
    """
    texts, table = _counts()
    held = table.get(root, _rarest())
    return log1p((texts - held + 0.5) / (held + 0.5))


@cache
def _rarest() -> int:
    return min(_counts()[1].values())
