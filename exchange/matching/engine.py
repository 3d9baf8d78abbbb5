"""
The score of one pair and the reasons for it: pure, no database, no clock.

Two sorts of criteria. A *gate* says whether the product is the thing asked at all (text, kind of listing, certificates that
are asked for): the marks of the gates are multiplied. The others say how well the deal suits (quantity, price, distance):
their marks are averaged after Gower and may lower a relevant match, never lift an irrelevant one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from exchange.matching.needs import Need
from exchange.matching.offers import Offer

SUITABILITY_SHARE = 0.3
# A gate below even odds is not called open.
GATE_OPEN = 0.5
# A dozen marks are made for each pair; this leaves out the frame of NamedTuple's own __new__.
_new = tuple.__new__


class Met(NamedTuple):
    """
    What the text search found of a pair.

    value: probability of a fair offer by the text alone, in [0, 1]; place: number of the demand's item that met, -1 for its title;
    asked and offered: the words of both sides that met, as they were written; bm25: the score of the whole text, for the order of
    equals; sort: what is left of `value` for what sort of listing it is, in [0, 1].
    """

    value: float
    place: int
    asked: str
    offered: str
    bm25: float
    sort: float = 1.0


class Change(NamedTuple):
    """
    The one change that lets a criterion pass.

    side: `offer` or `demand`; member: in the words of ProductSchema or DemandSchema; to: its new value as it travels, None
    where only its owner can know it (the number of a certificate); says: one Indonesian sentence.
    """

    side: str
    member: str
    to: str | None
    says: str


class Mark(NamedTuple):
    """
    A criterion's mark: `score` in [0, 1] or None where it cannot tell; both sides' values and one Indonesian sentence.

    blocks: the pair is no fit as it stands; asks: what is required could not be compared, so that somebody must ask;
    change: what would let it pass, None where nothing blocks or no single change does.
    """

    criterion: str
    title: str
    score: float | None
    weight: float
    gate: bool
    need: str | None
    offer: str | None
    says: str
    blocks: bool = False
    asks: bool = False
    change: Change | None = None

    def record(self) -> dict[str, Any]:
        """As schemas/match.py states it."""
        record = self._asdict()
        if self.change is not None:
            record["change"] = self.change._asdict()
        return record


class Criterion(ABC):
    """
    One criterion, one file in `criteria/`.

    name: the file's name; title: what the reader sees; weight: above 0, counted among those that can tell;
    gate: whether it multiplies the score instead of being averaged.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    weight: ClassVar[float] = 1.0
    gate: ClassVar[bool] = False

    @abstractmethod
    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """Mark one pair; the same pair gets the same mark."""

    def say(self, score: float | None, says: str, need: str | None = None, offer: str | None = None, *, asks: bool = False) -> Mark:
        """A mark of this criterion that blocks nothing."""
        return _new(Mark, (self.name, self.title, score, self.weight, self.gate, need, offer, says, False, asks, None))

    def block(self, score: float, says: str, need: str | None, offer: str | None, change: Change | None, *, asks: bool = False) -> Mark:
        """A mark with which the pair is no fit, and the one change that would let it pass, if there is one."""
        return _new(Mark, (self.name, self.title, score, self.weight, self.gate, need, offer, says, True, asks, change))


@dataclass(frozen=True, slots=True)
class Match:
    """
    One pair with its score in [0, 1] and the marks in the order of the criteria.

    verdict: `fit`, `ask`, `near_miss` or `unfit` (see `scored`); blockers, asks: names of the criteria that make it so;
    change: of a near miss, the one that would turn it.
    """

    need: str
    offer: str
    score: float
    marks: tuple[Mark, ...]
    verdict: str = "ask"
    blockers: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    change: Change | None = None

    @property
    def fit(self) -> bool:
        """Whether all that is asked was compared and met."""
        return self.verdict == "fit"

    def fitness(self) -> dict[str, Any]:
        """As FitnessSchema in schemas/match.py states it."""
        return {
            "verdict": self.verdict,
            "blockers": list(self.blockers),
            "asks": list(self.asks),
            "change": None if self.change is None else self.change._asdict(),
        }


def weigh(need: Need, offer: Offer, met: Met, criteria: Sequence[Criterion]) -> Match:
    """
    Score one pair.

    Args:
        need: what is asked.
        offer: what is had.
        met: what of the texts met.
        criteria: K criteria, each with a weight above 0.

    Returns:
        A match whose `marks` keep the order of `criteria`, length K; its score and verdict are `scored`'s.

    Raises:
        ValueError: a criterion marked outside [0, 1]; the message names it.
    """
    return scored(need.key, offer.key, tuple([criterion.mark(need, offer, met) for criterion in criteria]))


def scored(need: str, offer: str, marks: tuple[Mark, ...]) -> Match:
    """
    The match that K marks come to.

    Returns:
        score: the product of the gates times (1 - share + share x the others' weighted mean), rounded to six decimals; 0.0 where
        no gate could tell.
        verdict: `unfit` where two criteria block, or one that no single change lets pass; `near_miss` where one blocks and
        one change lets it pass; `ask` where nothing blocks, but something required could not be compared, or a gate is
        more likely shut than open; `fit` otherwise. The names of the criteria that block and of those that must be asked,
        and the change of a near miss.

    Raises:
        ValueError: a mark is outside [0, 1]; the message names its criterion.

    Source:
        Gower (1971), "A general coefficient of similarity", Biometrics 27(4):857-871: what is unknown is left out of the
        mean, not counted as 0.
    """
    gated, relevance = False, 1.0
    total = told = 0.0
    blockers: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    change = None
    for criterion, _title, score, weight, gate, _need, _offer, _says, blocks, asks, its_change in marks:
        if score is not None:
            if not 0.0 <= score <= 1.0:
                raise ValueError(f"{criterion} marked {score}, outside [0, 1]")
            if gate:
                gated = True
                relevance *= score
                asks = asks or (score < GATE_OPEN and not blocks)
            else:
                total += weight
                told += weight * score
        if blocks:
            change = None if blockers else its_change
            blockers += (criterion,)
        if asks:
            asking += (criterion,)
    if total:
        relevance *= 1 - SUITABILITY_SHARE + SUITABILITY_SHARE * min(1.0, told / total)
    verdict = "ask" if asking else "fit"
    if blockers:
        verdict = "unfit" if change is None else "near_miss"
    return Match(need, offer, round(relevance, 6) if gated else 0.0, marks, verdict, blockers, asking, change)
