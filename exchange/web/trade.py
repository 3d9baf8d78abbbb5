"""Perdagangan: deals with buyers, from the match to the last delivery; each step is a form on the deal's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WsgiResponse

from exchange.demand.spans import days_of
from exchange.errors import BadRequest, Conflict, ExchangeError, NotFound
from exchange.reports.classes import ALL_SECTORS
from exchange.store.deal_lists import DealFilter, count_deals, deal_firms, deal_regions, list_deals, received_in_all, received_of
from exchange.store.demand_sorts import product_sector
from exchange.store.trade import DealRow, deal_steps, deliveries_of, incoming_orders, lines_of
from exchange.store.trade_matches import free_matches
from exchange.store.trade_whole import deal_with_lines
from exchange.trade import begin, offering
from exchange.trade.checks import CANDIDATES, look
from exchange.trade.deliveries import correct, deliver
from exchange.trade.lines import add_lines, remove_lines
from exchange.trade.rules import STATES, possible
from exchange.trade.telling import line_record, sums
from exchange.trade.under import AUTOMATIC, fitting
from exchange.web.asking import PAGE, allow, asked, here, one_of, onward, whole
from exchange.web.figured import months_asked, sector_word
from exchange.web.pages import may_decide, page_or_part, require_decider, staff_pages
from exchange.web.told import said_of
from exchange.web.trade_forms import day, number, part, position, version, wordings
from exchange.web.trade_past import differing, told_steps
from exchange.web.typed import written
from exchange.web.words import word
from exchange.wiring import settings, store

bp = staff_pages("trade", "/perdagangan")

Act = Callable[[Session, str, int, MultiDict[str, str]], Any]


@bp.get("")
def listing() -> Response:
    """Deals, the latest first, and the orders of partners that no deal has taken over yet."""
    allow("status", "daerah", "usaha", "lewat", "sektor", "dari", "sampai", "diterima", "setelah")
    late = settings().day() if one_of("lewat", ("ya",)) else None
    first, last = days_of(*months_asked())
    sector = one_of("sektor", ALL_SECTORS)
    want = DealFilter(
        state=one_of("status", STATES), region=asked("daerah"), business=asked("usaha"), overdue_on=late, first=first, last=last,
        received=one_of("diterima", ("ya",)) is not None, sector=product_sector(sector),
    )  # fmt: skip
    before = whole("setelah", 1, 2**62)
    with store().read() as session:
        rows = list_deals(session, want, limit=PAGE + 1, before=before)
        shown = rows[:PAGE]
        ids = [row.id for row in shown]
        lines, came = lines_of(session, ids), deliveries_of(session, ids)
        context: dict[str, Any] = {
            "count": count_deals(session, want), "regions": deal_regions(session), "firms": deal_firms(session),
            "incoming": incoming_orders(session), "received": received_of(session, want, ids) if want.of_received else {},
            "in_all": received_in_all(session, want) if want.of_received else None,
        }  # fmt: skip
    deals = [(row, sorted({line.business_name for line in lines[row.id]}), sums(lines[row.id], came[row.id])) for row in shown]
    context |= {
        "deals": deals, "want": want, "states": STATES, "may_decide": may_decide(), "sectors": ALL_SECTORS, "sector": sector,
        "sector_word": sector_word, "given": {name: asked(name) or "" for name in ("dari", "sampai")},
        "untimed": here(dari=None, sampai=None, diterima=None, setelah=None),
    }  # fmt: skip
    context |= {
        "next_page": onward(rows, str(shown[-1].id) if len(rows) > PAGE else None),
        "first_page": here(setelah=None) if before else None,
    }
    return page_or_part("trade/page.html", "trade/_list.html", **context)


@bp.post("/mulai")
def start() -> WsgiResponse:
    """Begin a deal from a match, from what firms can do together, or from what a partner ordered."""
    require_decider()
    form = request.form
    who: dict[str, Any] = {"actor": current_user.name, "day": settings().day()}
    try:
        with store().work() as session:
            if form.get("permintaan"):
                place = position(form.get("gabungan"))
                row = begin.begin_together(
                    session, form["permintaan"], place, form.get("terlihat", ""), holding=form.get("dengan") or None, **who
                )
            else:
                numbers = [position(said) for said in form.getlist("kecocokan")]
                row = begin.begin(session, numbers, accepting=form.get("terima") == "ya", **who)
            ident = row.ident
    except Conflict as refusal:
        if "deal" not in refusal.facts:
            raise
        flash(said_of(refusal), "warning")
        ident = refusal.facts["deal"]
    else:
        flash(_("Dagang %(ident)s disusun. Lengkapi jumlah dan harganya, lalu kirim penawarannya.", ident=ident), "success")
    return redirect(url_for("web_trade.one", ident=ident), 303)


@bp.get("/<ident>")
def one(ident: str) -> Response:
    """One deal: its lines, the steps that are possible now, what was delivered, and its history."""
    allow()
    return _page(ident)


def _draft(session: Session, ident: str, seen: int, form: Mapping[str, str]) -> None:
    under = form.get("perjanjian") or AUTOMATIC
    lines = wordings(form)
    offering.draft(session, ident, seen, lines, terms=form.get("syarat"), agreement=under, **_who())


def _add(session: Session, ident: str, seen: int, form: MultiDict[str, str]) -> None:
    numbers = [position(said) for said in form.getlist("kecocokan")]
    add_lines(session, ident, seen, numbers, accepting=True, **_who())


def _remove(session: Session, ident: str, seen: int, form: MultiDict[str, str]) -> None:
    remove_lines(session, ident, seen, [position(said) for said in form.getlist("baris")], **_who())


def _offer(session: Session, ident: str, seen: int, form: Mapping[str, str]) -> list[str]:
    letter: dict[str, Any] = {"letter_date": day(form, "tanggal"), "valid_until": day(form, "sampai")}
    _row, warnings = offering.offer(session, ident, seen, letter_number=form.get("nomor"), **letter, **_who())
    return warnings


def _answer(session: Session, ident: str, seen: int, form: Mapping[str, str]) -> None:
    said = form.get("jawaban", "")
    offering.answer(session, ident, seen, said=said, reason=form.get("alasan"), actor=current_user.name)


def _order(session: Session, ident: str, seen: int, form: Mapping[str, str]) -> None:
    lines = {place: (amount, number(form, f"nilai-{place}", money=True)) for place, amount in part(form, "jumlah") if amount is not None}
    asked_for: dict[str, Any] = {"order_number": form.get("nomor"), "order_date": day(form, "tanggal")}
    offering.order(session, ident, seen, **asked_for, lines=lines, beyond=form.get("melampaui"), **_who())


def _deliver(session: Session, ident: str, seen: int, form: Mapping[str, str]) -> None:
    amounts: dict[str, Any] = {"quantity": number(form, "jumlah"), "value": number(form, "nilai", money=True)}
    line = position(form.get("baris"))
    deliver(session, ident, seen, line=line, on=day(form, "tanggal"), **amounts, reference=form.get("bukti"), **_who())


def _correct(session: Session, ident: str, seen: int, form: Mapping[str, str]) -> None:
    which, less = position(form.get("penerimaan")), number(form, "kurang")
    correct(session, ident, seen, delivery=which, less=less, reason=form.get("alasan"), actor=current_user.name)


def _reasoned(act: Callable[..., DealRow]) -> Act:
    def take(session: Session, ident: str, seen: int, form: Mapping[str, str]) -> None:
        act(session, ident, seen, reason=form.get("alasan"), actor=current_user.name)

    return take


def _who() -> dict[str, Any]:
    return {"actor": current_user.name, "day": settings().day()}


# the word in the address → the step of the table, and how its form is taken; steps that one form may come to stand at the same word
FORMS: dict[str, tuple[tuple[str, ...], Act]] = {
    "susun": (("draft",), _draft),
    "tambah": (("add",), _add),
    "keluarkan": (("remove",), _remove),
    "tawarkan": (("offer",), _offer),
    "pesan": (("order",), _order),
    "jawab": (("answer", "decline"), _answer),
    "terima": (("deliver",), _deliver),
    "betulkan": (("correct",), _correct),
    "susun-ulang": (("revise",), _reasoned(offering.revise)),
    "tutup": (("close",), _reasoned(offering.close)),
    "batalkan": (("cancel",), _reasoned(offering.cancel)),
}


@bp.post("/<ident>/<word_of>")
def take(ident: str, word_of: str) -> WsgiResponse:
    """Take one step; what somebody else changed meanwhile is never overwritten but shown beside what was typed."""
    require_decider()
    if word_of not in FORMS:
        raise NotFound(_("Langkah itu tidak ada."), mend=_("Buka dagangnya dan pilih langkahnya di sana."))
    form = request.form
    try:
        with store().work() as session:
            warnings = FORMS[word_of][1](session, ident, version(form), form) or []
    except (BadRequest, Conflict) as refusal:
        return _page(ident, 422 if isinstance(refusal, BadRequest) else 409, refusal=refusal, tried=word_of, typed=form)
    for warning in warnings:
        flash(_("Perhatikan: %(what)s", what=warning), "warning")
    flash(_("Tersimpan: %(step)s.", step=word(FORMS[word_of][0][0], "deal_step")), "success")
    return redirect(url_for("web_trade.one", ident=ident), 303)


def _page(
    ident: str,
    status: int = 200,
    *,
    refusal: ExchangeError | None = None,
    tried: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The deal as it is now; `refusal`, `tried` and `typed` belong to a step that was just refused."""
    with store().read() as session:
        found = deal_with_lines(session, ident)
        if found is None:
            raise NotFound(_("Dagang %(ident)s tidak ada.", ident=ident[:20]), mend=_("Pilih dari daftar perdagangan."))
        row, lines, demand = found
        drafting = row.state == "disusun"  # of which nothing can have been delivered
        came = [] if drafting else deliveries_of(session, [row.id])[row.id]
        context: dict[str, Any] = {
            "row": row,
            "lines": [(line, line_record(line, came)) for line in lines],
            "deliveries": came,
            "places": {line.id: line.position for line in lines},
            "numbers": {one.id: one.number for one in came},
            "sums": sums(lines, came),
            "found": look(session, row, lines, demand, settings().day()) if drafting else None,
            "under": fitting(session, row.region, lines, settings().day()) if drafting else [],
            "free": free_matches(session, row.demand_id, CANDIDATES) if drafting else [],
            "past": told_steps(deal_steps(session, row.id)),
        }
    goes = set(possible(row.state))
    context |= {
        "steps": [name for name, (of, _act) in FORMS.items() if goes & set(of)], "may_decide": may_decide(), "today": settings().day(),
        "refusal": refusal, "tried": tried, "typed": typed or {}, "differing": differing(refusal, typed or {}),
        "typed_number": written,
    }  # fmt: skip
    return make_response(render_template("trade/one.html", **context), status)
