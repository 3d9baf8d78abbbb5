"""Who was told what of a firm beyond the public, as a table to hand over."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exchange.access.reads import LogUnreadable, Read, as_csv, reads_of_firm
from exchange.errors import NotFound
from exchange.store.businesses import business_by_ident
from exchange.web.asking import allow
from exchange.web.pages import staff_pages
from exchange.wiring import store

bp = staff_pages("exchange_log")

SHOWN = 50


def shown(session: Session, ident: str) -> list[Read] | None:
    """The newest that was told of one firm, for its page; None where the log cannot be read."""
    try:
        return reads_of_firm(session, ident, SHOWN)
    except LogUnreadable:
        return None


@bp.get("/usaha/<ident>/pembacaan.csv")
def table(ident: str) -> Response:
    """All that was told of one firm, as CSV; the right of the firm after UU 27/2022, Pasal 32."""
    allow()
    with store().read() as session:
        reads = reads_of_firm(session, ident)
        if not reads and business_by_ident(session, ident) is None:
            raise NotFound(_("IKM %(ident)s tidak ada.", ident=ident[:80]), mend=_("Cari di daftar mutu data."))
    response = Response(as_csv(reads), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"pembacaan-{ident}.csv")
    return response
