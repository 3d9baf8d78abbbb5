"""Grafik: flows of demand and trade, scores, stages, unmet demand and trainings; each chart with its table, both as files."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WsgiResponse

from exchange.agreements.node import node_of
from exchange.errors import NotFound
from exchange.jobs.unmet import this_year
from exchange.reports.charts.svg import both, drawn, without_links
from exchange.store.agreement_board import count_cases
from exchange.store.agreements import CaseFilter
from exchange.store.base import utcnow
from exchange.store.figures import grouped, want_figures
from exchange.store.unmet_counts import count_of
from exchange.web.asking import allow, one_of
from exchange.web.chart_kinds import ASKED, CHARTS, cell
from exchange.web.chart_shapes import Chart, Figures
from exchange.web.figured import FILTERS, STEPS, Wish, as_csv, as_svg, as_xlsx, choices, counted, read_wish
from exchange.web.pages import local_path, page_or_part, staff_pages
from exchange.web.unmet import opened
from exchange.wiring import settings, store

bp = staff_pages("charts")

CLASSES = TRAININGS = 40
FORMATS = ("svg", "csv", "xlsx")


@bp.get("/grafik")
def page() -> Response:
    """All charts of what was last counted."""
    allow(*FILTERS, "per")
    wish, step = read_wish(), one_of("per", STEPS) or "bulan"
    with store().read() as session:
        row = counted(session)
        charts = _charts(session, wish, step, list(CHARTS)) if row is not None and row.counted_at else []
    context: dict[str, Any] = choices(wish) | {
        "row": row, "charts": charts, "step": step, "steps": STEPS, "drawn": both, "cell": cell, "per": None if step == "bulan" else step,
    }  # fmt: skip
    return page_or_part("charts/page.html", "charts/_charts.html", **context)


@bp.get("/grafik/<name>.<kind>")
def file(name: str, kind: str) -> Response:
    """One chart as a drawing, or its table as CSV or XLSX."""
    allow(*FILTERS, "per")
    if name not in CHARTS or kind not in FORMATS:
        raise NotFound(_("Grafik %(name)s tidak ada.", name=f"{name}.{kind}"[:60]), mend=_("Buka halaman grafik dan unduh dari sana."))
    wish, step = read_wish(), one_of("per", STEPS) or "bulan"
    with store().read() as session:
        row = counted(session)
        chart = _charts(session, wish, step, [name])[0] if row is not None and row.counted_at else None
    if chart is None or (kind == "svg" and chart.picture is None):
        raise NotFound(_("Untuk saringan ini tidak ada yang digambar."), mend=_("Buka halaman grafik dan ubah saringannya."))
    return as_file(name, kind, chart)


def as_file(name: str, kind: str, chart: Chart) -> Response:
    """A chart in one of `FORMATS`."""
    if kind == "svg":
        assert chart.picture is not None
        return as_svg(name, drawn(without_links(chart.picture), name, whole=True))
    return as_csv(name, chart.headings, chart.rows) if kind == "csv" else as_xlsx(name, chart.title, chart.headings, chart.rows)


@bp.post("/grafik/hitung")
def count() -> WsgiResponse:
    """Have the worker count anew."""
    with store().work() as session:
        want_figures(session, utcnow())
    flash(_("Hitungan baru diminta; pekerja latar mengerjakannya."), "success")
    return redirect(local_path(request.form.get("kembali")) or url_for("web_charts.page"), 303)


def _charts(session: Session, wish: Wish, step: str, names: list[str]) -> list[Chart]:
    """These charts, each from one picture of the database."""
    node = node_of(settings())
    figures = Figures(
        sums=grouped(session, wish.figures, ASKED), step=step, want=wish.figures,
        cases=count_cases(session, CaseFilter(region=wish.figures.region)) if "tahap-kerja-sama" in names else {},
        stages={state.name: state.label for state in node.rules.states.values()}, **_unmet(session),
    )  # fmt: skip
    return [CHARTS[name](figures) for name in names]


def _unmet(session: Session) -> dict[str, Any]:
    """The classes and trainings of this year's report as it was last counted; nothing where it was not."""
    row = count_of(session, this_year(settings()), None)
    found = opened().get(session, row) if row is not None else None
    if found is None:
        return {}
    unmet, plan = found.found.unmet, found.found.plan
    return {
        "classes": [(it.name or it.told(), one.demands, one.value) for it, one in unmet.lacked(CLASSES)],
        "trainings": [(row.training, row.firms, row.opens.demands, row.opens.value) for row in plan.rows()[:TRAININGS]],
    }
