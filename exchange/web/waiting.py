"""Menunggu: what could not be read, by cause, and what an import found doubtful, with the way to decide about it."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.catalogue.decide import decide_proposal
from exchange.catalogue.doubts import look_at
from exchange.errors import BadRequest, Conflict, ExchangeError, NotFound
from exchange.store.proposals import count_waiting, waiting_proposals
from exchange.store.quarantine import quarantine_list, waiting_causes
from exchange.store.replays import ask_replay, latest_replays
from exchange.store.sources import all_sources
from exchange.web.asking import PAGE, allow, asked, here, onward, whole
from exchange.web.pages import may_decide, page_or_part, require_decider, staff_pages, wants_part
from exchange.web.shown import waiting_value
from exchange.web.source_named import no_source, source_named
from exchange.web.told import said_of, told
from exchange.web.words import word
from exchange.wiring import store

bp = staff_pages("waiting")

LONGEST_RULE = 80


@bp.get("/karantina")
def quarantine() -> Response:
    """Listings that could not be understood: the causes by source, and those of one cause."""
    allow("sebab", "sumber", "setelah")
    rule, name, before = asked("sebab"), asked("sumber"), whole("setelah", 1, 2**62)
    with store().read() as session:
        names = {source.id: source.name for source in all_sources(session)}
        source_id = next((row_id for row_id, its in names.items() if its == name), None)
        if name and source_id is None:
            raise no_source(name)
        causes = waiting_causes(session, source_id)
        replays = latest_replays(session)
        rows = quarantine_list(session, PAGE + 1, rule=rule, source_id=source_id, before=before)
    return page_or_part(
        "waiting/quarantine.html",
        "waiting/_quarantine.html",
        causes=causes,
        rule=rule,
        source=name,
        rows=rows[:PAGE],
        names=names,
        may_decide=may_decide(),
        replays=replays,
        next_page=onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if before else None,
    )


@bp.post("/karantina/baca-ulang")
def read_again() -> WsgiResponse:
    """Have the worker read one cause's listings again from the archive; what is understood then becomes a demand."""
    require_decider()
    rule, name = request.form.get("sebab", ""), request.form.get("sumber") or None
    if not rule or len(rule) > LONGEST_RULE:
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu pilih sebabnya lagi."))
    with store().work() as session:
        source = source_named(session, name) if name else None
        if source is not None and source.state != "approved":
            raise Conflict(_("Sumber %(name)s belum disetujui.", name=name), mend=_("Setujui sumbernya lewat pratinjau, lalu baca ulang."))
        ask_replay(session, rule, source.id if source else None, current_user.name)
    return redirect(url_for("web_waiting.quarantine", _anchor="baca-ulang"), 303)


@bp.get("/karantina/baca-ulang")
def progress() -> WsgiResponse:
    """How far the readings are, for the part of the page that asks again and again; all of the page once the last one ended."""
    allow()
    with store().read() as session:
        rows = latest_replays(session)
        names = {source.id: source.name for source in all_sources(session)}
    if not wants_part():
        return redirect(url_for("web_waiting.quarantine", _anchor="baca-ulang"), 303)
    answer = make_response(render_template("waiting/_replays.html", replays=rows, names=names))
    if not any(row.under_way for row in rows):
        answer.headers["HX-Refresh"] = "true"  # the causes are other ones by now
    return answer


@bp.get("/usulan")
def proposals() -> Response:
    """Prices and products that an import did not dare to take by itself, oldest first, each beside what is kept."""
    allow("usulan", "produk")
    which, sku = whole("usulan", 1, 2**62), asked("produk")
    return _proposals(meant={which: sku} if which and sku else None)


@bp.post("/usulan/<int:proposal_id>/putuskan")
def decision(proposal_id: int) -> WsgiResponse:
    """Apply what waits, make a new product of it, or reject it; what is refused is said on the page, what was typed kept."""
    require_decider()
    form = request.form
    verdict, sku, version = form.get("verdict", ""), form.get("sku"), form.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) <= 9 else None
    if verdict == "apply" and seen is None:
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu putuskan lagi."))
    try:
        with store().work() as session:
            row = decide_proposal(session, proposal_id, verdict, current_user.name, sku=sku, version=seen)
            name = row.data.get("name") or row.key
    except (BadRequest, Conflict, NotFound) as refusal:
        status = 422 if isinstance(refusal, BadRequest) else int(refusal.status)
        return _proposals(status, about=proposal_id, said=_said(refusal), typed=sku if verdict == "create" else None)
    done = {
        "apply": _("Tersimpan: usulan tentang %(name)s diterapkan.", name=name),
        "create": _("Tersimpan: %(name)s menjadi produk baru %(sku)s.", name=name, sku=(sku or "").strip()),
        "reject": _("Tersimpan: usulan tentang %(name)s ditolak.", name=name),
    }
    flash(done[verdict], "success")
    return redirect(url_for("web_waiting.proposals"), 303)


def _said(refusal: ExchangeError) -> str:
    """A refusal in the reader's words: members of a record by their labels, not by their names."""
    members = refusal.facts.get("members")
    if members:
        named = "; ".join(f"{word(name, 'field')} ({waiting_value(value, name)})" for name, value in members.items())
        text = _("Tidak dapat disimpan: %(what)s.", what=named)
        return f"{text} {told(refusal.mend or '')}".strip()
    return said_of(refusal)


def _proposals(
    status: int = 200,
    *,
    meant: dict[int, str] | None = None,
    about: int | None = None,
    said: str | None = None,
    typed: str | None = None,
) -> Response:
    """The list as it is now; `said` and `typed` (a SKU) belong to the proposal `about` that was just refused."""
    with store().read() as session:
        rows, count = waiting_proposals(session), count_waiting(session)
        doubts = look_at(session, rows, meant)
    context = {"doubts": doubts, "count": count, "said": said, "about": about, "typed": typed, "may_decide": may_decide()}
    return make_response(render_template("waiting/proposals.html", **context), status)
