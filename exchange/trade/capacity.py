"""
Whether a firm can make what a deal's line asks beside what other open deals already promise of the same product.

Each promise has a spell of days in which it must be made. All can be made together only where in no stretch of time more falls due than
the firm makes in it: of every stretch that contains the line's own spell, what the deals within it promise is set against what is surely
made in it, and the stretch that leaves least decides. Source: the demand bound of preemptive scheduling on one machine (Baruah, Rosier and
Howell 1990), with output as time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from exchange.matching.criteria.quantity import surely_made
from exchange.matching.needs import read_need
from exchange.matching.offers import Offer, read_offer
from exchange.matching.periods import Window, day_said, later, window
from exchange.store.businesses import business_record
from exchange.store.demands import DemandRow, demand_record
from exchange.store.products import ProductRow, product_record
from exchange.store.trade import DealLineRow
from exchange.store.trade_promises import PromisedRow
from exchange.trade.amounts import said

_NOUGHT = Decimal(0)
# how long what has no end is taken to last, by the period in which capacity is told; of others a month
_OPEN_DAYS = {"hari": 1, "minggu": 7}


class Spell(NamedTuple):
    """From the first to the last day (both counted) in which something is made."""

    start: date
    end: date

    def holds(self, other: Spell) -> bool:
        """Whether the other lies within this one."""
        return self.start <= other.start and other.end <= self.end


class Due(NamedTuple):
    """How much of a product a deal still takes, and in which spell."""

    deal: str
    spell: Spell
    amount: Decimal


class Stretch(NamedTuple):
    """A stretch of time, what is surely made in it, and what falls due in it beside the line that was asked for."""

    spell: Spell
    able: Decimal
    dues: tuple[Due, ...]

    @property
    def promised(self) -> Decimal:
        """The sum of what falls due."""
        return sum((due.amount for due in self.dues), _NOUGHT)

    @property
    def left(self) -> Decimal:
        """What is left for the line, at least 0."""
        return max(_NOUGHT, self.able - self.promised)


def tightest(own: Spell, dues: Sequence[Due], able: Callable[[Spell, Sequence[Spell]], Decimal]) -> Stretch:
    """
    The stretch around a spell that leaves least for it; of several the shortest.

    able: how much is surely made in a stretch, given the spells that lie within it.
    """
    starts = sorted({own.start, *(due.spell.start for due in dues if due.spell.start < own.start)}, reverse=True)
    ends = sorted({own.end, *(due.spell.end for due in dues if due.spell.end > own.end)})
    found: list[Stretch] = []
    for start in starts:
        for end in ends:
            spell = Spell(start, end)
            within = tuple(due for due in dues if spell.holds(due.spell))
            found.append(Stretch(spell, able(spell, [own, *(due.spell for due in within)]), within))
    return min(found, key=lambda one: (one.able - one.promised, one.spell.end - one.spell.start))


def spell_of(time: Window, day: date, period: str | None) -> Spell:
    """
    The spell of a demand's window from that day on.

    What has no end is taken for one month (one week or day where capacity is told by those); what is overdue is due now.
    """
    start = max(day, time.start or day)
    if time.end is not None:
        return Spell(start, max(start, time.end))
    length = _OPEN_DAYS.get(period or "")
    return Spell(start, start + timedelta(days=length - 1) if length else later(start, 1) - timedelta(days=1))


def _made_by(offer: Offer) -> Callable[[Spell, Sequence[Spell]], Decimal]:
    def able(spell: Spell, within: Sequence[Spell]) -> Decimal:
        if offer.capacity_period == "hari":  # of a spell one day is surely worked in: of a stretch as many as spells do not touch
            return (offer.capacity or _NOUGHT) * _apart(within)
        made = surely_made(offer, Window(spell.start, spell.start, spell.end, spell.end))
        return _NOUGHT if made is None else made

    return able


def _apart(spells: Sequence[Spell]) -> int:
    """How many of these spells can be chosen so that no two share a day, at most."""
    count, last = 0, date.min
    for spell in sorted(spells, key=lambda one: one.end):
        if spell.start > last:
            count, last = count + 1, spell.end
    return count


class Judged(NamedTuple):
    """What there is to say of a line's capacity (Indonesian). short: the firm alone could not make it, without any other deal."""

    faults: list[str]
    warnings: list[str]
    short: bool = False


def judge(line: DealLineRow, product: ProductRow, demand: DemandRow, others: Sequence[PromisedRow], amount: Decimal, day: date) -> Judged:
    """
    Whether so much of a line's product can be made for its demand beside what other deals promise of that product.

    The sentences name the other deals with how much each takes, and how much is left.
    """
    offer = read_offer(product_record(product), None, business_record(product.business))
    time = window(read_need(demand_record(demand), today=day))
    able, unit = surely_made(offer, time), line.unit_said or "satuan"
    counted = [one for one in others if _same_unit(one.line, line)]
    dues = [Due(one.deal, spell_of(_window_of(one.demand, day), day, offer.capacity_period), one.amount) for one in counted]
    warnings = [
        f"{one.deal} menjanjikan {said(one.amount)} {one.line.unit_said or 'satuan'} produk ini dalam satuan lain; tidak ikut dihitung."
        for one in others
        if not _same_unit(one.line, line)
    ]
    if able is None:
        taken = f"; yang sudah dijanjikan: {_named(dues, unit)}" if dues else ""
        return Judged([], [f"kemampuan produksinya belum dicatat{taken}; tanyakan kepada {line.business_name}.", *warnings])
    if time.days is not None and time.days < 0:
        return Judged([], ["masa kontrak permintaan ini sudah lewat; kemampuan produksinya tidak dapat diuji.", *warnings])
    if amount > able:
        says = f"{said(amount)} {unit} di atas kapasitas {said(able)} {unit} dalam masa itu; kurangi, atau susun dari beberapa usaha."
        return Judged([says], warnings, short=True)
    tight = tightest(spell_of(time, day, offer.capacity_period), dues, _made_by(offer))
    if amount > tight.left:
        says = (
            f"{said(amount)} {unit} di atas sisa kapasitas {said(tight.left)} {unit}: dari {said(tight.able)} {unit} pada "
            f"{day_said(tight.spell.start)} sampai {day_said(tight.spell.end)} sudah dijanjikan {_named(tight.dues, unit)}; "
            "kurangi, beri waktu lebih lama, atau selesaikan dagang itu dahulu."
        )
        return Judged([says], warnings)
    return Judged([], warnings)


def _same_unit(one: DealLineRow, other: DealLineRow) -> bool:
    return one.unit == other.unit and (one.unit is not None or one.unit_said == other.unit_said)


def _window_of(demand: DemandRow, day: date) -> Window:
    return window(read_need(demand_record(demand), today=day))


def _named(dues: Sequence[Due], unit: str) -> str:
    return ", ".join(f"{due.deal} ({said(due.amount)} {unit})" for due in dues)
