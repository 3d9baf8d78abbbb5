"""Saved searches of matches: each reader's own, some for the whole office, with what is new since the reader looked."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.inbox import FILTERS
from exchange.errors import NotFound
from exchange.store.audit import audit
from exchange.store.saved_searches import SavedSearchRow, Search, drop_search, look_of, newest_match, own_searches, searches_of
from exchange.web.asking import allow
from exchange.web.match_lists import filters_asked, reader
from exchange.web.pages import local_path, may_decide, staff_pages
from exchange.wiring import store

bp = staff_pages("match_searches", "/kecocokan/pencarian", reads="own", changes="own")
MOST = 20
_LONGEST = 80


@bp.post("")
def save() -> WsgiResponse:
    """Save the filters of the address under a name; the same name again takes the place of the one before."""
    allow(*FILTERS)
    said = filters_asked()
    name = " ".join(request.form.get("nama", "").split())
    back = url_for("web_matches.inbox") + (f"?{urlencode(said)}" if said else "")
    if not name or len(name) > _LONGEST:
        flash(_("Nama pencarian belum diisi, atau lebih dari %(most)s huruf.", most=_LONGEST), "warning")
        return redirect(back, 303)
    with store().work() as session:
        own = own_searches(session, reader())
        row = next((one for one in own if one.name == name), None)
        if row is None and len(own) >= MOST:
            flash(_("Paling banyak %(most)s pencarian; hapus satu dahulu.", most=MOST), "warning")
            return redirect(back, 303)
        if row is None:
            row = SavedSearchRow(account_id=reader(), name=name, from_id=newest_match(session))
            session.add(row)
        row.asked, row.shared = said, bool(request.form.get("kantor")) and may_decide()
        session.flush()
        audit(session, current_user.name, "search.save", "search", str(row.id), name=name, shared=row.shared, asked=said)
    flash(_("Pencarian “%(name)s” tersimpan; yang baru sejak sekarang akan dihitung.", name=name), "success")
    return redirect(back, 303)


@bp.post("/<int:search_id>/dilihat")
def seen(search_id: int) -> WsgiResponse:
    """Say that all up to the newest match which the page knew of was looked at."""
    until = request.form.get("sampai", "")
    with store().work() as session:
        search = _mine(searches_of(session, reader(), only=search_id))
        look = look_of(session, search, reader())
        known = int(until) if until.isascii() and until.isdigit() and len(until) <= 15 else search.newest
        look.seen_id, look.counted = max(look.seen_id, min(known, search.newest)), 0
    flash(_("“%(name)s” ditandai sudah dilihat.", name=search.row.name), "success")
    return redirect(local_path(request.form.get("kembali")) or url_for("web_matches.inbox"), 303)


@bp.post("/<int:search_id>/surat")
def mail(search_id: int) -> WsgiResponse:
    """Wish for a letter about what is new, or no longer."""
    with store().work() as session:
        search = _mine(searches_of(session, reader(), only=search_id))
        look = look_of(session, search, reader())
        look.mailed = not look.mailed
        look.told_id = max(look.told_id, search.newest) if look.mailed else look.told_id
        wished = look.mailed
    told = _("Surat untuk “%(name)s” dinyalakan.") if wished else _("Surat untuk “%(name)s” dimatikan.")
    flash(told % {"name": search.row.name}, "success")
    return redirect(url_for("web_matches.inbox"), 303)


@bp.post("/<int:search_id>/hapus")
def remove(search_id: int) -> WsgiResponse:
    """Remove a search of one's own, for everybody who has it."""
    with store().work() as session:
        search = _mine(searches_of(session, reader(), only=search_id))
        if search.row.account_id != reader():
            raise NotFound(_("Pencarian ini milik %(name)s.", name=search.owner), mend=_("Minta pemiliknya menghapusnya."))
        drop_search(session, search.row)
        audit(session, current_user.name, "search.remove", "search", str(search_id), name=search.row.name)
    flash(_("Pencarian “%(name)s” dihapus.", name=search.row.name), "success")
    return redirect(url_for("web_matches.inbox"), 303)


def _mine(found: list[Search]) -> Search:
    if not found:
        raise NotFound(_("Pencarian itu tidak ada."), mend=_("Buka daftar kecocokan dan pilih dari sana."))
    return found[0]
