"""
What staff decided, as pairs to learn from: their features by today's word tables, and whether the pair was taken.

A pair is read by the texts as they are now, whatever became of demand and product since. What staff never decided on is here too,
as far as the engine would not have proposed it: nobody was asked about those pairs, and what is learned from the others must not
change what is said of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from exchange.matching.matcher import THRESHOLD, Matcher
from exchange.matching.offers import Offer, read_offer
from exchange.matching.part import read_stored
from exchange.matching.probability import FEATURES, Model
from exchange.matching.reasons import teaches
from exchange.store.demands import DemandRow
from exchange.store.matches import DECIDED, MatchRow
from exchange.store.matching import demand_inputs, is_open
from exchange.store.products import ProductRow, active_products, product_record

_PART = 500
# So many pairs of a demand that nobody was asked about: the likeliest, since far from the threshold little can change.
_UNASKED = 20


class Counts(NamedTuple):
    """
    accepted, rejected: pairs that are learned from; demands: whose they are.
    about_deal: rejections left out because their reason speaks of the deal alone; unreadable: decided pairs left out because by
    today's texts and tables nothing of them meets; undecided: what was proposed for these demands and never decided.
    """

    accepted: int
    rejected: int
    demands: int
    about_deal: int
    unreadable: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """
    N decided pairs and A that nobody was asked about.

    inputs: N x F, see `probability.FEATURES`; labels: N of 1 accepted, 0 rejected; demand: N ids; when: N moments in seconds since
    1970, 0 where none is known. unasked: A x F; unasked_demand: A ids.
    """

    inputs: NDArray[np.float64]
    labels: NDArray[np.float64]
    demand: NDArray[np.int64]
    when: NDArray[np.float64]
    unasked: NDArray[np.float64]
    unasked_demand: NDArray[np.int64]
    counts: Counts

    def of(self, demands: NDArray[np.int64], until: float) -> Decisions:
        """Those of some demands that were made up to a moment; the counts stay those of all."""
        here = np.isin(self.demand, demands) & (self.when <= until)
        beside = np.isin(self.unasked_demand, self.demand[here])
        decided = (self.inputs[here], self.labels[here], self.demand[here], self.when[here])
        return Decisions(*decided, self.unasked[beside], self.unasked_demand[beside], self.counts)


class _Decided(NamedTuple):
    label: float
    when: float


def read_decisions(session: Session, home_region: str, model: Model) -> Decisions:
    """
    All that staff decided and that can be learned from, by demand, then SKU.

    Args:
        home_region: where the products are made (`EXCHANGE_HOME_REGION`).
        model: the one in use, which tells what it would not have proposed.
    """
    query = select(MatchRow.demand_id, ProductRow.sku, MatchRow.state, MatchRow.reason, MatchRow.decided_at, MatchRow.reason_code)
    query = query.join(MatchRow.product)
    wanted: dict[int, dict[str, _Decided | None]] = {}
    for row_id, sku, state, reason, at, code in session.execute(query.where(MatchRow.state.in_(DECIDED))):
        aside = state == "rejected" and not teaches(code, reason)
        one = None if aside else _Decided(float(state == "accepted"), at.timestamp() if at else 0.0)
        wanted.setdefault(row_id, {})[sku] = one
    matcher = Matcher(_offers(session, home_region, {sku for skus in wanted.values() for sku in skus}), model=model)
    found = _Found()
    ids = sorted(wanted)
    for start in range(0, len(ids), _PART):
        _read(session, matcher, ids[start : start + _PART], wanted, found)
    labels, demand = np.array(found.labels, dtype=np.float64), np.array(found.demand, dtype=np.int64)
    every = [one for skus in wanted.values() for one in skus.values()]
    counts = Counts(
        accepted=int(labels.sum()),
        rejected=int((1 - labels).sum()),
        demands=len(np.unique(demand)),
        about_deal=every.count(None),
        unreadable=len(every) - every.count(None) - len(labels),
        undecided=_undecided(session, np.unique(demand).tolist()),
    )
    decided = (_table(found.inputs), labels, demand, np.array(found.when, dtype=np.float64))
    return Decisions(*decided, _table(found.unasked), np.array(found.unasked_demand, dtype=np.int64), counts)


def versions_in_store(session: Session) -> set[str]:
    """Every version that a stored match names, without the edition of the word tables."""
    return {name.rpartition(".")[0] for name in session.scalars(select(MatchRow.model).distinct())}


def _offers(session: Session, home_region: str, decided: set[str]) -> list[Offer]:
    """The products on offer, and those that were decided on and are not on offer any more."""
    query = select(ProductRow).options(joinedload(ProductRow.business)).where(ProductRow.state != "active")
    rows = [*active_products(session), *(row for row in session.scalars(query) if row.sku in decided)]
    return [read_offer(product_record(row), home_region) for row in rows]


class _Found:
    def __init__(self) -> None:
        self.inputs: list[NDArray[np.float64]] = []
        self.labels: list[float] = []
        self.demand: list[int] = []
        self.when: list[float] = []
        self.unasked: list[NDArray[np.float64]] = []
        self.unasked_demand: list[int] = []


def _read(
    session: Session, matcher: Matcher, ids: Sequence[int], wanted: Mapping[int, Mapping[str, _Decided | None]], found: _Found
) -> None:
    inputs = demand_inputs(session, ids)
    pairs = matcher.pairs([read_stored(demand, None) for demand in inputs])
    for at, demand in enumerate(inputs):
        decided, unasked = wanted[demand["id"]], []
        for pair in range(int(pairs.bounds[at]), int(pairs.bounds[at + 1])):
            sku = matcher.offers[int(pairs.evidence.product[pair])].key
            one = decided.get(sku)
            if one is not None:
                found.inputs.append(pairs.inputs[pair])
                found.labels.append(one.label)
                found.demand.append(demand["id"])
                found.when.append(one.when)
            elif sku not in decided and pairs.probability[pair] < THRESHOLD:
                unasked.append(pair)
        likeliest = sorted(unasked, key=lambda pair: (-pairs.probability[pair], pair))[:_UNASKED]
        found.unasked.extend(pairs.inputs[pair] for pair in likeliest)
        found.unasked_demand.extend([demand["id"]] * len(likeliest))


def _table(rows: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))


def _undecided(session: Session, demands: Sequence[int]) -> int:
    """What stands undecided of these demands, and what stood so when they closed."""
    live, status = is_open()
    stood = or_(MatchRow.state == "proposed", and_(MatchRow.state == "retired", or_(~live, ~status)))
    query = select(func.count()).select_from(MatchRow).join(DemandRow, DemandRow.id == MatchRow.demand_id).where(stood)
    parts = (demands[start : start + _PART] for start in range(0, len(demands), _PART))
    return sum(session.scalar(query.where(MatchRow.demand_id.in_(part))) or 0 for part in parts)
