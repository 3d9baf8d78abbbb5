"""The ledger of what came in: one record for each run of a source; staff only."""

from __future__ import annotations

from typing import Any

from flask import Response

from exchange.api import caller
from exchange.api.answers import dump, send_one
from exchange.api.paging import PageQuery, is_row, send_page, start
from exchange.api.smorest import Blueprint, Query
from exchange.errors import NotFound
from exchange.store.runs import COUNTS, RunRow, latest_runs, run_by_id
from exchange.wiring import store
from schemas.wire import Run, page_of

bp = Blueprint("runs", "What each source answered, run by run. Staff only.", "/api/v1/runs")

_OWN = ("id", "connector_version", "state", "reasons", "started_at", "ended_at", "requests", "received_bytes", *COUNTS)


def _record(row: RunRow) -> bytes:
    its = {"source": row.source.name, "region": row.source.region, "connector": row.source.connector}
    return dump({name: getattr(row, name) for name in _OWN} | its)


@bp.reads("", PageQuery, page_of(Run), staff=True)
def listing(asked: dict[str, Any]) -> Response:
    """
    List runs, the latest first.

    Each with the counts of what came in and the reasons for its state.
    """
    caller.staff_only("Buku pengambilan")
    before = start(asked, is_row)
    with store().read() as session:
        rows = latest_runs(session, limit=asked["limit"] + 1, before=before)
    return send_page(rows, asked, caller.tier(), key=lambda row: row.id, body=_record)


@bp.reads("/<int:number>", Query, Run, staff=True)
def one(_asked: dict[str, Any], number: int) -> Response:
    """
    Read one run.

    `reasons` says in Indonesian why it is in its state.
    """
    caller.staff_only("Pengambilan")
    with store().read() as session:
        row = run_by_id(session, number) if is_row(number) else None
    if row is None:
        raise NotFound(f"Tidak ada pengambilan {str(number)[:20]}.", mend="Cari di /api/v1/runs.")
    return send_one((row.id, _record(row)), caller.tier())
