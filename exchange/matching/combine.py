"""
Two to five firms that together make an amount that none of them makes alone. Pure: no database, no clock.

The best combination is the first by this order:

1. the fewest firms (two to five), one product of each, each share from its minimum order to its capacity;
2. the smallest amount whose price is unknown: an unknown price is never counted as 0, it is what is taken last;
3. the lowest cost of the rest;
4. the fewest places: firms of one sentra before scattered ones, a firm of no sentra being a place of its own;
5. the shortest of the longest lead times, an unknown one being the longest;
6. the keys of the offers.

A certificate that was not stated is missing, and a lead time beyond the deadline is too long: such offers take no part. With
a ceiling, combinations whose whole cost is known and within it come first. Only where there is none may offers of unknown
price take part, beside firms whose price for the whole amount would be within the ceiling; it is said that the ceiling is not
tested then.

Sets are compared in whole numbers (`combine_search`). What a short search does not settle, HiGHS is asked (`combine_milp`),
and a longer search proves or mends its answer. No candidate is left out beforehand that could take part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from exchange.matching import combine_says as says
from exchange.matching.combine_milp import solve
from exchange.matching.combine_search import UNKNOWN_LEAD, Choice, Line, best_of, rank, share_out

FEWEST, MOST = 2, 5
# Partial sets that are looked at before HiGHS is asked (some 10 ms, its answer takes 30), and after it.
_QUICK, _LONG = 1_500, 50_000


@dataclass(frozen=True, slots=True)
class Ask:
    """
    What is to be made.

    amount: above 0, a whole number of `step`s; step: what shares are multiples of, such as 1 for pieces; unit: for the reader.
    ceiling: the most that it may cost; deadline_days: the longest lead time; certificates: what each product must hold.
    """

    amount: Decimal
    unit: str
    step: Decimal = Decimal(1)
    ceiling: Decimal | None = None
    deadline_days: int | None = None
    certificates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    One product of one firm, amounts in the unit that is asked; a firm may have several, of which one takes part at most.

    capacity: what it makes in the time there is; unit_price and lead_time_days: None where unknown; firm: what tells firms
    apart; firm_name: for the reader.
    """

    key: str
    firm: str
    firm_name: str
    capacity: Decimal
    minimum_order: Decimal = Decimal(0)
    unit_price: Decimal | None = None
    lead_time_days: int | None = None
    certificates: frozenset[str] = frozenset()
    sentra: str | None = None


class Share(NamedTuple):
    """What one offer takes of the whole; `percent` has one decimal, and those of a combination sum to 100."""

    offer: Candidate
    amount: Decimal
    percent: Decimal
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Combination:
    """
    Shares in key order, summing to the amount asked.

    total_cost, latest_lead_days: None where a price or a lead time is unknown; sentra: the one that all firms sit in.
    within_ceiling: True where there is a ceiling and the known cost keeps to it, None where there is none or it is not tested.
    proved: whether every other combination was ruled out exactly. says: the shares in one Indonesian sentence.
    """

    shares: tuple[Share, ...]
    total_cost: Decimal | None
    latest_lead_days: int | None
    sentra: str | None
    within_ceiling: bool | None
    proved: bool
    says: str


class NoCombination(NamedTuple):
    """
    Why there is none, in one Indonesian sentence.

    reason: `alone` (one firm can), `few` (fewer than two firms can take part), `capacity`, `ceiling` or `minimum_order`.
    """

    reason: str
    says: str


class _Pool(NamedTuple):
    """Candidates that can take part, in key order, with their lines in whole steps and cost units of `unit_cost` rupiah."""

    offers: tuple[Candidate, ...]
    lines: tuple[Line, ...]
    amount: int
    unit_cost: Fraction


def combine(ask: Ask, candidates: Iterable[Candidate]) -> Combination | NoCombination:
    """
    The best combination of the candidates by the order above; the same whatever order they come in.

    Raises:
        ValueError: the amount is not above 0 or no whole number of steps, or two candidates have one key.
    """
    pool, left_out = _pool(ask, candidates)
    alone = [offer.firm_name for offer, line in zip(pool.offers, pool.lines, strict=True) if _alone(ask, pool, line)]
    if alone:
        return NoCombination("alone", says.alone(alone[0]))
    if len({line.firm for line in pool.lines}) < FEWEST:
        return NoCombination("few", says.few(len(pool.lines), left_out))
    if _fewest(pool) is None:
        return NoCombination("capacity", says.capacity(_largest(pool), pool.amount, left_out))
    if ask.ceiling is None:
        found = _best(pool, None)
        return _told(ask, pool, *found) if found else NoCombination("minimum_order", says.minimum_order(left_out))
    ceiling = int(Fraction(ask.ceiling) // pool.unit_cost)
    priced = _kept(pool, [line.price is not None for line in pool.lines])
    if within := _best(priced, ceiling):
        return _told(ask, priced, *within, within_ceiling=True)
    dear = [line.price is not None and line.price * pool.amount > ceiling for line in pool.lines]
    untested = _kept(pool, [not too_dear for too_dear in dear])
    if found := _best(untested, None):
        return _told(ask, untested, *found)
    cheapest = _cheapest(priced)
    if cheapest is not None or _best(pool, None):
        return NoCombination("ceiling", says.ceiling(ask.ceiling, cheapest, left_out))
    return NoCombination("minimum_order", says.minimum_order(left_out))


def _pool(ask: Ask, candidates: Iterable[Candidate]) -> tuple[_Pool, dict[str, int]]:
    """Those that can take part, and how many firms are left out for which reason (Indonesian)."""
    steps = Fraction(ask.amount) / Fraction(ask.step)
    if steps <= 0 or steps.denominator != 1:
        raise ValueError(f"{ask.amount} {ask.unit} is not a whole number of steps of {ask.step} above 0")
    amount, offers, lines = int(steps), [], []
    out: dict[str, set[str]] = {}
    ordered = sorted(candidates, key=lambda candidate: candidate.key)
    if len({candidate.key for candidate in ordered}) < len(ordered):
        raise ValueError("two candidates have one key")
    unit_cost = _unit_cost(ask, ordered)
    for offer in ordered:
        least = max(1, -int(-Fraction(offer.minimum_order) // Fraction(ask.step)))
        most = min(amount, int(Fraction(offer.capacity) // Fraction(ask.step)))
        why = _unfit(ask, offer, least, most, amount)
        if why:
            out.setdefault(why, set()).add(offer.firm)
            continue
        price = None if offer.unit_price is None else int(Fraction(offer.unit_price) * Fraction(ask.step) / unit_cost)
        offers.append(offer)
        lines.append(Line(offer.firm, least, most, price, offer.lead_time_days, offer.sentra))
    taking_part = {line.firm for line in lines}
    left_out = {why: len(firms - taking_part) for why, firms in out.items() if firms - taking_part}
    return _Pool(tuple(offers), tuple(lines), amount, unit_cost), left_out


def _unit_cost(ask: Ask, offers: Sequence[Candidate]) -> Fraction:
    """The largest sum that each known price of one step is a whole number of: then costs are whole numbers too."""
    common = Fraction(0)
    for offer in offers:
        rest = Fraction(offer.unit_price or 0) * Fraction(ask.step)
        while rest:
            common, rest = rest, common % rest
    return common or Fraction(1)


def _unfit(ask: Ask, offer: Candidate, least: int, most: int, amount: int) -> str | None:
    missing = sorted(ask.certificates - offer.certificates)
    if missing:
        return f"tanpa {', '.join(missing)}"
    if ask.deadline_days is not None and offer.lead_time_days is not None and offer.lead_time_days > ask.deadline_days:
        return f"lama pengerjaannya lebih dari {ask.deadline_days} hari"
    if least > amount:
        return "pesanan minimumnya di atas yang diminta"
    return "kapasitasnya di bawah pesanan minimum" if least > most else None


def _alone(ask: Ask, pool: _Pool, line: Line) -> bool:
    """Whether one firm may do it alone; one whose price is not known may, since nothing says that it is too dear."""
    if line.most < pool.amount:
        return False
    return ask.ceiling is None or line.price is None or line.price * pool.amount * pool.unit_cost <= Fraction(ask.ceiling)


def _largest(pool: _Pool) -> list[int]:
    """What the firms make at most, the largest first, five at most."""
    of_firm: dict[str, int] = {}
    for line in pool.lines:
        of_firm[line.firm] = max(of_firm.get(line.firm, 0), line.most)
    return sorted(of_firm.values(), reverse=True)[:MOST]


def _fewest(pool: _Pool) -> int | None:
    """How many firms it takes at least, by what they make; None where five do not make it."""
    made = 0
    for number, most in enumerate(_largest(pool), 1):
        made += most
        if made >= pool.amount:
            return max(number, FEWEST)
    return None


def _kept(pool: _Pool, keep: Sequence[bool]) -> _Pool:
    both = [pair for pair, kept in zip(zip(pool.offers, pool.lines, strict=True), keep, strict=True) if kept]
    return pool._replace(offers=tuple(offer for offer, _ in both), lines=tuple(line for _, line in both))


def _best(pool: _Pool, ceiling: int | None) -> tuple[Choice, bool] | None:
    """The best choice of the smallest size that has one, and whether that is proved."""
    fewest, firms = _fewest(pool), len({line.firm for line in pool.lines})
    if fewest is None:
        return None
    for size in range(fewest, min(MOST, firms) + 1):
        if found := _best_of_size(pool, size, ceiling):
            return found
    return None


def _best_of_size(pool: _Pool, size: int, ceiling: int | None) -> tuple[Choice, bool] | None:
    found = best_of(pool.lines, pool.amount, size, ceiling=ceiling, nodes=_QUICK)
    if not found.proved:
        likely = solve(pool.lines, pool.amount, size, ceiling=ceiling)
        sound = likely is not None and len({pool.lines[n].firm for n in likely}) == len(likely) == size
        known = share_out(pool.lines, likely, pool.amount, ceiling) if likely and sound else None
        known = min((one for one in (known, found.choice) if one), key=rank, default=None)
        found = best_of(pool.lines, pool.amount, size, ceiling=ceiling, known=known, nodes=_LONG)
    return None if found.choice is None else (found.choice, found.proved)


def _cheapest(pool: _Pool) -> Decimal | None:
    """What the cheapest combination of any size costs; None where those of known price do not make it."""
    choices = [found for size in range(FEWEST, MOST + 1) if (found := _best_of_size(pool, size, None))]
    cost = min((choice.value[1] for choice, _ in choices), default=None)
    return None if cost is None else _decimal(cost * pool.unit_cost)


def _told(ask: Ask, pool: _Pool, choice: Choice, proved: bool, within_ceiling: bool | None = None) -> Combination:
    percents = _percents(choice.amounts, pool.amount)
    shares = []
    for n, steps, percent in zip(choice.lines, choice.amounts, percents, strict=True):
        price = pool.lines[n].price
        part = None if price is None else _decimal(price * steps * pool.unit_cost)
        shares.append(Share(pool.offers[n], _decimal(steps * Fraction(ask.step)), percent, part))
    unpriced, cost, _, latest = choice.value
    sentras = {share.offer.sentra for share in shares}
    total = None if unpriced else _decimal(cost * pool.unit_cost)
    days = None if latest == UNKNOWN_LEAD else latest
    told = Combination(tuple(shares), total, days, sentras.pop() if len(sentras) == 1 else None, within_ceiling, proved, "")
    return _verified(ask, told)


def _verified(ask: Ask, told: Combination) -> Combination:
    """
    The combination with its sentence, after its shares were held against what was asked, in the amounts that are shown.

    Raises:
        ArithmeticError: a share breaks a bound or the shares do not make the amount; nothing wrong is ever shown.
    """
    offers = [share.offer for share in told.shares]
    good = sum(Fraction(share.amount) for share in told.shares) == Fraction(ask.amount)
    good = good and len({offer.firm for offer in offers}) == len(offers) and FEWEST <= len(offers) <= MOST
    good = good and all(share.offer.minimum_order <= share.amount <= share.offer.capacity for share in told.shares)
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
    return Combination(told.shares, told.total_cost, told.latest_lead_days, told.sentra, told.within_ceiling, told.proved, sentence)


def _percents(amounts: Sequence[int], whole: int) -> list[Decimal]:
    """Shares of the whole in tenths of a per cent by largest remainders, so that they sum to 100."""
    floors = [amount * 1000 // whole for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda n: (-(amounts[n] * 1000 % whole), n))
    for n in order[: 1000 - sum(floors)]:
        floors[n] += 1
    return [Decimal(tenths) / 10 for tenths in floors]


def _decimal(value: Fraction | int) -> Decimal:
    """A fraction whose denominator divides a power of ten as the decimal it is, exactly."""
    value, places = Fraction(value), 0
    while (value * 10**places).denominator != 1:
        places += 1
    return Decimal(int(value * 10**places)).scaleb(-places) if places else Decimal(int(value))
