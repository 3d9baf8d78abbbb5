"""One run of a source: what it brought by outcome, the listings of each, and one listing as it came."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exchange.errors import Gone, NotFound
from exchange.store.demand_changes import change_to, is_forgotten
from exchange.store.demands import demand_by_ident, demand_record
from exchange.store.quarantine import QuarantineRow, quarantine_by_id, quarantine_of_run
from exchange.store.run_listings import MOST, NOTED, listings_of_run, tells_unchanged, unchanged_of_run
from exchange.store.runs import RunRow, run_by_id
from exchange.store.sources import SourceRow
from exchange.sync.raw import answers_around, origin_of, raw_text
from exchange.web.asking import PAGE, allow, here, one_of, onward, whole
from exchange.web.pages import page_or_part, staff_pages
from exchange.web.source_named import source_named
from exchange.web.trend import value_of
from exchange.wiring import settings, store

bp = staff_pages("source_runs", "/sumber")

LISTED = ("new", *NOTED, "quarantined", "unchanged")


@bp.get("/<name>/penarikan/<int:run_id>")
def one(name: str, run_id: int) -> Response:
    """A run with its counts, and a page of the listings of one outcome."""
    allow("hasil", "setelah")
    outcome, after = one_of("hasil", LISTED), whole("setelah", 1, 2**62) or 0
    with store().read() as session:
        run = _run(session, name, run_id)
        counts = _counts(run)
        outcome = outcome or next((each for each in LISTED if counts[each]), "new")
        rows: list[Any]
        gone = run.listings_gone_at is not None and outcome not in {"new", "quarantined"}
        if gone and after:
            raise Gone(
                _("Daftar ini melewati masa simpan dan tidak dapat diteruskan dari tempat itu."),
                mend=_("Buka pengambilannya dari awal: %(path)s", path=url_for(".one", name=name, run_id=run_id, hasil=outcome)),
            )
        if gone:
            rows = []
        elif outcome == "quarantined":
            rows = quarantine_of_run(session, run.id, limit=PAGE + 1, after=after)
        elif outcome == "unchanged":
            rows = unchanged_of_run(session, run, limit=PAGE + 1, after=after)
        else:
            rows = listings_of_run(session, run, outcome, limit=PAGE + 1, after=after)
    places = [each.id if isinstance(each, QuarantineRow) else each.place for each in rows]
    return page_or_part(
        "sources/run.html",
        "sources/_listings.html",
        source=run.source,
        run=run,
        counts=counts,
        outcome=outcome,
        rows=rows[:PAGE],
        value=value_of(run),
        noted=MOST,
        gone_at=run.listings_gone_at if gone else None,
        tells_unchanged=tells_unchanged(run),
        next_page=onward(rows, str(places[PAGE - 1]) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if after else None,
        tabs=[(each, here(hasil=each, setelah=None)) for each in LISTED],
    )


@bp.get("/<name>/mentah/<ident>")
def raw(name: str, ident: str) -> str:
    """A demand's listing as it came last, or (`versi`) as it came when the demand got that version."""
    allow("versi")
    version = whole("versi", 2, 2**31 - 1)
    with store().read() as session:
        row = demand_by_ident(session, ident)
        if row is None or row.source.name != name:
            raise NotFound(_("Permintaan %(ident)s tidak ada di sumber ini.", ident=ident), mend=_("Cari di daftar permintaan."))
        kept = row if version is None else change_to(session, row.id, version)
        if kept is None and is_forgotten(session, row.id, version or 0):
            raise Gone(
                _("Versi %(number)s dari permintaan ini sudah tergantikan dan melewati masa simpan.", number=version),
                mend=_(
                    "Asal tiap bagian yang berlaku ada di halaman permintaannya: %(path)s", path=url_for("web_demands.one", ident=ident)
                ),
            )
        if kept is None:
            raise NotFound(_("Versi %(number)s dari permintaan ini tidak tercatat.", number=version), mend=_("Buka halaman permintaannya."))
        content = row.content_hash if version in (None, row.version) else ""  # an older version's is not kept
        told = _raw(session, row.source, kept.raw_answer, row.reference, kept.raw_position, content)
    return render_template("sources/raw.html", source=row.source, title=row.title, demand=row, record=demand_record(row), **told)


@bp.get("/<name>/karantina/<int:row_id>")
def unread(name: str, row_id: int) -> str:
    """A listing that could not be understood, as it came, and why."""
    allow()
    with store().read() as session:
        source, row = source_named(session, name), quarantine_by_id(session, row_id)
        if row is None or row.source_id != source.id:
            raise NotFound(_("Data itu tidak ada di sumber ini."), mend=_("Pilih dari daftar yang belum terbaca."))
        told = _raw(session, source, row.answer, row.reference, row.position, row.content_hash)
    return render_template("sources/raw.html", source=source, title=row.reference, waiting=row, **told)


def _raw(session: Session, source: SourceRow, digest: str, reference: str, position: int, content: str) -> dict[str, Any]:
    """What the page of a listing as it came shows of its answer."""
    origin = origin_of(session, source.id, digest)
    if origin is None:
        why = _("Jawaban itu tidak tercatat pada pengambilan mana pun dari sumber ini.")
        return {"origin": None, "text": None, "why": why, "position": position, "digest": digest}
    around = answers_around(session, origin.run.id)
    text, why = raw_text(settings(), source, origin, around, reference, position, content)
    return {"origin": origin, "text": text, "why": why, "position": position, "digest": digest}


def _counts(run: RunRow) -> dict[str, int]:
    return {name: getattr(run, name) for name in ("new", "changed", "unchanged", "missing", "held", "withdrawn", "quarantined", "skipped")}


def _run(session: Session, name: str, run_id: int) -> RunRow:
    run = run_by_id(session, run_id)
    if run is None or run.source.name != name:
        raise NotFound(_("Pengambilan %(number)s tidak ada di sumber ini.", number=run_id), mend=_("Pilih dari daftar pengambilannya."))
    return run
