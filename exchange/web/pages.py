"""What every staff page shares: the login gate, the CSRF check, errors in plain words, one view for page and partial."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.exceptions import default_exceptions
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access.roles import may
from exchange.errors import Denied, ExchangeError
from exchange.web.errors import explain
from exchange.web.words import word

csrf = CSRFProtect()
LINKED: set[str] = set()  # the names of blueprints that keep no cookie
_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})
SMALL = 64 * 1024  # bytes of a form that anybody may send: a name, a password, a code


def staff_pages(name: str, prefix: str | None = None, *, reads: str = "read", changes: str = "decide") -> Blueprint:
    """
    A blueprint whose every view needs a staff login and checks CSRF; the only way that a page is made.

    reads, changes: the rights (`access.roles`) that looking and sending need at least; a view may ask for more. What was sent is read
    after both, by the check of CSRF: nobody else has this service take in his files.
    """

    def check() -> None:
        _require(reads if request.method in _LOOKS else changes)

    return _blueprint(name, prefix, _gate, check, csrf.protect)


def open_pages(name: str, prefix: str | None = None) -> Blueprint:
    """A blueprint of pages that need no login and take small forms only; CSRF is checked, nothing is cached, errors are pages."""
    bp = _blueprint(name, prefix, csrf.protect)
    bp.url_value_preprocessor(_bound)
    return bp


def linked_pages(name: str, prefix: str | None = None) -> Blueprint:
    """
    A blueprint of pages that whoever bears a signed link may open: no cookie is asked for or set, so there is nothing to forge.

    Its forms are small, unless a `url_value_preprocessor` of its own, which comes later, says how much may be sent.
    """
    bp = _blueprint(name, prefix)
    bp.url_value_preprocessor(_bound)
    LINKED.add(bp.name)
    return bp


def _blueprint(name: str, prefix: str | None, *gates: Callable[[], WsgiResponse | None]) -> Blueprint:
    bp = Blueprint(f"web_{name}", "exchange.web", url_prefix=prefix)
    for gate in gates:
        bp.before_request(gate)
    bp.after_request(_keep_private)
    bp.register_error_handler(ExchangeError, explain)
    for status in default_exceptions:  # each by its number: a handler of the whole app for one number would go first
        bp.register_error_handler(status, explain)
    return bp


def _bound(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads what came, say how much of it may come."""
    request.max_content_length = SMALL


def _gate() -> WsgiResponse | None:
    if current_user.is_authenticated:
        return None
    if "HX-Request" in request.headers:
        # the login page must not land inside a table row
        return Response(status=204, headers={"HX-Redirect": url_for("web_auth.login", next=_current_page())})
    if request.method not in {"GET", "HEAD"}:
        flash(_("Sesi Anda sudah berakhir; yang baru saja dikirim belum disimpan."), "warning")
        return redirect(url_for("web_auth.login"), 303)
    return redirect(url_for("web_auth.login", next=_path(request.path, request.query_string.decode("ascii", "ignore"))))


def _current_page() -> str | None:
    """The page that htmx says it stands on; None where the header is no address."""
    try:
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return None
    return _path(here.path, here.query)


def _path(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _keep_private(response: Response) -> Response:
    """A shared office computer keeps no page; a partial is never taken for the page of the same address."""
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response


def wants_part() -> bool:
    """Whether htmx asks for a part; a page restored from the history is whole."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def page_or_part(page: str, part: str, status: int = 200, **context: Any) -> Response:
    """The part to htmx, the page around it to everybody else."""
    return make_response(render_template(part if wants_part() else page, **context), status)


def local_path(target: str | None) -> str | None:
    """`target` when it is a path of this service, else None: no other host, no scheme, no control character."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"} or "\\" in target:
        return None
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def has_right(right: str) -> bool:
    """Whether the reader's role has a right."""
    return current_user.is_authenticated and may(current_user.role, right)


def may_decide() -> bool:
    """Whether the reader's role may decide."""
    return has_right("decide")


def require_decider() -> None:
    """Let only roles go on that may decide; raises Denied for others."""
    _require("decide")


def may_admit() -> bool:
    """Whether the reader's role may let partners in and say what is opened to them."""
    return has_right("admit")


def require_admitter() -> None:
    """Let only roles go on that may let partners in; raises Denied for others."""
    _require("admit")


def _require(right: str) -> None:
    """
    Let only roles go on that have a right.

    Raises:
        Denied: the reader's has not; in words that fit what was tried. Fact: `right`.
    """
    if has_right(right):
        return
    role = word(current_user.role, "role")
    if right == "decide":
        raise Denied(
            _("Peran Anda, %(role)s, hanya dapat melihat; keputusan tidak disimpan.", role=role),
            mend=_("Minta admin atau petugas untuk memutuskannya."),
            right=right,
        )
    if right == "admit":
        raise Denied(
            _("Peran Anda, %(role)s, hanya dapat melihat mitra; tidak ada yang diubah.", role=role),
            mend=_("Minta admin melakukannya."),
            right=right,
        )
    if right == "sources":
        raise Denied(
            _("Peran Anda, %(role)s, hanya dapat melihat bagaimana sumber ditanya; tidak ada yang diubah.", role=role),
            mend=_("Minta admin melakukannya."),
            right=right,
        )
    if right == "log":
        said = _("Peran Anda, %(role)s, tidak membuka catatan.", role=role)
        raise Denied(said, mend=_("Minta auditor atau admin mencarinya."), right=right)
    raise Denied(_("Halaman ini hanya untuk admin; peran Anda %(role)s.", role=role), mend=_("Minta admin melakukannya."), right=right)
