"""Permintaan: the list of what other regions need, and one demand with where it comes from."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.coverage import coverage_of, covers_of
from exchange.agreements.node import node_of
from exchange.demand.links import also_seen, decide_link
from exchange.demand.searching import Search
from exchange.demand.spans import CLOSINGS
from exchange.errors import NotFound
from exchange.matching.combining import offered_together
from exchange.reports.causes import CAUSES, OUTCOMES
from exchange.reports.classes import ALL_SECTORS
from exchange.store.demand_changes import changes_of
from exchange.store.demands import demand_by_ident, demand_record, demands_by_ids
from exchange.store.figures import figure_count
from exchange.store.listing import DemandFilter, list_demands
from exchange.store.matches import MatchFilter, list_matches
from exchange.store.sources import all_sources
from exchange.trade.begin import starts
from exchange.web.asking import PAGE, here, onward, whole
from exchange.web.demand_filters import DemandWish, facets, read_demand_wish, region_choices
from exchange.web.figured import sector_word
from exchange.web.pages import may_decide, page_or_part, require_decider, staff_pages
from exchange.web.provenance import of_demand
from exchange.web.told import told
from exchange.web.words import word
from exchange.wiring import settings, store
from schemas.demand import CATEGORIES, STATUSES

bp = staff_pages("demands", "/permintaan")

BEST = 10
# of so many matches it is looked what firms can offer together; more are not kept of one demand but by decisions of long ago
CANDIDATES = 40


@bp.get("")
def listing() -> Response:
    """Demands, the latest come first; words are searched for by their roots, and counts stand beside what narrows the list."""
    before = whole("setelah", 1, 2**62)
    with store().read() as session:
        sources = {row.id: row.name for row in all_sources(session)}
        wish = read_demand_wish(sources)
        search = Search(session, wish.want, settings().home_region, everywhere=["region", *wish.columns], sources=sources)
        behind = search.behind()
        # a plain walk back from the newest meets what is common soon; what is rare among a million is told by the index
        if wish.is_common or (behind and _is_walked(wish)):
            rows = list_demands(session, _filter(wish), limit=PAGE + 1, before=before)
        else:
            rows = demands_by_ids(session, [] if wish.unheard else search.newest(PAGE + 1, before))[::-1]
        context: dict[str, Any] = {
            "count": 0 if wish.unheard else search.count(), "behind": behind, "facets": [] if wish.unheard else facets(search, wish),
            "regions": region_choices(search.regions(), wish.want.region), "figured": figure_count(session) if wish.is_sorted else None,
        }  # fmt: skip
    return page_or_part(
        "demands/page.html",
        "demands/_list.html",
        rows=[(row, demand_record(row)) for row in rows[:PAGE]],
        wish=wish,
        want=wish.want,
        sources=sorted(sources.values()),
        statuses=STATUSES,
        categories=CATEGORIES,
        sectors=ALL_SECTORS,
        closings=CLOSINGS,
        sector_word=sector_word,
        outcomes={code: told(word) for code, word in OUTCOMES.items()},
        causes={code: told(word) for code, word in CAUSES.items()},
        next_page=onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if before else None,
        **context,
    )


def _is_walked(wish: DemandWish) -> bool:
    """Whether the rows themselves tell all that the list is narrowed by."""
    return wish.text is None and not (wish.is_sorted or wish.first or wish.last or wish.closing)


def _filter(wish: DemandWish) -> DemandFilter:
    want = wish.want
    state = "live" if want.live else None
    return DemandFilter(region=want.region, status=want.status, category=want.category, source=wish.source, held=want.held, state=state)


@bp.get("/<ident>")
def one(ident: str) -> str:
    """One demand in its own words, its best matches, what firms can offer together, and where each of its parts comes from."""
    with store().read() as session:
        row = demand_by_ident(session, ident)
        if row is None:
            raise NotFound(_("Permintaan %(ident)s tidak ada.", ident=ident), mend=_("Cari di daftar permintaan."))
        matches = list_matches(session, MatchFilter(demand_id=row.id), limit=CANDIDATES)
        seen = also_seen(session, row.id)
        changes = changes_of(session, row.id)
        origins = of_demand(row, changes)
        covers = covers_of(coverage_of(session, node_of(settings()), settings().day()), matches[:BEST]) if matches else {}
    together = offered_together(row, matches)
    context = {
        "covers": covers,
        "together": together,
        "starts": starts(together),
        "demand_ident": row.ident,
        "seen": seen,
        "origins": origins,
        "forgotten": sum(change.forgotten for change in changes),
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
