"""One listing as it came: found again in its archived answer by the source's own connector, without what is about persons."""

from __future__ import annotations

import logging
import time
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors.kit import RawListing, SourceError, Window
from exchange.demand.intake import kept_reference
from exchange.errors import BadRequest
from exchange.settings import Settings
from exchange.store.runs import AT_HAND, AnswerRow, RunRow
from exchange.store.sources import SourceRow
from exchange.sync.archive import Archive
from exchange.sync.looking import as_text
from exchange.sync.recalled import Recalled
from exchange.sync.registry import connector_for

log = logging.getLogger("exchange.raw")
SECONDS = 4.0
_MOST_ANSWERS = 500


class Origin(NamedTuple):
    """Where a listing came from: its answer, the run that brought that first, and its number among the run's answers, from 1."""

    answer: AnswerRow
    run: RunRow
    number: int


def origin_of(session: Session, source_id: int, digest: str) -> Origin | None:
    """The first answer of a source with these bytes; None where none is known."""
    query = select(AnswerRow, RunRow).join(RunRow, RunRow.id == AnswerRow.run_id)
    query = query.where(AnswerRow.digest == digest, RunRow.source_id == source_id).order_by(AnswerRow.id).limit(1)
    found = session.execute(query).first()
    if found is None:
        return None
    answer, run = found
    before = select(func.count()).select_from(AnswerRow).where(AnswerRow.run_id == run.id, AnswerRow.id <= answer.id)
    return Origin(answer, run, session.scalar(before) or 1)


def answers_around(session: Session, run_id: int) -> list[AnswerRow]:
    """A run's answers whose bytes are kept, for connectors that read one answer by another."""
    query = select(AnswerRow).where(AnswerRow.run_id == run_id, AnswerRow.status.in_(AT_HAND))
    return list(session.scalars(query.order_by(AnswerRow.id).limit(_MOST_ANSWERS)))


def raw_text(
    settings: Settings, source: SourceRow, origin: Origin, around: list[AnswerRow], reference: str, position: int
) -> tuple[str | None, str | None]:
    """The listing as text of at most `looking.RAW_LETTERS` letters, else why it cannot be shown (Indonesian)."""
    archive = Archive(settings.data_dir / "archive")
    if not archive.path(origin.answer.digest).exists():
        return None, "Jawaban ini melewati masa simpan; isinya tidak ada lagi di arsip."
    try:
        connector = connector_for(source)
    except BadRequest as error:
        return None, error.message
    end = time.monotonic() + SECONDS
    for answers in ([origin.answer], around):
        with Recalled(answers, archive, {origin.answer.digest}) as fetch:
            try:
                for raw in connector.listings(fetch, Window(since=None, until=origin.run.started_at)):
                    if _is_it(raw, origin.answer.digest, reference, position):
                        return as_text(connector, raw.body), None
                    if time.monotonic() > end:
                        return None, "Jawaban ini terlalu besar untuk dibuka di halaman; datanya ada di arsip."
            except SourceError:
                continue
            except Exception as error:  # a connector's bug costs one look
                log.error("connector %s raised %s while reading one listing", connector.name, type(error).__name__)
    return None, "Konektor tidak menemukan data ini lagi dalam jawabannya; cara membacanya berubah sejak itu."


def _is_it(raw: RawListing, digest: str, reference: str, position: int) -> bool:
    return raw.answer == digest and (kept_reference(raw.reference) == reference or (not reference and raw.position == position))
