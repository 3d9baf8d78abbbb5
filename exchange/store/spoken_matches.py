"""Matches of some demands, or whose product speaks of some words: the questions behind a search of matches by what the index tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, case, literal, not_, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from exchange.store.demands import DemandRow
from exchange.store.finding import speaking_of
from exchange.store.matches import MatchFilter, MatchRow, best_first, narrowed_matches, states_of
from exchange.store.products import ProductRow
from schemas.reading.searching import Query


def _spoken_products(words: Query) -> Any:
    its = aliased(ProductRow)
    return select(its.id).where(its.sku.in_(speaking_of("product", words)))


def matches_of(
    session: Session, want: MatchFilter, demand_ids: Sequence[int], words: Query | None, kinds: Mapping[str, ColumnElement[bool]], most: int
) -> Sequence[Sequence[Any]]:
    """
    The first `most` matches that the filter leaves of these demands (at most 5,000) and, where words are given, of the products that speak
    of them.

    Returns:
        For each the score in millionths, its id, its demand's, and for each kind (a condition on demand and product) 1 or 0; in no order.
    """
    states = states_of(want)
    tests: list[ColumnElement[bool]] = [MatchRow.demand_id.in_(demand_ids)]
    if words is not None:
        tests.append(and_(MatchRow.product_id.in_(_spoken_products(words)), not_(MatchRow.demand_id.in_(demand_ids))))
    columns = (MatchRow.id, MatchRow.score, MatchRow.demand_id, MatchRow.product_id)
    parts = [narrowed_matches(select(*columns), replace(want, led=test), states) for test in tests]
    some = union_all(*parts).limit(most).subquery()
    told = [case((kind, 1), else_=0) for kind in kinds.values()]
    query = select(type_coerce(some.c.score, BigInteger), some.c.id, some.c.demand_id, *told).select_from(some)
    query = query.join(DemandRow, DemandRow.id == some.c.demand_id).join(ProductRow, ProductRow.id == some.c.product_id)
    return session.execute(query).all()


def walked(
    session: Session, want: MatchFilter, words: Query | None, limit: int, after: tuple[Decimal, int] | None
) -> Sequence[Sequence[Any]]:  # fmt: skip
    """
    The next matches that the filter leaves, by score downwards, then by id.

    Returns:
        For each the score in millionths, its id, its demand's, and 1 or 0 for whether its product speaks of the words (0 without any).
    """
    page = best_first(want, limit, after, MatchRow.demand_id, MatchRow.product_id)
    speaks = literal(0) if words is None else case((page.c.product_id.in_(_spoken_products(words)), 1), else_=0).cast(Integer)
    query = select(type_coerce(page.c.score, BigInteger), page.c.number, page.c.demand_id, speaks)
    return session.execute(query.order_by(page.c.score.desc(), page.c.number)).all()
