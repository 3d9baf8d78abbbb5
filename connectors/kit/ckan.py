"""
The API of CKAN portals (action API, version 3): a question and its result, errors in words of ours, and rows of the datastore.

Source
  https://docs.ckan.org/en/latest/api/  Errors are JSON as well, under 4xx or 200: `{"success": false, "error": {"__type": …}}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from connectors.kit.answer import Answer, RunFacts
from connectors.kit.counts import Counts, CountsDrifted, count_of
from connectors.kit.document import read_json
from connectors.kit.errors import HtmlPage, HttpStatus, PagingLoop, ShapeChanged, SourceError, TooMuch
from connectors.kit.fetch import Fetch
from connectors.kit.pages import CutShort, Page, Trail
from connectors.kit.sheet.rows import Row, Sheet, as_cell, is_blank

PAGE = 1_000
_KINDS = {
    "Validation Error": ("menolak pertanyaannya (Validation Error)", "Periksa dataset, query dan resource pada pengaturan sumber."),
    "Not Found Error": ("tidak mempunyai dataset atau berkas itu (Not Found Error)", "Periksa nama dataset; mungkin dihapus atau diganti."),
    "Authorization Error": ("tidak membuka dataset itu (Authorization Error)", "Minta pengelola portal membuka datasetnya untuk umum."),
    "Search Query Error": ("tidak memahami pencariannya (Search Query Error)", "Perbaiki pengaturan query."),
    "Search Error": ("gagal mencari (Search Error)", "Coba lagi nanti, atau sebut datasetnya dengan pengaturan dataset."),
    "Search Index Error": ("gagal mencari (Search Index Error)", "Coba lagi nanti, atau sebut datasetnya dengan pengaturan dataset."),
}
_OURS = ("id", "q", "rows", "start", "sort", "limit", "offset", "resource_id")
_OWN = frozenset({"_id", "_full_text", "rank"})
_NO_PORTAL = "Alamat itu tidak menjawab sebagai CKAN; beri alamat portalnya, misalnya https://satudata.contoh.go.id."


class CkanRefused(SourceError):
    """The portal's own `success: false`, in words of ours by its type."""

    rule = "ckan_refused"


def ask(fetch: Fetch, base: str, action: str, **asked: object) -> tuple[Answer, Any]:
    """
    The answer to a question and the `result` in it.

    base: the portal's address without a slash at the end.

    Raises:
        SourceError: `ckan_refused` with what the portal says; `shape_changed` where it is no CKAN; as `Fetch.json` does.
    """
    return asked_for(fetch, f"{base}/api/3/action/{action}?{urlencode(asked, quote_via=quote)}")


def asked_for(fetch: Fetch, url: str) -> tuple[Answer, Any]:
    """The same for a whole address."""
    refusal: SourceError
    try:
        answer, document = fetch.json(url)
        return answer, _result(document, answer)
    except HttpStatus as error:
        refusal = _in_words(error, fetch)
    except HtmlPage as error:
        error.mend = _NO_PORTAL
        raise
    raise refusal


def _result(document: Any, answer: Answer) -> Any:
    if isinstance(document, dict) and document.get("success") is True and "result" in document:
        return document["result"]
    refused = _refusal(document, answer.digest)
    if refused is not None:
        raise refused
    raise ShapeChanged("Jawaban portal bukan jawaban CKAN (success dan result).", mend=_NO_PORTAL, answer=answer.digest)


def _in_words(error: HttpStatus, fetch: Fetch) -> SourceError:
    """What the portal says beside a status of failure; the status alone where it says nothing that is known."""
    try:
        document = read_json(error.body, fetch.limits)
    except SourceError:
        document = None
    refused = _refusal(document, error.answer) if error.status < 500 else None
    return refused or error


def _refusal(document: Any, answer: str | None) -> CkanRefused | None:
    """The portal's error by its type; of what it says more, only which of our own parameters it names."""
    if not isinstance(document, dict) or document.get("success") is not False:
        return None
    error = document.get("error")
    told = error if isinstance(error, dict) else {}
    says, mend = _KINDS.get(str(told.get("__type")), ("menjawab dengan galat", "Buka alamat API portal itu di peramban."))
    named = ", ".join(name for name in _OURS if name in told)
    return CkanRefused(f"Portal CKAN {says}{'; parameter: ' if named else ''}{named}.", mend=mend, answer=answer)


@dataclass(slots=True)
class Datastore:
    """
    A resource as rows of the portal's datastore, each once. cut: what ended the reading before its end, or leaves it unproved.

    The first row of the sheet is the names of its fields.
    """

    names: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    places: list[tuple[Answer, int]] = field(default_factory=list)
    cut: SourceError | None = None

    def sheet(self) -> Sheet:
        """Its rows as a sheet."""
        return Sheet("", self._rows, keeps_kinds=True)

    def _rows(self) -> Iterator[Row]:
        yield Row(1, list(self.names))
        for number, cells in enumerate(self.rows, 2):
            if not all(map(is_blank, cells)):
                yield Row(number, cells)

    def place(self, number: int) -> tuple[Answer, int]:
        """The answer that a row of the sheet came in, and its place in it."""
        return self.places[number - 2]


class _Reading:
    """A walk over the pages of a datastore, ordered by the portal's own row number."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._seen: set[bytes] = set()
        self._again = False
        self.found = Datastore()
        self.counts = Counts()

    def take(self, page: Page, offset: int) -> int | None:
        """
        Take the rows of the page at an offset in; where the next one begins, None after the last.

        The portal says how many rows it gave at most, which is fewer than asked for where it has a bound of its own.
        """
        result = page.document if isinstance(page.document, dict) else {}
        fields, records = result.get("fields"), result.get("records")
        if not isinstance(fields, list) or not isinstance(records, list):
            raise ShapeChanged("Jawaban datastore CKAN tidak memuat fields dan records.", answer=page.answer.digest)
        self._names([str(each.get("id")) for each in fields if isinstance(each, dict)], page.answer)
        fresh = sum(self._row(record, page.answer, place) for place, record in enumerate(records))
        if records and not fresh:
            raise PagingLoop("Satu halaman penuh hanya mengulang baris yang sudah dibaca.", answer=page.answer.digest)
        total = count_of(result.get("total"))
        self.counts.say(total)
        limit = count_of(result.get("limit"))
        following = offset + (limit if limit and limit <= PAGE else len(records))
        return None if not records or (following >= total if total is not None else len(records) < PAGE) else following

    def _names(self, names: list[str], answer: Answer) -> None:
        kept = [name for name in names if name not in _OWN]
        if self.found.names and kept != self.found.names:
            raise ShapeChanged("Kolom datastore CKAN berubah di antara dua halaman.", answer=answer.digest)
        self.found.names = kept

    def _row(self, record: Any, answer: Answer, place: int) -> bool:
        """Take a row in; False for one that came before."""
        if not isinstance(record, dict):
            raise ShapeChanged("Baris datastore CKAN bukan lagi objek.", answer=answer.digest)
        cells = [_cell(record.get(name)) for name in self.found.names]
        name = blake2b(repr((record.get("_id"), cells)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if name in self._seen:
            self._again = True
            return False
        if len(self._seen) >= self._fetch.limits.listings:
            most = self._fetch.limits.listings
            raise TooMuch("too_many_listings", f"Tabel memuat lebih dari {most} baris.", answer=answer.digest)
        self._seen.add(name)
        self.found.rows.append(cells)
        self.found.places.append((answer, place))
        return True

    def settle(self) -> None:
        """
        Hold what came against what the portal says.

        Raises:
            SourceError: the counts drifted, rows came twice, or more or fewer came than it says.
        """
        total, came = self.counts.last, len(self.found.rows)
        self.counts.moved = self._again and total is None  # with a total too few distinct rows show it
        self.counts.settle(RunFacts())
        if total is not None and came < total:
            raise CutShort(f"Portal menyebut {total} baris, yang datang {came}.")
        if total is not None and came > total:
            raise CountsDrifted(f"Portal menyebut {total} baris, tetapi yang datang {came}.")


def read_datastore(fetch: Fetch, base: str, resource: str) -> Datastore:
    """
    All rows of a resource.

    Raises:
        SourceError: the first page cannot be had; what is wrong with a later one, or with their counts, stands in `cut`.
    """
    reading = _Reading(fetch)
    trail = Trail(fetch, lambda url: asked_for(fetch, url))
    offset: int | None = 0
    try:
        while offset is not None:
            asked = {"resource_id": resource, "sort": "_id", "limit": PAGE, "offset": offset}
            offset = reading.take(trail.step(f"{base}/api/3/action/datastore_search?{urlencode(asked, quote_via=quote)}"), offset)
        trail.end()
        reading.settle()
    except SourceError as error:
        if not reading.found.places:
            raise
        reading.found.cut = CutShort.by(error) if error.state == "failed" else error
    return reading.found


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else as_cell(value)
