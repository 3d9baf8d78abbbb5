"""What classes a text speaks of, and how far that agrees with a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

from exchange.matching.codes import WORTH, edition_of

# Below it a class is not told: what the text speaks of is then unknown.
LEAST = 0.5
LEVELS = {"KBKI": (5, 3, 2), "KBLI": (5, 4, 3, 2)}
# What agreement up to so many digits is worth, upwards, for the levels that a text can be read to.
_STEPS = {scheme: tuple((digits, worth) for digits, worth in reversed(WORTH[scheme]) if digits in LEVELS[scheme]) for scheme in LEVELS}


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What a text speaks of.

    of: scheme -> codes of its levels (2 to 5 digits) -> confidence, in (0, 1].
    best, sure: scheme -> the lowest code that is at least `LEAST` sure, with its confidence; "" and 0.0 where the text says none.
    peak: scheme -> what the code that is spoken of most is worth over all that the text may mean, 0.0 where it says none.
    roots: scheme -> as `spread` makes it.
    """

    of: Mapping[str, Mapping[str, float]]
    best: Mapping[str, str]
    sure: Mapping[str, float]
    peak: Mapping[str, float]
    roots: Mapping[str, Mapping[str, float]]

    def worth(self, scheme: str, code: str) -> float | None:
        """
        How far a code agrees with what is spoken of, in [0, 1]: expected over all that it may be, as a share of the best that a
        code can have. None where the text says no class; how sure that is, `sure` tells.
        """
        if not self.best.get(scheme):
            return None
        return min(1.0, expected(self.of[scheme], scheme, code) / self.peak[scheme])


def expected(shares: Mapping[str, float], scheme: str, code: str) -> float:
    """What agreement with a code is worth over all that a text may mean: in [0, 1]."""
    total, last = 0.0, 0.0
    for digits, worth in _STEPS[scheme]:
        total += (worth - last) * shares.get(code[:digits], 0.0)
        last = worth
    return total


def spread(scheme: str, shares: Mapping[str, float]) -> dict[str, float]:
    """Code -> square root of its share among the codes of its level times what agreement at that level adds: `overlap`'s half."""
    masses: dict[int, float] = {}
    for code, share in shares.items():
        masses[len(code)] = masses.get(len(code), 0.0) + share
    added, last = {}, 0.0
    for digits, worth in _STEPS[scheme]:
        added[digits], last = worth - last, worth
    most = sum(added[digits] for digits in masses)
    return {code: sqrt(share / masses[len(code)] * added[len(code)] / most) for code, share in shares.items()}


def overlap(asked: Reading, own: Reading, scheme: str) -> float | None:
    """
    How far two texts speak of the same classes, in [0, 1]; None where one of them says none, 1.0 for the same text.

    Source:
        Bhattacharyya (1943), "On a measure of divergence between two statistical populations": the sum of sqrt(p q), here of
        each level, weighted by what agreement at that level is worth.
    """
    if not asked.best.get(scheme) or not own.best.get(scheme):
        return None
    ours = own.roots[scheme].get
    return min(1.0, sum(root * ours(code, 0.0) for code, root in asked.roots[scheme].items()))


class Agreement(NamedTuple):
    """score in [0, 1]; sure: how surely it holds, in (0, 1]; asked, own: list and code of both sides; stated: own's is a given code."""

    score: float
    sure: float
    asked: str
    own: str
    stated: bool


def agreement(asked: Reading, own: Reading, codes: Mapping[str, tuple[str, str]]) -> Agreement | None:
    """
    How far what a text asks for agrees with a product; None where either side's class is unknown.

    A product's code may be one of several that its thing could bear ("papan nama" stands under signs of metal and under lamps),
    so the product's own words are read too, and the better agreement holds. The lists that the product states a code of are
    compared, both where it states none; KBKI before KBLI, which says what the maker does and not what is made.
    """
    stated = [scheme for scheme in LEVELS if scheme in codes]
    for scheme in stated or LEVELS:
        found = []
        code, edition = codes.get(scheme, ("", ""))
        if code and edition in ("", edition_of(scheme, code)):
            score = asked.worth(scheme, code)
            if score is not None:
                found.append(Agreement(score, asked.sure[scheme], f"{scheme} {asked.best[scheme]}", f"{scheme} {code}", True))
        score = overlap(asked, own, scheme)
        if score is not None:
            sure = asked.sure[scheme] * (1.0 if code else own.sure[scheme])
            found.append(Agreement(score, sure, f"{scheme} {asked.best[scheme]}", f"{scheme} {own.best[scheme]}", False))
        if found:
            return max(found, key=lambda one: one.score)
    return None
