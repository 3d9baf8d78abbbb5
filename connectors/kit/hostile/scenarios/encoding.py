"""Characters and packing: odd ones that change nothing, and broken ones that are noticed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from connectors.kit.hostile.base import NotApplicable, Outcome, Play, scenario
from connectors.kit.hostile.checks import ends, ends_or_same, keeps, same
from connectors.kit.hostile.json_rows import JsonRows
from connectors.kit.hostile.ordinary import Ordinary, Page
from connectors.kit.hostile.rows import Rows
from connectors.kit.hostile.server import Answerer, Reply

BOM = b"\xef\xbb\xbf"
Edit = Callable[[str], str]


def _edited(ordinary: Ordinary, edit: Edit) -> Answerer:
    """The prose of every row edited."""
    return ordinary.rows_changed(lambda rows, all_rows: [rows.edited(row, edit) for row in all_rows])


def _written(ordinary: Ordinary, edit: Edit, encoding: str, mark: bytes = b"") -> Answerer:
    """The same, written in another encoding."""

    def change(page: Page) -> Reply:
        rows = page.rows
        assert rows is not None
        return page.holding(mark + rows.body([rows.edited(row, edit) for row in rows.rows]).decode().encode(encoding))

    return ordinary.each(change, [page for page, _ in ordinary.listed()])


def _packed(page: Page, body: bytes, encoding: str) -> Reply:
    return page.holding(body).saying(Content_Encoding=encoding)


@scenario("Tanda urutan bita (BOM) di depan")
def byte_order_mark(ordinary: Ordinary) -> Iterator[Play]:
    """Office programs put U+FEFF before everything: the same demands."""
    if any(page.body.startswith(BOM) or page.body[:2] == b"PK" for page in ordinary.pages):
        raise NotApplicable("Jawabannya bukan teks tanpa BOM.")
    yield ordinary.play(ordinary.each(lambda page: page.holding(BOM + page.body)), same)


@scenario("Windows-1252 tanpa diberitahukan")
def windows_1252(ordinary: Ordinary) -> Iterator[Play]:
    """Dashes, quotes and accents in the bytes of Windows-1252, undeclared: the same demands as in UTF-8."""

    def edit(text: str) -> str:
        return f"{text} – \u201cmutu\u201d caf\xe9 5 \xb0C"

    _no_declared_encoding(ordinary)
    yield ordinary.play(_written(ordinary, edit, "cp1252"), like=ordinary.play(_edited(ordinary, edit)))


@scenario("UTF-16 dengan BOM")
def utf_16(ordinary: Ordinary) -> Iterator[Play]:
    """The same text in UTF-16 with a byte order mark: the same demands, or an end that says so."""
    _no_declared_encoding(ordinary)
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        yield ordinary.play(_written(ordinary, str, encoding, mark), ends_or_same, label=encoding)


@scenario("Mojibake: UTF-8 yang dikodekan dua kali")
def mojibake(ordinary: Ordinary) -> Iterator[Play]:
    """Letters that were encoded twice on the way: kept as they are, no listing lost nor guessed anew."""
    yield ordinary.play(_edited(ordinary, lambda text: f"{text} Ã©â€“ Â² ï¿½"), _every_row_came)


@scenario("Bita yang bukan UTF-8 di tengah teks")
def broken_bytes(ordinary: Ordinary) -> Iterator[Play]:
    """A lone continuation byte, an overlong form and half a letter inside of texts: every listing comes, or the run says otherwise."""
    for bad in (b"\x80", b"\xc0\xaf", b"\xe2\x80", b"\xff"):

        def change(page: Page, bad: bytes = bad) -> Reply:
            rows = page.rows
            assert rows is not None
            return page.holding(rows.body([rows.edited(row, lambda text: text + " @@ x") for row in rows.rows]).replace(b"@@", bad))

        answer = ordinary.each(change, [page for page, _ in ordinary.listed()])
        yield ordinary.play(answer, label=bad.hex())


@scenario("Tanda NUL di dalam teks")
def null_characters(ordinary: Ordinary) -> Iterator[Play]:
    """NUL in texts, which no database keeps: no demand holds one, and no listing is lost for it."""
    ordinary.in_json()
    yield ordinary.play(_edited(ordinary, lambda text: f"{text[:5]}\0{text[5:]}\0"), _every_row_came)


@scenario("Bita NUL mentah di antara dan di belakang")
def null_bytes(ordinary: Ordinary) -> Iterator[Play]:
    """NUL bytes behind the list, as fixed-length buffers leave them, and raw ones inside: the same demands, or an end that says so."""
    yield ordinary.play(ordinary.each(lambda page: page.holding(page.body + b"\0" * 64)), ends_or_same)
    yield ordinary.play(ordinary.each(lambda page: page.holding(page.body[:40] + b"\0" + page.body[40:])), ends_or_same, fresh=None)


@scenario("Tanda kendali di dalam teks")
def control_characters(ordinary: Ordinary) -> Iterator[Play]:
    """Escape sequences, form feeds, C1 controls and non-characters in texts: every listing comes."""
    ordinary.in_json()
    yield ordinary.play(_edited(ordinary, lambda text: f"\x1b[31m{text}\x0c\x07\x85\x9b\ufffe\uffff"), _every_row_came)


@scenario("Setengah huruf (surrogate) dalam JSON")
def half_characters(ordinary: Ordinary) -> Iterator[Play]:
    r"""`\ud83d` without its other half, valid JSON that no UTF-8 can hold: every listing comes, and what is kept is whole text."""

    def halved(rows: Rows, all_rows: list[object]) -> list[object]:
        return [rows.edited(row, lambda text: f"{text} \ud83d") for row in all_rows]

    def change(page: Page) -> Reply:
        rows = page.rows
        assert isinstance(rows, JsonRows)
        body = rows.body(halved(rows, rows.rows)).replace("\ud83d".encode("utf-8", "surrogatepass"), b"\\ud83d")
        return page.holding(body)

    yield ordinary.play(ordinary.each(change, [page for page, _ in ordinary.in_json()]), _every_row_came)


@scenario("Huruf tak tampak dan arah terbalik")
def invisible_characters(ordinary: Ordinary) -> Iterator[Play]:
    """Zero-width blanks, soft hyphens and direction overrides in texts: every listing comes under its own reference."""
    yield ordinary.play(_edited(ordinary, lambda text: f"\u200b\u202e{text}\u2066\xad\u200d\ufeff"), _every_row_came)


@scenario("Emoji dan huruf di luar BMP")
def letters_beyond_the_plane(ordinary: Ordinary) -> Iterator[Play]:
    """Emoji, old scripts and letters with many accents: every listing comes."""
    yield ordinary.play(_edited(ordinary, lambda text: f"{text} 🏭👩🏽‍🏭 𐎠 a{chr(0x301) * 200}"), _every_row_came)


@scenario("Content-Type yang keliru")
def wrong_media_type(ordinary: Ordinary) -> Iterator[Play]:
    """The ordinary list, said to be a web page, a picture, nothing or nonsense: the body decides, the same demands."""
    for said in ("text/html; charset=utf-8", "image/png", "application/octet-stream", "x", ""):
        answer = ordinary.each(lambda page: page.reply.saying(Content_Type=said))
        yield ordinary.play(answer, same, label=said or "kosong", twice=False)


@scenario("Charset yang keliru")
def wrong_charset(ordinary: Ordinary) -> Iterator[Play]:
    """UTF-8 said to be Latin-1, UTF-7, UTF-16 or a name that nobody knows: bytes count for more than what is said of them."""
    for said in ("iso-8859-1", "utf-7", "utf-16", "karangan-1"):
        answer = ordinary.each(lambda page: page.reply.saying(Content_Type=f"{page.reply.headers['Content-Type']}; charset={said}"))
        yield ordinary.play(answer, same, label=said, twice=False)


@scenario("Dikemas dengan gzip")
def gzipped(ordinary: Ordinary) -> Iterator[Play]:
    """Packed with gzip and saying so, in one member and in two: the same demands."""
    yield ordinary.play(ordinary.each(lambda page: _packed(page, gzip.compress(page.body), "gzip")), same)

    def two(page: Page) -> Reply:
        half = len(page.body) // 2
        return _packed(page, gzip.compress(page.body[:half]) + gzip.compress(page.body[half:]), "x-gzip")

    yield ordinary.play(ordinary.each(two), same)


@scenario("Dikemas dengan deflate, dua cara")
def deflated(ordinary: Ordinary) -> Iterator[Play]:
    """Packed with deflate as the standard means it and as servers send it: the same demands."""
    yield ordinary.play(ordinary.each(lambda page: _packed(page, zlib.compress(page.body), "deflate")), same)
    yield ordinary.play(ordinary.each(lambda page: _packed(page, zlib.compress(page.body)[2:-4], "deflate")), same)


@scenario("Kemasan gzip yang terpotong atau rusak")
def gzip_damaged(ordinary: Ordinary) -> Iterator[Play]:
    """A packing without its end, with a wrong checksum, with a flipped byte: never complete, never half a list."""
    changes: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
        ("tanpa akhir", lambda packed: packed[:-12]),
        ("tanpa uji", lambda packed: packed[:-8]),
        ("uji keliru", lambda packed: packed[:-8] + b"\0" * 8),
        ("bita terbalik", lambda packed: packed[:30] + bytes([packed[30] ^ 255]) + packed[31:]),
    )
    for label, change in changes:
        answer = ordinary.each(lambda page: _packed(page, change(gzip.compress(page.body)), "gzip"))
        yield ordinary.play(answer, ends("truncated"), label=label)


@scenario("Mengaku gzip padahal tidak")
def gzip_that_is_none(ordinary: Ordinary) -> Iterator[Play]:
    """`Content-Encoding: gzip` over a plain body: an end that says so, not a guess."""
    yield ordinary.play(ordinary.each(lambda page: _packed(page, page.body, "gzip")), ends("truncated"))


@scenario("Kemasan yang tidak diminta")
def packing_unasked(ordinary: Ordinary) -> Iterator[Play]:
    """br, zstd, a chain of packings and a made-up one: none was asked for, none is guessed."""
    for encoding in ("br", "zstd", "gzip, gzip", "karangan"):
        answer = ordinary.each(lambda page: _packed(page, gzip.compress(page.body), encoding))
        yield ordinary.play(answer, ends("not_json"), label=encoding, twice=False)


@scenario("Berkas gzip tanpa diberitahukan")
def gzip_unannounced(ordinary: Ordinary) -> Iterator[Play]:
    """A gzip file as the body, with no header that says so: the same demands, or an end that says so."""
    yield ordinary.play(ordinary.each(lambda page: replace(page.reply, body=gzip.compress(page.body))), ends_or_same)


def _every_row_came(outcome: Outcome, ordinary: Ordinary) -> str | None:
    """The list was read to its end under its references, whatever became of its rows."""
    if outcome.error is not None:
        return f"Berakhir dengan {outcome.error.rule}: {outcome.error.message}"
    return keeps(ordinary.references)(outcome, ordinary)


def _no_declared_encoding(ordinary: Ordinary) -> None:
    """XML says its own encoding; another one would be another document."""
    if any(page.body.lstrip().startswith(b"<") for page, _ in ordinary.listed()):
        raise NotApplicable("XML menyebut sendiri pengodeannya.")
