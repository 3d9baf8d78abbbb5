"""Kecocokan: the list to decide from, one match side by side, and the decisions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.coverage import STATES as COVERAGE
from exchange.agreements.coverage import Coverage, beside, coverage_of, covers_of
from exchange.agreements.covered_counts import Counts, covered_counts, narrowed
from exchange.agreements.node import node_of
from exchange.agreements.worded_matches import worded_page
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.matching.decide import decide
from exchange.store.audit import history
from exchange.store.demands import demand_record
from exchange.store.matches import MatchFilter, MatchRow, list_matches, match_by_id, matches_by_ids
from exchange.store.trade import in_deals
from exchange.web import words
from exchange.web.asking import PAGE, after_score, allow, asked, here, one_of, onward, whole, words_of
from exchange.web.pages import local_path, may_decide, page_or_part, require_decider, staff_pages
from exchange.web.told import said_of
from exchange.wiring import settings, store
from schemas.business import SECTORS

bp = staff_pages("matches", "/kecocokan")

STATES = ("proposed", "accepted", "rejected")
SCORES = (30, 50, 70, 90)
OTHERS = 10


@bp.get("")
def inbox() -> Response:
    """Matches by score, one row a pair; the filters stand in the address."""
    allow("cari", "status", "sektor", "daerah", "nilai", "cakupan", "setelah")
    state = one_of("status", (*STATES, "semua")) or "proposed"
    least = whole("nilai", 0, 100)
    want = MatchFilter(
        state=None if state == "semua" else state,
        sector=one_of("sektor", SECTORS),
        region=asked("daerah"),
        least_score=Decimal(least) / 100 if least else None,
        words=words_of(text := asked("cari")),
    )
    place, cover = after_score(), one_of("cakupan", COVERAGE)
    with store().read() as session:
        coverage = _coverage(session)
        counts = covered_counts(session, coverage, want, cover)
        if text is not None:
            counts, rows = _worded(session, coverage, want, cover, counts, place)
        elif counts.of(cover):
            rows = list_matches(session, narrowed(want, coverage, cover, counts), limit=PAGE + 1, after=place)
        else:
            rows = []
    shown = rows[:PAGE]
    facets, counted = counts.facets, text is None and counts.is_whole
    context: dict[str, Any] = {
        "rows": shown,
        "count": counts.of(cover),
        "is_whole": counts.is_whole,
        "text": text,
        "unheard": text is not None and want.words is None,
        "by_state": facets.get("state", {}) if counted else {},
        "by_sector": facets.get("sector", {}) if counted else {},
        "by_region": facets.get("region", {}) if counted else {},
        "by_score": _reaching(facets.get("band", {})) if counted else {},
        "regions": _regions(facets.get("region", {}), want.region),
        "covers": covers_of(coverage, shown),
        "cover": cover,
        "coverages": COVERAGE,
        "facets": [(code, counts.by_state.get(code), here(cakupan=code, setelah=None)) for code in COVERAGE],
        "all_covers": here(cakupan=None, setelah=None),
        "want": want,
        "state": state,
        "least": least,
        "states": STATES,
        "sectors": SECTORS,
        "scores": SCORES,
        "next_page": onward(rows, f"{shown[-1].score:f}_{shown[-1].id}" if shown else None),
        "first_page": here(setelah=None) if place else None,
        "may_decide": may_decide(),
    }
    return page_or_part("matches/page.html", "matches/_list.html", **context)


def _worded(
    session: Session, coverage: Coverage, want: MatchFilter, cover: str | None, counts: Counts, place: tuple[Decimal, int] | None
) -> tuple[Counts, list[MatchRow]]:
    """What speaks of the words that are asked for: how many, as far as that is counted, and the page."""
    if want.words is None:
        return counts._replace(by_state=dict.fromkeys(COVERAGE, 0)), []
    found = worded_page(session, coverage, want, want.words, settings().home_region, shown=cover, limit=PAGE + 1, after=place)
    told = {cover or COVERAGE[0]: found.least} if found.counted is None else found.counted
    return counts._replace(by_state=told, is_whole=found.counted is not None), matches_by_ids(session, found.numbers)


def _reaching(bands: dict[str, int]) -> dict[int, int]:
    """How many matches reach each of `SCORES`, from how many there are in each band."""
    return {score: sum(count for band, count in bands.items() if int(band) > place) for place, score in enumerate(SCORES)}


def _regions(found: dict[str, int], chosen: str | None) -> list[str]:
    """The regions to choose from by code: those that have matches, and the one that is chosen."""
    return sorted({*found, *([chosen] if chosen else [])} - {""})


@bp.get("/<int:match_id>")
def one(match_id: int) -> Response:
    """One match with its reasons, beside the demand's own words."""
    with store().read() as session:
        return _detail(session, match_id)


@bp.post("/<int:match_id>/putuskan")
def decision(match_id: int) -> WsgiResponse:
    """Accept, reject, take a decision back, or leave a note; what somebody else changed meanwhile is never overwritten."""
    require_decider()
    form = request.form
    version = form.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) <= 9):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu putuskan lagi."))
    state, reason, note = form.get("state", ""), form.get("reason"), form.get("note")
    try:
        with store().work() as session:
            row = decide(session, match_id, int(version), state, reason, note, current_user.name)
    except Conflict as conflict:
        return _answer(match_id, _who(conflict), reason=reason, note=note)
    except BadRequest as refusal:
        return _answer(match_id, said_of(refusal), status=422, reason=reason, note=note)
    said = _("Tersimpan: kecocokan ini %(state)s.", state=words.word(row.state, "match"))
    if request.headers.get("HX-Request"):
        return _answer(match_id, said, status=200, good=True)
    flash(said, "success")
    return redirect(local_path(form.get("kembali")) or url_for("web_matches.one", match_id=match_id), 303)


def _who(conflict: Conflict) -> str:
    """Who decided what meanwhile, or that the match was weighed again."""
    facts = conflict.facts
    if facts["decided_by"]:
        act = _("%(name)s sudah memutuskan: %(state)s.", name=facts["decided_by"], state=words.word(facts["state"], "match"))
        return f"{act} {said_of(conflict)}"
    return said_of(conflict)


def _answer(
    match_id: int, said: str, *, status: int = 409, good: bool = False, reason: str | None = None, note: str | None = None
) -> Response:
    """The state as it is now with a message: a table row where htmx asked for one, else the match; what was typed is kept."""
    message = {"text": said, "good": good}
    with store().read() as session:
        if request.headers.get("HX-Target") == f"row-{match_id}":
            row = match_by_id(session, match_id)
            if row is None:
                raise NotFound(_("Kecocokan ini tidak ada lagi."))
            parts = {"row": row, "covers": covers_of(_coverage(session), [row]), "message": message, "may_decide": may_decide()}
            return page_or_part("matches/_row_answer.html", "matches/_row_answer.html", status, **parts)
        typed = None if good else {"reason": reason, "note": note}
        return _detail(session, match_id, status, message=message, typed=typed)


def _coverage(session: Session) -> Coverage:
    return coverage_of(session, node_of(settings()), settings().day())


def _detail(session: Session, match_id: int, status: int = 200, **more: Any) -> Response:
    row: MatchRow | None = match_by_id(session, match_id)
    if row is None:
        raise NotFound(_("Kecocokan %(id)s tidak ada.", id=match_id), mend=_("Buka daftar kecocokan dan pilih dari sana."))
    others = list_matches(session, MatchFilter(demand_id=row.demand_id), limit=OTHERS + 1)
    cover = _coverage(session).of_pair(row.demand, row.product)
    context = {
        "row": row,
        "cover": cover,
        "marks": beside(row.marks, cover),
        "demand": demand_record(row.demand),
        "product": row.product,
        "others": [other for other in others if other.id != match_id][:OTHERS],
        "past": history(session, "match", str(match_id)),
        "deal": in_deals(session, [match_id]).get(match_id),
        "may_decide": may_decide(),
    }
    return page_or_part("matches/one.html", "matches/_one.html", status, **context, **more)
