"""Listings read again from the archive, by the same connector and without the network."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from connectors.kit import Answer, AnswerMeta, Connector, Fetch, RawListing, SourceError, Window
from connectors.kit.answer import request_digest
from exchange.demand.intake import kept_reference
from exchange.errors import NotFound
from exchange.store.runs import AnswerRow
from exchange.sync.archive import Archive

log = logging.getLogger("exchange.replay")


class NotInArchive(SourceError):
    """An answer that the archive does not have, or has no more."""

    rule = "not_in_archive"
    advice = "Tarik sumbernya lagi: yang datang sekarang dibaca dengan aturan yang sekarang."


class Wanted(NamedTuple):
    """A listing to find again: by its reference within its answer, else by its place there, from 0."""

    row_id: int
    reference: str
    answer: str
    position: int


class Recalled(Fetch):
    """
    Answers of one run as the archive has them; nothing can leave the process by it.

    A request is answered by what was answered to it. One that nobody made in that run, since the address or the way of paging is
    another by now, gets the first answer that was not handed out yet: it is read for what it holds, and a listing is known by the
    answer that it stands in.
    """

    def __init__(self, answers: Sequence[AnswerRow], archive: Archive, wanted: Collection[str]) -> None:
        super().__init__(_keep_nothing, (), take_known=lambda digest, _rows: digest not in wanted)
        self._by_request = {row.request: row for row in answers if row.request}
        self._left = {row.id: row for row in answers}
        self._archive = archive

    def get(self, url: str, accept: str = "application/json") -> Answer:
        """The archived answer; raises NotInArchive where none is left."""
        asked = self._by_request.get(request_digest(url, accept))
        for row in ([asked] if asked else []) + list(self._left.values()):
            self._left.pop(row.id, None)
            try:
                body = self._archive.read(row.digest)
            except (NotFound, ValueError):
                continue
            meta = AnswerMeta(row.url, row.status, row.facts.get("headers", {}), row.size, None, True, row.request or "")
            answer = Answer(body, meta, row.digest)
            self.facts.saw(answer)
            return answer
        raise NotInArchive("Jawaban yang lalu untuk alamat ini tidak ada di arsip.")


def _keep_nothing(_body: bytes, _meta: AnswerMeta) -> str:
    raise AssertionError("nothing is asked for")


def find_again(connector: Connector, fetch: Fetch, wanted: Iterable[Wanted], until: datetime) -> dict[int, RawListing]:
    """
    The listings as the connector reads them now, by `row_id`; what it does not come upon is left out.

    until: when the run began that brought the answers.
    """
    names = {(each.answer, each.reference): each.row_id for each in wanted}
    places = {(each.answer, each.position): each.row_id for each in wanted}
    named: dict[int, RawListing] = {}
    placed: dict[int, RawListing] = {}
    try:
        for raw in connector.listings(fetch, Window(since=None, until=until)):
            if raw.gone:
                continue
            if (row_id := names.get((raw.answer, kept_reference(raw.reference)))) is not None:
                named[row_id] = raw
            elif (row_id := places.get((raw.answer, raw.position))) is not None:
                placed[row_id] = raw
            if len(named) == len(names):
                break
    except SourceError as error:
        log.info("reading again ended: %s", error.message)
    except Exception as error:  # a connector's bug leaves its listings where they are
        log.error("connector %s raised %s while reading again", connector.name, type(error).__name__)
    return placed | named
