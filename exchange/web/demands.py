"""Permintaan: the list of what other regions need, and one demand with where it comes from."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.coverage import coverage_of, covers_of
from exchange.agreements.node import node_of
from exchange.demand.links import also_seen, decide_link
from exchange.demand.searching import Search
from exchange.demand.wants import DemandWant
from exchange.errors import NotFound
from exchange.matching.combining import offered_together
from exchange.store.demand_changes import changes_of
from exchange.store.demands import demand_by_ident, demand_record, demands_by_ids
from exchange.store.listing import DemandFilter, list_demands
from exchange.store.matches import MatchFilter, list_matches
from exchange.store.sources import all_sources
from exchange.trade.begin import starts
from exchange.web.asking import PAGE, allow, asked, here, one_of, onward, whole, words_of
from exchange.web.pages import may_decide, page_or_part, require_decider, staff_pages
from exchange.web.provenance import of_demand
from exchange.web.words import word
from exchange.wiring import settings, store
from schemas.demand import CATEGORIES, STATUSES

bp = staff_pages("demands", "/permintaan")

BEST = 10
# what lists are narrowed by with counts: the index's name of it, and the address's
FACETS: Final = {"region": "daerah", "status": "status", "category": "kategori", "source": "sumber"}
MOST_SHOWN = 8
_NOBODY = -1
# of so many matches it is looked what firms can offer together; more are not kept of one demand but by decisions of long ago
CANDIDATES = 40


@bp.get("")
def listing() -> Response:
    """Demands, the latest come first; words are searched for by their roots, and counts stand beside what narrows the list."""
    allow("cari", "daerah", "status", "sumber", "kategori", "ditahan", "ditarik", "setelah")
    text, source = asked("cari"), asked("sumber")
    words = words_of(text)
    held, withdrawn = one_of("ditahan", ("ya",)) is not None, one_of("ditarik", ("ya",)) is not None
    told: dict[str, Any] = {"region": asked("daerah"), "status": one_of("status", STATUSES), "category": one_of("kategori", CATEGORIES)}
    before = whole("setelah", 1, 2**62)
    with store().read() as session:
        sources = all_sources(session)
        number = None if source is None else next((row.id for row in sources if row.name == source), _NOBODY)
        searched = DemandWant(words=words, source=number, held=held, live=not withdrawn, **told)
        names = {row.id: row.name for row in sources}
        search = Search(session, searched, settings().home_region, everywhere=["region"], sources=names)
        want = DemandFilter(state=None if withdrawn else "live", source=source, held=held, **told)
        unheard, behind = text is not None and words is None, search.behind()
        # a plain walk back from the newest meets what is common soon; what is rare among a million is told by the index
        if text is None and (behind or _is_common(want)):
            rows = list_demands(session, want, limit=PAGE + 1, before=before)
        else:
            rows = demands_by_ids(session, [] if unheard else search.newest(PAGE + 1, before))[::-1]
        counts = {} if unheard else search.counts(tuple(FACETS))
        context: dict[str, Any] = {"count": 0 if unheard else search.count(), "behind": behind, "regions": search.regions()}
    return page_or_part(
        "demands/page.html",
        "demands/_list.html",
        rows=[(row, demand_record(row)) for row in rows[:PAGE]],
        want=want,
        text=text,
        sources=sources,
        statuses=STATUSES,
        categories=CATEGORIES,
        facets=[(FACETS[name], [_choice(FACETS[name], each) for each in counts[name][:MOST_SHOWN]]) for name in counts],
        unheard=unheard,
        next_page=onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if before else None,
        **context,
    )


def _is_common(want: DemandFilter) -> bool:
    """Whether nothing narrows the list but that it shows what stands."""
    return want == DemandFilter(state=want.state)


def _choice(parameter: str, counted: tuple[str, int]) -> dict[str, Any]:
    """A value of a facet: how many have it, and the address that narrows the list to it, or widens it again."""
    value, count = counted
    chosen = asked(parameter) == value
    return {"value": value, "count": count, "chosen": chosen, "href": here(**{parameter: None if chosen else value, "setelah": None})}


@bp.get("/<ident>")
def one(ident: str) -> str:
    """One demand in its own words, its best matches, what firms can offer together, and where each of its parts comes from."""
    with store().read() as session:
        row = demand_by_ident(session, ident)
        if row is None:
            raise NotFound(_("Permintaan %(ident)s tidak ada.", ident=ident), mend=_("Cari di daftar permintaan."))
        matches = list_matches(session, MatchFilter(demand_id=row.id), limit=CANDIDATES)
        seen = also_seen(session, row.id)
        origins = of_demand(row, changes_of(session, row.id))
        covers = covers_of(coverage_of(session, node_of(settings()), settings().day()), matches[:BEST]) if matches else {}
    together = offered_together(row, matches)
    context = {
        "covers": covers,
        "together": together,
        "starts": starts(together),
        "demand_ident": row.ident,
        "seen": seen,
        "origins": origins,
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
