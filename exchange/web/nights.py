"""Malam: what each nightly run brought, source by source, and first of all what needs a person."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from exchange.errors import NotFound
from exchange.jobs.nightly import LOCK
from exchange.store.errands import CHECK_LOG, last_errand
from exchange.store.locks import is_held
from exchange.store.nights import NightRow, night_by_id, nights
from exchange.store.runs import runs_of_night
from exchange.sync.report import Report
from exchange.web.asking import PAGE, allow, here, one_of, onward, whole
from exchange.web.pages import has_right, page_or_part, staff_pages
from exchange.wiring import store

bp = staff_pages("nights", "/malam")

STATES = ("failed", "unproven", "partial", "complete")
SOURCES = 50


@bp.get("")
def listing() -> Response:
    """The nights, the last first."""
    allow("setelah")
    before = whole("setelah", 1, 2**62)
    with store().read() as session:
        rows, alive = nights(session, PAGE + 1, before=before), is_held(session, LOCK)
        errand = None if before else last_errand(session, CHECK_LOG)
    return page_or_part(
        "nights/page.html",
        "nights/_list.html",
        rows=[(row, told_state(row, alive)) for row in rows[:PAGE]],
        next_page=onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if before else None,
        errand=errand,
        may_send=has_right("sources"),
    )


@bp.get("/<int:night_id>")
def one(night_id: int) -> str:
    """One night: what needs a person, then every source; of one that is not done, what came to its end so far."""
    allow("keadaan", "mulai")
    state, start = one_of("keadaan", STATES), whole("mulai", 0, 100_000) or 0
    with store().read() as session:
        row = night_by_id(session, night_id)
        if row is None:
            raise NotFound(_("Malam %(number)s tidak ada.", number=night_id), mend=_("Pilih dari daftar malam."))
        shown_state = told_state(row, is_held(session, LOCK))
        done = row.state == "done"
        told: dict[str, Any] = row.summary if done else {}
        runs = told["sources"] if done else [Report.of(run).as_json() for run in runs_of_night(session, night_id).values()]
    needs: list[dict[str, Any]] = told.get("needs", [])
    asking = {need["source"] for need in needs}
    runs = sorted(runs, key=lambda run: (run["source"] not in asking, STATES.index(run["state"]), run["source"]))
    chosen = [run for run in runs if state in {None, run["state"]}]
    return render_template(
        "nights/one.html",
        night=row,
        state=shown_state,
        told=told,
        needs=needs,
        runs=chosen[start : start + SOURCES],
        count=len(chosen),
        start=start,
        counts=Counter(run["state"] for run in runs),
        chosen=state,
        states=STATES,
        next_page=here(mulai=str(start + SOURCES)) if len(chosen) > start + SOURCES else None,
        first_page=here(mulai=None) if start else None,
    )


def told_state(row: NightRow, alive: bool) -> str:
    """`done`, `running`, or `broken` where a night began and nobody is at it any more."""
    if row.state == "running" and not alive:
        return "broken"
    return "broken" if row.state == "failed" else row.state
