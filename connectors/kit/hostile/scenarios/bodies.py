"""What comes instead of the list under a status of success, and lists that are cut, emptied or followed by something."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace

import orjson

from connectors.kit.hostile.base import NotApplicable, Play, scenario
from connectors.kit.hostile.checks import ends, ends_or_same, incomplete
from connectors.kit.hostile.csv_rows import CsvRows
from connectors.kit.hostile.line_rows import LineRows, ends_with_a_line
from connectors.kit.hostile.ordinary import Ordinary
from connectors.kit.hostile.server import JSON_TYPE, Reply

PAGE = (
    b"<!DOCTYPE html>\n<html lang=id><head><title>Portal Data</title></head><body><h1>Portal Data Kota Contoh</h1>"
    b"<p>Silakan pilih menu.</p></body></html>"
)
ROBOT = (
    b'<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><div id="challenge-form" '
    b'class="cf-chl">Checking your browser</div></body></html>'
)
LOGIN = b'<!DOCTYPE html><html><body><form action="/masuk" method=post><input name=sandi type=password></form></body></html>'
SAID_EMPTY = b'<?xml version="1.0"?>\n<invalid_response><message>Data Kosong</message></invalid_response>'


def _instead(ordinary: Ordinary, body: bytes, *rules: str, media_type: str = JSON_TYPE, status: int = 200) -> Iterator[Play]:
    """A body in the place of the first answer, which ends the run by one of the rules, and in that of the last."""
    for page, answer in ordinary.both(lambda _: Reply(body, status=status, headers={"Content-Type": media_type})):
        checks = (ends(*rules) if rules else incomplete,) if page.number == 0 else (incomplete,)
        yield ordinary.play(answer, *checks, label=f"halaman {page.number + 1}")


@scenario("Jawaban kosong dengan status 200")
def empty_success(ordinary: Ordinary) -> Iterator[Play]:
    """Status 200 and not one byte: an empty body, not an empty list."""
    yield from _instead(ordinary, b"", "empty_body")


@scenario("Hanya spasi dan baris kosong")
def blanks_only(ordinary: Ordinary) -> Iterator[Play]:
    """Blanks, line ends, a byte order mark and NUL bytes: an empty body as well."""
    for body in (b" \r\n\t\r\n", b"\xef\xbb\xbf", b"\x00\x00\x00"):
        yield from _instead(ordinary, body, "empty_body")


@scenario("Halaman penguji robot")
def robot_page(ordinary: Ordinary) -> Iterator[Play]:
    """A page that wants to know whether a person reads it, under the status of success and under 403: named so, and not worked around."""
    yield from _instead(ordinary, ROBOT, "robot_page", media_type="text/html")
    yield from _instead(ordinary, ROBOT, "http_status", media_type="text/html", status=403)


@scenario("Halaman web, bukan data")
def web_page(ordinary: Ordinary) -> Iterator[Play]:
    """A portal's front page where the list was, said to be JSON and said to be HTML: named so."""
    yield from _instead(ordinary, PAGE, "html_page", media_type="text/html")
    yield from _instead(ordinary, PAGE, "html_page")


@scenario("Dialihkan ke halaman masuk")
def login_page(ordinary: Ordinary) -> Iterator[Play]:
    """A session that ran out: redirected on the same host to a form. No list."""
    answer = ordinary.answering({0: Reply(b"", status=302, headers={"Location": "/masuk"})})
    form = Reply(LOGIN, headers={"Content-Type": "text/html"})
    yield ordinary.play(lambda asked: form if asked.target == "/masuk" else answer(asked), ends("html_page"))


@scenario('Pesan XML "Data Kosong"')
def said_to_be_empty(ordinary: Ordinary) -> Iterator[Play]:
    """The service bus's own words for having nothing, true or not: unproven, nothing is withdrawn."""
    yield from _instead(ordinary, SAID_EMPTY, "said_empty", "not_xml", "not_json", "shape_changed", media_type="application/xml")


@scenario("XML, bukan JSON")
def xml_instead_of_json(ordinary: Ordinary) -> Iterator[Play]:
    """Well-formed XML of some other kind in the place of the list."""
    yield from _instead(ordinary, b'<?xml version="1.0"?><rss version="2.0"><channel><title>Berita</title></channel></rss>')


@scenario("JSON, bukan daftar yang dikenal")
def json_of_another_service(ordinary: Ordinary) -> Iterator[Play]:
    """Whole JSON that another service would send, objects and arrays: a changed shape, not a list."""
    for value in ({"cuaca": {"kota": "Contoh", "suhu": 31}}, [{"id": 1, "cuaca": "cerah"}], {"rows": {"a": 1}}, [[1, 2], [3, 4]]):
        yield from _instead(ordinary, orjson.dumps(value))


@scenario("CSV, bukan yang biasa")
def csv_of_something_else(ordinary: Ordinary) -> Iterator[Play]:
    """A table of something else: no list of demands."""
    yield from _instead(ordinary, b"tanggal;suhu;angin\r\n2026-01-01;31;12\r\n2026-01-02;30;9\r\n", media_type="text/csv")


@scenario("Arsip ZIP tanpa diberitahukan")
def zip_unannounced(ordinary: Ordinary) -> Iterator[Play]:
    """A ZIP with a text file in it where none belongs, and the first bytes of one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("baca.txt", "halo")
    yield from _instead(ordinary, out.getvalue(), media_type="application/zip")
    yield from _instead(ordinary, out.getvalue()[:20], media_type="application/zip")


@scenario("Berkas gambar atau PDF")
def picture_or_paper(ordinary: Ordinary) -> Iterator[Play]:
    """A picture, a PDF and plain noise under the address of the list."""
    for body in (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"%PDF-1.4\n1 0 obj <<>> endobj\n%%EOF\n", bytes(range(255, 0, -1)) * 4):
        yield from _instead(ordinary, body)


@scenario("Teks biasa")
def plain_text(ordinary: Ordinary) -> Iterator[Play]:
    """A sentence of the server's: no list."""
    yield from _instead(ordinary, b"Layanan sedang dalam pemeliharaan sampai pukul 06.00 WIB.\n", media_type="text/plain")


@scenario("Nilai lepas: null, true, 0")
def bare_values(ordinary: Ordinary) -> Iterator[Play]:
    """Valid JSON that is a single value: no list."""
    for body in (b"null", b"true", b"0", b'""', b'"Data tidak ditemukan"'):
        yield from _instead(ordinary, body)


@scenario("Daftar kosong: [] atau {}")
def empty_array(ordinary: Ordinary) -> Iterator[Play]:
    """An empty array or object is a silence: never complete, and no listing is made of it."""
    for body in (b"[]", b"{}", b"[{}]", b"[null]", b"[[]]"):
        yield ordinary.play(ordinary.every(Reply(body, headers={"Content-Type": JSON_TYPE})), incomplete, label=body.decode(), fresh=None)


@scenario("Semua baris hilang, bungkusnya utuh")
def rows_emptied(ordinary: Ordinary) -> Iterator[Play]:
    """The envelope as ever, no row in it, on every page: a source's silence is not a withdrawal."""
    yield ordinary.play(ordinary.rows_changed(lambda *_: []), incomplete)


@scenario("Setengah daftar, utuh bentuknya")
def half_a_list(ordinary: Ordinary) -> Iterator[Play]:
    """Whole documents with fewer than half of the rows: by total or by what the source has shown before, not complete."""
    if sum(len(rows.rows) for _, rows in ordinary.listed()) < 4:
        raise NotApplicable("Contohnya terlalu pendek untuk dibelah.")
    yield ordinary.play(ordinary.rows_changed(lambda _, rows: rows[: len(rows) // 2]), incomplete)


@scenario("Jawaban terpotong, panjangnya cocok")
def cut_with_a_true_length(ordinary: Ordinary) -> Iterator[Play]:
    """
    The first and the last answer cut at sixty places, with a Content-Length that agrees: not one cut is taken for the whole. A table
    has no sign of its end, so there only cuts in its first third are played, which the volume shows; of lines of JSON those beyond it,
    too, that fall into a line.
    """
    for page in {0: ordinary.pages[0], len(ordinary.pages) - 1: ordinary.pages[-1]}.values():
        body = page.body.rstrip()
        steps = 20 if isinstance(page.rows, CsvRows) else 60
        for step in range(steps):
            cut = len(body) * step // 60
            if isinstance(page.rows, LineRows) and step >= 20 and ends_with_a_line(body[:cut]):
                continue
            answer = ordinary.answering({page.number: page.holding(body[:cut])})
            yield ordinary.play(answer, incomplete, label=f"halaman {page.number + 1}, bita {cut}", twice=False, light=True)


@scenario("Sampah di belakang daftar")
def rubbish_after_the_list(ordinary: Ordinary) -> Iterator[Play]:
    """
    A PHP warning, a script or a second document after the list: the same demands, or an end that says so. A second document after lines
    of JSON is one line more, and is not played.
    """
    several: tuple[bytes, ...] = (b"<br />\n<b>Warning</b>: Undefined index in <b>/x.php</b>", b"<script>lacak()</script>", b"]", b"\nOK")
    if not any(isinstance(page.rows, LineRows) for page in ordinary.pages):
        several += (b'{"a":1}',)
    for rest in several:
        answer = ordinary.each(lambda page: page.holding(page.body + rest))
        yield ordinary.play(answer, ends_or_same, label=rest[:12].decode(), twice=False, fresh=None)


@scenario("Sampah di depan daftar")
def rubbish_before_the_list(ordinary: Ordinary) -> Iterator[Play]:
    """A warning, a guard against inclusion or a callback before the list: the same demands, or an end that says so."""
    for start in (b"<br /><b>Notice</b>: x in y.php\n", b")]}',\n", b"callback(", b"Array\n(\n"):
        answer = ordinary.each(lambda page: page.holding(start + page.body))
        yield ordinary.play(answer, ends_or_same, label=start[:12].decode(), twice=False, fresh=None)


@scenario("NDJSON, satu objek tiap baris")
def lines_of_json(ordinary: Ordinary) -> Iterator[Play]:
    """The same rows as one object a line: the same demands, or an end that says so."""
    bodies = {page.number: b"\n".join(orjson.dumps(row) for row in rows.rows) + b"\n" for page, rows in ordinary.in_json()}
    answer = ordinary.answering({number: replace(ordinary.pages[number].reply, body=body) for number, body in bodies.items()})
    yield ordinary.play(answer, ends_or_same)


@scenario("NDJSON terpotong di tengah baris")
def lines_of_json_cut(ordinary: Ordinary) -> Iterator[Play]:
    """One object a line, the last one cut in its middle, after its first byte and before its last: never complete."""
    page, rows = ordinary.in_json()[-1]
    lines = [orjson.dumps(row) for row in rows.rows]
    whole = b"\n".join(lines)
    for cut in (len(whole) - len(lines[-1]) // 2, len(whole) - len(lines[-1]) + 1, len(whole) - 1):
        yield ordinary.play(ordinary.answering({page.number: page.holding(whole[:cut])}), incomplete, label=f"bita {cut}")


@scenario("JSON yang ditulis tangan")
def json_by_hand(ordinary: Ordinary) -> Iterator[Play]:
    """A comma too many, single quotes, comments, documents side by side: the same demands, or an end that says so."""
    pages = ordinary.json_pages()
    changes: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
        ("koma", lambda body: body[:-1] + b"," + body[-1:]),
        ("kutip tunggal", lambda body: body.replace(b'"', b"'")),
        ("komentar", lambda body: b"/* ekspor */ " + body),
        ("berjajar", lambda body: body + b", " + body),
        ("tanpa pembuka", lambda body: body[1:]),
        ("dua pembuka", lambda body: body[:1] + body),
    )
    for label, change in changes:
        answer = ordinary.each(lambda page: page.holding(change(page.body.strip())), pages)
        yield ordinary.play(answer, ends_or_same, label=label, twice=False)
