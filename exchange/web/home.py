"""Beranda: what came in last night and what waits for a person."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template
from flask_login import current_user

from exchange.jobs.nightly import LOCK
from exchange.store.base import utcnow
from exchange.store.listing import held_by_source
from exchange.store.locks import is_held
from exchange.store.match_tally import count_waiting_matches
from exchange.store.nights import last_night
from exchange.store.quarantine import waiting_by_rule
from exchange.store.runs import last_run_of_each
from exchange.store.sources import all_sources
from exchange.web.home_counts import waiting_of
from exchange.web.nights import told_state
from exchange.web.pages import staff_pages
from exchange.wiring import settings, store

bp = staff_pages("home")


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
            "rows": [(source, last.get(source.id)) for source in sources],
            "quarantine": waiting_by_rule(session),
            "waits": waiting_of(session, settings(), current_user.row.account_id),
            "waiting": waiting,
            "fresh": fresh,
            "all_fresh": all_fresh,
            "held": [(source, held[source.id]) for source in sources if held.get(source.id)],
        }
    return render_template("home.html", **context)
