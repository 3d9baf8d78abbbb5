"""Sumber: where demand comes from, how each source's last runs went, and what is held until somebody lets it go."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.errors import BadRequest
from exchange.store.audit import history
from exchange.store.demands import demand_record
from exchange.store.listing import DemandFilter, count_listed_demands, held_by_source, list_demands
from exchange.store.profiles import source_with_profile
from exchange.store.quarantine import quarantine_list
from exchange.store.runs import COUNTS, RunRow, last_run_of_each, runs_of_source
from exchange.store.sources import SourceRow, all_sources, does_not_answer
from exchange.store.supply import count_held_supply, held_supply
from exchange.store.uploads import uploads_of
from exchange.sync.accept import accept, acceptable
from exchange.sync.drift import acknowledge, drift_shown
from exchange.sync.release import release
from exchange.web.asking import PAGE, allow, here, one_of, onward, whole
from exchange.web.pages import has_right, may_decide, page_or_part, require_decider, staff_pages
from exchange.web.source_named import no_source, source_named
from exchange.web.trend import trend, value_of
from exchange.wiring import settings, store

bp = staff_pages("sources", "/sumber")

HELD_SHOWN = 50


@bp.get("")
def listing() -> str:
    """All sources with their state, their last good day and what is held; or those alone that do not answer."""
    allow("jawab")
    silent = one_of("jawab", ("tidak",)) is not None
    with store().read() as session:
        sources, held = all_sources(session), held_by_source(session)
        last, good = last_run_of_each(session), last_run_of_each(session, "complete")
    rows = [(source, last.get(source.id), good.get(source.id), held.get(source.id, 0)) for source in sources]
    rows = [row for row in rows if does_not_answer(row[0])] if silent else rows
    return render_template("sources/page.html", rows=rows, silent=silent, may_ask=has_right("sources"))


@bp.get("/<name>")
def one(name: str) -> Response:
    """One source: its runs, what is held with the way to let it go, what could not be read."""
    allow("setelah")
    before = whole("setelah", 1, 2**62)
    with store().read() as session:
        found = source_with_profile(session, name)
        if found is None:
            raise no_source(name)
        source, profile, errand = found
        runs = runs_of_source(session, source.id, limit=PAGE + 1, before=before)
        want = DemandFilter(source=name, held=True)
        held = list_demands(session, want, limit=HELD_SHOWN)
        offers = held_supply(session, source.id, HELD_SHOWN)
        context: dict[str, Any] = {
            "held": [demand_record(row) | {"missing_since": row.missing_since, "why": row.held_why} for row in held],
            "held_count": count_listed_demands(session, want) if len(held) == HELD_SHOWN else len(held),
            "offers": offers,
            "offers_count": count_held_supply(session, source.id) if len(offers) == HELD_SHOWN else len(offers),
            "good": _last_complete(session, source, runs, from_the_top=before is None),
            "drift": drift_shown(profile),
            "quarantine": quarantine_list(session, limit=5, source_id=source.id),
            "past": history(session, "source", name, limit=10),
            "errand": errand,
            "its": None if before else acceptable(source, runs),
            "uploads": uploads_of(session, source.id) if source.upload_key is not None else [],
        }
    return page_or_part(
        "sources/one.html",
        "sources/_runs.html",
        source=source,
        runs=runs[:PAGE],
        counts=COUNTS,
        trend=trend(runs[:PAGE]),
        value_of=value_of,
        may_ask=has_right("sources"),
        may_decide=may_decide(),
        next_page=onward(runs, str(runs[PAGE - 1].id) if len(runs) > PAGE else None),
        first_page=here(setelah=None) if before else None,
        **context,
    )


@bp.post("/<name>/lepaskan")
def let_go(name: str) -> WsgiResponse:
    """Withdraw what is held, or keep it, if it is still as much as the reader saw."""
    require_decider()
    seen = request.form.get("count", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) <= 9):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Buka lagi halaman sumber ini, baca daftarnya, lalu putuskan."))
    with store().read() as session:
        source_named(session, name)
    refuse = request.form.get("pertahankan") == "ya"
    told = release(store(), name, current_user.name, settings().home_region, expected=int(seen), refuse=refuse)
    if refuse:
        flash(ngettext("%(num)s permintaan dipertahankan.", "%(num)s permintaan dipertahankan.", told["kept"]), "success")
    else:
        flash(ngettext("%(num)s permintaan dilepaskan.", "%(num)s permintaan dilepaskan.", told["withdrawn"]), "success")
    if told["offers"] and refuse:
        flash(_("%(count)s barang yang ditawarkan dipertahankan.", count=told["offers"]), "success")
    elif told["offers"]:
        flash(_("%(count)s barang tidak ditampilkan lagi sebagai yang ditawarkan.", count=told["offers"]), "success")
    return redirect(url_for("web_sources.one", name=name), 303)


@bp.post("/<name>/patokan")
def take_as_normal(name: str) -> WsgiResponse:
    """Take the last list for the new normal, if it is still the one that the reader saw and says to have looked into."""
    require_decider()
    seen = request.form.get("penarikan", "")
    if request.form.get("diperiksa") != "ya" or not (seen.isascii() and seen.isdigit() and len(seen) <= 18):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Buka lagi halaman sumber ini, periksa, centang, lalu terima."))
    accept(store(), name, current_user.name, expected=int(seen))
    flash(_("Daftar diterima sebagai patokan baru; pengambilan berikutnya diukur dengannya."), "success")
    return redirect(url_for("web_sources.one", name=name), 303)


@bp.post("/<name>/bentuk-diketahui")
def know_drift(name: str) -> WsgiResponse:
    """A person knows that the source's listings changed, in one member or in all that are shown."""
    require_decider()
    with store().work() as session:
        count = acknowledge(session, source_named(session, name), current_user.name, request.form.get("kolom") or None)
    flash(ngettext("%(num)s perubahan dinyatakan diketahui.", "%(num)s perubahan dinyatakan diketahui.", count), "success")
    return redirect(url_for("web_sources.one", name=name), 303)


def _last_complete(session: Session, source: SourceRow, runs: list[RunRow], *, from_the_top: bool) -> RunRow | None:
    """The source's last complete run; asked for only where it is not among the runs at hand and may be further down."""
    found = next((run for run in runs if run.state == "complete"), None)
    if from_the_top and (found is not None or len(runs) <= PAGE):
        return found
    return last_run_of_each(session, "complete").get(source.id)
