"""Connections that drag, flood, break and lie about their length."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

from connectors.kit.hostile.base import QUICK, Outcome, Play, scenario
from connectors.kit.hostile.checks import ends, ends_or_same, incomplete, same
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.server import Ending, Reply
from connectors.kit.limits import Limits

NO_PATIENCE = Limits(connect=5.0, read=5.0, total=15.0, tries=1, requests=60, pages=12, listings=2_000)
"""One try: where thousands of connections break, each try more would only be the same again."""


@scenario("Sambungan diputus pada tiap bita sebuah halaman", once=True)
def reset_at_every_byte(ordinary: Ordinary) -> Iterator[Play]:
    """
    The connection is reset after 0, 1, 2, … bytes of a page of two rows, head and body, and at a hundred places of the last page: not
    one is taken for the whole.
    """
    page, reply = _short_page(ordinary)
    for cut in range(len(reply.wire())):
        answer = ordinary.answering({page.number: replace(reply, cut=cut, ending=Ending.RESET)})
        yield ordinary.play(answer, incomplete, label=f"bita {cut}", limits=NO_PATIENCE, twice=False, light=True)
    last = ordinary.pages[-1]
    for step in range(100):
        cut = len(last.reply.wire()) * step // 100
        answer = ordinary.answering({last.number: replace(last.reply, cut=cut, ending=Ending.RESET)})
        yield ordinary.play(answer, incomplete, label=f"halaman terakhir, bita {cut}", limits=NO_PATIENCE, twice=False, light=True)


def _short_page(ordinary: Ordinary) -> tuple[Page, Reply]:
    """The first page with rows, with two of them alone; the shortest page where no rows are recognised."""
    for page in ordinary.pages:
        if page.rows is not None:
            return page, page.holding(page.rows.body(page.rows.rows[:2]))
    page = min(ordinary.pages, key=lambda page: len(page.body))
    return page, page.reply


@scenario("Sambungan ditutup sebelum panjangnya tercapai", once=True)
def closed_before_the_length(ordinary: Ordinary) -> Iterator[Play]:
    """The connection is closed in order at sixty places of an answer that said its length: cut short, whatever the part looks like."""
    for page in {0: ordinary.pages[0], len(ordinary.pages) - 1: ordinary.pages[-1]}.values():
        whole = len(page.reply.wire())
        for step in range(60):
            answer = ordinary.answering({page.number: replace(page.reply, cut=whole * step // 60, ending=Ending.CLOSE)})
            yield ordinary.play(answer, incomplete, label=f"bita {whole * step // 60}", limits=NO_PATIENCE, twice=False, light=True)


@scenario("Jawaban berhenti tanpa panjang disebut")
def closed_without_a_length(ordinary: Ordinary) -> Iterator[Play]:
    """
    No Content-Length, and the connection closed in order at sixty places of the body: what tells its own end is found cut; a table
    that tells none is not complete either.
    """
    for page in {0: ordinary.pages[0], len(ordinary.pages) - 1: ordinary.pages[-1]}.values():
        body = page.body.rstrip()
        for step in range(60):
            reply = replace(page.reply, body=body[: len(body) * step // 60], length=-1, ending=Ending.CLOSE)
            yield ordinary.play(
                ordinary.answering({page.number: reply}), incomplete, label=f"bita {len(reply.body)}", twice=False, light=True
            )


@scenario("Tanpa Content-Length, tetapi utuh")
def whole_without_a_length(ordinary: Ordinary) -> Iterator[Play]:
    """HTTP/1.0 style, whole, ended by closing: the same demands, or a run that says it cannot prove the end."""
    yield ordinary.play(ordinary.each(lambda page: replace(page.reply, length=-1, ending=Ending.CLOSE)), ends_or_same)


@scenario("Terputus sekali, lalu baik")
def broken_once_then_well(ordinary: Ordinary) -> Iterator[Play]:
    """Every answer breaks off once, before its head, in it and in its body, and comes whole when asked again: the same demands."""
    for share in (0, 40, 200):
        broken = {
            page.number: [replace(page.reply, cut=min(share, len(page.body) - 1), ending=Ending.RESET), page.reply]
            for page in ordinary.pages
        }
        yield ordinary.play(ordinary.answering(broken), same, label=f"bita {share}")


@scenario("Panjang yang disebut lebih besar")
def length_too_long(ordinary: Ordinary) -> Iterator[Play]:
    """Content-Length says more than comes: cut short, even where what came is whole JSON."""
    for more in (1, 5_000):
        answer = ordinary.each(lambda page: replace(page.reply, length=len(page.body) + more, ending=Ending.CLOSE))
        yield ordinary.play(answer, ends("truncated"), label=f"+{more}")


@scenario("Panjang yang disebut lebih kecil")
def length_too_short(ordinary: Ordinary) -> Iterator[Play]:
    """Content-Length says less than comes: what is cut off by it is noticed."""
    for page in {0: ordinary.pages[0], len(ordinary.pages) - 1: ordinary.pages[-1]}.values():
        length = len(page.body) // 3
        answer = ordinary.answering({page.number: replace(page.reply, length=length, ending=Ending.CLOSE)})
        yield ordinary.play(answer, incomplete, label=f"halaman {page.number + 1}")


@scenario("Panjang yang bukan bilangan", once=True)
def length_nonsense(ordinary: Ordinary) -> Iterator[Play]:
    """A Content-Length that is negative, a word, a fraction, beyond all size, or said twice with two values: the same or an end."""
    for said in ("-5", "banyak", "1.5", "99999999999999999999", "10, 20", ""):
        answer = ordinary.each(lambda page: _headed(page, [f"Content-Length: {said}"]))
        yield ordinary.play(answer, ends_or_same, label=said or "kosong", limits=QUICK, twice=False)
    twice = ordinary.each(lambda page: _headed(page, [f"Content-Length: {len(page.body)}", "Content-Length: 7"]))
    yield ordinary.play(twice, ends_or_same, label="dua kali", limits=QUICK, twice=False)


@scenario("Potongan (chunked) yang utuh")
def chunked(ordinary: Ordinary) -> Iterator[Play]:
    """Sent in chunks of seven bytes, with trailers: the same demands."""
    yield ordinary.play(ordinary.each(lambda page: _chunks(page, b"0\r\nX-Ekor: ya\r\n\r\n")), same)


@scenario("Potongan (chunked) yang rusak")
def chunked_damaged(ordinary: Ordinary) -> Iterator[Play]:
    """Chunks without the last one, with a size that is none, with one that promises more: never complete."""
    for label, end in (
        ("tanpa akhir", b""),
        ("ukuran kata", b"zz\r\n{}\r\n0\r\n\r\n"),
        ("terlalu panjang", b"ffff\r\n]\r\n"),
        ("minus", b"-1\r\n"),
    ):
        for page in {0: ordinary.pages[0], len(ordinary.pages) - 1: ordinary.pages[-1]}.values():
            answer = ordinary.answering({page.number: _chunks(page, end)})
            yield ordinary.play(answer, incomplete, label=f"{label}, halaman {page.number + 1}", twice=False)


@scenario("Sumber yang tidak berkata apa-apa", once=True)
def silence(ordinary: Ordinary) -> Iterator[Play]:
    """The connection is taken and nothing comes: left after the read time, asked again a bounded number of times."""
    yield ordinary.play(
        ordinary.first(replace(ordinary.pages[0].reply, delay=2.0)), ends("timed_out"), limits=QUICK, twice=False, seconds=5
    )


@scenario("Isi menetes, satu bita tiap 20 milidetik", once=True)
def body_drips(ordinary: Ordinary) -> Iterator[Play]:
    """A body that drips is always alive and never done: left when the time for one answer is over."""
    page = max(ordinary.pages, key=lambda page: len(page.body))
    answer = ordinary.answering({page.number: replace(page.reply, drip=0.02, length=max(len(page.body), 200))})
    checks = (ends("timed_out"),) if page.number == 0 else (incomplete,)
    yield ordinary.play(answer, *checks, limits=QUICK, twice=False, seconds=5)


@scenario("Kepala jawaban menetes", once=True)
def head_drips(ordinary: Ordinary) -> Iterator[Play]:
    """The same for the head, byte by byte."""
    answer = ordinary.first(replace(ordinary.pages[0].reply, drip=0.05, drip_head=True))
    yield ordinary.play(answer, ends("timed_out"), limits=QUICK, twice=False, seconds=5)


@scenario("Lambat tetapi sampai", once=True)
def slow_but_sure(ordinary: Ordinary) -> Iterator[Play]:
    """Every answer comes a quarter of a second late, within its time: the same demands."""
    yield ordinary.play(ordinary.each(lambda page: replace(page.reply, delay=0.25 if page.number == 0 else 0.05)), same, twice=False)


@scenario("Isi tanpa akhir")
def endless_body(ordinary: Ordinary) -> Iterator[Play]:
    """The list goes on for ever, as rows and as noise: left at the bound on bytes, and only the beginning is kept."""
    page, rows = ordinary.listed()[0]
    more = b"," + rows.body(rows.rows).strip()[1:-1]
    for flood in (more * 20, b"\0" * 65536):
        reply = replace(page.reply, body=page.body.rstrip()[:-1], length=-1, endless=flood)
        yield ordinary.play(ordinary.answering({page.number: reply}), ends("too_large"), twice=False, memory=24)


@scenario("Kepala tanpa akhir", once=True)
def endless_head(ordinary: Ordinary) -> Iterator[Play]:
    """Headers without end, one of endless length and endless many: given up."""
    for start in (b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n"):
        flood = b"a" * 4096 if start.endswith(b": ") else b"X-Kepala: isi\r\n" * 200
        reply = Reply(raw=start, endless=flood, ending=Ending.CLOSE)
        yield ordinary.play(ordinary.first(reply), incomplete, limits=QUICK, twice=False, seconds=6, memory=24)


@scenario("Kepala yang rusak", once=True)
def broken_head(ordinary: Ordinary) -> Iterator[Play]:
    """No status, a status that is a word, HTTP/0.9, SSH, a line without a colon: never a list."""
    body = ordinary.pages[0].body
    for raw in (
        body,
        b"HTTP/1.1 oke\r\n\r\n" + body,
        b"HTTP/1.1 -200 X\r\n\r\n" + body,
        b"HTTP/9.9 200 OK\r\n\r\n" + body,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\r\n\r\n" + body,
        b"\xff\xfe\x00\x01" * 20,
    ):
        reply = Reply(raw=raw, ending=Ending.CLOSE)
        yield ordinary.play(ordinary.first(reply), ends_or_same, label=ascii(raw[:14]), twice=False)


@scenario("Kepala yang aneh, isinya biasa", once=True)
def odd_headers(ordinary: Ordinary) -> Iterator[Play]:
    """A hundred headers less than the bound, folded ones, Latin-1 in them, cookies: the same demands, and no cookie comes back."""
    many = [f"X-Kepala-{number}: {'n' * 50}" for number in range(60)]
    more = ["Set-Cookie: jejak=1; Path=/", "X-Huruf: caf\xe9", "X-Kosong:", "Server: Contoh/1 (\xa9)"]
    answer = ordinary.each(lambda page: _headed(page, [f"Content-Length: {len(page.body)}", *many, *more]))
    yield ordinary.play(answer, same, _no_cookie)


@scenario("Sambungan lama sudah ditutup")
def stale_connection(ordinary: Ordinary) -> Iterator[Play]:
    """The server closes the connection after each answer without having said so: the next page comes by a new one."""
    ordinary.paged()
    yield ordinary.play(ordinary.each(lambda page: Reply(raw=page.reply.wire(), ending=Ending.CLOSE)), same)


@scenario("Jawaban kedua yang tidak diminta")
def second_answer_unasked(ordinary: Ordinary) -> Iterator[Play]:
    """A second answer follows the first unasked on the same connection: it is not taken for that of the next question."""
    ordinary.paged()
    fake = Reply(b'[{"palsu": true}]', headers={"Content-Type": "application/json"}).wire()
    yield ordinary.play(ordinary.each(lambda page: Reply(raw=page.reply.wire() + fake)), same, twice=False)


@scenario("Tidak ada yang mendengarkan", once=True)
def connection_refused(ordinary: Ordinary) -> Iterator[Play]:
    """No service at the port: `network`, after a bounded number of tries."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield ordinary.play(ordinary.answering({}), ends("network"), base=f"http://127.0.0.1:{port}")


def _headed(page: Page, headers: list[str]) -> Reply:
    """The ordinary body under a head of these lines."""
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {page.reply.headers['Content-Type']}", *headers]
    return Reply(raw=("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + page.body, ending=Ending.CLOSE)


def _chunks(page: Page, end: bytes) -> Reply:
    """The ordinary body in chunks, with `end` in the place of the last one."""
    parts = [page.body[start : start + 97] for start in range(0, len(page.body), 97)]
    sent = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {page.reply.headers['Content-Type']}\r\nTransfer-Encoding: chunked\r\n\r\n"
    return Reply(raw=head.encode() + sent + end, ending=Ending.CLOSE)


def _no_cookie(outcome: Outcome, ordinary: Ordinary) -> str | None:
    return "Kuki sumber dikirim kembali." if any("cookie" in each.headers for each in outcome.wire) else None
