"""Surel: whether letters can go out, by which settings, a letter to try them, and what went wrong of late."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access.account_links import checked_mailbox
from exchange.errors import BadRequest, Conflict
from exchange.jobs.account_letters import can_mail, send_test
from exchange.store.audit import Asked, acts
from exchange.store.nights import last_night
from exchange.web.acts import told
from exchange.web.asking import allow
from exchange.web.pages import staff_pages
from exchange.wiring import settings, store

bp = staff_pages("mail", "/surel", reads="mail", changes="mail")


@bp.get("")
def page() -> Response:
    """The state of mail."""
    allow()
    return _page()


@bp.post("/uji")
def try_it() -> WsgiResponse:
    """Send the letter that tries the settings, and wait for what the server says."""
    if not settings().smtp_url:
        raise Conflict(_("Surel belum diatur."), mend=_("Isi EXCHANGE_SMTP_URL, lalu jalankan ulang layanan."))
    try:
        mailbox = checked_mailbox(request.form.get("surel"))
        if mailbox is None:
            raise BadRequest(_("Kotak surat tujuan belum diisi."))
    except BadRequest as refusal:
        return _page(422, said=f"{refusal.message} {refusal.mend or ''}".strip())
    trouble = send_test(store(), settings(), mailbox)
    flash(trouble or _("Surat percobaan diterima server surat; periksa kotaknya."), "danger" if trouble else "success")
    return redirect(url_for("web_mail.page"), 303)


def _page(status: int = 200, *, said: str | None = None) -> Response:
    its = settings()
    server = urlsplit(its.smtp_url) if its.smtp_url else None
    with store().read() as session:
        past, night = told(acts(session, Asked(kind="mail"), 10)), last_night(session)
        letter = (night.summary.get("mail") or {}) if night is not None else {}
    page = render_template(
        "mail/page.html", its=its, server=server, sender=its.mail_from or its.contact, links=can_mail(its), past=past, said=said,
        night_trouble=letter.get("trouble"),
    )  # fmt: skip
    return make_response(page, status)
