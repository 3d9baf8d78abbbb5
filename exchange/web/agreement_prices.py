"""The negotiated prices of a case: its list with all versions, lines that are added or taken out, a sheet with its preview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.node import node_of
from exchange.agreements.prices.basis import ARTICLES, CARRIED_OUT, LABELS, Ground, open_for, why_closed
from exchange.agreements.prices.lines import LONGEST_NOTE, MOST_LINES, Line
from exchange.agreements.prices.preview import Preview, preview
from exchange.agreements.prices.record import addenda_of, is_whole, line_of, lines_of, record, term_of
from exchange.agreements.prices.sheet import read_unit_said
from exchange.agreements.steps import case_of, named
from exchange.catalogue.archive import LARGEST_FILE
from exchange.errors import BadRequest, Conflict, ExchangeError, Mismatch, NotFound
from exchange.store.agreements import AgreementRow, steps_of
from exchange.store.prices import PriceListRow, lists_of, newest_list
from exchange.store.products import products_by_sku
from exchange.web.asking import allow, whole
from exchange.web.pages import may_decide, require_decider
from exchange.web.told import told as told_sentence
from exchange.web.trade_forms import day, number, position
from exchange.wiring import settings, store

SPARE = 3
MOST_NEW = 50
MEMBERS = ("sku", "unit", "price", "quantity_min", "quantity_max", "valid_from", "valid_until", "note")


class Shown(NamedTuple):
    """The list as the case's own page shows it: its newest version, that one's lines, how many there are."""

    newest: PriceListRow
    lines: list[Line]


def prices_shown(session: Session, row: AgreementRow) -> Shown | None:
    """The newest version of a case's list; None without one. One statement."""
    found = newest_list(session, row.id)
    return None if found is None else Shown(found[0], [line_of(one) for one in found[1]])


def one(ident: str) -> Response:
    """The list: a version's lines, all versions, and the forms where the case takes a new one."""
    allow("versi")
    return _page(ident)


def add(ident: str) -> WsgiResponse:
    """Record the next version: the newest with lines added and taken out, or what a sheet said and its preview showed."""
    require_decider()
    form, its = request.form, settings()
    try:
        with store().work() as session:
            row = named(session, ident, lock=True)
            lines = _from_preview(form["baris"]) if "baris" in form else _edited(session, row, form)
            ground = Ground(form.get("dasar", ""), day(form, "sejak"), form.get("rujukan"), form.get("catatan"))
            made = record(
                session, node_of(its), ident, lines, ground, seen=position(form.get("terlihat")), actor=current_user.name, on=its.day()
            )
            told = made.number
    except (BadRequest, Conflict, Mismatch) as refusal:
        return _page(ident, int(refusal.status) if not isinstance(refusal, BadRequest) else 422, refusal=refusal, typed=form)
    flash(_("Tersimpan: versi %(number)s daftar harga.", number=told), "success")
    return redirect(url_for("web_agreements.prices", ident=ident), 303)


def look(ident: str) -> WsgiResponse:
    """What a sheet would change; nothing is recorded."""
    require_decider()
    file = request.files.get("berkas")
    try:
        if file is None or not file.filename:
            raise BadRequest(_("Belum ada berkas yang dipilih."), mend=_("Pilih berkas XLSX atau CSV, lalu lihat pratinjaunya."))
        body = file.stream.read(LARGEST_FILE + 1)
        with store().read() as session:
            seen = preview(session, named(session, ident), body, file.filename[:120], settings().day())
    except BadRequest as refusal:
        return _page(ident, 422, refusal=refusal)
    return _page(ident, 422 if seen.refused else 200, seen=seen)


def _from_preview(said: str) -> list[Line]:
    """The lines that a preview carried; they are proved anew when they are recorded."""
    try:
        told = orjson.loads(said)
        return [_carried(one) for one in told[: MOST_LINES + 1]]
    except (orjson.JSONDecodeError, ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Unggah lagi berkasnya, lalu catat dari pratinjaunya.")) from None


def _carried(one: Mapping[str, Any]) -> Line:
    texts = {name: None if one[name] is None else str(one[name])[:longest] for name, longest in (("unit", 3), ("unit_said", 80))}
    amounts = {name: None if one[name] is None else Decimal(str(one[name])) for name in ("quantity_min", "quantity_max")}
    days = {name: None if one[name] is None else date.fromisoformat(one[name]) for name in ("valid_from", "valid_until")}
    note = None if one["note"] is None else str(one["note"])[:LONGEST_NOTE]
    return Line(sku=str(one["sku"])[:60], price=Decimal(str(one["price"])), note=note, **texts, **amounts, **days)  # type: ignore[arg-type]


def _edited(session: Session, row: AgreementRow, form: Mapping[str, str]) -> list[Line]:
    """The newest version without the lines that are taken out, and behind them the rows that were filled in."""
    versions = lists_of(session, row.id)
    gone = set(request.form.getlist("buang"))
    kept = [line for place, line in enumerate(lines_of(session, versions[-1] if versions else None), 1) if str(place) not in gone]
    rows = [told for told in typed_rows(form) if any(told.values())]
    products = products_by_sku(session, {told["sku"] for told in rows})
    for place, told in enumerate(rows, 1):
        try:
            price = number(told, "price", money=True)
            if not told["sku"] or price is None:
                raise BadRequest(_("SKU atau harganya kosong."), mend=_("Isi keduanya."))
            unit = read_unit_said(told["unit"] or None, products.get(told["sku"]))
            if isinstance(unit, str):
                raise BadRequest(unit)
            amounts = {name: number(told, name) for name in ("quantity_min", "quantity_max")}
            days = {name: day(told, name) for name in ("valid_from", "valid_until")}
        except BadRequest as refusal:
            raise BadRequest(
                _("Baris baru %(place)s: %(why)s", place=place, why=told_sentence(refusal.message)),
                mend=refusal.mend or _("Perbaiki, lalu ulangi."),
            ) from None
        note = told["note"][:LONGEST_NOTE] or None
        kept.append(Line(sku=told["sku"], unit=unit[0], unit_said=unit[1], price=price, note=note, **amounts, **days))  # type: ignore[arg-type]
    if not rows and not gone:
        raise BadRequest(_("Belum ada yang ditambah atau dikeluarkan."), mend=_("Isi sedikitnya satu baris."))
    return kept


def typed_rows(form: Mapping[str, str]) -> list[dict[str, str]]:
    """The new rows of the form as they were typed."""
    return [
        {member: form.get(f"baru-{place}-{member}", "").strip() for member in MEMBERS}
        for place in range(MOST_NEW)
        if f"baru-{place}-sku" in form
    ]


def _page(
    ident: str,
    status: int = 200,
    *,
    refusal: ExchangeError | None = None,
    typed: Mapping[str, str] | None = None,
    seen: Preview | None = None,
) -> Response:
    asked = whole("versi", 1, 10**6) if request.method == "GET" else None
    with store().read() as session:
        row = named(session, ident)
        case = case_of(row, ())
        versions, addenda = lists_of(session, row.id), addenda_of(steps_of(session, row.id)) if row.state == CARRIED_OUT else []
        chosen = next((one for one in versions if one.number == asked), None) if asked else versions[-1] if versions else None
        if asked and chosen is None:
            raise NotFound(_("Versi %(number)s daftar harga tidak ada.", number=asked), mend=_("Pilih dari daftar versinya."))
        lines = lines_of(session, chosen)
        broken = chosen.number if chosen is not None and not is_whole(versions, chosen, lines) else None
        names = {sku: product.name for sku, product in products_by_sku(session, {line.sku for line in lines}).items()}
    grounds = open_for(case, len(versions), addenda)
    rows = typed_rows(typed) if typed else []
    context: dict[str, Any] = {
        "row": row, "versions": versions, "chosen": chosen, "lines": lines, "names": names, "broken": broken, "grounds": grounds,
        "labels": LABELS, "articles": ARTICLES, "closed": None if grounds else why_closed(case), "addenda": addenda,
        "may_decide": may_decide(), "refusal": refusal, "typed": typed or {}, "seen": seen, "term": term_of(case),
        "newest": versions[-1].number if versions else 0, "rows": [*rows, *({} for _each in range(max(0, SPARE - len(rows))))],
        "carried": orjson.dumps([line.as_json() for line in seen.lines]).decode() if seen else None,
    }  # fmt: skip
    return make_response(render_template("agreements/prices.html", **context), status)
