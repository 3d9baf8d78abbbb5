"""The files of a case: brought alone or with a step, and downloaded as they came."""

from __future__ import annotations

import io
from typing import Final

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.node import Node, node_of
from exchange.agreements.papers import LARGEST, bring
from exchange.agreements.steps import named
from exchange.errors import BadRequest, NotFound
from exchange.store.agreements import AgreementRow, file_of
from exchange.web.pages import require_decider
from exchange.web.told import said_of, told
from exchange.wiring import settings, store

AT_ONCE: Final = 3
MOST_BYTES: Final = AT_ONCE * LARGEST


def kept(session: Session, node: Node, row: AgreementRow, kind: str, file: FileStorage) -> str:
    """
    A file of a form as it is kept; its SHA-256.

    Raises:
        BadRequest: it is not what can be taken.
    """
    body = file.stream.read(LARGEST + 1)
    file.stream.seek(0)  # the answer to a refusal may read it again
    return bring(session, node.rules, node.papers, row, kind, file.filename or kind, body, actor=current_user.name)


def bring_one(ident: str) -> WsgiResponse:
    """Keep a file for a later step."""
    require_decider()
    node, file = node_of(settings()), request.files.get("berkas")
    kind = request.form.get("jenis", "")
    try:
        if file is None or not file.filename:
            raise BadRequest(_("Belum ada berkas yang dipilih."), mend=_("Pilih berkasnya, lalu unggah."))
        with store().work() as session:
            kept(session, node, named(session, ident), kind, file)
    except BadRequest as refusal:
        flash(said_of(refusal), "danger")
    else:
        flash(_("%(paper)s tersimpan. Ia dihitung bila dipakai oleh sebuah langkah.", paper=told(node.rules.label(kind))), "success")
    return redirect(url_for("web_agreements.one", ident=ident, _anchor="berkas"), 303)


def download(ident: str, sha256: str) -> Response:
    """A file as it came, to be saved; never shown in the page."""
    node = node_of(settings())
    with store().read() as session:
        row = named(session, ident)
        file = file_of(session, row.id, sha256)
    if file is None:
        raise NotFound(_("Berkas itu tidak ada pada perkara %(ident)s.", ident=ident), mend=_("Pilih dari daftar berkas perkaranya."))
    body = io.BytesIO(node.papers.read(file.sha256))
    answer = send_file(body, mimetype=file.media, as_attachment=True, download_name=file.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
