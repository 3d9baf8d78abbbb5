"""
The best of all sets of offers of one size that together make an amount, in whole numbers alone: no rounding, no tolerance.

A branch and bound over the offers in the order of their keys. It is given the set that the optimiser found and either proves
that none is better or finds the better one, so that what is shown is right to the last step and rupiah.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

# the lead time of a firm that did not say one, where lead times are compared: longer than any that was said
UNKNOWN_LEAD = 1 << 30
Value = tuple[int, int, int, int]


class Line(NamedTuple):
    """
    An offer in whole steps: from `least` (at least 1) to `most`, if it takes part.

    price: cost units for one step, None where unknown; lead: days, None where unknown; place: its sentra, None where none.
    """

    firm: str
    least: int
    most: int
    price: int | None
    lead: int | None
    place: str | None


class Choice(NamedTuple):
    """
    Offers (numbers of their lines, upwards) with the steps of each, and what they are worth; the smallest value is best.

    value: steps whose price is unknown, cost of the others, number of places, longest lead time.
    """

    value: Value
    lines: tuple[int, ...]
    amounts: tuple[int, ...]


def rank(choice: Choice) -> tuple[Value, tuple[int, ...]]:
    """What choices of one size are compared by, the smaller the better: the value, then the keys."""
    return choice.value, choice.lines


class Found(NamedTuple):
    """The best choice, None where there is none; `proved` where every other was ruled out within the nodes allowed."""

    choice: Choice | None
    proved: bool


def share_out(lines: Sequence[Line], chosen: Sequence[int], amount: int, ceiling: int | None = None) -> Choice | None:
    """
    The best shares of these offers: as little as can be of unknown price, then the cheapest first, equals in key order.

    Every share keeps to its line's bounds and they sum to `amount`; None where that cannot be, or costs more than `ceiling`.
    """
    least, most = sum(lines[n].least for n in chosen), sum(lines[n].most for n in chosen)
    if not least <= amount <= most:
        return None
    given = {n: lines[n].least for n in chosen}
    rest = amount - least
    for n in sorted(chosen, key=lambda n: (lines[n].price is None, lines[n].price or 0, n)):
        more = min(rest, lines[n].most - lines[n].least)
        given[n] += more
        rest -= more
    unpriced, cost, latest = 0, 0, 0
    for n, steps in given.items():
        price, lead = lines[n].price, lines[n].lead
        if price is None:
            unpriced += steps
        else:
            cost += price * steps
        latest = max(latest, UNKNOWN_LEAD if lead is None else lead)
    if ceiling is not None and cost > ceiling:
        return None
    ordered = tuple(sorted(chosen))
    return Choice((unpriced, cost, _places(lines, chosen), latest), ordered, tuple(given[n] for n in ordered))


def _places(lines: Sequence[Line], chosen: Sequence[int]) -> int:
    """How many places the firms sit in; a firm of no sentra is a place of its own."""
    named = {lines[n].place for n in chosen}
    return len(named - {None}) + sum(lines[n].place is None for n in chosen)


def best_of(
    lines: Sequence[Line], amount: int, size: int, *, ceiling: int | None = None, known: Choice | None = None, nodes: int = 20_000,
    held: int | None = None,
) -> Found:  # fmt: skip
    """
    The best choice of `size` offers of as many firms; of equal ones that with the smallest line numbers in order.

    Args:
        lines: N offers in key order, each with 1 <= least <= most.
        known: a choice of that size to beat; without one the search starts blind.
        nodes: partial sets looked at before it gives up with the best so far.
        held: the line that every choice must have; None for no such one.
    """
    search = _Search(lines, amount, size, ceiling, known, nodes, held)
    search.walk(0, (), size)
    return Found(search.best, search.left > 0)


@dataclass(slots=True)
class _Sums:
    """For the offers from one on: what `r` of them make at most, of known price too, and the least that `r` of them need."""

    most: list[int]
    priced: list[int]
    least: list[int]


class _Search:
    def __init__(
        self, lines: Sequence[Line], amount: int, size: int, ceiling: int | None, known: Choice | None, nodes: int, held: int | None
    ) -> None:
        self.lines, self.amount, self.ceiling, self.held = lines, amount, ceiling, held
        self.best = known
        self.own = False  # whether `best` was met on this walk: then all that comes later has greater keys
        self.left = nodes
        self.after = [_sums(lines[n:], size) for n in range(len(lines) + 1)]
        priced = [(line.price, n) for n, line in enumerate(lines) if line.price is not None]
        self.cheapest = [(price, n) for price, n in sorted(priced)]

    def walk(self, at: int, chosen: tuple[int, ...], more: int) -> None:
        """All sets that hold `chosen` and `more` of the offers from number `at` on, in the order of their keys."""
        self.left -= 1
        without = self.held is not None and self.held not in chosen
        if self.left <= 0 or (without and (not more or at > (self.held or 0))) or self._hopeless(at, chosen, more):
            return
        if not more:
            self._meet(chosen)
            return
        firms = {self.lines[n].firm for n in chosen}
        for n in range(at, len(self.lines) - more + 1):
            if self.lines[n].firm not in firms:
                self.walk(n + 1, (*chosen, n), more - 1)
            if n > at and self._hopeless(n + 1, chosen, more):
                return  # what is left behind this one cannot do it; later ones even less

    def _meet(self, chosen: tuple[int, ...]) -> None:
        choice = share_out(self.lines, chosen, self.amount, self.ceiling)
        if choice and (self.best is None or rank(choice) < rank(self.best)):
            self.best, self.own = choice, True

    def _hopeless(self, at: int, chosen: tuple[int, ...], more: int) -> bool:
        """Whether no set that goes on from here can be feasible and better than the best."""
        lines, after = self.lines, self.after[at]
        if len(after.most) <= more:
            return True
        priced = [lines[n] for n in chosen if lines[n].price is not None]
        unpriced = [lines[n] for n in chosen if lines[n].price is None]
        need = sum(line.least for line in priced)
        need_unpriced = sum(line.least for line in unpriced)
        reach = sum(line.most for line in priced)
        if need + need_unpriced + after.least[more] > self.amount:
            return True
        if reach + sum(line.most for line in unpriced) + after.most[more] < self.amount:
            return True
        if self.best is None and self.ceiling is None:
            return False
        rest = max(need_unpriced, self.amount - reach - after.priced[more])
        if self.best and rest != self.best.value[0]:
            return rest > self.best.value[0]
        cost = self._cost_at_least(at, chosen, self.amount - rest)
        if self.ceiling is not None and cost > self.ceiling:
            return True
        if self.best is None:
            return False
        latest = max((UNKNOWN_LEAD if lines[n].lead is None else lines[n].lead or 0 for n in chosen), default=0)
        bound = (rest, cost, _places(lines, chosen), latest)
        return bound > self.best.value or (bound == self.best.value and self.own)

    def _cost_at_least(self, at: int, chosen: tuple[int, ...], amount: int) -> int:
        """The cost of `amount` steps of known price, were the later offers bound by neither number nor minimum."""
        cost, rest = 0, amount
        for n in chosen:
            price = self.lines[n].price
            if price is not None:
                cost += price * self.lines[n].least
                rest -= self.lines[n].least
        for price, n in self.cheapest:
            if rest <= 0:
                break
            if n in chosen:
                part = min(rest, self.lines[n].most - self.lines[n].least)
            elif n >= at:
                part = min(rest, self.lines[n].most)
            else:
                continue
            cost += price * part
            rest -= part
        return cost


def _sums(lines: Sequence[Line], size: int) -> _Sums:
    """Entry r of each list is the sum of r offers, up to as many as there are; fewer priced ones end with what all make."""
    most = sorted((line.most for line in lines), reverse=True)[:size]
    priced = sorted((line.most for line in lines if line.price is not None), reverse=True)[:size]
    least = sorted(line.least for line in lines)[:size]
    padded = priced + [0] * (len(most) - len(priced))
    return _Sums(*([sum(part[:r]) for r in range(len(part) + 1)] for part in (most, padded, least)))
