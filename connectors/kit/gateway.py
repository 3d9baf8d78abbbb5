"""
The national gateway's way of answering: a bearer token, an envelope, a cursor.

Source
  https://data.inaproc.id/api/v1/<group>/<dataset>?kode_klpd=…&tahun=…&limit=…&cursor=…
  {"success": true, "data": […], "meta": {"cursor": "…", "has_more": true, "count": n, "total": n}}
  Some answers have `cursor` and `has_more` at the top; `/api/legacy/` gives a bare array, all at once.
Caveats
  `total` was seen with the value of `count`. One that is reached while more is to come counts the page and not the whole:
  then the sum of the counts is what the source says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from connectors.kit.answer import Answer
from connectors.kit.counts import Counts, count_of
from connectors.kit.errors import HttpStatus, PagingLoop, ShapeChanged, SourceError, TooMuch, WrongAnswer
from connectors.kit.fetch import Fetch
from connectors.kit.pages import with_parameters
from connectors.kit.rows import Rows
from schemas.reading.dates import MONTHS

_SPOKEN = re.compile(r"([A-Za-z]{3,9}) (\d{1,2}), (\d{4}) (\d{1,2}):(\d{2}):(\d{2}) ([AP]M)", re.A)
_ADVICE = {
    400: "Periksa kode_klpd dan tahun pada pengaturan sumber: gerbang INAPROC mewajibkan keduanya.",
    401: "Token INAPROC ditolak atau kedaluwarsa: buat token baru di data.inaproc.id dan perbarui pengaturan sumber.",
    403: "Token INAPROC tidak berhak atas dataset ini: centang API dataset ini pada token di data.inaproc.id.",
    429: "Batas permintaan INAPROC tercapai: jalankan lagi setelah satu jam, atau besarkan limit agar halamannya lebih sedikit.",
}


class _Envelope(NamedTuple):
    rows: list[Any]
    cursor: str | None
    has_more: bool | None
    counted: int | None
    total: int | None


def advice(error: SourceError) -> str | None:
    """What to do about an answer of the gateway that is no success; None where the usual advice holds."""
    return _ADVICE.get(error.status) if isinstance(error, HttpStatus) else None


def gateway_pages(fetch: Fetch, url: str, *, limit: int) -> Iterator[Rows]:
    """
    The pages of a dataset until the source says that there are no more.

    Sets `fetch.facts.last_page` and `fetch.facts.total`. A full page that names neither a following one nor the end leaves
    the last page unreached.

    Raises:
        SourceError: what came is no such envelope.
        PagingLoop: a cursor came before.
        CountsDrifted: the totals changed from page to page; raised when all rows have come.
    """
    fetch.facts.last_page = False
    sizes, cursor, seen = _Sizes(), "", set[str]()
    while True:
        if len(seen) >= fetch.limits.pages:
            raise TooMuch("too_many_pages", f"Sumber terdiri atas lebih dari {fetch.limits.pages} halaman.")
        answer, document = fetch.json(with_parameters(url, cursor=cursor) if cursor else url)
        page = _read(document, answer)
        more = bool(page.cursor) if page.has_more is None else page.has_more
        sizes.say(page, more)
        yield Rows(answer, page.rows)
        if not more:
            fetch.facts.last_page = None if isinstance(document, list) else page.has_more is False or len(page.rows) < limit
            sizes.settle(fetch)
            return
        if not page.cursor:
            raise ShapeChanged("Sumber menyebut masih ada halaman (has_more) tetapi tidak memberi cursor.", answer=answer.digest)
        if page.cursor in seen:
            raise PagingLoop("Cursor halaman berikutnya sudah pernah dipakai.", answer=answer.digest)
        seen.add(page.cursor)
        cursor = page.cursor


class _Sizes:
    """What the pages say of the dataset's size."""

    def __init__(self) -> None:
        self._totals = Counts()
        self._passed = 0
        self._counted: int | None = 0
        self._counts_pages = False

    def say(self, page: _Envelope, more: bool) -> None:
        self._passed += len(page.rows)
        if more and page.total is not None and page.total <= self._passed:
            self._counts_pages = True
        if not self._counts_pages:
            self._totals.say(page.total)
        self._counted = None if self._counted is None or page.counted is None else self._counted + page.counted

    def settle(self, fetch: Fetch) -> None:
        if self._counts_pages or self._totals.last is None:
            fetch.facts.total = self._counted
        else:
            self._totals.settle(fetch.facts)


def _read(document: Any, answer: Answer) -> _Envelope:
    if isinstance(document, list):
        return _Envelope(document, None, False, None, None)
    if not isinstance(document, dict) or document.get("success") is False:
        raise WrongAnswer("Gerbang menjawab tanpa hasil (success: false), bukan data.", answer=answer.digest)
    rows = document.get("data")
    if not isinstance(rows, list):
        raise ShapeChanged("Amplop gerbang berubah bentuk: larik `data` tidak ada.", answer=answer.digest)
    meta = document["meta"] if isinstance(document.get("meta"), dict) else {}
    cursor, more = meta.get("cursor") or document.get("cursor"), meta.get("has_more", document.get("has_more"))
    return _Envelope(
        rows,
        str(cursor) if isinstance(cursor, str | int) and not isinstance(cursor, bool) else None,
        more if isinstance(more, bool) else None,
        count_of(meta.get("count")),
        count_of(meta.get("total")),
    )


def local_time(value: Any) -> Any:
    """
    A time of the gateway without its zone, for `kit.dates.instant`; anything else as it came.

    Three styles stand beside each other: `2024-01-05T09:07:06.5Z`, `2024-01-10 13:30:00.000000Z`, `May 7, 2021 12:00:00 AM`.
    The `Z` is not meant: in all real rows at hand the clock reads as an office's (announcements at 08:00 and 13:00, none
    before dawn), as in the older feed of the same plans, which writes no zone.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    found = _SPOKEN.fullmatch(text)
    month = MONTHS.get(found[1].lower()) if found else None
    if found is None or month is None:
        return text.removesuffix("Z")
    hour = int(found[4]) % 12 + (12 if found[7] == "PM" else 0)
    return f"{found[3]}-{month:02}-{int(found[2]):02}T{hour:02}:{found[5]}:{found[6]}"
