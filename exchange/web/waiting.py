"""Menunggu: what could not be read, by cause, and what an import found doubtful."""

from __future__ import annotations

from flask import Response, render_template

from exchange.store.proposals import count_waiting, waiting_proposals
from exchange.store.quarantine import quarantine_list, waiting_by_rule
from exchange.store.sources import all_sources
from exchange.web.asking import PAGE, allow, asked, here, onward, whole
from exchange.web.pages import page_or_part, staff_pages
from exchange.wiring import store

bp = staff_pages("waiting")


@bp.get("/karantina")
def quarantine() -> Response:
    """Listings that could not be understood: the causes, and those of one cause."""
    allow("sebab", "setelah")
    rule, before = asked("sebab"), whole("setelah", 1, 2**62)
    with store().read() as session:
        rules = waiting_by_rule(session)
        rows = quarantine_list(session, PAGE + 1, rule=rule, before=before)
        names = {source.id: source.name for source in all_sources(session)}
    return page_or_part(
        "waiting/quarantine.html",
        "waiting/_quarantine.html",
        rules=rules,
        rule=rule,
        rows=rows[:PAGE],
        names=names,
        next_page=onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if before else None,
    )


@bp.get("/usulan")
def proposals() -> str:
    """Prices and products that an import did not dare to take by itself, oldest first."""
    with store().read() as session:
        rows, count = waiting_proposals(session), count_waiting(session)
    return render_template("waiting/proposals.html", rows=rows, count=count)
