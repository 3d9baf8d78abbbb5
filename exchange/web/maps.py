"""Peta: the provinces as tiles, or by the boundaries that the office imported, shaded by what is asked for; each leads to its list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.in_force import in_force
from exchange.agreements.node import node_of
from exchange.demand.spans import days_of
from exchange.errors import BadRequest, NotFound
from exchange.reports.boundaries import drop_boundaries, keep_boundaries
from exchange.reports.charts.borders import MOST_BYTES, read_boundaries
from exchange.reports.charts.maps import Shown, border_map, bounds, class_of, tile_map, view_of
from exchange.reports.charts.marks import Bar, bars
from exchange.reports.charts.svg import Picture, both, drawn, without_links
from exchange.store.boundaries import Outline, boundaries, imported
from exchange.store.figures import Sum, grouped
from exchange.web.asking import allow, one_of
from exchange.web.chart_shapes import place
from exchange.web.figured import FILTERS, Row, Wish, as_csv, as_svg, as_xlsx, choices, counted, narrowed, read_wish
from exchange.web.map_measures import MEASURES, Measure, counted_word, few
from exchange.web.pages import has_right, page_or_part, staff_pages
from exchange.web.shown import number
from exchange.web.shown import region as region_word
from exchange.wiring import settings, store
from schemas.codes import Region, regions

bp = staff_pages("maps", "/peta", changes="accounts")

DRAWINGS = ("batas", "petak")
LEVELS = ("province", "region")
_NOTHING = Sum()
_FORM = 64 * 1024  # what a form takes beside its file


class Seen(NamedTuple):
    """A map with its table. rows: (region, value, beside, class, list); unknown: of no known region; outlined: whether by boundaries."""

    picture: Picture
    rows: list[tuple[Region, Decimal, str, int, str]]
    unknown: Decimal
    outlined: bool
    legend: list[str]


@bp.url_value_preprocessor
def _roomy(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads what came: a file of boundaries may be as large as its page says."""
    if endpoint == "web_maps.take":
        request.max_content_length = MOST_BYTES + _FORM


@bp.get("")
def page() -> Response:
    """One measure on the map, its table beside it."""
    allow(*FILTERS, "ukuran", "gambar")
    wish, name, way = read_wish(), one_of("ukuran", tuple(MEASURES)) or "nilai", one_of("gambar", DRAWINGS)
    with store().read() as session:
        row = counted(session)
        has = imported(session)
        seen = _seen(session, wish, MEASURES[name], way) if row is not None and row.counted_at else None
    more: dict[str, str | None] = {"ukuran": None if name == "nilai" else name, "gambar": way}
    context: dict[str, Any] = choices(wish) | {
        "row": row, "seen": seen, "measure": MEASURES[name], "measures": MEASURES, "name": name, "has": has, "way": way, "more": more,
        "drawn": both, "may_import": has_right("accounts"), "most": MOST_BYTES >> 20,
    }  # fmt: skip
    return page_or_part("maps/page.html", "maps/_map.html", **context)


@bp.get("/peta.<kind>")
def file(kind: str) -> Response:
    """The map as a drawing, or its table as CSV or XLSX."""
    allow(*FILTERS, "ukuran", "gambar")
    wish, name, way = read_wish(), one_of("ukuran", tuple(MEASURES)) or "nilai", one_of("gambar", DRAWINGS)
    with store().read() as session:
        row = counted(session)
        seen = _seen(session, wish, MEASURES[name], way) if row is not None and row.counted_at else None
    if seen is None or kind not in ("svg", "csv", "xlsx"):
        raise NotFound(_("Peta ini tidak ada."), mend=_("Buka halaman peta dan unduh dari sana."))
    called = f"peta-{name}"
    if kind == "svg":
        return as_svg(called, drawn(without_links(seen.picture), called, whole=True))
    headings = [str(_("Kode")), str(_("Daerah")), str(MEASURES[name].title) + (" (Rp)" if MEASURES[name].money else ""), str(_("Golongan"))]
    rows: list[Row] = [[each.code, each.name, value, its_class] for each, value, _beside, its_class, _link in seen.rows]
    return as_csv(called, headings, rows) if kind == "csv" else as_xlsx(called, str(MEASURES[name].title), headings, rows)


@bp.post("/batas")
def take() -> WsgiResponse:
    """Import a file of boundaries, or take those of a level away."""
    level = request.form.get("hapus")
    if level is not None:
        if level not in LEVELS:
            raise BadRequest(_("Formulir ini tidak lengkap."), mend=_("Muat ulang halaman peta."))
        with store().work() as session:
            drop_boundaries(session, level, current_user.name)
        flash(_("Batas dihapus; peta digambar sebagai petak."), "success")
        return redirect(url_for("web_maps.page"), 303)
    given = request.files.get("berkas")
    if given is None or not given.filename:
        raise BadRequest(_("Berkasnya belum dipilih."), mend=_("Pilih berkas GeoJSON, lalu kirim lagi."))
    found = read_boundaries(given.stream.read(MOST_BYTES + 1))
    with store().work() as session:
        keep_boundaries(session, found, given.filename, current_user.name)
    said = _("%(count)s batas disimpan.", count=number(len(found.outlines)))
    if found.unmatched:
        said += " " + _("Tidak dikenali: %(names)s.", names=", ".join(found.unmatched[:20]))
    if found.missing:
        said += " " + _("Tidak ada dalam berkas: %(names)s.", names=", ".join(found.missing[:20]))
    flash(said, "warning" if found.unmatched or found.missing else "success")
    return redirect(url_for("web_maps.page"), 303)


def _seen(session: Session, wish: Wish, measure: Measure, way: str | None) -> Seen:
    """The provinces, or (where a province or region is asked for) the regions of that province."""
    within = wish.figures.region[:2] if wish.figures.region else None
    level, column = ("region", "region") if within else ("province", "province")
    sums = _sums(session, wish, measure, column, within)
    outlines = [] if way == "petak" else boundaries(session, level, within)
    listed = [each for each in regions() if (each.parent == within if within else each.level == "provinsi")]
    values = {each.code: measure.value(sums.get(each.code, _NOTHING)) for each in listed}
    upper = bounds(list(values.values()))
    shown = {
        code: Shown(value, few(value), f"{region_word(code)}: {measure.told(value)}", measure.link(wish, code))
        for code, value in values.items()
    }
    rows = [
        (each, values[each.code], counted_word(measure, sums.get(each.code, _NOTHING)), class_of(values[each.code], upper),
         measure.link(wish, each.code))
        for each in sorted(listed, key=lambda each: (-values[each.code], each.code))
    ]  # fmt: skip
    known = set(values)
    unknown = sum((measure.value(one) for code, one in sums.items() if code not in known), Decimal(0))
    legend = [str(_("tidak ada")), *(str(_("sampai %(value)s", value=few(bound))) for bound in upper)]
    return Seen(_picture(measure, outlines, shown, upper, within, rows, legend), rows, unknown, bool(outlines), legend)


def _sums(session: Session, wish: Wish, measure: Measure, column: str, within: str | None) -> Mapping[str, Sum]:
    if measure.kind is None:
        its = settings()
        cases = in_force(session, node_of(its), *days_of(wish.figures.first, wish.figures.last), its.day())
        held = Counter(region[:2] if column == "province" else region for region in cases.values())
        return {code: Sum(count) for code, count in held.items() if within is None or code.startswith(within)}
    want = wish.figures if within is None else narrowed(wish, region=within)
    return {key[0]: one for key, one in grouped(session, want, {"map": measure.grouped(column)})["map"].items()}


def _picture(
    measure: Measure, outlines: Sequence[Outline], shown: Mapping[str, Shown], upper: Sequence[Decimal], within: str | None,
    rows: Sequence[tuple[Region, Decimal, str, int, str]], legend: Sequence[str],
) -> Picture:  # fmt: skip
    title = str(measure.title) if within is None else f"{measure.title}, {place(within)}"
    desc = "; ".join(shown[each.code].said for each, value, *_rest in rows[:3] if value) or str(_("Tidak ada."))
    if outlines:
        return border_map(title, desc, outlines, shown, upper, legend, view_of(outlines))
    if within is None:
        sides = str(_("Indonesia bagian barat")), str(_("Indonesia bagian timur"))
        return tile_map(title, desc, shown, upper, legend, settings().home_region[:2], sides)
    return _list(title, desc, shown)


def _list(title: str, desc: str, shown: Mapping[str, Shown]) -> Picture:
    """The regions of a province without boundaries: no place is told, so that none is drawn."""
    its = sorted(shown.items(), key=lambda one: (-one[1].value, one[0]))[:20]
    return bars(title, desc, [Bar(region_word(code), one.value, one.short, one.href if one.value else None) for code, one in its])
