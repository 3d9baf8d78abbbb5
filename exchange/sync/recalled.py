"""Listings read again from the archive, by the same connector and without the network."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from connectors.kit import Answer, AnswerMeta, Connector, Fetch, RawListing, SourceError, Window
from connectors.kit.answer import request_digest
from exchange.demand.intake import kept_reference
from exchange.errors import NotFound
from exchange.store.quarantine import Waiting
from exchange.store.runs import AnswerRow
from exchange.sync.archive import Archive

log = logging.getLogger("exchange.replay")


class NotInArchive(SourceError):
    """An answer that the archive does not have, or has no more."""

    rule = "not_in_archive"
    advice = "Ambil dari sumbernya lagi: yang datang sekarang dibaca dengan aturan yang sekarang."


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
            meta = AnswerMeta(row.url, 200, row.facts.get("headers", {}), row.size, None, True, row.request or "")
            answer = Answer(body, meta, row.digest)
            self.facts.saw(answer)
            return answer
        raise NotInArchive("Jawaban yang lalu untuk alamat ini tidak ada di arsip.")


def _keep_nothing(_body: bytes, _meta: AnswerMeta) -> str:
    raise AssertionError("nothing is asked for")


def find_again(connector: Connector, fetch: Fetch, wanted: Collection[Waiting], until: datetime) -> Iterator[tuple[int, RawListing]]:
    """
    Row id and listing, as the connector reads it now, of each that it comes upon: known by its reference within its answer, else by
    its place there.

    until: when the run began that brought the answers.
    """
    names = {(each.answer, each.reference): each.row_id for each in wanted}
    places = {(each.answer, each.position): each.row_id for each in wanted}
    placed: dict[int, RawListing] = {}
    try:
        for raw in connector.listings(fetch, Window(since=None, until=until)):
            if raw.gone:
                continue
            if (row_id := names.pop((raw.answer, kept_reference(raw.reference)), None)) is not None:
                placed.pop(row_id, None)
                yield row_id, raw
            elif (row_id := places.get((raw.answer, raw.position))) is not None:
                placed[row_id] = raw
            if not names:
                return
    except SourceError as error:
        log.info("reading again ended: %s", error.message)
    except Exception as error:  # a connector's bug leaves its listings where they are
        log.error("connector %s raised %s while reading again", connector.name, type(error).__name__)
    left = set(names.values())
    yield from ((row_id, raw) for row_id, raw in placed.items() if row_id in left)
