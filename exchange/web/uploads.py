"""Unggah: a region without a system sends its table by a signed link; it sees how the table is understood before it sends it for good."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as WsgiResponse

from exchange.access.upload_links import read_link
from exchange.errors import BadRequest, NotFound
from exchange.store.base import utcnow
from exchange.store.uploads import upload_by_id, uploads_of
from exchange.sync.uploads import LOOKED_AT, receive, send, source_of
from exchange.web.pages import linked_pages
from exchange.web.told import said_of
from exchange.wiring import settings, store

bp = linked_pages("uploads", "/unggah")

_FORM = 64 * 1024  # what a form takes beside its file


@bp.url_value_preprocessor
def _bound(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Before anything reads what came, let only a link go on that this node made, and only so much; no other hook is called earlier."""
    request.max_content_length = settings().upload_mib * 2**20 + _FORM
    g.link = read_link(settings().secret_key, (values or {}).get("token", ""), utcnow())


@bp.after_request
def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/<token>")
def form(token: str) -> Response:
    """The form, and what was sent before."""
    return _form(token)


@bp.post("/<token>")
def take(token: str) -> WsgiResponse:
    """Keep a file and show how it would be understood; nothing is read by a run yet."""
    file, body = request.files.get("berkas"), b""
    if file:
        with file.stream as stream:
            body = stream.read(settings().upload_mib * 2**20 + 1)
    if len(body) > settings().upload_mib * 2**20:
        raise RequestEntityTooLarge
    try:
        upload_id = receive(store(), settings(), g.link, body)
    except BadRequest as refusal:
        return _form(token, said=said_of(refusal), status=422)
    return redirect(url_for("web_uploads.one", token=token, upload_id=upload_id), 303)


@bp.get("/<token>/<int:upload_id>")
def one(token: str, upload_id: int) -> Response:
    """One file: how it would be understood, with the button that sends it; or that it was sent."""
    with store().read() as session:
        source = source_of(session, g.link)
        row = upload_by_id(session, source.id, upload_id)
    if row is None:
        raise NotFound(_("Berkas %(number)s tidak ada.", number=upload_id), mend=_("Unggah berkasnya lagi."))
    its: dict[str, Any] = {"source": source, "row": row, "look": row.look, "looked_at": LOOKED_AT}
    return make_response(render_template("uploads/one.html", token=token, link=g.link, **its))


@bp.post("/<token>/<int:upload_id>/kirim")
def send_it(token: str, upload_id: int) -> WsgiResponse:
    """Send it for good; the next run reads it."""
    send(store(), g.link, upload_id)
    return redirect(url_for("web_uploads.one", token=token, upload_id=upload_id), 303)


def _form(token: str, *, said: str | None = None, status: int = 200) -> Response:
    with store().read() as session:
        source = source_of(session, g.link)
        uploads = uploads_of(session, source.id)
    its: dict[str, Any] = {"source": source, "uploads": uploads, "said": said, "most": settings().upload_mib, "contact": settings().contact}
    return make_response(render_template("uploads/form.html", token=token, link=g.link, **its), status)
