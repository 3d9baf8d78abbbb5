"""A listing of a large answer is found in a part of it, and is the very one that reading the whole answer finds."""

from __future__ import annotations

import zlib
from types import SimpleNamespace

import orjson
import pytest

from connectors.kit import Window
from exchange.store.base import utcnow
from exchange.sync import raw as raw_module
from exchange.sync.archive import BLOCK, Archive
from exchange.sync.looking import as_text
from exchange.sync.raw import Origin, raw_text
from exchange.sync.recalled import Recalled
from exchange.sync.registry import connector_for

HEAD = '[listing]\nreference = "id"\n[demand]\ntitle = "judul"\n[demand.buyer]\nname = "judul"\n'
URL = "https://contoh.example/daftar"
ODD = ["biasa", "ada } kurung { dan ]", 'kutip " dan \\ garis', "dua\nbaris", "é ſ 木", '{"id": "K-1"}', "K-2"]
ROWS = [{"id": f"K-{n}", "judul": ODD[n % len(ODD)], "dalam": {"id": n, "daftar": [{"id": f"K-{n}"}]}, "nip": "1"} for n in range(40)]
TWICE = [*ROWS, {"id": "K-3", "judul": "yang kedua"}]
NUMBERS = [{"id": 100 + n, "judul": f"nomor 10{n}", "lain": 101} for n in range(20)]
CSV = "id;judul;nip\n" + "".join(f"K-{n};judul {n};1\n" for n in range(40))


def cell(text):
    return '"' + text.replace('"', '""') + '"'


XML = b"<a>" + b"".join(b"<b><id>K-%d</id><judul>x</judul></b>" % n for n in range(9)) + b"</a>"
TABLE = "Kode Paket,Nama Paket,Pagu,Pembeli\n" + "".join(f"P-{n},Meja {n},{n}000000,Kota Contoh\n" for n in range(30))
ANSWERS = {
    "json": ("rest", 'format = "json"\nlist = "data.daftar"\n' + HEAD, orjson.dumps({"data": {"n": [1], "daftar": ROWS}, "total": 40})),
    "json, bare": ("rest", 'format = "json"\n' + HEAD, orjson.dumps(ROWS, option=orjson.OPT_INDENT_2)),
    "json, numbers": ("rest", 'format = "json"\n' + HEAD, orjson.dumps(NUMBERS)),
    "json, doubled": ("rest", 'format = "json"\n' + HEAD, orjson.dumps(TWICE)),
    "ndjson": ("rest", 'format = "ndjson"\n' + HEAD, b"\n".join(map(orjson.dumps, ROWS))),
    "csv": ("rest", 'format = "csv"\n[csv]\ndelimiter = ";"\n' + HEAD, CSV.encode()),
    "csv, quoted": ("rest", 'format = "csv"\n' + HEAD, ("id,judul\n" + "".join(f"K-{n},{cell(ODD[n % 7])}\n" for n in range(30))).encode()),
    "xml": ("rest", 'format = "xml"\nlist = "a/b"\n' + HEAD, XML),
    "table": ("table", None, TABLE.encode()),
}  # fmt: skip
WHOLE = {"json, doubled": {"K-3"}, "csv, quoted": {f"K-{n}" for n in range(30) if n % 7 == 3}, "xml": {f"K-{n}" for n in range(9)}}


def listings_of(source, answer, archive):
    """All that the connector finds in an archived answer."""
    found = []
    with Recalled([answer], archive, {answer.digest}) as fetch:
        try:
            found.extend(connector_for(source).listings(fetch, Window(since=None, until=utcnow())))
        except Exception:  # an end that is not proved comes after all listings
            assert found
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_a_part_tells_what_the_whole_answer_tells(tmp_path, monkeypatch, name):
    connector, mapping, body = ANSWERS[name]
    archive = Archive(tmp_path / "archive")
    digest = archive.keep(body)
    source = SimpleNamespace(name="x", connector=connector, options={"url": URL} | ({"mapping": mapping} if mapping else {}))
    answer = SimpleNamespace(id=1, digest=digest, request=None, url=URL, size=len(body), facts={"headers": {}})
    origin = Origin(answer, SimpleNamespace(started_at=utcnow()), 1)
    listings = listings_of(source, answer, archive)
    settings = SimpleNamespace(data_dir=tmp_path)

    def told(each, content):
        return raw_text(settings, source, origin, [answer], each.reference, each.position, content)

    monkeypatch.setattr(raw_module, "LARGE", 0)
    expected = {each.reference: told(each, "") for each in listings}
    assert len(expected) >= 9 and all(text for text, _why in expected.values())
    for each in listings:
        assert told(each, each.content_hash()) == expected[each.reference]
        assert told(each, "0" * 64) == expected[each.reference], "of other content than any part has: the answer is read from its beginning"
    monkeypatch.setattr(raw_module, "SECONDS", -1.0)
    later = listings[1:]  # the first is met before anybody looks at the time
    by_part = {each.reference for each in later if told(each, each.content_hash())[0]}
    assert by_part >= {each.reference for each in later} - WHOLE.get(name, set())


def large(name):
    """The rows of an answer again and again under numbers of their own, to three blocks and a half."""
    rows = [{"id": f"K-{n}", "judul": ODD[n % len(ODD)] + " kayu" * (n % 90), "nip": "1"} for n in range(14_000)]
    if name == "json":
        return orjson.dumps({"data": {"n": [1], "daftar": rows}, "total": len(rows)})
    if name == "ndjson":
        return b"\n".join(map(orjson.dumps, rows))
    return ("id;judul;nip\n" + "".join(f"K-{n};judul {n} {'kayu ' * (n % 90)};1\n" for n in range(14_000))).encode()


@pytest.mark.parametrize("name", ["json", "ndjson", "csv"])
def test_a_listing_of_an_answer_of_many_blocks_is_found_in_a_few_of_them_over_their_borders_too(tmp_path, monkeypatch, name):
    connector, mapping, _small = ANSWERS[name]
    body = large(name)
    archive = Archive(tmp_path / "archive")
    digest = archive.keep(body)
    assert 3 <= len(archive.blocks(digest)) <= 6 and archive.read(digest) == body
    source = SimpleNamespace(name="x", connector=connector, options={"url": URL, "mapping": mapping})
    answer = SimpleNamespace(id=1, digest=digest, request=None, url=URL, size=len(body), facts={"headers": {}})
    origin = Origin(answer, SimpleNamespace(started_at=utcnow()), 1)
    listings = listings_of(source, answer, archive)
    assert len(listings) == 14_000
    sign = b"\nK-" if name == "csv" else b'"id":"K-'
    borders = [body.count(sign, 0, border) for border in range(BLOCK, len(body), BLOCK)]
    asked = {0, 1, 7_000, 13_998, 13_999, *(each + more for each in borders for more in (-2, -1, 0, 1))}
    monkeypatch.setattr(raw_module, "SECONDS", -1.0)  # nothing but parts

    def told(each, position):
        return raw_text(SimpleNamespace(data_dir=tmp_path), source, origin, [answer], each.reference, position, each.content_hash())[0]

    for number in asked:
        each = listings[number]
        expected = as_text(connector_for(source), each.body)
        if number:  # the first is met before anybody looks at the time
            assert told(each, each.position) == expected, each.reference
            assert told(each, 0) == told(each, 10**9) == expected, "a wrong guess costs time alone"
    archive.path(digest).write_bytes(zlib.compress(body, 3))
    assert len(archive.blocks(digest)) == 1
    assert told(listings[9_000], 9_000) == as_text(connector_for(source), listings[9_000].body), "one that was kept in one piece"
