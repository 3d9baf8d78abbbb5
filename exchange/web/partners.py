"""Mitra: the offices of other regions that use the API, what each may and used; only an admin changes anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access import partners
from exchange.access.scopes import SCOPES
from exchange.access.standing import DAYS, standing, standings
from exchange.access.webhook_records import for_staff
from exchange.errors import BadRequest, Conflict, ExchangeError, NotFound
from exchange.store.audit import history
from exchange.store.base import utcnow
from exchange.store.partners import PartnerRow, partner_by_ident, secrets_of
from exchange.store.webhooks import webhooks_of
from exchange.web.acts import last_said
from exchange.web.asking import allow
from exchange.web.onboarding import sheet
from exchange.web.pages import may_admit, require_admitter, staff_pages
from exchange.web.partner_past import told_acts
from exchange.web.told import said_of, told
from exchange.web.typed import whole
from exchange.wiring import settings, store
from schemas.business import SECTORS

bp = staff_pages("partners", "/mitra", changes="admit")

_QUIET = ("token", "token.end")  # a partner's everyday acts; its use tells more
Act = Callable[[Session, PartnerRow], str]


@bp.get("")
def listing() -> Response:
    """All partners, and the form that adds one."""
    allow()
    return _list()


@bp.post("")
def add() -> WsgiResponse:
    """Add a partner, without a secret yet."""
    require_admitter()
    form = request.form
    try:
        with store().work() as session:
            row = partners.add_partner(
                session, form.get("ident", "").strip(), form.get("nama", ""), form.get("daerah", "").strip(), form.getlist("lingkup"),
                contact=form.get("kontak", "").strip() or None, actor=current_user.name,
            )  # fmt: skip
    except (BadRequest, Conflict) as refusal:
        return _list(_status(refusal), said=_said(refusal), typed=form)
    flash(_("Mitra %(name)s terdaftar. Berikutnya: buat rahasianya dan cetak lembarnya.", name=row.name), "success")
    return redirect(url_for("web_partners.one", ident=row.ident), 303)


@bp.get("/<ident>")
def one(ident: str) -> Response:
    """One partner: what it may, its secrets without their words, what it used, and what was done to it."""
    allow()
    return _page(ident)


@bp.get("/<ident>/lembar")
def leaflet(ident: str) -> Response:
    """The page to print for the partner's technician; a secret is on it only in the answer to the button that made it."""
    allow()
    with store().read() as session:
        its = _standing(session, _row(session, ident))
    return sheet(its)


@bp.post("/<ident>/rahasia")
def new_secret(ident: str) -> WsgiResponse:
    """
    Make a secret and answer the page to print with it, this once.

    The form names the secrets that the reader saw, so that the same answer asked for again (a page loaded anew, a button pressed twice)
    makes no other one.
    """
    require_admitter()
    try:
        with store().work() as session:
            row = _row(session, ident)
            if request.form.get("terlihat") != ",".join(one.ident for one in secrets_of(session, row.id, utcnow())):
                raise Conflict(
                    _("Rahasia mitra ini sudah berubah sejak halamannya dibuka; tidak ada rahasia baru yang dibuat."),
                    mend=_("Bila lembar tadi hilang sebelum dicetak, akhiri rahasianya di bawah ini, lalu buat yang baru."),
                )
            made = partners.new_secret(session, row, actor=current_user.name)
            its = _standing(session, row)
    except Conflict as refusal:
        return _page(ident, _status(refusal), said=_said(refusal))
    return sheet(its, made)


@bp.post("/<ident>/rahasia/<secret>/akhiri")
def end_secret(ident: str, secret: str) -> WsgiResponse:
    """End a secret and all tokens that it gave."""

    def act(session: Session, row: PartnerRow) -> str:
        ended = partners.end_secret(session, row, secret, actor=current_user.name)
        return str(_("Rahasia %(name)s diakhiri; %(count)s token ikut berakhir.", name=secret, count=ended))

    return _change(ident, act, versioned=False)


@bp.post("/<ident>/tahap")
def stage(ident: str) -> WsgiResponse:
    """Put the partner on the stage that its agreement has reached."""

    def act(session: Session, row: PartnerRow) -> str:
        form = request.form
        kbli = form.get("kbli", "").replace(",", " ").split()
        until = _day(form.get("sampai", "").strip())
        partners.set_stage(
            session, row, form.get("tahap", ""), until=until, sectors=form.getlist("sektor"), kbli=kbli, actor=current_user.name
        )
        return str(_("Tahap disimpan; berlaku untuk permintaan berikutnya."))

    return _change(ident, act)


@bp.post("/<ident>/lingkup")
def scopes(ident: str) -> WsgiResponse:
    """Give the partner other scopes."""

    def act(session: Session, row: PartnerRow) -> str:
        partners.set_scopes(session, row, request.form.getlist("lingkup"), actor=current_user.name)
        return str(_("Lingkup disimpan. Yang dicabut hilang seketika; yang baru memerlukan token baru."))

    return _change(ident, act)


@bp.post("/<ident>/laju")
def rate(ident: str) -> WsgiResponse:
    """Give the partner its own number of requests a minute, or the usual one where the field is empty."""

    def act(session: Session, row: PartnerRow) -> str:
        partners.set_rate(session, row, whole(request.form.get("semenit", ""), 10), actor=current_user.name)
        return str(_("Laju disimpan."))

    return _change(ident, act)


@bp.post("/<ident>/akses")
def access(ident: str) -> WsgiResponse:
    """Close the partner's access at once, or open it again."""

    def act(session: Session, row: PartnerRow) -> str:
        wanted = request.form.get("buka")
        if wanted not in {"ya", "tidak"}:
            raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman ini, lalu tekan tombolnya lagi."))
        partners.set_active(session, row, wanted == "ya", actor=current_user.name)
        return str(_("Akses dibuka lagi.") if row.active else _("Akses ditutup; semua token mitra ini berakhir."))

    return _change(ident, act)


def _change(ident: str, act: Act, *, versioned: bool = True) -> WsgiResponse:
    """Do an admin's act on a partner that is as the reader saw it; what is refused is said on the page, what was typed kept."""
    require_admitter()
    try:
        with store().work() as session:
            row = _row(session, ident)
            if versioned and request.form.get("versi") != str(row.version):
                said = _("Mitra ini sudah diubah sejak halamannya dibuka; tidak ada yang disimpan.")
                last = last_said(told_acts(history(session, "partner", ident, limit=1, without=_QUIET)))
                raise Conflict(f"{said} {last}".strip(), mend=_("Periksa yang sekarang."))
            done = act(session, row)
    except (BadRequest, Conflict) as refusal:
        return _page(ident, _status(refusal), said=_said(refusal), typed=request.form)
    except NotFound as refusal:  # a secret that ended meanwhile; of a partner that is not there the page itself says so
        return _page(ident, int(refusal.status), said=str(told(refusal.message)))
    flash(done, "success")
    return redirect(url_for("web_partners.one", ident=ident), 303)


def _list(status: int = 200, *, said: str | None = None, typed: MultiDict[str, str] | None = None) -> Response:
    with store().read() as session:
        rows = standings(session, settings().day())
    form = typed if typed is not None else MultiDict()
    page = render_template("partners/page.html", rows=rows, days=DAYS, may_admit=may_admit(), scopes=SCOPES, said=said, typed=form)
    return make_response(page, status)


def _page(ident: str, status: int = 200, *, said: str | None = None, typed: MultiDict[str, str] | None = None) -> Response:
    """The partner as it is now; `said` and `typed` belong to what was just refused."""
    with store().read() as session:
        row = _row(session, ident)
        its = _standing(session, row)
        past = told_acts(history(session, "partner", ident, limit=20, without=_QUIET))
        hooks = for_staff(session, webhooks_of(session, row.id))
    context: dict[str, Any] = {
        "its": its, "row": row, "past": past, "days": DAYS, "may_admit": may_admit(), "scopes": SCOPES, "stages": partners.STAGES,
        "webhooks": hooks, "sectors": SECTORS, "most": partners.MOST_SECRETS, "usual": settings().rate_partner, "said": said,
        "typed": typed if typed is not None and "tahap" in typed else None,
    }  # fmt: skip
    return make_response(render_template("partners/one.html", **context), status)


def _standing(session: Session, row: PartnerRow) -> dict[str, Any]:
    return standing(session, row, settings().day(), settings().rate_partner)


def _row(session: Session, ident: str) -> PartnerRow:
    row = partner_by_ident(session, ident)
    if row is None:
        raise NotFound(_("Mitra %(ident)s tidak ada.", ident=ident[:40]), mend=_("Pilih dari daftar mitra."))
    return row


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise BadRequest(_("Tanggal berakhirnya tidak dapat dibaca."), mend=_("Tulis tahun-bulan-hari, misalnya 2027-12-31.")) from None


def _said(refusal: ExchangeError) -> str:
    return said_of(refusal)


def _status(refusal: ExchangeError) -> int:
    return 422 if isinstance(refusal, BadRequest) else int(refusal.status)
