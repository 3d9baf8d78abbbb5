"""No statement of a list reads a large table through: both databases lead it by an index, or stop after a page."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import event, text

LARGE = ("match", "demand", "change", "demand_posting", "segment", "search_term", "figure")
PAGES = (
    "/", "/kecocokan", "/kecocokan?daerah=33.74", "/kecocokan?sektor=logam", "/kecocokan?status=semua&nilai=70",
    "/kecocokan?cakupan=covered", "/kecocokan?cari=kantor", "/kecocokan?setelah=0.9_1",
    "/kecocokan?status=semua&sekali=ya&dari=2026&sampai=2026-T2&sektor=logam", "/kecocokan?dari=2026&cari=pagar&di_bawah=90",
    "/perdagangan?diterima=ya&dari=2026&sektor=logam", "/kerja-sama?dari=2026", "/permintaan", "/permintaan?status=planned",
    "/permintaan?cari=kantor", "/permintaan?setelah=20", "/produk", "/produk?cari=pagar", "/sumber",
    "/sumber/semarang/penarikan/2?hasil=new", "/sumber/semarang/penarikan/2?hasil=missing",
    "/sumber/semarang/penarikan/2?hasil=unchanged", "/sumber/semarang/jawaban", "/sumber/semarang", "/malam", "/kerja-sama",
    "/perdagangan", "/laporan/kebutuhan", "/laporan",
)  # fmt: skip
# what is put together from pages of walks, or is cut off: a scan of it stops by itself
_CUT = re.compile(r"\bLIMIT\b")


def _plan(connection: Any, statement: str, given: Any) -> list[str]:
    if connection.dialect.name == "sqlite":
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
    return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given)]


def _read_through(dialect: str, plan: list[str]) -> list[str]:
    """The large tables that a plan reads from end to end."""
    found = []
    for line in plan:
        told = re.match(r"SCAN (\w+)", line) if dialect == "sqlite" else re.search(r"Seq Scan on (\w+)", line)
        # what is missing at its source is little, and has an index of its own
        if told and "ix_demand_missing" not in line and re.sub(r"_\d+$", "", told[1]) in LARGE:
            found.append(line.strip())
    return found


def test_no_statement_of_a_list_reads_a_large_table_through(petugas, world):
    asked: dict[str, list[tuple[str, Any]]] = {}

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and not many:
            asked[page].append((statement, given))

    for page in PAGES:
        asked[page] = []
        event.listen(world.engine, "before_cursor_execute", note)
        assert petugas.get(page).status_code == 200
        event.remove(world.engine, "before_cursor_execute", note)
    wrong = []
    with world.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # of a few rows the planner would read all in any case: with this it says whether an index could lead
            connection.execute(text("SET enable_seqscan = off"))
        for page, statements in asked.items():
            for statement, given in statements:
                found = _read_through(connection.dialect.name, _plan(connection, statement, given))
                if found and not _CUT.search(statement):
                    wrong.append((page, found, statement))
    assert not wrong
