"""Closing a period: its report is kept as it stands, and what is found later becomes a correction with a reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from exchange.errors import BadRequest, Conflict
from exchange.reports.period import Period, report_from, report_on
from exchange.settings import Settings
from exchange.store.audit import audit
from exchange.store.figures import figure_count
from exchange.store.period_reports import PeriodReportRow, editions

LONGEST_REASON = 500


def close_period(session: Session, period: Period, settings: Settings, actor: str, seen: int, reason: str | None = None) -> PeriodReportRow:
    """
    Keep the report of a past period, or a correction of it.

    Args:
        seen: how many editions the actor saw, 0: none; reason: why it is corrected, needed for every edition after the first.

    Raises:
        BadRequest: it is not over or was not counted since it ended, nothing differs, or no reason is given. Conflict: somebody else
        closed or corrected it meanwhile.
    """
    count, kept = figure_count(session), editions(session, period.key)
    if len(kept) != seen:
        raise Conflict(
            "Laporan masa ini baru saja ditutup atau dibetulkan orang lain.", mend="Baca edisi yang terakhir, lalu putuskan lagi."
        )
    if settings.day() < period.following:
        raise BadRequest("Masa ini belum selesai, sehingga laporannya belum dapat ditutup.", mend="Tutup sesudah hari terakhirnya.")
    if count is None or count.counted_at is None:
        raise BadRequest("Angkanya belum pernah dihitung.", mend="Hitung dahulu di halaman grafik, atau tunggu proses malam.")
    found, why = report_on(session, period, count.counted_at), (reason or "").strip()[:LONGEST_REASON]
    if kept and not found.differing(report_from(kept[-1].body)):
        raise BadRequest("Tidak ada angka yang berbeda dari edisi terakhir.", mend="Tidak ada yang perlu dibetulkan.")
    if kept and not why:
        raise BadRequest("Alasan pembetulan belum diisi.", mend="Tulis mengapa angkanya berubah.")
    row = PeriodReportRow(
        period=period.key, edition=len(kept) + 1, counted_at=count.counted_at, closed_by=actor, reason=why or None, body=found.record()
    )
    session.add(row)
    session.flush()
    audit(session, actor, "period_corrected" if kept else "period_closed", "period", period.key, edition=row.edition, reason=row.reason)
    return row
