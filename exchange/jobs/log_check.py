"""The exchange log at night: proved from where it was proved last, once a week as a whole; what is past its years is dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from exchange.access.log_check import check, marks_file, marks_in, put_mark
from exchange.jobs.needs import Need
from exchange.settings import Settings
from exchange.store.base import Store, utcnow
from exchange.store.exchange_log import drop_batches, head_of_log, note_checked

WEEK = timedelta(days=7)
_YEAR = timedelta(days=365, hours=6)
_NAME = "catatan pertukaran"


def check_log(store: Store, settings: Settings) -> dict[str, Any]:
    """
    Prove the log and mark it; nothing is dropped from one that is broken.

    Returns: `first`, `last`, `entries`, `whole`, `bad`, `says` of the check, and how many batches were `dropped`.
    """
    marks = marks_file(settings)
    with store.read() as session:
        head = head_of_log(session)
        due = head is None or head.full_at is None or utcnow() - head.full_at >= WEEK
        found = check(session, marks_in(marks), whole=due)
    dropped = 0
    if found.well and found.last:
        put_mark(marks, found)
        with store.work() as session:
            note_checked(session, found.last, found.digest, whole=found.whole)
        dropped = _drop_old(store, settings)
    told = found._asdict()
    return {name: told[name] for name in ("first", "last", "entries", "whole", "bad")} | {"says": found.says(), "dropped": dropped}


def _drop_old(store: Store, settings: Settings) -> int:
    """Drop what is past its years from the front, in short transactions; how many batches went."""
    if not settings.log_years:
        return 0
    before, all_gone, gone = utcnow() - settings.log_years * _YEAR, 0, 1
    while gone:
        with store.work() as session:
            gone = drop_batches(session, before)
        all_gone += gone
    return all_gone


def log_needs(told: dict[str, Any]) -> list[Need]:
    """What a person must look at after a check."""
    if told.get("bad") is None:
        return []
    mend = (
        "Periksa seluruhnya di halaman ini atau dengan exchange log verify, bandingkan dengan cadangan, dan laporkan: "
        "ada yang mengubah basis data di luar layanan ini, atau basis data dipulihkan dari cadangan."
    )
    return [Need(_NAME, "log", str(told["says"]), mend, "/malam#catatan-pertukaran", 1)]
