"""The reader's language: Indonesian first, English by a switch; asked for on pages alone, never on the API's paths."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, redirect, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.doors import is_machine
from exchange.errors import BadRequest
from exchange.web.pages import LINKED, local_path, open_pages
from exchange.web.wording import SOURCE

LANGUAGES = {SOURCE: "Bahasa Indonesia", "en": "English"}
_NAME = "bahasa"

bp = open_pages("languages")


def chosen() -> str:
    """
    The language that the reader of this request chose, Indonesian where none was.

    A page that keeps no cookie is told it by its address; what machines read is Indonesian and does not touch the session,
    so that it depends on no cookie.
    """
    if not has_request_context() or is_machine(request.path):
        return SOURCE
    said = session.get("language") if _in_session() else request.args.get(_NAME)
    return said if said in LANGUAGES else SOURCE


def keep(language: str) -> None:
    """Remember the language in the session; Indonesian needs no remembering."""
    if language == SOURCE:
        session.pop("language", None)
    else:
        session["language"] = language


def begin_session() -> None:
    """Throw away what the browser's session held before, but for the language, in which nobody can plant anything."""
    language = chosen()
    session.clear()
    keep(language)


def _in_session() -> bool:
    """Whether the page may use the session: those of signed links do not, nor what is said to strangers about no page at all."""
    if request.blueprint in LINKED:
        return False
    return request.blueprint is not None or bool(current_user.is_authenticated)


@bp.post("/bahasa")
def switch() -> WsgiResponse:
    """Read on in another language, on the page from which it was asked for."""
    said = request.form.get(_NAME, "")
    if said not in LANGUAGES:
        raise BadRequest(_("Bahasa itu tidak ada."), mend=_("Tekan tombol bahasa di halaman."))
    keep(said)
    return redirect(local_path(request.form.get("kembali")) or url_for("web_home.home"), 303)


def _other() -> dict[str, Any] | None:
    """
    The way to the other language: its code and name, where to come back to, and whether a form may be used for it.

    None on the answer to a form: going elsewhere would lose what was typed, or a secret that is shown once.
    """
    if request.method not in {"GET", "HEAD"}:
        return None
    code = next(code for code in LANGUAGES if code != str(get_locale()))
    here = request.full_path if request.query_string else request.path
    return {"code": code, "name": LANGUAGES[code], "here": here, "form": _in_session(), "link": f"?{_NAME}={code}"}


def _kept_in_address(_endpoint: str, values: dict[str, Any]) -> None:
    """A page without a cookie hands its language on in the addresses of its own kind."""
    if has_request_context() and request.blueprint in LINKED and (language := chosen()) != SOURCE:
        values.setdefault(_NAME, language)


def register(app: Flask) -> None:
    """Hang the switch into the app and give the templates the way to the other language."""
    app.register_blueprint(bp)
    for name in LINKED:
        app.url_default_functions.setdefault(name, []).append(_kept_in_address)
    app.context_processor(lambda: {"source_language": SOURCE, "other_language": _other})
