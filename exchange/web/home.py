"""Beranda: what came in last night and what waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flask import render_template
from flask_login import current_user

from exchange.jobs.nightly import LOCK
from exchange.store.base import utcnow
from exchange.store.listing import held_by_source
from exchange.store.locks import is_held
from exchange.store.match_tally import count_waiting_matches
from exchange.store.nights import last_night
from exchange.store.quarantine import waiting_by_rule
from exchange.store.runs import RunRow, last_run_of_each
from exchange.store.sources import SourceRow, all_sources, does_not_answer
from exchange.web.home_counts import last_month, waiting_of
from exchange.web.nights import told_state
from exchange.web.pages import has_right, may_decide, staff_pages
from exchange.wiring import settings, store

bp = staff_pages("home")

SOURCES: Final = 8


@bp.get("/")
def home() -> str:
    """The last run of each source in plain words, and each thing that waits with the way to its list."""
    with store().read() as session:
        sources, last = all_sources(session), last_run_of_each(session)
        held, night = held_by_source(session), last_night(session)
        waiting, fresh, all_fresh = count_waiting_matches(session, utcnow() - timedelta(days=1))
        context = {
            "night": night,
            "night_state": told_state(night, night.state == "running" and is_held(session, LOCK)) if night else None,
            "rows": troubled_first([(source, last.get(source.id)) for source in sources])[:SOURCES],
            "more": max(0, len(sources) - SOURCES),
            "silent": sum(does_not_answer(source) for source in sources),
            "quarantine": waiting_by_rule(session),
            "waits": waiting_of(session, settings(), current_user.row.account_id),
            "waiting": waiting,
            "fresh": fresh,
            "all_fresh": all_fresh,
            "may_close": may_decide(),
            "may_ask": has_right("sources"),
            "last_month": last_month(settings().day()).key,
            "held": [(source, held[source.id]) for source in sources if held.get(source.id)],
        }
    return render_template("home.html", **context)


def troubled_first(rows: Sequence[tuple[SourceRow, RunRow | None]]) -> list[tuple[SourceRow, RunRow | None]]:
    """Sources that do not answer, then those whose last run was not complete, then the rest; each in the order in which they came."""
    return sorted(rows, key=lambda row: (not does_not_answer(row[0]), row[1] is None or row[1].state == "complete"))
