"""What of cooperation, trade and the catalogue waits for a person, in one statement."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.agreements.coverage import Coverage, coverage_of
from exchange.agreements.inbox import New, new_counts
from exchange.agreements.node import node_of
from exchange.agreements.reminders import bounds
from exchange.settings import Settings
from exchange.store.agreement_board import case_counts
from exchange.store.match_care import mine_waiting
from exchange.store.proposals import waiting_count
from exchange.store.saved_searches import Search, searches_of
from exchange.store.trade import deal_counts
from exchange.trade.rules import OFFERED

# an offer of cooperation waits for the other side; in every other state that does not last the next step is taken here
_THEIRS = frozenset({"penawaran"})


class Waiting(NamedTuple):
    """
    proposals: doubts of imports; ours: cases whose next step is taken here; still: that stand still; ending: that end soon or have ended;
    offered: deals whose buyer has not answered; overdue: not all come though the contract is over; mine: matches in the reader's care.
    """

    proposals: int
    ours: int
    still: int
    ending: int
    offered: int
    overdue: int
    mine: int


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
    ]
    return Waiting(*map(int, session.execute(select(*counts)).one()))


def new_of(session: Session, settings: Settings, reader: int) -> list[tuple[Search, New]]:
    """An account's searches that have something new, with how much."""
    searches = searches_of(session, reader)
    if not any(one.newest > one.seen_id for one in searches):
        return []
    asks = any(one.row.asked.get("cakupan") for one in searches)
    coverage = coverage_of(session, node_of(settings), settings.day()) if asks else Coverage([])
    news = new_counts(session, searches, coverage, settings.day(), reader)
    return [(one, news[one.row.id]) for one in searches if news[one.row.id].number]
