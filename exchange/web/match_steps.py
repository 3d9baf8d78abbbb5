"""Steps over several matches at once, from the list's own address, and taking them back."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.errors import BadRequest, Conflict
from exchange.matching.steps import MOST, Target, Wish, take, undo
from exchange.store.match_steps import latest_steps
from exchange.web.asking import allow, here
from exchange.web.match_lists import answer_list
from exchange.web.matches import bp, read_day, read_person
from exchange.web.pages import may_decide, wants_part
from exchange.web.told import said_of
from exchange.wiring import settings, store

LISTED = 30
NAMED = 5


@bp.post("")
def bulk() -> WsgiResponse:
    """Do one act to all that is ticked; the list comes back with what was done, what was left, and one button to undo it."""
    form = request.form
    typed = {name: form.get(name, "") for name in ("alasan", "reason", "orang", "pesan", "sampai", "note")}
    act = form.get("act", "")
    try:
        targets = _targets()
        if act == "agreement":
            if not targets:
                raise BadRequest(_("Belum ada kecocokan yang dicentang."), mend=_("Centang satu atau beberapa baris, lalu ulangi."))
            form_page = url_for("web_agreements.form", kecocokan=[one.match_id for one in targets])
            if wants_part():  # a page of its own must not land inside the list
                return Response(status=204, headers={"HX-Redirect": form_page})
            return redirect(form_page, 303)
        note = typed["pesan"] if act == "assign" else typed["note"] if act == "note" else None
        wish = Wish(
            act, code=typed["alasan"] or None, reason=typed["reason"] or None, person=read_person(typed["orang"]),
            until=read_day(typed["sampai"]), note=note,
        )  # fmt: skip
        with store().work() as session:
            number = take(session, wish, targets, current_user.name, settings().day()).id
    except BadRequest as refusal:
        ticked = {int(one) for one in form.getlist("kecocokan") if one.isascii() and one.isdigit() and len(one) <= 15}
        return answer_list(422, message={"text": said_of(refusal)}, typed=typed | {"act": act, "ticked": ticked})
    return redirect(here(langkah=str(number), setelah=None), 303)


def _targets() -> list[Target]:
    """The ticked matches with the versions that the page had; all of the page where `semua` is ticked."""
    form = request.form
    seen = {name[2:]: value for name, value in form.items() if name.startswith("v-")}
    ticked = list(seen) if form.get("semua") else list(dict.fromkeys(form.getlist("kecocokan")))
    found = []
    for number in ticked[: MOST + 1]:
        version, _dot, care = seen.get(number, "").partition(".")
        if not all(one.isascii() and one.isdigit() and len(one) <= 15 for one in (number, version, care)):
            raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu putuskan lagi."))
        found.append(Target(int(number), int(version), int(care)))
    return found


@bp.get("/langkah")
def steps() -> str:
    """The latest steps, each with what it did and its way back."""
    allow()
    with store().read() as session:
        rows = latest_steps(session, LISTED)
    return render_template("matches/steps.html", rows=rows, may_decide=may_decide())


@bp.post("/langkah/<int:step_id>/batalkan")
def take_back(step_id: int) -> WsgiResponse:
    """Undo a step; what somebody changed since stays as it is and is named."""
    try:
        with store().work() as session:
            step = undo(session, step_id, current_user.name)
    except Conflict as conflict:
        flash(said_of(conflict), "warning")
        return redirect(url_for("web_matches.steps"), 303)
    done = len(step.changed) - len(step.kept)
    flash(_("Langkah dibatalkan: %(count)s kecocokan kembali seperti semula.", count=done), "success")
    if step.kept:  # all of them stand on the page of steps; a cookie holds but few
        titles = "; ".join(one["title"][:60] for one in step.kept[:NAMED])
        flash(_("%(count)s dibiarkan karena berubah sejak itu: %(titles)s.", count=len(step.kept), titles=titles), "warning")
    return redirect(url_for("web_matches.inbox") if request.form.get("kembali") == "daftar" else url_for("web_matches.steps"), 303)
