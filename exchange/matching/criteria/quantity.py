from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from exchange.matching.amounts import Asked, asked_amount, exceeds, number, upwards
from exchange.matching.engine import Change, Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer
from exchange.matching.periods import Window, window

# how many months one period of output lasts; a day's or a week's is counted in days instead
_MONTHS = {"bulan": Decimal(1), "tahun": Decimal(12)}
_DAYS = {"hari": 1, "minggu": 7}


class Quantity(Criterion):
    """Whether the firm can make what is asked between the contract's start and the day it is due, both sides in one unit."""

    name = "quantity"
    title = "Jumlah dan kapasitas"
    weight = 2.0

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """
        1 where capacity reaches, less the shorter it falls; None where units, amounts or periods cannot be told.

        An open period counts as one month (one day or week of what is said by those) and never as a shortage. How many days
        a firm works is not known: a day's output reaches where one day does, and falls short where all days of the period
        together do; a week's output is counted for whole weeks.
        """
        return self._of(asked_amount(need, offer, met.place), window(need), offer)

    @lru_cache(maxsize=50_000)  # noqa: B019 - one of each criterion lives as long as the process
    def _of(self, asked: Asked, time: Window, offer: Offer) -> Mark:
        capacity = _capacity(offer)
        if asked.amount is None:
            return self.say(None, asked.why, asked.said, capacity, asks=True)
        if offer.capacity is None or offer.capacity_period is None:
            said = "Kapasitas produksi belum dicatat." if offer.capacity is None else "Kapasitas dicatat tanpa keterangan per apa."
            return self.say(None, said, asked.said, capacity, asks=True)
        if offer.capacity_period in _DAYS:
            return self._by_day(asked, offer, time, capacity)
        months = time.months
        able = surely_made(offer, time)
        assert able is not None
        if not exceeds(asked.amount, able):
            during = "satu bulan" if months is None else f"{number(months)} bulan masa kontrak"
            return self.say(1.0, f"Kapasitas {during} mencukupi{_by(asked)}.", asked.said, capacity)
        wanted = upwards(asked.amount * _MONTHS[offer.capacity_period] / offer.capacity) if offer.capacity else None
        if months is None:
            told = "" if wanted is None else f"Butuh {number(wanted)} bulan kapasitas; "
            return self.say(None, f"{told or 'Kapasitas nol; '}batas waktu tidak disebut.", asked.said, capacity, asks=True)
        return self._short(asked, offer, able, capacity, months, f"{number(months)} bulan")

    def _by_day(self, asked: Asked, offer: Offer, time: Window, capacity: str | None) -> Mark:
        assert asked.amount is not None and offer.capacity is not None and offer.capacity_period is not None
        one, per = _DAYS[offer.capacity_period], offer.capacity_period
        days = None if time.days is None else max(0, time.days + 1)
        surely = _sure_periods(one, days)
        if not exceeds(asked.amount, offer.capacity * surely):
            return self.say(1.0, f"Kapasitas {surely} {per} sudah mencukupi{_by(asked)}.", asked.said, capacity)
        at_most = None if days is None else offer.capacity * days / one
        if at_most is not None and exceeds(asked.amount, at_most):
            return self._short(asked, offer, at_most, capacity, Decimal(surely if per == "minggu" else 0), f"{days} hari penuh")
        said = "Jumlah hari kerja belum diketahui" if per == "hari" else "Minggu yang terakhir tidak penuh"
        return self.say(None, f"{said}, kapasitas seluruhnya tidak dapat dihitung.", asked.said, capacity, asks=True)

    def _short(self, asked: Asked, offer: Offer, able: Decimal, capacity: str | None, periods: Decimal, during: str) -> Mark:
        """
        A shortage: what is able to be made, and the capacity that would do in `periods` (months or weeks).

        Where these are 0, as of days of which nobody knows how many are worked, no capacity surely would.
        """
        assert asked.amount is not None and offer.capacity is not None
        unit = offer.unit_said or "satuan"
        says = f"Diminta {number(asked.amount)} {unit}, kapasitas selama {during} hanya {number(able)} {unit}{_by(asked)}."
        change = None
        if periods > 0:
            enough = upwards(asked.amount * _MONTHS.get(offer.capacity_period or "", Decimal(1)) / periods)
            span = "" if not offer.capacity or offer.capacity_period not in _MONTHS else _span(asked.amount, offer, periods)
            said = f"Naikkan kapasitas dari {number(offer.capacity)} menjadi {number(enough)} {unit} per {offer.capacity_period}{span}."
            change = Change("offer", "capacity_min", f"{enough:f}", said)
        return self.block(float(min(able / asked.amount, Decimal(1))), says, asked.said, capacity, change)


def surely_made(offer: Offer, time: Window) -> Decimal | None:
    """
    How much of its own unit the firm makes at least in this time, as `Quantity.mark` counts it; None where its capacity is unknown.

    An open time counts as one period, or as one month of a year's output.
    """
    if offer.capacity is None or offer.capacity_period is None:
        return None
    if offer.capacity_period in _DAYS:
        days = None if time.days is None else max(0, time.days + 1)
        return offer.capacity * _sure_periods(_DAYS[offer.capacity_period], days)
    return offer.capacity * (1 if time.months is None else time.months) / _MONTHS[offer.capacity_period]


def _sure_periods(length: int, days: int | None) -> int:
    """How many periods of `length` days are surely worked in: the whole weeks, but of days one."""
    if days is None:
        return 1
    return days // length if length > 1 else min(days, 1)


def _span(amount: Decimal, offer: Offer, months: Decimal) -> str:
    assert offer.capacity is not None and offer.capacity_period is not None
    wanted = amount * _MONTHS[offer.capacity_period] / offer.capacity
    return f", atau beri waktu {number(upwards(wanted))} bulan (tersedia {number(months)})"


def _by(asked: Asked) -> str:
    return f" ({asked.how})" if asked.how else ""


@lru_cache(maxsize=4096)
def _capacity(offer: Offer) -> str | None:
    if offer.capacity is None:
        return None
    return f"{number(offer.capacity)} {offer.unit_said or ''} per {offer.capacity_period or '?'}"
