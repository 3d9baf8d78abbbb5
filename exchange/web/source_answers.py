"""Jawaban tersimpan: what a source answered, as it came; an administrator opens it as text, which is put on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from flask import Response, render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from exchange.errors import Denied, NotFound
from exchange.store.audit import audit
from exchange.store.runs import AT_HAND, AnswerRow, RunRow, run_by_id
from exchange.store.source_answers import answer_of_source, answers_of_run, last_answered_run, runs_beside
from exchange.store.sources import SourceRow
from exchange.sync.archive import Archive
from exchange.web.asking import PAGE, allow, here, one_of, onward, whole
from exchange.web.pages import has_right, staff_pages
from exchange.web.source_named import source_named
from exchange.wiring import settings, store

bp = staff_pages("source_answers", "/sumber")

SHOWN = 1024 * 1024  # bytes that are opened in the browser; all of it is there to be downloaded


class Kept(NamedTuple):
    """An answer with how long its bytes stay at least: a time, or None where they are not (or no more) in the archive."""

    answer: AnswerRow
    until: datetime | None


@bp.get("/<name>/jawaban")
def listing(name: str) -> str:
    """The answers of one run, the last one where none is named."""
    allow("penarikan", "setelah")
    run_id, after = whole("penarikan", 1, 2**62), whole("setelah", 1, 2**62) or 0
    with store().read() as session:
        source = source_named(session, name)
        run = _run(session, source, run_id)
        rows = answers_of_run(session, run.id, limit=PAGE + 1, after=after) if run else []
        before, following = runs_beside(session, run) if run else (None, None)
    archive = Archive(settings().data_dir / "archive")
    return render_template(
        "sources/answers.html",
        source=source,
        run=run,
        rows=[Kept(row, _until(archive, row)) for row in rows[:PAGE]],
        before=before,
        following=following,
        may_open=has_right("sources"),
        next_page=onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None),
        first_page=here(setelah=None) if after else None,
    )


@bp.get("/<name>/jawaban/<int:answer_id>")
def opened(name: str, answer_id: int) -> Response:
    """An answer as it came, persons in it too: plain text that no browser takes for a page, or (`unduh=ya`) a file."""
    allow("unduh")
    download = one_of("unduh", ("ya",)) == "ya"
    if not has_right("sources"):
        raise Denied(
            _("Jawaban mentah dapat memuat data orang; hanya admin yang membukanya."),
            mend=_("Minta admin, atau buka data aslinya satu per satu."),
            right="sources",
        )
    with store().work() as session:
        source = source_named(session, name)
        row = answer_of_source(session, source.id, answer_id)
        if row is None:
            raise NotFound(_("Jawaban itu tidak ada di sumber ini."), mend=_("Pilih dari daftar jawabannya."))
        try:
            body = Archive(settings().data_dir / "archive").read(row.digest)
        except (NotFound, ValueError):
            raise NotFound(_("Isi jawaban ini tidak ada lagi di arsip."), mend=_("Pilih jawaban yang lebih baru.")) from None
        audit(session, current_user.name, "answer.opened", "source", name, answer=row.id, digest=row.digest)
    text = None if download else _text(body[:SHOWN])
    kind, how = ("application/octet-stream", "attachment") if text is None else ("text/plain; charset=utf-8", "inline")
    answer = Response(body if text is None else text.encode(), content_type=kind)
    answer.headers["Content-Disposition"] = f'{how}; filename="{name}-{row.id}.{"bin" if text is None else "txt"}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _text(body: bytes) -> str | None:
    """Bytes as text, one torn letter at their end left out; None where they are none."""
    if b"\0" in body:
        return None
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return body[: error.start].decode("utf-8-sig") if error.start > len(body) - 4 else body.decode("cp1252", "replace")


def _until(archive: Archive, row: AnswerRow) -> datetime | None:
    """When the bytes may go; the archive counts from when they came last."""
    if row.status not in AT_HAND:
        return None
    try:
        last = archive.path(row.digest).stat().st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(last, UTC) + timedelta(days=settings().retention_days)


def _run(session: Session, source: SourceRow, run_id: int | None) -> RunRow | None:
    if run_id is None:
        return last_answered_run(session, source.id)
    run = run_by_id(session, run_id)
    if run is None or run.source_id != source.id:
        raise NotFound(_("Pengambilan %(number)s tidak ada di sumber ini.", number=run_id), mend=_("Pilih dari daftar pengambilannya."))
    return run
