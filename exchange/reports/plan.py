"""The three reports over the database, each in one consistent picture: unmet demand, the training plan, study visits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from exchange.reports.asked import judged_demands, shelf_reader
from exchange.reports.training import Plan
from exchange.reports.unmet import Unmet, Wanted
from exchange.reports.visits import Visit, visits
from exchange.store.quality import firm_columns
from exchange.store.unmet import Window, offered_elsewhere
from schemas.business import SECTORS

_OFTEN = 500


class Reports(NamedTuple):
    """
    visits: regions that have what is lacking; offers: how many offers of other regions were looked at, 0: no catalogue is here.

    asking: all regions that ask for anything, whatever the window, where that was looked up for the page's filter.
    """

    unmet: Unmet
    plan: Plan
    visits: list[Visit]
    offers: int
    asking: Sequence[str] = ()


def unmet_report(session: Session, window: Window, want: Wanted) -> Unmet:
    """The demands of a window that nobody here could serve."""
    return reports(session, window, want, with_plan=False, with_visits=False).unmet


def reports(
    session: Session, window: Window, want: Wanted, *, with_plan: bool = True, with_visits: bool = True,
    tick: Callable[[], None] = lambda: None,
) -> Reports:  # fmt: skip
    """All three by one pass over the demands; those that are not wanted stay empty. tick: called now and then meanwhile."""
    found, plan = Unmet(want), Plan()
    reader = shelf_reader(session)
    for number, one in enumerate(judged_demands(session, window, reader)):
        if number % _OFTEN == 0:
            tick()
        if found.add(one) and with_plan:
            plan.demand(one)
    if with_plan:
        for firm in firm_columns(session, ("ident", "name", "sector", "training_needs"), _firms_of(want)):
            plan.firm(firm["ident"], firm["name"], firm["sector"], firm["training_needs"])
    if not with_visits:
        return Reports(found, plan, [], 0)
    return Reports(found, plan, *visits(found.lacked(), offered_elsewhere(session, window.home), reader))


def _firms_of(want: Wanted) -> str | None:
    return want.sector if want.sector in SECTORS else None
