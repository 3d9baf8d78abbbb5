"""Pengguna: the accounts of staff, for admins: who they are, what they may, and every way to help or to stop them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access import account_links, accounts, second_factor
from exchange.access.account_links import Made
from exchange.access.roles import ROLES
from exchange.access.staff_sessions import LIFE
from exchange.errors import BadRequest, Conflict, ExchangeError, NotFound
from exchange.jobs.account_letters import can_mail, send_link
from exchange.store.audit import audit, history
from exchange.store.base import utcnow
from exchange.store.staff_sessions import end_sessions, open_sessions, sessions_of
from exchange.store.users import UserRow, user_by_id, users_after
from exchange.web.acts import last_said, told
from exchange.web.asking import PAGE, allow, asked, here, onward
from exchange.web.languages import begin_session
from exchange.web.pages import staff_pages
from exchange.web.words import word
from exchange.wiring import settings, store

bp = staff_pages("users", "/pengguna", reads="accounts", changes="accounts")

Act = Callable[[Session, UserRow], str]
_LOGINS = ("login", "login.refused", "login.half", "login.code")  # on record about an account, yet no change of it


@bp.get("")
def listing() -> Response:
    """All accounts, and the form that invites somebody."""
    allow("setelah")
    return _list()


@bp.post("/undang")
def invite() -> WsgiResponse:
    """Invite somebody; the answer shows the link, this once."""
    form = request.form
    try:
        with store().work() as session:
            made = account_links.invite(
                session, form.get("nama", "").strip(), form.get("peran", ""), form.get("surel"), actor=current_user.name
            )
    except (BadRequest, Conflict) as refusal:
        return _list(_status(refusal), said=_said(refusal), typed=form)
    return _shown(made)


@bp.get("/<int:user_id>")
def one(user_id: int) -> Response:
    """One account: its sessions, what was done to it, and what can be done."""
    allow()
    return _page(user_id)


@bp.post("/<int:user_id>/tautan")
def link(user_id: int) -> WsgiResponse:
    """Make a link to recover the account, or to invite its owner again; the answer shows it, this once."""
    try:
        with store().work() as session:
            made = account_links.new_link(session, _row(session, user_id), actor=current_user.name)
    except Conflict as refusal:
        return _page(user_id, _status(refusal), said=_said(refusal))
    return _shown(made)


@bp.post("/<int:user_id>/peran")
def role(user_id: int) -> WsgiResponse:
    """Give the account another role."""

    def act(session: Session, row: UserRow) -> str:
        accounts.set_role(session, row.name, request.form.get("peran", ""), actor=current_user.name)
        return str(_("%(name)s kini %(role)s.", name=row.name, role=word(row.role, "role")))

    return _change(user_id, act, seen=lambda row: row.role)


@bp.post("/<int:user_id>/surel")
def mailbox(user_id: int) -> WsgiResponse:
    """Set the mailbox that the account's links are sent to."""

    def act(session: Session, row: UserRow) -> str:
        row.email = account_links.checked_mailbox(request.form.get("surel"))
        audit(session, current_user.name, "user.mailbox", "user", row.name)
        return str(_("Kotak surat %(name)s disimpan.", name=row.name))

    return _change(user_id, act, seen=lambda row: row.email or "")


@bp.post("/<int:user_id>/aktif")
def active(user_id: int) -> WsgiResponse:
    """Close the account, or open it again."""
    wanted = request.form.get("aktif") == "ya"

    def act(session: Session, row: UserRow) -> str:
        accounts.set_active(session, row.name, wanted, actor=current_user.name)
        return str(_("Akun %(name)s dibuka.", name=row.name) if wanted else _("Akun %(name)s ditutup.", name=row.name))

    return _change(user_id, act)


@bp.post("/<int:user_id>/sesi")
def sessions(user_id: int) -> WsgiResponse:
    """End one session of the account, or all of them; whose own present one is among them is logged out, and told so."""
    number = request.form.get("sesi", "")
    only = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
    own = current_user.row.account_id == user_id and only in (None, current_user.row.id)

    def act(session: Session, row: UserRow) -> str:
        if only is not None:
            end_sessions(session, row.id, only=only)
        else:
            row.session_key = accounts.new_key()
        audit(session, current_user.name, "user.session.end" if only is not None else "user.sessions.end", "user", row.name)
        return str(_("Sesi %(name)s berakhir.", name=row.name))

    answer = _change(user_id, act)
    if not own or answer.status_code != 303:
        return answer
    logout_user()
    begin_session()
    flash(_("Sesi ini berakhir, jadi Anda keluar. Masuk lagi untuk melanjutkan."), "success")
    return redirect(url_for("web_auth.login"), 303)


@bp.post("/<int:user_id>/kode")
def reset_code(user_id: int) -> WsgiResponse:
    """Take the second factor from the account, whose owner lost it; its sessions end."""

    def act(session: Session, row: UserRow) -> str:
        second_factor.switch_off(session, row, actor=current_user.name)
        row.session_key = accounts.new_key()
        return str(_("Kode kedua %(name)s dihapus; sesinya berakhir.", name=row.name))

    return _change(user_id, act)


@bp.post("/<int:user_id>/penyedia")
def unlink(user_id: int) -> WsgiResponse:
    """Take the link with the OIDC provider from the account; its sessions end."""

    def act(session: Session, row: UserRow) -> str:
        if not row.password_hash:
            accounts.keep_an_admin(session, row)
        row.oidc_issuer, row.oidc_subject, row.session_key = None, None, accounts.new_key()
        audit(session, current_user.name, "user.oidc.off", "user", row.name)
        return str(_("%(name)s tidak lagi terhubung dengan penyedia.", name=row.name))

    return _change(user_id, act)


def _change(user_id: int, act: Act, *, seen: Callable[[UserRow], str] | None = None) -> WsgiResponse:
    """
    Do an act; what is refused is said on the page, what was typed kept.

    seen: what the act replaces; the form says what of it its reader saw, and where that has changed nothing is saved.
    """
    try:
        with store().work() as session:
            row = _row(session, user_id)
            if seen is not None and request.form.get("terlihat") != seen(row):
                said = _("Akun ini sudah diubah sejak halamannya dibuka; tidak ada yang disimpan.")
                last = last_said(told(history(session, "user", row.name, limit=1, without=_LOGINS)))
                raise Conflict(f"{said} {last}".strip(), mend=_("Periksa yang sekarang."))
            done = act(session, row)
    except (BadRequest, Conflict) as refusal:
        return _page(user_id, _status(refusal), said=_said(refusal), typed=request.form)
    flash(done, "success")
    return redirect(url_for("web_users.one", user_id=user_id), 303)


def _shown(made: Made) -> Response:
    """The link on the page, and by letter where mail is set up and the account has a mailbox; it stands in this answer and nowhere else."""
    its = settings()
    path = url_for("web_user_links.form", word=made.word)
    sent = send_link(store(), its, made) if can_mail(its) and made.row.email else None
    address = (its.base_url or request.host_url.rstrip("/")) + path
    page = render_template("accounts/link.html", made=made, address=address, sent=sent, mail=can_mail(its))
    return make_response(page)


def _list(status: int = 200, *, said: str | None = None, typed: MultiDict[str, str] | None = None) -> Response:
    after = asked("setelah")
    with store().read() as session:
        rows = users_after(session, after, PAGE + 1)
        counts = open_sessions(session, utcnow() - LIFE)
    context = {
        "rows": rows[:PAGE], "sessions": counts, "roles": ROLES, "said": said, "typed": typed if typed is not None else MultiDict(),
        "next_page": onward(rows, rows[PAGE - 1].name if len(rows) > PAGE else None),
        "first_page": here(setelah=None) if after else None, "obliged": settings().second_factor, "mail": can_mail(settings()),
    }  # fmt: skip
    return make_response(render_template("accounts/page.html", **context), status)


def _page(user_id: int, status: int = 200, *, said: str | None = None, typed: MultiDict[str, str] | None = None) -> Response:
    with store().read() as session:
        row = _row(session, user_id)
        its, past = sessions_of(session, row, utcnow() - LIFE), history(session, "user", row.name, limit=20)
    form = typed if typed is not None else MultiDict()
    context = {"row": row, "sessions": its, "here": current_user.row.id, "past": told(past), "roles": ROLES, "said": said, "typed": form}
    return make_response(render_template("accounts/one.html", **context), status)


def _row(session: Session, user_id: int) -> UserRow:
    row = user_by_id(session, user_id)
    if row is None:
        raise NotFound(_("Akun itu tidak ada."), mend=_("Pilih dari daftar pengguna."))
    return row


def _said(refusal: ExchangeError) -> str:
    return f"{refusal.message} {refusal.mend or ''}".strip()


def _status(refusal: ExchangeError) -> int:
    return 422 if isinstance(refusal, BadRequest) else int(refusal.status)
