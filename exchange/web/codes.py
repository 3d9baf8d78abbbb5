"""The second factor: its code at the login, setting it up with a picture for the telephone, spare codes, switching it off."""

from __future__ import annotations

import segno
from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access import second_factor
from exchange.access.accounts import PAUSE, TRIES
from exchange.access.sealing import Sealer
from exchange.errors import BadRequest, Conflict
from exchange.store.users import UserRow, user_by_id
from exchange.web.entering import Half, begin, half
from exchange.web.languages import begin_session
from exchange.web.pages import open_pages, staff_pages
from exchange.wiring import settings, store

bp = open_pages("codes", "/masuk")
own = staff_pages("own_code", "/saya/kode", reads="own", changes="own")


def _sealer() -> Sealer:
    return second_factor.sealer(settings().with_secret().secret_key)


@bp.get("/kode")
def ask() -> WsgiResponse:
    """The form for the code; whoever has not given a password yet is sent to do so."""
    return _ask() if half() else redirect(url_for("web_auth.login"))


@bp.post("/kode")
def answer() -> WsgiResponse:
    """Check the code and begin the session."""
    known = half()
    if known is None:
        return _begin_anew()
    if not second_factor.fits(store(), known.account_id, request.form.get("kode", ""), _sealer()):
        return _ask(wrong=True)
    return begin(known)


def _ask(*, wrong: bool = False) -> Response:
    minutes = int(PAUSE.total_seconds() // 60)
    return make_response(render_template("accounts/code.html", wrong=wrong, tries=TRIES, minutes=minutes), 422 if wrong else 200)


@bp.get("/pasang")
def set_up() -> WsgiResponse:
    """The picture for the telephone of an account that may not go on without a second factor."""
    known = half()
    return _picture(known.account_id) if known and _lacks(known) else redirect(url_for("web_auth.login"))


@bp.post("/pasang")
def set_up_it() -> WsgiResponse:
    """Take the first code and begin the session; the spare codes are shown on the way."""
    known = half()
    if known is None or not _lacks(known):
        return _begin_anew()
    spares = _switch_on(known.account_id)
    if not isinstance(spares, list):
        return spares
    begin(known)
    return _spares(spares, known.target or url_for("web_home.home"))


def _lacks(known: Half) -> bool:
    """Whether the half of a login is of an account that has no second factor and is as it was."""
    with store().read() as rows:
        row = user_by_id(rows, known.account_id)
    return row is not None and row.active and row.session_key == known.key and row.totp_secret is None


def _begin_anew() -> WsgiResponse:
    flash(_("Terlalu lama, atau akunnya berubah. Masuk sekali lagi dari awal."), "warning")
    begin_session()
    return redirect(url_for("web_auth.login"), 303)


@own.get("")
def page() -> WsgiResponse:
    """The picture that sets the second factor up; whoever has one is shown his own account."""
    row = current_user.row.account
    return redirect(url_for("web_account.page")) if row.totp_secret else _picture(row.id)


@own.post("")
def switch_on() -> WsgiResponse:
    """Take the first code; the spare codes are shown this once."""
    spares = _switch_on(current_user.row.account_id)
    return _spares(spares, url_for("web_account.page")) if isinstance(spares, list) else spares


@own.post("/cadangan")
def new_spares() -> WsgiResponse:
    """Make new spare codes, for a code of now."""
    if not second_factor.fits(store(), current_user.row.account_id, request.form.get("kode", ""), _sealer()):
        return _refused()
    with store().work() as rows:
        spares = second_factor.new_spares(rows, _row(rows.get(UserRow, current_user.row.account_id)))
    return _spares(spares, url_for("web_account.page"))


@own.post("/hapus")
def switch_off() -> WsgiResponse:
    """Switch the second factor off, for a code of now; not where the role must have one."""
    if current_user.role in settings().second_factor:
        raise Conflict(_("Peran Anda harus memakai kode kedua."), mend=_("Bila telepon hilang, minta admin mengatur ulang."))
    if not second_factor.fits(store(), current_user.row.account_id, request.form.get("kode", ""), _sealer()):
        return _refused()
    with store().work() as rows:
        second_factor.switch_off(rows, _row(rows.get(UserRow, current_user.row.account_id)), actor=current_user.name)
    flash(_("Kode kedua dimatikan."), "success")
    return redirect(url_for("web_account.page"), 303)


def _refused() -> WsgiResponse:
    flash(_("Kode itu tidak cocok; tidak ada yang diubah."), "danger")
    return redirect(url_for("web_account.page"), 303)


def _row(row: UserRow | None) -> UserRow:
    assert row is not None, "accounts are closed, never removed"
    return row


def _switch_on(account_id: int) -> list[str] | Response:
    """The spare codes; or the page again with what was wrong."""
    try:
        with store().work() as rows:
            return second_factor.switch_on(rows, _row(user_by_id(rows, account_id)), request.form.get("kode", ""), _sealer())
    except (BadRequest, Conflict) as refusal:
        return _picture(account_id, said=f"{refusal.message} {refusal.mend}")


def _picture(account_id: int, *, said: str | None = None) -> Response:
    with store().work() as rows:
        row = _row(user_by_id(rows, account_id))
        secret = second_factor.pending(row, _sealer(), fresh=said is None)
    address = second_factor.address(settings().office, row.name, secret)
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=5, svgclass="qr", lineclass=None)
    key = address.partition("secret=")[2].partition("&")[0]
    spaced = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    page = render_template(
        "accounts/set_up.html",
        picture=Markup(drawn),  # noqa: S704 - drawn by the library from an address that is escaped
        key=spaced,
        address=address,
        said=said,
        action=request.path,
        obliged=row.role in settings().second_factor,
    )
    return make_response(page, 422 if said else 200)


def _spares(codes: list[str], onward: str) -> Response:
    return make_response(render_template("accounts/spares.html", codes=codes, onward=onward))
