"""Settings tried on kept answers: nothing is asked for, nothing is saved; somebody writes a mapping and sees what it reads."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, Protocol, cast

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.kit import Connector, RawListing, Refused, SourceError, Window
from connectors.kit.limits import Limits
from connectors.kit.mapping import MappingError, read_mapping
from connectors.kit.sheet.columns import is_about_persons
from connectors.kit.sheet.opening import open_sheets
from exchange.errors import BadRequest, NotFound
from exchange.settings import Settings
from exchange.store.base import utcnow
from exchange.store.looks import looks_of, seen_of
from exchange.store.runs import AT_HAND, AnswerRow, RunRow
from exchange.store.sources import SourceRow
from exchange.sync.archive import Archive
from exchange.sync.looking import member_rows, told_of
from exchange.sync.members import example_of, members_of
from exchange.sync.recalled import Recalled
from exchange.sync.registry import connector_class, make

log = logging.getLogger("exchange.sync")

ROWS = 5
SECONDS = 4.0
_MOST_ANSWERS = 20
_HEADING_IN = 15
_LARGEST = 4 * 1024 * 1024  # an answer that is larger is not opened for names alone


@dataclass
class Kept:
    """One kept answer, with what `Recalled` wants of it."""

    id: int
    digest: str
    request: str | None
    url: str
    size: int
    facts: dict[str, Any]


@dataclass
class Tried:
    """
    What settings read in kept answers.

    wrong: why they cannot be used at all; trouble: what came instead of a list; slow: the time was over before all rows were there.
    listings: as `looking.told_of` tells them, with `parts` by name where the connector reads part by part: each a value, or what is wrong.
    """

    wrong: str | None = None
    trouble: list[str] = field(default_factory=list)
    slow: bool = False
    listings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def unread(self) -> int:
        """How many of the rows would go to quarantine."""
        return sum(each["outcome"] == "quarantined" for each in self.listings)


class _ByParts(Protocol):
    def each_part(self, raw: RawListing) -> dict[str, Any]: ...


def kept_answers(session: Session, source: SourceRow) -> list[Kept]:
    """The first answers of the last run or look that brought any, in their order; empty where nothing is kept."""
    last = select(RunRow.id).join(AnswerRow, AnswerRow.run_id == RunRow.id).where(RunRow.source_id == source.id)
    run_id = session.scalar(last.where(AnswerRow.status.in_(AT_HAND)).order_by(RunRow.id.desc()).limit(1))
    looks = [each for each in looks_of(session, source.id) if not each.under_way]
    for look in looks[:1]:
        run = session.get(RunRow, run_id) if run_id else None
        if run is None or (look.ended_at is not None and look.ended_at > run.started_at):
            seen = seen_of(session, look.id)
            if seen and seen["answers"]:
                its = enumerate(seen["answers"][:_MOST_ANSWERS])
                return [Kept(n, a["digest"], a["request"], a["url"], a["size"], {"headers": a["headers"]}) for n, a in its]
    if run_id is None:
        return []
    query = select(AnswerRow).where(AnswerRow.run_id == run_id, AnswerRow.status.in_(AT_HAND)).order_by(AnswerRow.id)
    return [Kept(a.id, a.digest, a.request, a.url, a.size, a.facts) for a in session.scalars(query.limit(_MOST_ANSWERS))]


def try_settings(settings: Settings, source: SourceRow, given: dict[str, str], answers: Sequence[Kept], rows: int = ROWS) -> Tried:
    """The first rows of kept answers as these settings would read them; bounded in time."""
    try:
        connector = make(source.connector, given)
    except BadRequest as error:
        return Tried(wrong=error.message)
    told, end = Tried(), time.monotonic() + SECONDS
    with recalled(settings, answers) as fetch:
        try:
            for raw in connector.listings(fetch, Window(since=None, until=utcnow())):
                told.listings.append(told_of(connector, raw) | {"parts": _parts(connector, raw)})
                told.slow = time.monotonic() > end
                if told.slow or len(told.listings) >= rows:
                    break
        except SourceError as error:
            if not told.listings:
                told.trouble = [error.message, error.mend]
        except Exception as error:  # a connector's bug costs one try, not the page
            told.trouble = [f"Konektor gagal membaca jawaban ini ({type(error).__name__})."]
    return told


def faults_of(mapping: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with a `rest` mapping, as pairs of place (`demand.title`) and what (Indonesian); empty where nothing is."""
    try:
        read_mapping(mapping)
    except MappingError as error:
        return error.places
    return ()


def recalled(settings: Settings, answers: Sequence[Kept]) -> Recalled:
    """A way in to kept answers alone."""
    rows = cast("Sequence[AnswerRow]", answers)
    return Recalled(rows, Archive(settings.data_dir / "archive"), {row.digest for row in answers})


def _parts(connector: Connector, raw: RawListing) -> dict[str, Any] | None:
    if not hasattr(connector, "each_part") or raw.gone:
        return None
    parts = cast("_ByParts", connector).each_part(raw)
    return {name: {"wrong": part.message} if isinstance(part, Refused) else {"value": part} for name, part in parts.items()}


@dataclass(frozen=True)
class Names:
    """
    The members or columns of kept answers. members: by path share, types and an example, as `looking.member_rows` tells them.

    place: of a JSON document in which the settings read no list, where its first list of objects stands (empty: it is that list itself);
    None where a list was read.
    """

    members: dict[str, list[Any]] = field(default_factory=dict)
    place: str | None = None


def names_found(settings: Settings, source: SourceRow, answers: Sequence[Kept], given: dict[str, str] | None = None) -> Names:
    """
    What kept answers hold, as the source's settings read them, or those `given`.

    Where they read no list, what stands in the first answer itself: columns of a table's first rows, or the members of the first list of
    objects in a JSON document.
    """
    if not answers:
        return Names()
    kind = connector_class(source.connector)
    try:
        connector = make(source.connector, dict(source.options) if given is None else given)
    except BadRequest:
        return _in_document(settings, answers[0], kind)
    raws: list[RawListing] = []
    with recalled(settings, answers) as fetch:
        try:
            end = time.monotonic() + SECONDS / 2
            for raw in connector.listings(fetch, Window(since=None, until=utcnow())):
                raws.append(raw)
                if len(raws) >= 50 or time.monotonic() > end:
                    break
        except Exception as error:  # what was read before a broken answer is worth showing; a connector's bug costs no page
            log.info("reading kept answers of %s: %s", source.name, type(error).__name__)
    return Names(member_rows(connector, raws)) if raws else _in_document(settings, answers[0], kind)


def _in_document(settings: Settings, answer: Kept, kind: type[Connector]) -> Names:
    if answer.size > _LARGEST:
        return Names()
    try:
        body = Archive(settings.data_dir / "archive").read(answer.digest)
    except (NotFound, ValueError):
        return Names()
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Names(_columns(body, answer.digest))
    found = _first_list(document, "", 0)
    if found is None:
        return Names()
    place, rows = found

    def is_personal(name: str) -> bool:
        return is_about_persons(name) or any(fnmatchcase(name.lower(), pattern) for pattern in kind.personal)

    members = members_of([_without_persons(row, is_personal) for row in rows[:50] if isinstance(row, dict)])
    told = {path: [*its.kept(), example_of(path, its.example, is_personal)] for path, its in members.items()}
    return Names(told, place)


def _without_persons(value: Any, is_personal: Callable[[str], bool]) -> Any:
    if isinstance(value, dict):
        return {name: _without_persons(each, is_personal) for name, each in value.items() if not is_personal(str(name))}
    return [_without_persons(each, is_personal) for each in value] if isinstance(value, list) else value


def _first_list(value: Any, path: str, depth: int) -> tuple[str, list[dict[str, Any]]] | None:
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value[:5]):
        return path, value
    if isinstance(value, dict) and depth < 4:
        for name, inner in value.items():
            if found := _first_list(inner, f"{path}.{name}" if path else str(name), depth + 1):
                return found
    return None


def _columns(body: bytes, digest: str) -> dict[str, list[Any]]:
    """Of the first rows of a table, those with most texts: its likely heading."""
    try:
        rows = [[str(cell).strip() for _, cell in row.own()] for sheet in open_sheets(body, Limits(), digest)[:3]
                for row in islice(sheet.rows(), _HEADING_IN)]  # fmt: skip
    except SourceError:  # no table
        return {}
    heading = max(rows, key=len, default=[])
    return {name[:60]: [1.0, {}, None] for name in heading if name and not is_about_persons(name)}
