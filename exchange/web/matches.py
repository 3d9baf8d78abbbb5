"""Kecocokan: the list to decide from, one match side by side, and the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.coverage import beside, covers_of
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.matching.care import arrange
from exchange.matching.combine.terms import NoCombination
from exchange.matching.combining import Together, match_numbers, offered_together
from exchange.matching.criteria.certificates import reworded
from exchange.matching.decide import decide
from exchange.matching.reasons import REASONS
from exchange.store.audit import history
from exchange.store.demands import demand_record
from exchange.store.match_care import active_people
from exchange.store.matches import MatchFilter, MatchRow, list_matches, match_by_id
from exchange.store.trade import in_deals
from exchange.trade.begin import starts
from exchange.trade.checks import CANDIDATES
from exchange.web import words
from exchange.web.asking import allow
from exchange.web.marking import markers
from exchange.web.match_lists import answer_list, coverage_now, known_filters, next_undecided
from exchange.web.model_words import model_told
from exchange.web.pages import local_path, may_decide, page_or_part, require_decider, staff_pages
from exchange.web.shown import day as shown_day
from exchange.web.told import said_of
from exchange.wiring import settings, store

bp = staff_pages("matches", "/kecocokan")

OTHERS = 10


@bp.get("")
def inbox() -> Response:
    """Matches by score, one row a pair; the filters stand in the address."""
    return answer_list()


@bp.get("/<int:match_id>")
def one(match_id: int) -> Response:
    """One match with its reasons, beside the demand's own words; `dari` is the list that the reader works through."""
    with store().read() as session:
        return _detail(session, match_id)


@bp.get("/<int:match_id>/berikutnya")
def following(match_id: int) -> WsgiResponse:
    """On to the next undecided match of the list that the reader works through; back to the list at its end."""
    allow("dari")
    listed = request.args.get("dari", "")
    with store().read() as session:
        row = match_by_id(session, match_id)
        if row is None:
            raise NotFound(_("Kecocokan ini tidak ada lagi."))
        after = next_undecided(session, coverage_now(session), row, listed)
    if after is None:
        flash(_("Tidak ada lagi yang belum diputuskan di bawah kecocokan itu."), "success")
        return redirect(url_for("web_matches.inbox") + (f"?{urlencode(known_filters(listed))}" if known_filters(listed) else ""), 303)
    return redirect(url_for("web_matches.one", match_id=after.id, dari=listed), 303)


@bp.post("/<int:match_id>/putuskan")
def decision(match_id: int) -> WsgiResponse:
    """Accept, reject, take a decision back, or leave a note; what somebody else changed meanwhile is never overwritten."""
    require_decider()
    form = request.form
    version = _version(form.get("version", ""))
    state, reason, note, code = form.get("state", ""), form.get("reason"), form.get("note"), form.get("alasan")
    typed = {"reason": reason, "note": note, "code": code}
    try:
        with store().work() as session:
            row = decide(session, match_id, version, state, reason, note, current_user.name, code=code)
    except Conflict as conflict:
        return _answer(match_id, _who(conflict), typed=typed)
    except BadRequest as refusal:
        return _answer(match_id, said_of(refusal), status=422, typed=typed)
    said = _("Tersimpan: kecocokan ini %(state)s.", state=words.word(row.state, "match"))
    return _done(match_id, said)


@bp.post("/<int:match_id>/penanganan")
def care(match_id: int) -> WsgiResponse:
    """Give the match to somebody, or let it rest until a day; who comes second sees what the first arranged."""
    require_decider()
    form = request.form
    version = _version(form.get("penanganan", ""))
    typed = {"person": form.get("orang"), "until": form.get("sampai"), "said": form.get("pesan")}
    try:
        change = {"assignee_id": read_person(form.get("orang")), "snoozed_until": read_day(form.get("sampai"))}
        with store().work() as session:
            row = arrange(session, match_id, version, change, form.get("pesan"), current_user.name, settings().day())
    except Conflict as conflict:
        return _answer(match_id, _arranged(conflict), typed=typed)
    except BadRequest as refusal:
        return _answer(match_id, said_of(refusal), status=422, typed=typed)
    rests = row is not None and row.snoozed_until is not None and row.snoozed_until > settings().day()
    if rests and row is not None:
        return _done(match_id, _("Tersimpan: kecocokan ini ditunda sampai %(day)s.", day=shown_day(row.snoozed_until)))
    return _done(match_id, _("Tersimpan: penanganan kecocokan ini."))


def read_person(said: str | None) -> int | None:
    """The number of a person that a form names, None for nobody; raises BadRequest where it is none."""
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) <= 15):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu putuskan lagi."))
    return int(said)


def read_day(said: str | None) -> date | None:
    """The day that a form names, None for none; raises BadRequest where it is none."""
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise BadRequest(_("Hari itu tidak dapat dibaca."), mend=_("Tulis seperti 2026-12-31, atau pilih dari kalender.")) from None


def _version(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= 9):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu putuskan lagi."))
    return int(said)


def _who(conflict: Conflict) -> str:
    """Who decided what meanwhile, or that the match was weighed again."""
    facts = conflict.facts
    if facts["decided_by"]:
        act = _("%(name)s sudah memutuskan: %(state)s.", name=facts["decided_by"], state=words.word(facts["state"], "match"))
        return f"{act} {said_of(conflict)}"
    return said_of(conflict)


def _arranged(conflict: Conflict) -> str:
    """Who arranged what meanwhile."""
    facts = conflict.facts
    if not facts["by"]:
        return said_of(conflict)
    person, until = facts["person"] or _("tidak seorang pun"), facts["until"]
    act = _("%(by)s sudah mengaturnya: ditangani %(person)s.", by=facts["by"], person=person)
    if until:
        act += " " + _("Ditunda sampai %(day)s.", day=shown_day(until))
    return f"{act} {said_of(conflict)}"


def _done(match_id: int, said: str) -> WsgiResponse:
    if request.headers.get("HX-Request"):
        return _answer(match_id, said, status=200, good=True)
    flash(said, "success")
    back = local_path(request.form.get("kembali"))
    return redirect(back or url_for("web_matches.one", match_id=match_id, dari=request.args.get("dari")), 303)


def _answer(match_id: int, said: str, *, status: int = 409, good: bool = False, typed: dict[str, Any] | None = None) -> Response:
    """The state as it is now with a message: a table row where htmx asked for one, else the match; what was typed is kept."""
    message = {"text": said, "good": good}
    with store().read() as session:
        if request.headers.get("HX-Target") == f"row-{match_id}":
            row = match_by_id(session, match_id)
            if row is None:
                raise NotFound(_("Kecocokan ini tidak ada lagi."))
            parts = {
                "row": row, "covers": covers_of(coverage_now(session), [row]), "message": message, "may_decide": may_decide(),
                "names": {one.id: one.name for one in active_people(session)}, "today": settings().day(),
            }  # fmt: skip
            return page_or_part("matches/_row_answer.html", "matches/_row_answer.html", status, **parts)
        return _detail(session, match_id, status, message=message, typed=None if good else typed)


def _detail(session: Session, match_id: int, status: int = 200, **more: Any) -> Response:
    row: MatchRow | None = match_by_id(session, match_id)
    if row is None:
        raise NotFound(_("Kecocokan %(id)s tidak ada.", id=match_id), mend=_("Buka daftar kecocokan dan pilih dari sana."))
    others = list_matches(session, MatchFilter(demand_id=row.demand_id), limit=CANDIDATES)
    joining = _joining(row, others)
    coverage, listed = coverage_now(session), request.args.get("dari")
    cover = coverage.of_pair(row.demand, row.product)
    people, demand = active_people(session), demand_record(row.demand)
    of_demand, of_product = markers(demand, row.product)
    context = {
        "row": row,
        "cover": cover,
        "marks": [_reworded(mark) for mark in beside(row.marks, cover)],
        "demand": demand,
        "product": row.product,
        "mark_demand": of_demand,
        "mark_product": of_product,
        "others": [other for other in others if other.id != match_id][:OTHERS],
        "past": history(session, "match", str(match_id)),
        "model": model_told(session, row),
        "deal": in_deals(session, [match_id]).get(match_id),
        "may_decide": may_decide(),
        "reasons": REASONS,
        "people": people,
        "names": {one.id: one.name for one in people},
        "today": settings().day(),
        "listed": listed,
        "joining": joining,
        "starts": starts(joining),
        "cases": match_numbers(joining, others),
    }
    return page_or_part("matches/one.html", "matches/_one.html", status, **context, **more)


def _reworded(mark: Mapping[str, Any]) -> Mapping[str, Any]:
    """A mark as it is worded today; a match that was decided is never matched again, and keeps what it was decided by."""
    offer = mark.get("offer")
    return {**mark, "offer": reworded(offer)} if offer and mark.get("criterion") == "certificates" else mark


def _joining(row: MatchRow, matches: list[MatchRow]) -> list[Together]:
    """With which other firms the match's own could make what is asked; nothing where it can alone, or is not to be decided any more."""
    if row.state not in ("proposed", "accepted"):
        return []
    found = offered_together(row.demand, matches, holding=row.product.sku)
    return [one for one in found if not (isinstance(one.result, NoCombination) and one.result.reason in ("alone", "unfit"))]
