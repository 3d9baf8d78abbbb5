"""Statuses: refusals, storms, wishes to wait, and successes that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from connectors.kit.hostile.base import LIMITS, Outcome, Play, scenario
from connectors.kit.hostile.checks import asked_at_most, ends, ends_or_same, incomplete, same
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.server import Reply

TEXT = {"Content-Type": "text/plain"}
HTML = b"<!doctype html><html><head><title>Galat</title></head><body><h1>Galat server</h1></body></html>"


@scenario("Penolakan 4xx", once=True)
def refusals(ordinary: Ordinary) -> Iterator[Play]:
    """400, 401, 403, 404, 405, 406, 410, 418, 422 and 451: each ends the run at once; asking again would change nothing."""
    for status in (400, 401, 403, 404, 405, 406, 410, 418, 422, 451):
        answer = ordinary.first(Reply(b"tidak", status=status, headers=TEXT))
        yield ordinary.play(answer, ends("http_status"), asked_at_most(1), label=str(status), twice=False)


@scenario("Penolakan yang tetap mengirim daftar")
def refusal_with_the_list(ordinary: Ordinary) -> Iterator[Play]:
    """A refusal whose body is the ordinary list: what a status refuses is not read."""
    for status in (401, 404, 500):
        for page, answer in ordinary.both(lambda page: replace(page.reply, status=status)):
            checks = (ends("http_status", "source_busy"),) if page.number == 0 else (incomplete,)
            yield ordinary.play(answer, *checks, label=f"{status}, halaman {page.number + 1}")


@scenario("Badai 500 sampai 504", once=True)
def server_errors_for_ever(ordinary: Ordinary) -> Iterator[Play]:
    """5xx to every try: a bounded number of tries with pauses between them, then `source_busy`."""
    for status in (500, 502, 503, 504):
        answer = ordinary.every(Reply(HTML, status=status))
        yield ordinary.play(answer, ends("source_busy"), asked_at_most(LIMITS.tries), _paused, label=str(status), twice=False)


@scenario("Badai status yang berganti-ganti")
def status_storm(ordinary: Ordinary) -> Iterator[Play]:
    """A storm of 500, 429, 502, 503 over every address: bounded, and never a list."""
    storm = [Reply(b"", status=status) for status in (500, 429, 502, 503, 504, 429)]
    yield ordinary.play(ordinary.answering({page.number: storm for page in ordinary.pages}), ends("source_busy"), twice=False)


@scenario("429 tanpa akhir", once=True)
def too_many_requests_for_ever(ordinary: Ordinary) -> Iterator[Play]:
    """429 to every try: bounded, then `source_busy`."""
    answer = ordinary.every(Reply(b"{}", status=429))
    yield ordinary.play(answer, ends("source_busy"), asked_at_most(LIMITS.tries), twice=False)


@scenario("Sibuk dulu, lalu baik")
def busy_then_well(ordinary: Ordinary) -> Iterator[Play]:
    """Every address answers 503 or 429 once and then its ordinary answer: the run is as if nothing had been."""
    for status in (429, 503):
        answer = ordinary.answering({page.number: [Reply(b"", status=status), page.reply] for page in ordinary.pages})
        yield ordinary.play(answer, same, label=str(status))


@scenario("Retry-After dihormati")
def retry_after_is_honoured(ordinary: Ordinary) -> Iterator[Play]:
    """429 with `Retry-After: 3`, then the ordinary answer: no sooner than after three seconds, and the same demands."""
    first = ordinary.pages[0].reply
    answer = ordinary.answering({0: [Reply(b"", status=429, headers={"Retry-After": "3"}), first]})
    yield ordinary.play(answer, same, _waited(3.0))


@scenario("Retry-After sebagai tanggal", once=True)
def retry_after_as_a_date(ordinary: Ordinary) -> Iterator[Play]:
    """A wish to wait as an HTTP date, past and near: the ordinary answer after it gives the same demands."""
    for seconds in (-86_400, 2):
        when = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        answer = ordinary.answering({0: [Reply(b"", status=503, headers={"Retry-After": when}), ordinary.pages[0].reply]})
        yield ordinary.play(answer, same, label=f"{seconds} detik")


@scenario("Retry-After satu jam", once=True)
def retry_after_an_hour(ordinary: Ordinary) -> Iterator[Play]:
    """A source that asks for an hour is left for tonight: one request, no pause."""
    for wish in ("3600", "99999999999999999999"):
        answer = ordinary.every(Reply(b"", status=429, headers={"Retry-After": wish}))
        yield ordinary.play(answer, ends("source_busy"), asked_at_most(1), label=wish[:6], twice=False)


@scenario("Retry-After yang tak terbaca", once=True)
def retry_after_nonsense(ordinary: Ordinary) -> Iterator[Play]:
    """A wish to wait that is none is survived: the ordinary answer after it gives the same demands."""
    for wish in ("segera", "-5", "1e9", "", "Wed, 99 Foo 2026 99:99:99 GMT"):
        answer = ordinary.answering({0: [Reply(b"", status=503, headers={"Retry-After": wish}), ordinary.pages[0].reply]})
        yield ordinary.play(answer, same, label=wish or "kosong", twice=False)


@scenario("304 padahal tidak ditanya")
def not_modified_never_asked(ordinary: Ordinary) -> Iterator[Play]:
    """304 to a question without any condition: nothing was sent, so nothing is known; never an empty nor an unchanged list."""
    for page, answer in ordinary.both(lambda _: Reply(b"", status=304, headers={"ETag": '"x"'})):
        yield ordinary.play(answer, incomplete, *((ends("http_status"),) if page.number == 0 else ()), label=f"halaman {page.number + 1}")


@scenario("206 padahal tidak diminta sebagian")
def partial_content_unasked(ordinary: Ordinary) -> Iterator[Play]:
    """206 with a whole document that is a part of the list: a part is not the list."""

    def half(page: Page) -> Reply:
        body = page.rows.body(page.rows.rows[:-1] or page.rows.rows) if page.rows else page.body
        return Reply(body, status=206, headers={**page.reply.headers, "Content-Range": f"bytes 0-{len(body) - 1}/{len(page.body) + 9000}"})

    yield ordinary.play(ordinary.each(half), incomplete)


@scenario("204 dan 205 tanpa isi")
def no_content(ordinary: Ordinary) -> Iterator[Play]:
    """A success that says it has no content: that is not an empty list."""
    for status in (204, 205):
        for page, answer in ordinary.both(lambda _: Reply(b"", status=status)):
            yield ordinary.play(answer, incomplete, label=f"{status}, halaman {page.number + 1}")


@scenario("202: masih diproses")
def accepted_for_later(ordinary: Ordinary) -> Iterator[Play]:
    """202 with a note that the export is being made: that is no list."""
    note = Reply.json({"status": "diproses", "message": "Silakan coba beberapa saat lagi"})
    yield ordinary.play(ordinary.first(replace(note, status=202)), incomplete)


@scenario("Status yang tidak dikenal")
def unknown_status(ordinary: Ordinary) -> Iterator[Play]:
    """300, 305, 600 and 999 with the ordinary body: no success, no list."""
    for status in (300, 305, 600, 999):
        yield ordinary.play(ordinary.first(replace(ordinary.pages[0].reply, status=status)), incomplete, label=str(status), twice=False)


@scenario("103 Early Hints sebelum jawaban")
def early_hints(ordinary: Ordinary) -> Iterator[Play]:
    """An interim answer before the real one: the same demands, or an end that says so; never a list out of nothing."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n"
    yield ordinary.play(ordinary.each(lambda page: replace(page.reply, before=hints)), ends_or_same, twice=False)
    proceed = b"HTTP/1.1 100 Continue\r\n\r\n"
    yield ordinary.play(ordinary.each(lambda page: replace(page.reply, before=proceed)), ends_or_same, twice=False)


@scenario("Galat dengan status 200")
def error_as_success(ordinary: Ordinary) -> Iterator[Play]:
    """JSON that says an error under status 200, as gateways send it: no list, and not the end of one."""
    for value in _ERRORS:
        for page, answer in ordinary.both(lambda _: Reply.json(value)):
            yield ordinary.play(answer, incomplete, label=f"{str(value)[:40]}, halaman {page.number + 1}", twice=False)


_ERRORS: tuple[dict[str, Any], ...] = (
    {"error": "Internal Server Error"},
    {"message": "Unauthenticated."},
    {"success": False, "data": [], "message": "token kedaluwarsa"},
    {"success": False, "error": {"__type": "Validation Error", "message": "x"}},
    {"status": 500, "error": "java.lang.NullPointerException", "path": "/"},
    {"status": "error", "data": None},
    {"errors": [{"code": 17}]},
    {"success": True, "result": None},
)


def _paused(outcome: Outcome, ordinary: Ordinary) -> str | None:
    return None if outcome.paused else "Sumber yang sibuk ditanya lagi tanpa jeda."


def _waited(seconds: float) -> Any:
    def check(outcome: Outcome, ordinary: Ordinary) -> str | None:
        return None if sum(outcome.paused) >= seconds else f"Jeda {sum(outcome.paused):g} detik; sumber meminta {seconds:g}."

    return check
