"""What of cooperation, trade and the catalogue waits for a person, in one statement."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.agreements.node import node_of
from exchange.agreements.reminders import bounds
from exchange.reports.period import Period
from exchange.settings import Settings
from exchange.store.agreement_board import case_counts
from exchange.store.consents import waiting_corrections
from exchange.store.match_care import mine_waiting
from exchange.store.period_reports import lacks_report
from exchange.store.proposals import waiting_count
from exchange.store.saved_searches import news_counted
from exchange.store.trade import deal_counts
from exchange.store.visits import due_count
from exchange.trade.rules import OFFERED

# an offer of cooperation waits for the other side; in every other state that does not last the next step is taken here
_THEIRS = frozenset({"penawaran"})


class Waiting(NamedTuple):
    """
    proposals: doubts of imports; ours: cases whose next step is taken here; still: that stand still; ending: that end soon or have ended;
    offered: deals whose buyer has not answered; overdue: not all come though the contract is over; mine: matches in the reader's care;
    news: that are new by the reader's saved searches, as of the last night; corrections: that firms asked for; due: follow-ups of visits
    whose day has come; unclosed: whether last month's report is not closed yet.
    """

    proposals: int
    ours: int
    still: int
    ending: int
    offered: int
    overdue: int
    mine: int
    news: int
    corrections: int
    due: int
    unclosed: int


def last_month(day: date) -> Period:
    """The month before a day's, whose report is due."""
    return Period(key=f"{day:%Y-%m}").before


def waiting_of(session: Session, settings: Settings, reader: int) -> Waiting:
    """Count them as of today for an account; one statement."""
    day = settings.day()
    its = bounds(node_of(settings), day, settings.stand_still_days)
    ours = [state for state in its.moving if state not in _THEIRS]
    counts = [
        waiting_count(),
        *case_counts(ours, (its.since, its.moving), (its.until, its.final)),
        *deal_counts(OFFERED, day),
        mine_waiting(reader, day),
        news_counted(reader),
        waiting_corrections(),
        due_count(day),
        lacks_report(last_month(day).key),
    ]
    return Waiting(*map(int, session.execute(select(*counts)).one()))
