"""The archived answers of a source, run by run."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.store.runs import AnswerRow, RunRow


def last_answered_run(session: Session, source_id: int) -> RunRow | None:
    """The last run of a source that got any answer."""
    query = select(RunRow).where(RunRow.source_id == source_id, select(AnswerRow.id).where(AnswerRow.run_id == RunRow.id).exists())
    return session.scalars(query.order_by(RunRow.id.desc()).limit(1)).first()


def runs_beside(session: Session, run: RunRow) -> tuple[RunRow | None, RunRow | None]:
    """The source's run before and the one after a run."""
    its = select(RunRow).where(RunRow.source_id == run.source_id)
    before = session.scalars(its.where(RunRow.id < run.id).order_by(RunRow.id.desc()).limit(1)).first()
    return before, session.scalars(its.where(RunRow.id > run.id).order_by(RunRow.id).limit(1)).first()


def answers_of_run(session: Session, run_id: int, *, limit: int, after: int = 0) -> list[AnswerRow]:
    """A run's answers in the order in which they came; `after` an id for the next page."""
    query = select(AnswerRow).where(AnswerRow.run_id == run_id, AnswerRow.id > after).order_by(AnswerRow.id)
    return list(session.scalars(query.limit(limit)))


def answer_of_source(session: Session, source_id: int, answer_id: int) -> AnswerRow | None:
    """One answer, where it is of that source."""
    query = select(AnswerRow).join(RunRow, RunRow.id == AnswerRow.run_id)
    return session.scalars(query.where(AnswerRow.id == answer_id, RunRow.source_id == source_id)).first()
