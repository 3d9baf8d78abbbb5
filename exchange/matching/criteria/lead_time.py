from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from exchange.matching.engine import Change, Criterion, Mark, Met
from exchange.matching.needs import Need
from exchange.matching.offers import Offer
from exchange.matching.periods import Window, day_said, window
from schemas.values import Precision


class LeadTime(Criterion):
    """Whether the firm delivers between the contract's start (or the reference day) and the day the goods are due."""

    name = "lead_time"
    title = "Waktu pengerjaan"
    weight = 1.5

    def mark(self, need: Need, offer: Offer, met: Met) -> Mark:
        """
        1 where the lead time surely fits, less the further beyond; None where a day is not known.

        A plan that names a month leaves its day open: what fits only from its first to its last day is to be asked.
        """
        contract = need.periods.get("contract") or {}
        return self._of(window(need), contract.get("precision", Precision.DAY) == Precision.DAY, offer.lead_time_days)

    @lru_cache(maxsize=20_000)  # noqa: B019 - one of each criterion lives as long as the process
    def _of(self, time: Window, to_the_day: bool, lead: int | None) -> Mark:
        told = _told(time, to_the_day, lead)
        if told.change is not None:
            return self.block(told.score or 0.0, told.says, told.need, told.offer, told.change)
        return self.say(told.score, told.says, told.need, told.offer, asks=told.asks)


class _Told(NamedTuple):
    score: float | None
    says: str
    need: str | None
    offer: str | None
    asks: bool = False
    change: Change | None = None


def _told(time: Window, to_the_day: bool, lead: int | None) -> _Told:
    own = None if lead is None else f"{lead} hari"
    if time.end is None:
        return _Told(None, "Batas waktu tidak disebut.", None, own)
    due = f"paling lambat {day_said(time.end)}"
    if lead is None:
        return _Told(None, "Waktu pengerjaan belum dicatat.", due, None, asks=True)
    days, sure = time.days, time.sure_days
    if days is None or sure is None or time.start is None:
        return _Told(None, "Hari mulai kontrak tidak disebut.", due, own, asks=True)
    said = f"{max(days, 0)} hari, {day_said(time.start)} sampai {day_said(time.end)}"
    if lead <= sure:
        return _Told(1.0, "Waktu pengerjaan cukup sebelum batas waktu.", said, own)
    if lead <= days:
        return _Told(None, "Cukup hanya bila hari mulai dan batasnya tepat; sumber hanya menyebut bulan.", said, own, asks=True)
    says = f"Butuh {lead} hari, tersedia {days} hari."
    if days < 0:
        says = f"Batas waktu {day_said(time.end)} sudah lewat."
    return _Told(max(days, 0) / max(lead, 1), says, said, own, change=_change(to_the_day, lead, time))


def _change(to_the_day: bool, lead: int, time: Window) -> Change:
    """As fast as surely fits; where no day is left, a later due day."""
    assert time.start_last is not None and time.end is not None and time.sure_days is not None
    later = time.start_last + timedelta(days=lead)
    if not to_the_day and later.day > 1:
        later = (later.replace(day=28) + timedelta(days=4)).replace(day=1)  # a plan by months is due in the month after
    longer = f"erpanjang batas waktu {(later - time.end).days} hari (sampai {day_said(later)})"
    if time.sure_days < 1:
        return Change("demand", "periods.contract.end", later.isoformat(), f"P{longer}.")
    said = f"Percepat pengerjaan dari {lead} menjadi {time.sure_days} hari, atau p{longer}."
    return Change("offer", "lead_time_days", str(time.sure_days), said)
