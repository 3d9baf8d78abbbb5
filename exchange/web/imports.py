"""Impor: a workbook of the catalogue is uploaded, looked at, chosen from and taken; the mended one goes on from there."""

from __future__ import annotations

import io
import re
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as WsgiResponse

from exchange.catalogue.taking import ANSWERS
from exchange.errors import BadRequest, Conflict, NotFound
from exchange.jobs.import_taking import discard, open_preview, want
from exchange.jobs.imports import receive
from exchange.reports.blank_book import write_blank
from exchange.store.imports import (
    PARTS,
    PREVIEW,
    TICKED,
    WORKING,
    ImportLineRow,
    ImportRow,
    choose,
    choose_part,
    import_by_id,
    kin_of,
    line_by_id,
    line_of_row,
    lines_of_import,
    list_imports,
    tallies,
)
from exchange.sync.archive import Archive
from exchange.web.asking import PAGE, allow, asked, here, one_of, onward, whole
from exchange.web.import_words import PART_WORDS, value_said
from exchange.web.pages import may_decide, page_or_part, staff_pages
from exchange.web.told import said_of
from exchange.wiring import settings, store

bp = staff_pages("imports", "/impor")

NOTED = "catatan"  # rows that were read otherwise than they stand
_FORM = 64 * 1024  # what a form takes beside its file
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,59}")


@bp.url_value_preprocessor
def _bound(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads what came: so much and no more; no other hook is called earlier."""
    request.max_content_length = settings().upload_mib * 2**20 + _FORM
    request.max_form_parts = 2 * PAGE + 20


@bp.get("")
def listing() -> Response:
    """The form, and the imports so far, the latest first."""
    allow("setelah")
    return _listing()


@bp.get("/kosong.xlsx")
def blank() -> Response:
    """An empty workbook with the headings that are read, and a sheet that says what goes under each."""
    out = io.BytesIO()
    write_blank(out, settings().office)
    out.seek(0)
    return send_file(out, mimetype=_XLSX, as_attachment=True, download_name="katalog-kosong.xlsx")


@bp.post("")
def upload() -> WsgiResponse:
    """Keep a file and judge it without writing; a large one waits for the worker."""
    file, body = request.files.get("berkas"), b""
    if file:
        with file.stream as stream:
            body = stream.read(settings().upload_mib * 2**20 + 1)
    if len(body) > settings().upload_mib * 2**20:
        raise RequestEntityTooLarge
    parent = request.form.get("dari", "")
    try:
        if not body:
            raise BadRequest(_("Belum ada berkas yang dipilih, atau berkasnya kosong."), mend=_("Pilih buku kerjanya, lalu unggah."))
        name = (file.filename if file else None) or "katalog"
        number = receive(store(), settings(), body, name, current_user.name, _number(parent) if parent else None)
    except BadRequest as refusal:
        return _listing(said=said_of(refusal), parent=parent, status=422)
    return redirect(url_for("web_imports.one", import_id=number), 303)


@bp.get("/<int:import_id>")
def one(import_id: int) -> Response:
    """One import: what it would do, by part, a page of lines at a time, from one row of its file on if asked; or what it did."""
    allow("bagian", "setelah", "lembar", "baris")
    return _one(import_id)


@bp.get("/<int:import_id>/kemajuan")
def progress(import_id: int) -> Response:
    """How far a large one is, for htmx; when it is done, the whole page anew."""
    allow()
    row = _row(import_id)
    if row.state not in WORKING:
        return Response(status=204, headers={"HX-Refresh": "true"})
    return make_response(render_template("imports/_progress.html", row=row))


@bp.post("/<int:import_id>/pilih")
def pick(import_id: int) -> WsgiResponse:
    """Take or leave the lines of the page that was sent, or a whole part."""
    form = request.form
    part, every = form.get("bagian", ""), form.get("semua", "")
    if part not in TICKED or every not in {"", "ambil", "tinggal"}:
        raise _incomplete()
    lines, ticked = [_number(each) for each in form.getlist("baris")], [_number(each) for each in form.getlist("ambil")]
    try:
        with store().work() as session:
            row = open_preview(session, import_id, _version())
            if every:
                choose_part(session, import_id, part, every == "ambil")
            else:
                choose(session, import_id, lines, ticked)
            row.version, row.changed_by = row.version + 1, current_user.name
    except Conflict as refusal:
        return _one(import_id, said=said_of(refusal), part=part, status=409, ticked=None if every else (set(lines), set(ticked)))
    flash(_("Pilihan tersimpan; belum ada yang diubah di katalog."), "success")
    return redirect(_address(import_id, part, form.get("setelah", "")), 303)


@bp.post("/<int:import_id>/keraguan/<int:line_id>")
def answer(import_id: int, line_id: int) -> WsgiResponse:
    """Say what is to become of a doubt when the import is taken: it waits, goes onto a product, becomes a new one, or is rejected."""
    verdict, sku = request.form.get("putusan", ""), request.form.get("sku", "").strip()
    if verdict not in ANSWERS:
        raise _incomplete()
    try:
        if verdict == "create" and not _SKU.fullmatch(sku):
            raise BadRequest(
                _("SKU “%(sku)s” tidak berbentuk kode.", sku=sku[:80]),
                mend=_("Pakai 1 sampai 60 huruf, angka, titik, garis atau garis miring tanpa spasi."),
            )
        with store().work() as session:
            row = open_preview(session, import_id, _version())
            line = line_by_id(session, import_id, line_id)
            if line is None or line.part != "doubt":
                raise NotFound(_("Baris itu tidak ada dalam impor ini."), mend=_("Muat ulang halaman, lalu pilih lagi."))
            if (
                verdict == "apply"
                and line.body["doubt"]["kind"] == "product"
                and sku not in {each[0] for each in line.body["doubt"]["own"]}
            ):
                raise BadRequest(_("Produk “%(sku)s” bukan produk usaha ini.", sku=sku[:80]), mend=_("Pilih salah satu produk usaha ini."))
            line.body = line.body | {"verdict": verdict, "sku": sku or None}
            row.version, row.changed_by = row.version + 1, current_user.name
    except (BadRequest, Conflict) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return _one(import_id, said=said_of(refusal), part="doubt", status=status, typed={line_id: (verdict, sku)})
    flash(_("Jawaban tersimpan; dijalankan ketika impor ini diambil."), "success")
    return redirect(_address(import_id, "doubt", request.form.get("setelah", "")) + f"#baris-{line_id}", 303)


@bp.post("/<int:import_id>/ambil")
def take_it(import_id: int) -> WsgiResponse:
    """Write what was chosen; what the catalogue makes another thing meanwhile is shown instead."""
    try:
        want(store(), settings(), import_id, _version(), current_user.name)
    except Conflict as refusal:
        return _one(import_id, said=said_of(refusal), status=409)
    row = _row(import_id)
    if row.state == PREVIEW:
        return _one(import_id, status=409)
    return redirect(url_for("web_imports.one", import_id=import_id), 303)


@bp.post("/<int:import_id>/buang")
def discard_it(import_id: int) -> WsgiResponse:
    """Put an import aside; nothing of it was written."""
    try:
        discard(store(), import_id, current_user.name)
    except Conflict as refusal:
        return _one(import_id, said=said_of(refusal), status=409)
    flash(_("Impor %(number)s dibuang; katalog tidak berubah.", number=import_id), "success")
    return redirect(url_for("web_imports.listing"), 303)


@bp.get("/<int:import_id>/ditandai.xlsx")
def marked(import_id: int) -> Response:
    """The workbook as it came, its refused cells marked, each with the reason as a comment."""
    allow()
    return _book(_row(import_id), "marked", "ditandai")


@bp.get("/<int:import_id>/ditolak.xlsx")
def refused(import_id: int) -> Response:
    """The refused rows alone, each with the reason beside it."""
    allow()
    return _book(_row(import_id), "refused", "ditolak")


def _book(row: ImportRow, which: str, word: str) -> Response:
    digest = getattr(row, which)
    if digest is None:
        raise NotFound(_("Impor ini tidak punya baris yang ditolak."), mend=_("Tidak ada yang perlu diperbaiki."))
    body = Archive(settings().data_dir / "archive").read(digest)
    stem = re.sub(r"[^\w.-]+", "_", row.filename.rsplit(".", 1)[0])[:80] or "katalog"
    return send_file(io.BytesIO(body), mimetype=_XLSX, as_attachment=True, download_name=f"{stem}-{word}.xlsx")


def _listing(*, said: str | None = None, parent: str = "", status: int = 200) -> Response:
    before = whole("setelah", 1, 2**62)
    with store().read() as session:
        rows = list_imports(session, PAGE + 1, before)
    next_page = onward(rows, str(rows[PAGE - 1].id) if len(rows) > PAGE else None)
    its: dict[str, Any] = {"rows": rows[:PAGE], "said": said, "parent": parent, "most": settings().upload_mib, "may_decide": may_decide()}
    first = here(setelah=None) if before else None
    return page_or_part("imports/page.html", "imports/_list.html", status, next_page=next_page, first_page=first, **its)


def _one(
    import_id: int,
    *,
    said: str | None = None,
    part: str | None = None,
    status: int = 200,
    ticked: tuple[set[int], set[int]] | None = None,
    typed: dict[int, tuple[str, str]] | None = None,
) -> Response:
    """The import as it is now. ticked: lines that were sent with a choice that was refused, and those of them that were on."""
    wanted = part or one_of("bagian", (*PARTS, NOTED))
    after = whole("setelah", 0, 2**31) if asked("setelah") else None
    sheet, number = asked("lembar"), whole("baris", 1, 2**31)
    with store().read() as session:
        row = import_by_id(session, import_id)
        if row is None:
            raise _missing(import_id)
        if sheet and number and (line := line_of_row(session, import_id, sheet, number)) is not None:
            wanted, after = line.part, line.position - 1 if line.position else None
        counts, kin = tallies(session, import_id), kin_of(session, row)
        shown = wanted or next((each for each in ("refused", "doubt", *PARTS) if each in counts), "product_new")
        rows = lines_of_import(session, import_id, None if shown == NOTED else shown, PAGE + 1, after)
    lines: list[ImportLineRow] = rows[:PAGE]
    more = str(lines[-1].position) if len(rows) > PAGE else None
    its: dict[str, Any] = {
        "row": row, "counts": counts, "kin": kin, "of": shown, "lines": lines, "noted": NOTED, "ticking": TICKED,
        "words": PART_WORDS, "value_said": value_said, "after": after, "said": said, "ticked": ticked, "typed": typed or {},
        "most": settings().upload_mib, "may_decide": may_decide(),
        "days": settings().import_days, "working": row.state in WORKING,
        "next_page": _address(import_id, shown, more) if more else None,
        "first_page": _address(import_id, shown, "") if after is not None else None,
    }  # fmt: skip
    return page_or_part("imports/one.html", "imports/_lines.html", status, **its)


def _address(import_id: int, part: str, after: str | None) -> str:
    place = after if after and after.isascii() and after.isdigit() else None
    return url_for("web_imports.one", import_id=import_id, bagian=part, setelah=place)


def _row(import_id: int) -> ImportRow:
    with store().read() as session:
        row = import_by_id(session, import_id)
    if row is None:
        raise _missing(import_id)
    return row


def _missing(import_id: int) -> NotFound:
    return NotFound(_("Impor %(number)s tidak ada.", number=import_id), mend=_("Buka daftar impor dan pilih dari sana."))


def _incomplete() -> BadRequest:
    return BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman, lalu pilih lagi."))


def _version() -> int:
    return _number(request.form.get("version", ""))


def _number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= 18):
        raise _incomplete()
    return int(said)
