"""One case: how it stands, its way, the steps that can follow with their forms, its papers, history and what it opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access.openings import standing
from exchange.agreements import dprd
from exchange.agreements.check import StepRefused
from exchange.agreements.node import Node, node_of
from exchange.agreements.objects import objects_as_json
from exchange.agreements.opens import openings_of
from exchange.agreements.oversight import route
from exchange.agreements.prices.basis import TAKES
from exchange.agreements.rules import UNREAD, Step
from exchange.agreements.steps import breaks_at, case_of, look, named, take
from exchange.errors import BadRequest, Mismatch, NotFound
from exchange.reports.case_defaults import proposals as offered
from exchange.reports.case_view import CaseView
from exchange.store.agreement_board import linked_cases, matches_under
from exchange.store.agreements import AgreementObjectRow, AgreementRow, case_with_objects, files_of, objects_of, steps_of
from exchange.web import agreement_forms as forms
from exchange.web.agreement_drafts import papers_for, papers_of, staged
from exchange.web.agreement_files import kept
from exchange.web.agreement_matches import read_matches
from exchange.web.agreement_prices import prices_shown
from exchange.web.agreement_proposals import capacity, need, proposals
from exchange.web.agreement_told import changes_of, object_line, told_steps, unit_choices, way
from exchange.web.agreement_twin import twin_shown
from exchange.web.agreement_twin_answers import handing
from exchange.web.agreement_views import Shown, grouped, in_order, step_view
from exchange.web.agreement_words import CATEGORIES, INSTRUMENTS, TIERS, told
from exchange.web.asking import allow, asked
from exchange.web.onboarding import opened_by
from exchange.web.pages import may_decide, require_decider
from exchange.web.told import said_of
from exchange.web.told import told as told_sentence
from exchange.wiring import settings, store
from schemas.business import SECTORS

_HERE = ZoneInfo("Asia/Jakarta")


def days_in(row: AgreementRow, today: date) -> int:
    """For how many days a case has been in its state, by the calendar here."""
    return max(0, (today - row.state_since.astimezone(_HERE).date()).days)


def one(ident: str) -> Response:
    """The case as it is now; `buka` names the step whose form is open."""
    allow("buka")
    return _page(ident)


def take_step(ident: str, step: str) -> WsgiResponse:
    """
    Take a step with what the form says and the files that came with it, all of it or nothing.

    What is refused comes back as it was typed, each missing thing beside its field; files that came are kept, so that nobody has to
    choose them again.
    """
    require_decider()
    node, form = node_of(settings()), request.form
    sent = forms.Sent(step, form)
    rule = node.rules.steps.get(step)
    if forms.MORE in form and rule is not None:
        return _back(ident, node, rule, sent, 200)
    try:
        with store().work() as session:
            row = named(session, ident, lock=True)
            row = take(session, node, ident, step, actor=current_user.name, on=settings().day(), **_given(session, node, row, rule, sent))
    except StepRefused as refusal:
        sent.lacks, sent.said = refusal.lacks, str(_("Langkah ini belum dapat diambil; tidak ada yang berubah. Yang kurang ditandai."))
        return _back(ident, node, rule, sent, 422)
    except Mismatch as late:
        sent.last, sent.said = late.facts.get("last"), str(told_sentence(late.message))
        return _back(ident, node, rule, sent, 409)
    except BadRequest as refusal:
        for error in refusal.facts.get("errors", ()):
            if not error["field"].startswith("objects["):
                sent.wrong(error["field"], str(error["says"]))
        sent.said = said_of(refusal)
        if _placed(rule, sent):
            sent.said = f"{_('Ada isian yang tidak dapat dibaca; tidak ada yang berubah.')} {told_sentence(refusal.mend or '')}".strip()
        return _back(ident, node, rule, sent, 422)
    label = rule.label if rule else step
    now = told_sentence(node.rules.states[row.state].label)
    flash(_("Tersimpan: %(step)s. Sekarang: %(state)s.", step=told_sentence(label), state=now), "success")
    return redirect(url_for("web_agreements.one", ident=ident), 303)


def _placed(rule: Step | None, sent: forms.Sent) -> bool:
    """Whether all that is wrong is told beside a field of the form; else the sentence itself must name it."""
    known = rule.takes() | rule.brings() if rule else frozenset()
    return bool(sent.errors) and all(name in known or name.startswith(("objek-", "kecocokan")) for name in sent.errors)


def _given(session: Session, node: Node, row: AgreementRow, rule: Step | None, sent: forms.Sent) -> dict[str, Any]:
    """What the form gives a step, its files kept in the step's own transaction."""
    form = sent.form
    said = form.get("versi", "")
    if not (said.isascii() and said.isdigit() and len(said) <= 9):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu isi lagi."))
    version = int(said)
    if rule is None:  # `take` says which steps there are
        return {"office": "", "version": version}
    case = case_of(row, objects_of(session, [row.id])[row.id])
    papers = forms.picked(rule, form, case.papers)
    for kind, file in forms.uploads(rule, request.files).items():
        try:
            papers[kind] = kept(session, node, row, kind, file)
        except BadRequest as refusal:
            sent.wrong(kind, said_of(refusal))
    if sent.errors and version == row.version:
        raise BadRequest(_("Ada berkas yang tidak dapat diterima; tidak ada yang berubah."))
    facts = forms.read_facts(node.rules, rule, case, form)
    objects = forms.read_rows(sent, case) if "objek-0-commodity" in form and version == row.version else None
    matches = read_matches(session, sent, row) if version == row.version else None
    return {
        "office": form.get("pelaku") or rule.offices[0], "version": version, "facts": facts, "papers": papers, "objects": objects,
        "matches": matches,
        "note": form.get("catatan"),
    }  # fmt: skip


def _back(ident: str, node: Node, rule: Step | None, sent: forms.Sent, status: int) -> Response:
    """The page with what was typed; files that can be taken are kept for the next try, and chosen in its form."""
    if rule is not None:
        chosen = sent.form.copy()
        with store().work() as session:
            row = named(session, ident)
            for kind, file in forms.uploads(rule, request.files).items():
                try:
                    chosen[f"pakai-{kind}"] = kept(session, node, row, kind, file)
                except BadRequest:
                    continue  # it was named when the step was refused
        sent.form = chosen
    return _page(ident, status, sent)


def _page(ident: str, status: int = 200, sent: forms.Sent | None = None) -> Response:
    its = settings()
    node, today = node_of(its), its.day()
    with store().read() as session:
        found = case_with_objects(session, ident)
        if found is None:
            raise NotFound(_("Perkara %(ident)s tidak ada.", ident=ident[:30]), mend=_("Lihat daftar perkara kerja sama."))
        row, objects = found
        context = _told(session, node, row, objects, today, sent)
    return make_response(render_template("agreements/one.html", **context), status)


def _told(
    session: Session, node: Node, row: AgreementRow, objects: list[AgreementObjectRow], today: date, sent: forms.Sent | None
) -> dict[str, Any]:
    rules = node.rules
    steps, files = steps_of(session, row.id), files_of(session, row.id)
    under, case = matches_under(session, row.id), case_of(row, objects)
    view = CaseView(row, objects, settings(), row.updated_at, under)
    shown = Shown(rules, case, files, today, offered(view, proposals(row, under, node.home)))
    views = [
        step_view(shown, step, lacks, sent if sent and sent.step == step.name else None)
        for step, lacks in look(session, node, row, today, case)
    ]
    openings = openings_of(rules, row, objects)
    now, (before, after) = standing(openings, today), linked_cases(session, row)
    names, pairs = {file.sha256: file.name for file in files}, [(one.demand, one.product) for one in under]
    twin, papers = twin_shown(session, row), papers_of(view)
    return {
        "row": row, "rules": rules, "state": rules.states[row.state], "instrument": rules.instruments[row.instrument], "case": case,
        "days": days_in(row, today), "today": today, "category": CATEGORIES.get(row.category, row.category),
        "category_why": steps[0].after.get("category_why") if steps else None, "category_article": steps[0].article if steps else None,
        "way": way(rules, row.instrument, row.state, steps), "views": in_order(views, rules, case, asked("buka")), "sent": sent,
        "stray": sent if sent and all(view.sent is None for view in views) else None, "typed": _typed(node, sent),
        "last": _last(node, sent, names), "past": told_steps(rules, steps, files), "broken": breaks_at(row, objects, pairs, steps),
        "files": files,
        "counting": {digest: kind for kind, digest in case.papers.items()}, "under": under, "need": need, "capacity": capacity,
        "objects": [object_line(one) for one in objects_as_json(objects)], "facts": _facts(node, case.facts), "units": unit_choices(),
        "dprd_why": dprd.why(case.facts) if any(name in case.facts for name in dprd.QUESTIONS) or row.state == "ttd_kb" else None,
        "dprd_needed": dprd.needed(case.facts), "route": route(row.instrument, node.home, row.region), "unread": UNREAD,
        "openings": openings, "now": now, "tiers": TIERS, "opened": opened_by(now.tier, row.partner.scopes) if row.partner else [],
        "before": before, "after": after, "may_decide": may_decide(), "sectors": SECTORS, "instruments": INSTRUMENTS,
        "papers": papers, "staged": staged(rules, row, papers), "papers_for": papers_for, "grouped": grouped,
        "takes_prices": row.state in TAKES,
        "prices": prices_shown(session, row) if any(step.after.get("state") in TAKES for step in steps) else None,
        "twin": twin, "handing": None if twin else handing(session, row),
    }  # fmt: skip


def _facts(node: Node, facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What is filled in, in the order of the table: label, value in words, basis."""
    return [
        (field.label, told(node.rules, field.name, facts[field.name]), field.basis)
        for field in node.rules.fields.values()
        if facts.get(field.name) not in (None, "", [])
    ]


def _typed(node: Node, sent: forms.Sent | None) -> list[tuple[str, str]]:
    """The texts that were typed, for when the step's form is no longer there."""
    if sent is None:
        return []
    known = {f"isi-{name}": field.label for name, field in node.rules.fields.items()} | {"catatan": str(_("Catatan"))}
    return [
        (known.get(name, name), value)
        for name, value in sent.form.items()
        if value.strip() and name.startswith(("isi-", "objek-", "cat", "kecocokan-"))
    ]


def _last(node: Node, sent: forms.Sent | None, names: Mapping[str, str]) -> dict[str, Any] | None:
    """What the one who was faster did, in words."""
    if sent is None or sent.last is None:
        return None
    last = sent.last
    step = node.rules.steps.get(last["step"])
    return {
        "label": step.label if step else last["step"], "by": last["by"], "at": datetime.fromisoformat(str(last["at"])),
        "changes": changes_of(node.rules, {}, last["after"], names),
        "state": node.rules.states[last["after"]["state"]].label if last["after"].get("state") in node.rules.states else None,
    }  # fmt: skip
