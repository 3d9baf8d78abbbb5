"""The office's reports on months and years that are closed, as they were when they were closed, and every correction after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Text, UniqueConstraint, case, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.store.base import Row, utcnow
from exchange.store.types import UtcDateTime


class PeriodReportRow(Row):
    """
    One edition of one period's report, never changed. period: `2026-10` or `2026`; edition: 1 when it was closed, higher: corrections.

    body: the figures as `reports.period` keeps them; reason: why it was corrected, None in the first.
    """

    __tablename__ = "period_report"
    __table_args__ = (UniqueConstraint("period", "edition"),)

    period: Mapped[str] = mapped_column(String(7))
    edition: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    closed_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Text)
    body: Mapped[dict[str, Any]]


def editions(session: Session, period: str) -> list[PeriodReportRow]:
    """All editions of a period's report, the first one first."""
    return list(session.scalars(select(PeriodReportRow).where(PeriodReportRow.period == period).order_by(PeriodReportRow.edition)))


def closed_periods(session: Session) -> list[tuple[str, int]]:
    """(period, edition) of all that are closed, the latest period first."""
    query = select(PeriodReportRow.period, PeriodReportRow.edition).order_by(PeriodReportRow.period.desc(), PeriodReportRow.edition)
    return [(period, edition) for period, edition in session.execute(query)]


def lacks_report(period: str) -> ColumnElement[int]:
    """1 where a period is not closed, else 0, as a part of a statement."""
    return case((select(PeriodReportRow.id).where(PeriodReportRow.period == period).exists(), 0), else_=1)
