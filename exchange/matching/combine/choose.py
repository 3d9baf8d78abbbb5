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

Sets are compared in whole numbers (`search`). What a short search does not settle, HiGHS is asked (`highs`),
and a longer search proves or mends its answer. No candidate is left out beforehand that could take part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from exchange.matching.combine import says
from exchange.matching.combine.highs import solve
from exchange.matching.combine.search import Choice, Line, best_of, rank, share_out
from exchange.matching.combine.shares import Pool, decimal, told
from exchange.matching.combine.terms import FEWEST, MOST, Ask, Candidate, Combination, NoCombination

# Partial sets that are looked at before HiGHS is asked (some 10 ms, its answer takes 30), and after it.
_QUICK, _LONG = 1_500, 50_000


def combine(ask: Ask, candidates: Iterable[Candidate], holding: str | None = None) -> Combination | NoCombination:
    """
    The best combination of the candidates by the order above; the same whatever order they come in.

    holding: the key of an offer that must have a share: then it is the best of those, also where another firm could do it alone.

    Raises:
        ValueError: the amount is not above 0 or no whole number of steps, or two candidates have one key.
    """
    pool, left_out = _pool(ask, candidates)
    if holding is not None:
        return _holding(ask, pool, left_out, holding)
    alone = [offer.firm_name for offer, line in zip(pool.offers, pool.lines, strict=True) if _alone(ask, pool, line)]
    if alone:
        return NoCombination("alone", says.alone(alone[0]))
    if len({line.firm for line in pool.lines}) < FEWEST:
        return NoCombination("few", says.few(len(pool.lines), left_out))
    if _fewest(pool) is None:
        return NoCombination("capacity", says.capacity(_largest(pool), pool.amount, left_out))
    return _chosen(ask, pool, left_out, None)


def _holding(ask: Ask, pool: Pool, left_out: dict[str, int], holding: str) -> Combination | NoCombination:
    """The best one with a share of the offer `holding`."""
    at = _place(pool, holding)
    if at is None:
        return NoCombination("unfit", says.unfit(left_out))
    if _alone(ask, pool, pool.lines[at]):
        return NoCombination("alone", says.alone(pool.offers[at].firm_name))
    if len({line.firm for line in pool.lines}) < FEWEST:
        return NoCombination("few", says.few(len(pool.lines), left_out))
    if _fewest(pool) is None:
        return NoCombination("capacity", says.capacity(_largest(pool), pool.amount, left_out))
    return _chosen(ask, pool, left_out, holding)


def _place(pool: Pool, key: str) -> int | None:
    return next((place for place, offer in enumerate(pool.offers) if offer.key == key), None)


def _chosen(ask: Ask, pool: Pool, left_out: dict[str, int], holding: str | None) -> Combination | NoCombination:
    if ask.ceiling is None:
        found = _best(pool, None, holding)
        return told(ask, pool, *found) if found else NoCombination("minimum_order", says.minimum_order(left_out))
    ceiling = int(Fraction(ask.ceiling) // pool.unit_cost)
    priced = _kept(pool, [line.price is not None for line in pool.lines])
    if within := _best(priced, ceiling, holding):
        return told(ask, priced, *within, within_ceiling=True)
    dear = [line.price is not None and line.price * pool.amount > ceiling for line in pool.lines]
    untested = _kept(pool, [not too_dear for too_dear in dear])
    if found := _best(untested, None, holding):
        return told(ask, untested, *found)
    cheapest = _cheapest(priced, holding)
    if cheapest is not None or _best(pool, None, holding):
        return NoCombination("ceiling", says.ceiling(ask.ceiling, cheapest, left_out))
    return NoCombination("minimum_order", says.minimum_order(left_out))


def _pool(ask: Ask, candidates: Iterable[Candidate]) -> tuple[Pool, dict[str, int]]:
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
        most = min(amount, int(Fraction(offer.capacity or 0) // Fraction(ask.step)))
        why = _unfit(ask, offer, least, most, amount)
        if why:
            out.setdefault(why, set()).add(offer.firm)
            continue
        price = None if offer.unit_price is None else int(Fraction(offer.unit_price) * Fraction(ask.step) / unit_cost)
        offers.append(offer)
        lines.append(Line(offer.firm, least, most, price, offer.lead_time_days, offer.sentra))
    taking_part = {line.firm for line in lines}
    left_out = {why: len(firms - taking_part) for why, firms in out.items() if firms - taking_part}
    return Pool(tuple(offers), tuple(lines), amount, unit_cost), left_out


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
    if offer.capacity is None:
        return "kapasitasnya belum dicatat"
    if least > amount:
        return "pesanan minimumnya di atas yang diminta"
    return "kapasitasnya di bawah pesanan minimum" if least > most else None


def _alone(ask: Ask, pool: Pool, line: Line) -> bool:
    """Whether one firm may do it alone; one whose price is not known may, since nothing says that it is too dear."""
    if line.most < pool.amount:
        return False
    return ask.ceiling is None or line.price is None or line.price * pool.amount * pool.unit_cost <= Fraction(ask.ceiling)


def _largest(pool: Pool) -> list[int]:
    """What the firms make at most, the largest first, five at most."""
    of_firm: dict[str, int] = {}
    for line in pool.lines:
        of_firm[line.firm] = max(of_firm.get(line.firm, 0), line.most)
    return sorted(of_firm.values(), reverse=True)[:MOST]


def _fewest(pool: Pool) -> int | None:
    """How many firms it takes at least, by what they make; None where five do not make it."""
    made = 0
    for number, most in enumerate(_largest(pool), 1):
        made += most
        if made >= pool.amount:
            return max(number, FEWEST)
    return None


def _kept(pool: Pool, keep: Sequence[bool]) -> Pool:
    both = [pair for pair, kept in zip(zip(pool.offers, pool.lines, strict=True), keep, strict=True) if kept]
    return pool._replace(offers=tuple(offer for offer, _ in both), lines=tuple(line for _, line in both))


def _best(pool: Pool, ceiling: int | None, holding: str | None) -> tuple[Choice, bool] | None:
    """The best choice of the smallest size that has one, and whether that is proved."""
    fewest, firms = _fewest(pool), len({line.firm for line in pool.lines})
    if fewest is None:
        return None
    for size in range(fewest, min(MOST, firms) + 1):
        if found := _best_of_size(pool, size, ceiling, holding):
            return found
    return None


def _best_of_size(pool: Pool, size: int, ceiling: int | None, holding: str | None) -> tuple[Choice, bool] | None:
    held = None if holding is None else _place(pool, holding)
    if holding is not None and held is None:
        return None
    found = best_of(pool.lines, pool.amount, size, ceiling=ceiling, nodes=_QUICK, held=held)
    if not found.proved:
        must = {} if held is None else {"held": held}
        likely = solve(pool.lines, pool.amount, size, ceiling=ceiling, **must)
        sound = likely is not None and (held is None or held in likely) and len({pool.lines[n].firm for n in likely}) == len(likely) == size
        known = share_out(pool.lines, likely, pool.amount, ceiling) if likely and sound else None
        known = min((one for one in (known, found.choice) if one), key=rank, default=None)
        found = best_of(pool.lines, pool.amount, size, ceiling=ceiling, known=known, nodes=_LONG, held=held)
    return None if found.choice is None else (found.choice, found.proved)


def _cheapest(pool: Pool, holding: str | None) -> Decimal | None:
    """What the cheapest combination of any size costs; None where those of known price do not make it."""
    choices = [found for size in range(FEWEST, MOST + 1) if (found := _best_of_size(pool, size, None, holding))]
    cost = min((choice.value[1] for choice, _ in choices), default=None)
    return None if cost is None else decimal(cost * pool.unit_cost)
