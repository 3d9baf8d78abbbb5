"""Permintaan: the list of what other regions need, and one demand with where it comes from."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.coverage import coverage_of, covers_of
from exchange.agreements.node import node_of
from exchange.demand.links import also_seen, decide_link
from exchange.errors import NotFound
from exchange.matching.combining import offered_together
from exchange.store.demands import demand_by_ident, demand_record
from exchange.store.listing import DemandFilter, count_listed_demands, demand_regions, list_demands
from exchange.store.matches import MatchFilter, list_matches
from exchange.store.sources import all_sources
from exchange.trade.begin import starts
from exchange.web.asking import PAGE, allow, asked, here, one_of, onward, whole
from exchange.web.pages import may_decide, page_or_part, require_decider, staff_pages
from exchange.web.words import word
from exchange.wiring import settings, store
from schemas.demand import STATUSES

bp = staff_pages("demands", "/permintaan")

BEST = 10
# of so many matches it is looked what firms can offer together; more are not kept of one demand but by decisions of long ago
CANDIDATES = 40


@bp.get("")
def listing() -> Response:
    """Demands, the latest come first."""
    allow("cari", "daerah", "status", "sumber", "ditahan", "ditarik", "setelah")
    only_held = one_of("ditahan", ("ya",)) is not None
    want = DemandFilter(
        text=asked("cari"),
        region=asked("daerah"),
        status=one_of("status", STATUSES),
        state=None if one_of("ditarik", ("ya",)) else "live",
        source=asked("sumber"),
        held=only_held,
    )
    before = whole("setelah", 1, 2**62)
    with store().read() as session:
        rows = list_demands(session, want, limit=PAGE + 1, before=before)
        count, regions, sources = count_listed_demands(session, want), demand_regions(session), all_sources(session)
    return page_or_part(
        "demands/page.html",
        "demands/_list.html",
        rows=[(row, demand_record(row)) for row in rows[:PAGE]],
        count=count,
        want=want,
        regions=regions,
        sources=sources,
        statuses=STATUSES,
        next_page=onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if before else None,
    )


@bp.get("/<ident>")
def one(ident: str) -> str:
    """One demand in its own words, its best matches, what firms can offer together, and where each of its parts comes from."""
    with store().read() as session:
        row = demand_by_ident(session, ident)
        if row is None:
            raise NotFound(_("Permintaan %(ident)s tidak ada.", ident=ident), mend=_("Cari di daftar permintaan."))
        matches = list_matches(session, MatchFilter(demand_id=row.id), limit=CANDIDATES)
        seen = also_seen(session, row.id)
        covers = covers_of(coverage_of(session, node_of(settings()), settings().day()), matches[:BEST]) if matches else {}
    together = offered_together(row, matches)
    context = {
        "covers": covers,
        "together": together,
        "starts": starts(together),
        "demand_ident": row.ident,
        "seen": seen,
        "may_decide": may_decide(),
    }
    return render_template("demands/one.html", row=row, demand=demand_record(row), matches=matches[:BEST], **context)


@bp.post("/<ident>/tautan/<int:link_id>")
def decide(ident: str, link_id: int) -> WsgiResponse:
    """Confirm or reject that a demand is seen elsewhere too, or take that back."""
    require_decider()
    form = request.form
    with store().work() as session:
        link = decide_link(session, ident, link_id, form.get("seen", ""), form.get("state", ""), current_user.name)
    flash(_("Tersimpan: tautan ini %(state)s.", state=word(link.state, "link")), "success")
    return redirect(url_for("web_demands.one", ident=ident) + "#juga", 303)
