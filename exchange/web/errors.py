"""Errors as pages in plain words: what happened, where, what to do next. The API answers for its own paths."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from exchange.doors import is_machine
from exchange.errors import BadRequest, ExchangeError
from exchange.web.joined import joined
from exchange.web.told import told


def _said(status: int) -> tuple[str, str]:
    """Title and advice for an HTTP status."""
    known = {
        400: (_("Alamat atau isian ini tidak dapat dipahami"), _("Kembali ke halaman sebelumnya dan coba lagi.")),
        403: (_("Tidak diizinkan"), _("Minta admin bila Anda memerlukannya.")),
        404: (_("Halaman tidak ditemukan"), _("Periksa alamatnya, atau lanjutkan dari sini.")),
        405: (_("Cara membuka halaman ini keliru"), _("Buka lewat tombol atau tautan di halaman, bukan dari alamatnya.")),
        413: (_("Kiriman terlalu besar"), _("Kirim berkas yang lebih kecil.")),
    }
    return known.get(status, (_("Layanan tidak dapat melakukannya"), _("Coba lagi sebentar. Bila berulang, beri tahu pengelola layanan.")))


def explain(error: Exception) -> Response:
    """The error as a page; its own sentence and advice where it has them."""
    if isinstance(error, ExchangeError):
        status, title = int(error.status), str(told(error.title)).rstrip(".")
        if error.title == BadRequest.title:  # "permintaan" on pages is what a region wants to buy
            title = _said(status)[0]
        detail, mend = (joined(told(part)) if part else part for part in (error.message, error.mend))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # Flask logs what nobody foresaw; the code on the page finds this one too
            current_app.log_exception((type(error), error, error.__traceback__))  # type: ignore[arg-type]
    elif isinstance(error, CSRFError):
        status, title = HTTPStatus.BAD_REQUEST, _("Formulir sudah tidak berlaku")
        detail = _("Formulir ini dibuka dalam sesi yang lain, atau sesinya sudah berakhir. Tidak ada yang disimpan.")
        mend = _("Muat ulang halaman, masuk bila diminta, lalu kirim sekali lagi.")
    else:
        status = getattr(error, "code", None) or 500
        title, mend = _said(status)
        detail = None
        if isinstance(error, HTTPException) and error.response is not None:
            return make_response(error.response)
    _know_reader()
    page = render_template("error.html", error=error, status=status, title=title, detail=detail, mend=mend)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    if isinstance(error, ExchangeError) and "retry_after" in error.facts:
        response.headers["Retry-After"] = str(error.facts["retry_after"])
    return response


def _know_reader() -> None:
    """Where the database does not say who reads, the page of the error is a stranger's: it must not fail for the same cause."""
    try:
        _known = current_user.is_authenticated
    except (ExchangeError, SQLAlchemyError):
        g._login_user = AnonymousUserMixin()


def register(app: Flask) -> None:
    """Explain what happens outside of any page's blueprint, and leave the API's paths to whoever explained them before."""
    for status in (404, 405, 500):
        app.register_error_handler(status, _beside(app, status))
    app.register_error_handler(ExchangeError, _beside(app, None, ExchangeError))


def _beside(app: Flask, status: int | None, kind: type[Exception] = HTTPException) -> Callable[[Any], Any]:
    handlers = app.error_handler_spec[None]
    before = next(iter(handlers[status].values()), None) if status else None
    before = before or handlers[None].get(kind)

    def handle(error: Any) -> Any:
        if not is_machine(request.path):
            return explain(error)
        return before(error) if before else error

    return handle
