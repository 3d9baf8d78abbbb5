"""One listing as it came: found again in its archived answer by the source's own connector, without what is about persons."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors.kit import Connector, RawListing, SourceError, Window
from exchange.demand.intake import kept_reference
from exchange.errors import BadRequest, NotFound
from exchange.settings import Settings
from exchange.store.runs import AT_HAND, AnswerRow, RunRow
from exchange.store.sources import SourceRow
from exchange.sync.archive import BLOCK, Archive
from exchange.sync.excerpt import excerpts, likely_place
from exchange.sync.looking import as_text
from exchange.sync.recalled import Recalled
from exchange.sync.registry import connector_for

log = logging.getLogger("exchange.raw")
SECONDS = 4.0
LARGE = 1024 * 1024  # bytes from which on only a part of an answer is read, where that is enough
_MOST_IN_PART = 50
_MOST_ANSWERS = 500
_MOST_PARTS = 300


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
    settings: Settings, source: SourceRow, origin: Origin, around: list[AnswerRow], reference: str, position: int, content: str = ""
) -> tuple[str | None, str | None]:
    """
    The listing as text of at most `looking.RAW_LETTERS` letters, else why it cannot be shown (Indonesian).

    content: its content hash as it is kept; by it the listing is known in a small part of a large answer.
    """
    archive = Archive(settings.data_dir / "archive")
    if not archive.path(origin.answer.digest).exists():
        return None, "Jawaban ini melewati masa simpan; isinya tidak ada lagi di arsip."
    try:
        connector = connector_for(source)
    except BadRequest as error:
        return None, error.message
    if content and origin.answer.size >= LARGE and (found := _in_part(connector, archive, origin, reference, position, content)):
        return as_text(connector, found.body), None
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


def _in_part(connector: Connector, archive: Archive, origin: Origin, reference: str, position: int, content: str) -> RawListing | None:
    """The listing in one of the parts of its answer that may hold it; None where no part does."""
    answer = origin.answer
    for part in islice(_parts(archive, answer.digest, reference, position), _MOST_PARTS):
        with Recalled([answer], cast("Archive", _Part(part)), {answer.digest}) as fetch:
            try:
                for raw in islice(connector.listings(fetch, Window(since=None, until=origin.run.started_at)), _MOST_IN_PART):
                    if kept_reference(raw.reference) == reference and raw.content_hash() == content:
                        return raw
            except Exception as error:  # a part is no answer of the source: what it lacks says nothing of that
                log.debug("a part of answer %s: %s", answer.digest[:12], type(error).__name__)
    return None


def _parts(archive: Archive, digest: str, reference: str, position: int) -> Iterator[bytes]:
    """
    Parts of an answer around its reference: those first that stand about where the listing is, by how long the first rows are.

    A wrong guess costs time alone, since all of the answer is looked through in the end.
    """
    try:
        blocks = archive.blocks(digest)
        if len(blocks) == 1:
            yield from excerpts(archive.unpacked(digest), reference)
            return
        head = blocks.span(0, 0)
        if head.lstrip()[:1] == b"<":
            return
        place = likely_place(head, position) or 0
        middle = min(place // BLOCK, len(blocks) - 1)
        # each look is at three blocks, the outer ones shared with its neighbours, so that a row over a border is whole in one of them
        for each in sorted({middle, *range(middle % 2, len(blocks) + 1, 2)}, key=lambda number: abs(number - middle)):
            yield from excerpts(blocks.span(each - 1, each + 1), reference, head)
    except (NotFound, ValueError) as error:
        log.debug("answer %s by blocks: %s", digest[:12], error)


@dataclass(frozen=True)
class _Part:
    """Bytes in place of the archive's."""

    body: bytes

    def read(self, _digest: str) -> bytes:
        return self.body


def _is_it(raw: RawListing, digest: str, reference: str, position: int) -> bool:
    return raw.answer == digest and (kept_reference(raw.reference) == reference or (not reference and raw.position == position))
