"""A choice in whole steps back to what is shown: shares, per cents, costs, one sentence; held against what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from exchange.matching.combine import says
from exchange.matching.combine.search import UNKNOWN_LEAD, Choice, Line
from exchange.matching.combine.terms import FEWEST, MOST, Ask, Candidate, Combination, Share


class Pool(NamedTuple):
    """Candidates that can take part, in key order, with their lines in whole steps and cost units of `unit_cost` rupiah."""

    offers: tuple[Candidate, ...]
    lines: tuple[Line, ...]
    amount: int
    unit_cost: Fraction


def told(ask: Ask, pool: Pool, choice: Choice, proved: bool, within_ceiling: bool | None = None) -> Combination:
    """The choice in the words and units of what was asked; see `Combination`."""
    percents = _percents(choice.amounts, pool.amount)
    shares = []
    for n, steps, percent in zip(choice.lines, choice.amounts, percents, strict=True):
        price = pool.lines[n].price
        part = None if price is None else decimal(price * steps * pool.unit_cost)
        shares.append(Share(pool.offers[n], decimal(steps * Fraction(ask.step)), percent, part))
    unpriced, cost, _, latest = choice.value
    sentras = {share.offer.sentra for share in shares}
    total = None if unpriced else decimal(cost * pool.unit_cost)
    days = None if latest == UNKNOWN_LEAD else latest
    made = Combination(tuple(shares), total, days, sentras.pop() if len(sentras) == 1 else None, within_ceiling, proved, "")
    return _verified(ask, made)


def _verified(ask: Ask, told: Combination) -> Combination:
    """
    The combination with its sentence, after its shares were held against what was asked, in the amounts that are shown.

    Raises:
        ArithmeticError: a share breaks a bound or the shares do not make the amount; nothing wrong is ever shown.
    """
    offers = [share.offer for share in told.shares]
    good = sum(Fraction(share.amount) for share in told.shares) == Fraction(ask.amount)
    good = good and len({offer.firm for offer in offers}) == len(offers) and FEWEST <= len(offers) <= MOST
    good = good and all(share.offer.minimum_order <= share.amount <= (share.offer.capacity or 0) for share in told.shares)
    good = good and all(ask.certificates <= offer.certificates for offer in offers)
    if told.within_ceiling:
        good = good and told.total_cost is not None and ask.ceiling is not None and told.total_cost <= ask.ceiling
    if not good:
        raise ArithmeticError(f"shares of {[offer.key for offer in offers]} do not make {ask.amount} {ask.unit}")
    rows = [(share.offer.firm_name, share.amount, share.percent) for share in told.shares]
    sentence = says.together(
        rows,
        ask.amount,
        ask.unit,
        total=told.total_cost,
        unpriced=[share.offer.firm_name for share in told.shares if share.cost is None],
        days=told.latest_lead_days,
        no_lead=[offer.firm_name for offer in offers if offer.lead_time_days is None],
        ceiling=ask.ceiling,
        within=told.within_ceiling,
    )
    return replace(told, says=sentence)


def _percents(amounts: Sequence[int], whole: int) -> list[Decimal]:
    """Shares of the whole in tenths of a per cent by largest remainders, so that they sum to 100."""
    floors = [amount * 1000 // whole for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda n: (-(amounts[n] * 1000 % whole), n))
    for n in order[: 1000 - sum(floors)]:
        floors[n] += 1
    return [Decimal(tenths) / 10 for tenths in floors]


def decimal(value: Fraction | int) -> Decimal:
    """A fraction as the decimal it is, exactly; rounded to hundredths where no decimal says it, as a third of a rupiah."""
    value, places = Fraction(value), 0
    while value.denominator % 2**places == 0 or value.denominator % 5**places == 0:
        places += 1
    places -= 1  # the highest power of 2 or 5 in the denominator
    power = 10**places
    if power % value.denominator:
        places, power = 2, 100
    return Decimal(f"{round(value * power)}E-{places}")
